"""Convolution along one, two or three axes, the way back of it, and windows as columns.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#convolution-functions
"""

from __future__ import annotations

import math
from typing import Any

from ...ops import convolution as ops
from ...ops import shape as layout
from ...ops.windows import places, windows, windows_added
from ...tensor import Tensor
from .sizes import batched, each, not_negative, positive

Sizes = int | tuple[int, ...]


def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes | str = 0,
           dilation: Sizes = 1, groups: int = 1) -> Tensor:  # fmt: skip
    """Weighted sums of windows of a sequence: (n, c, l) and weights (o, c / groups, k) -> (n, o, l')."""
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes | str = 0,
           dilation: Sizes = 1, groups: int = 1) -> Tensor:  # fmt: skip
    """Weighted sums of windows of an image: (n, c, h, w) and weights (o, c / groups, kh, kw) -> (n, o, h', w').

    padding: a number, one for each axis, "valid" (none), or "same" (as much as keeps the lengths).
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes | str = 0,
           dilation: Sizes = 1, groups: int = 1) -> Tensor:  # fmt: skip
    """Weighted sums of windows of a volume: (n, c, d, h, w) and weights (o, c / groups, kd, kh, kw)."""
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _conv(name: str, n: int, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any,
          groups: int) -> Tensor:  # fmt: skip
    _check(name, n, input, weight, bias, groups)
    stride, dilation = positive(name, "stride", stride, n), positive(name, "dilation", dilation, n)
    if weight.shape[1] * groups != input.shape[-n - 1] or weight.shape[0] % groups:
        raise RuntimeError(f"{name}: given groups={groups}, weight of size {list(weight.shape)}, expected input "
                           f"{list(input.shape)} to have {weight.shape[1] * groups} channels, but got "
                           f"{input.shape[-n - 1]} channels instead")  # fmt: skip
    if isinstance(padding, str):
        input, padding = _named_padding(name, input, weight.shape[2:], padding, stride, dilation)
    padding = not_negative(name, "padding", padding, n)
    padded = tuple(a + 2 * p for a, p in zip(input.shape[-n:], padding, strict=True))
    if min(map(places, padded, weight.shape[2:], stride, dilation)) < 1:
        raise RuntimeError(f"{name}: padded input size per channel {padded}, kernel size {weight.shape[2:]} with "
                           f"dilation {dilation}: the kernel can't be larger than the input")  # fmt: skip
    return _over(ops.convolution, n, input, weight, bias,
                 {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups})  # fmt: skip


def _check(name: str, n: int, input: Tensor, weight: Tensor, bias: Any, groups: int) -> None:
    batched(name, input, n)
    if weight.ndim != n + 2 or 0 in weight.shape[2:]:
        raise RuntimeError(f"{name}: a weight of {n + 2} axes, with a kernel of at least 1, expected, got shape "
                           f"{weight.shape}")  # fmt: skip
    if groups < 1:
        raise RuntimeError(f"{name}: non-positive groups is not supported, got {groups}")
    outputs = weight.shape[1] * groups if "transpose" in name else weight.shape[0]
    if bias is not None and bias.shape != (outputs,):
        raise RuntimeError(f"{name}: bias must hold one number for each of {outputs} output channels, got "
                           f"{bias.shape}")  # fmt: skip


def _named_padding(name: str, input: Tensor, kernel: tuple, padding: str, stride: tuple, dilation: tuple) -> tuple:
    """The input, and the padding that is left to do; "same" may need one more at the end than at the start."""
    if padding == "valid":
        return input, 0
    if padding != "same":
        raise ValueError(f"{name}: padding must be 'valid', 'same' or numbers, got {padding!r}")
    if max(stride) > 1:
        raise RuntimeError(f"{name}: padding='same' is not supported for strided convolutions, got stride {stride}")
    total = tuple(d * (k - 1) for d, k in zip(dilation, kernel, strict=True))
    if any(t % 2 for t in total):
        lead = ((0, 0),) * (input.ndim - len(kernel))
        input = layout.pad(input, widths=(*lead, *((0, t % 2) for t in total)))
    return input, tuple(t // 2 for t in total)


def _over(op: Any, n: int, input: Tensor, weight: Tensor, bias: Any, settings: dict) -> Tensor:
    """The op, which knows a batch and two or three axes: a missing batch, or a second axis, is added around it."""
    alone = input.ndim == n + 1
    if alone:
        input = layout.unsqueeze(input, dim=0)
    if n > 1:
        z = op(input, weight, bias, **settings)
    else:
        lifted = {"stride": (1,), "padding": (0,), "dilation": (1,), "lengths": (1,)}
        settings = {key: (*lifted[key], *x) if key in lifted else x for key, x in settings.items()}
        z = op(layout.unsqueeze(input, dim=2), layout.unsqueeze(weight, dim=2), bias, **settings)
        z = layout.squeeze(z, dim=2)
    return layout.squeeze(z, dim=0) if alone else z


def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes = 0,
                     output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1) -> Tensor:  # fmt: skip
    """The way back of conv1d as a layer: (n, c, l) and weights (c, o / groups, k) -> (n, o, l')."""
    return _conv_transpose("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups,
                           dilation)  # fmt: skip


def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes = 0,
                     output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1) -> Tensor:  # fmt: skip
    """The way back of conv2d as a layer: (n, c, h, w) and weights (c, o / groups, kh, kw) -> (n, o, h', w').

    h' = (h − 1) stride − 2 padding + dilation (kh − 1) + output_padding + 1
    """
    return _conv_transpose("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups,
                           dilation)  # fmt: skip


def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Sizes = 1, padding: Sizes = 0,
                     output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1) -> Tensor:  # fmt: skip
    """The way back of conv3d as a layer: (n, c, d, h, w) and weights (c, o / groups, kd, kh, kw)."""
    return _conv_transpose("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups,
                           dilation)  # fmt: skip


def _conv_transpose(name: str, n: int, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any,
                    output_padding: Any, groups: int, dilation: Any) -> Tensor:  # fmt: skip
    _check(name, n, input, weight, bias, groups)
    stride, dilation = positive(name, "stride", stride, n), positive(name, "dilation", dilation, n)
    padding = not_negative(name, "padding", padding, n)
    more = not_negative(name, "output_padding", output_padding, n)
    if weight.shape[0] != input.shape[-n - 1] or weight.shape[0] % groups:
        raise RuntimeError(f"{name}: given groups={groups}, weight of size {list(weight.shape)}, expected input "
                           f"{list(input.shape)} to have {weight.shape[0]} channels, a multiple of groups, but got "
                           f"{input.shape[-n - 1]}")  # fmt: skip
    if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
        raise RuntimeError(f"{name}: output padding must be smaller than either stride or dilation, but got "
                           f"output_padding {more}, stride {stride}, dilation {dilation}")  # fmt: skip
    sizes = zip(input.shape[-n:], weight.shape[2:], stride, padding, more, dilation, strict=True)
    lengths = tuple((a - 1) * s - 2 * p + d * (k - 1) + m + 1 for a, k, s, p, m, d in sizes)
    if min(lengths) < 1:
        raise RuntimeError(f"{name}: the output would have lengths {lengths}; less padding, or a longer input")
    def op(x: Any, w: Any, b: Any, **settings: Any) -> Any:
        z = ops.convolution_transpose(x, w, **settings)
        return z if b is None else z + b.reshape(-1, *(1,) * (z.ndim - 2))
    return _over(op, n, input, weight, bias, {"lengths": lengths, "stride": stride, "padding": padding,
                                              "dilation": dilation, "groups": groups})  # fmt: skip


def unfold(input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """The windows of an image as columns: (n, c, h, w) -> (n, c kh kw, windows)."""
    kernel, dilation, stride = (positive("unfold", what, x, 2) for what, x in
                                (("kernel_size", kernel_size), ("dilation", dilation), ("stride", stride)))
    padding = not_negative("unfold", "padding", padding, 2)
    alone = not batched("unfold", input, 2)
    x = layout.unsqueeze(input, dim=0) if alone else input
    if any(padding):
        x = layout.pad(x, widths=((0, 0), (0, 0), *((p, p) for p in padding)))
    if min(map(places, x.shape[2:], kernel, stride, dilation)) < 1:
        raise RuntimeError(f"unfold: windows {kernel} with dilation {dilation} do not fit into a padded image of "
                           f"lengths {x.shape[2:]}")  # fmt: skip
    z = windows(x, kernel=kernel, stride=stride, dilation=dilation)          # (n, c, kh, kw, h', w')
    z = z.reshape(z.shape[0], math.prod(z.shape[1:4]), math.prod(z.shape[4:]))
    return layout.squeeze(z, dim=0) if alone else z


def fold(input: Tensor, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0,
         stride: Sizes = 1) -> Tensor:  # fmt: skip
    """Columns added up into an image, each window where it lay: (n, c kh kw, windows) -> (n, c, h, w)."""
    kernel, dilation, stride = (positive("fold", what, x, 2) for what, x in
                                (("kernel_size", kernel_size), ("dilation", dilation), ("stride", stride)))
    padding, lengths = not_negative("fold", "padding", padding, 2), each("fold", "output_size", output_size, 2)
    padded = tuple(n + 2 * p for n, p in zip(lengths, padding, strict=True))
    counts = tuple(map(places, padded, kernel, stride, dilation))
    alone = input.ndim == 2
    x = layout.unsqueeze(input, dim=0) if alone else input
    channels, left = divmod(x.shape[1] if x.ndim == 3 else 0, math.prod(kernel))
    if x.ndim != 3 or left or min(counts) < 1 or x.shape[2] != math.prod(counts):
        raise RuntimeError(f"fold: columns (n, channels · {math.prod(kernel)}, {math.prod(counts)}) expected for an "
                           f"image of {lengths}, got {input.shape}")  # fmt: skip
    z = windows_added(x.reshape(x.shape[0], channels, *kernel, *counts), lengths=padded, stride=stride,
                      dilation=dilation)  # fmt: skip
    z = z[(..., *(slice(p, p + n) for p, n in zip(padding, lengths, strict=True)))] if any(padding) else z
    return layout.squeeze(z, dim=0) if alone else z
