"""Convolution as layers. The formulas are in `ops/convolution.py`.

Source: https://docs.pytorch.org/docs/stable/nn.html#convolution-layers
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..tensor import Tensor
from . import functional as F
from . import init
from .functions.sizes import each, positive
from .module import Module
from .parameter import Parameter, check_size, dtype_for

Sizes = int | tuple[int, ...]
_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _Convolution(Module):
    """Weights, bias and settings of a convolution over `axes` spatial axes."""

    axes: int
    transposed = False

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes, padding: Sizes | str,
                 dilation: Sizes, groups: int, bias: bool, padding_mode: str, device: Any, dtype: Any,
                 output_padding: Sizes = 0):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        self.in_channels = check_size(name, "in_channels", in_channels)
        self.out_channels = check_size(name, "out_channels", out_channels)
        if groups <= 0 or in_channels % groups or out_channels % groups:
            raise ValueError(f"{name}: in_channels and out_channels must be divisible by groups, a positive integer, "
                             f"got {in_channels}, {out_channels} and groups={groups}")  # fmt: skip
        if padding_mode not in _PADDING_MODES or (self.transposed and padding_mode != "zeros"):
            known = "zeros" if self.transposed else ", ".join(_PADDING_MODES)
            raise ValueError(f"{name}: padding_mode must be one of {known}, but got padding_mode={padding_mode!r}")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"{name}: invalid padding string {padding!r}, should be one of 'valid', 'same'")
        n = self.axes
        self.kernel_size = positive(name, "kernel_size", kernel_size, n)
        self.stride = positive(name, "stride", stride, n)
        self.dilation = positive(name, "dilation", dilation, n)
        self.padding = padding if isinstance(padding, str) else each(name, "padding", padding, n)
        self.output_padding = each(name, "output_padding", output_padding, n)
        if padding == "same" and max(self.stride) > 1:
            raise ValueError(f"{name}: padding='same' is not supported for strided convolutions")
        self.groups, self.padding_mode = groups, padding_mode
        dtype = dtype_for(name, device, dtype)
        outer, inner = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(np.empty((outer, inner // groups, *self.kernel_size), dtype))
        if bias:
            self.bias: Parameter | None = Parameter(np.empty(out_channels, dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, uniform between ±1/√(what one output sees)."""
        seen = math.prod(self.weight.shape[1:])
        bound = 1 / math.sqrt(seen) if seen else 0.0
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        nothing = (0,) * self.axes
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        parts += [f"padding={self.padding}"] * (self.padding != nothing)
        parts += [f"dilation={self.dilation}"] * (self.dilation != (1,) * self.axes)
        parts += [f"output_padding={self.output_padding}"] * (self.output_padding != nothing)
        parts += [f"groups={self.groups}"] * (self.groups != 1)
        parts += ["bias=False"] * (self.bias is None)
        parts += [f"padding_mode={self.padding_mode}"] * (self.padding_mode != "zeros")
        return ", ".join(parts)


class _Forward(_Convolution):
    """conv1d, conv2d or conv3d with weights of its own."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1,
                 padding: Sizes | str = 0, dilation: Sizes = 1, groups: int = 1, bias: bool = True,
                 padding_mode: str = "zeros", device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
                         device, dtype)  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._frame(), mode=self.padding_mode), 0
        convolve = (F.conv1d, F.conv2d, F.conv3d)[self.axes - 1]
        return convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _frame(self) -> list[int]:
        """What F.pad adds before and after each axis, the last axis first."""
        if self.padding == "valid":
            return [0] * (2 * self.axes)
        if self.padding == "same":
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            return [n for t in reversed(totals) for n in (t // 2, t - t // 2)]
        return [p for p in reversed(self.padding) for _ in range(2)]  # type: ignore[misc]


class Conv1d(_Forward):
    """Weighted sums of windows of a sequence: (n, in_channels, l) -> (n, out_channels, l').

    weight: (out_channels, in_channels / groups, kernel_size), bias: (out_channels).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
    """

    axes = 1


class Conv2d(_Forward):
    """Weighted sums of windows of an image: (n, in_channels, h, w) -> (n, out_channels, h', w').

    weight: (out_channels, in_channels / groups, kh, kw), bias: (out_channels).
    padding: numbers, "valid" or "same"; padding_mode: zeros, reflect, replicate or circular.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
    """

    axes = 2


class Conv3d(_Forward):
    """Weighted sums of windows of a volume: (n, in_channels, d, h, w) -> (n, out_channels, d', h', w').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
    """

    axes = 3


class _Transposed(_Convolution):
    """conv_transpose1d, 2d or 3d with weights of its own: (in_channels, out_channels / groups, *kernel)."""

    transposed = True

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
                 output_padding: Sizes = 0, groups: int = 1, bias: bool = True, dilation: Sizes = 1,
                 padding_mode: str = "zeros", device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
                         device, dtype, output_padding)  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        more: Any = self.output_padding if output_size is None else self._more(input, list(output_size))
        convolve = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.axes - 1]
        padding: Any = self.padding
        return convolve(input, self.weight, self.bias, self.stride, padding, more, self.groups, self.dilation)

    def _more(self, input: Tensor, wanted: list[int]) -> tuple[int, ...]:
        """The output padding that gives the lengths that are wanted."""
        lengths = input.shape[-self.axes :]
        padding: Any = self.padding
        settings = zip(lengths, self.stride, padding, self.dilation, self.kernel_size, strict=True)
        least = [(a - 1) * s - 2 * p + d * (k - 1) + 1 for a, s, p, d, k in settings]
        more = tuple(w - m for w, m in zip(wanted[-self.axes :], least, strict=False))
        if len(more) != self.axes or any(not 0 <= m < s for m, s in zip(more, self.stride, strict=True)):
            raise ValueError(f"{type(self).__name__}: requested an output size of {wanted}, but valid sizes range from "
                             f"{least} to {[m + s - 1 for m, s in zip(least, self.stride, strict=True)]}")  # fmt: skip
        return more


class ConvTranspose1d(_Transposed):
    """The way back of Conv1d as a layer: (n, in_channels, l) -> (n, out_channels, l').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
    """

    axes = 1


class ConvTranspose2d(_Transposed):
    """The way back of Conv2d as a layer: (n, in_channels, h, w) -> (n, out_channels, h', w').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
    """

    axes = 2


class ConvTranspose3d(_Transposed):
    """The way back of Conv3d as a layer: (n, in_channels, d, h, w) -> (n, out_channels, d', h', w').

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
    """

    axes = 3


class Unfold(Module):
    """The windows of an image as columns: (n, c, h, w) -> (n, c kh kw, windows)."""

    def __init__(self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1):
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
                f"stride={self.stride}")  # fmt: skip


class Fold(Module):
    """Columns added up into an image: (n, c kh kw, windows) -> (n, c, h, w)."""

    def __init__(self, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0,
                 stride: Sizes = 1):  # fmt: skip
        super().__init__()
        self.output_size = output_size
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
                f"padding={self.padding}, stride={self.stride}")  # fmt: skip


_ConvNd, _ConvTransposeNd = _Convolution, _Transposed  # PyTorch's names
