"""Pooling along one, two or three axes: the largest number of each window, or the mean.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...ops import index, order, pooling
from ...ops import shape as layout
from ...ops.windows import places, window_sums
from ...tensor import Tensor
from .sizes import batched, not_negative, positive


class Windows:
    """How windows lie over the last axes of an input. `pairs`: what is to be padded before and after each axis."""

    def __init__(self, name: str, n: int, input: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any,
                 ceil_mode: bool):  # fmt: skip
        batched(name, input, n)
        self.lengths = input.shape[-n:]
        self.kernel = positive(name, "kernel_size", kernel, n)
        self.stride = self.kernel if stride is None or stride in ((), []) else positive(name, "stride", stride, n)
        self.padding = not_negative(name, "padding", padding, n)
        self.dilation = positive(name, "dilation", dilation, n)
        spans = [d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True)]
        if any(p > k // 2 for p, k in zip(self.padding, self.kernel, strict=True)):
            raise RuntimeError(f"{name}: pad should be at most half of kernel size, but got padding {self.padding} and "
                               f"kernel_size {self.kernel}")  # fmt: skip
        axes = list(zip(self.lengths, spans, self.stride, self.padding, strict=True))
        self.counts = tuple(_count(*axis, ceil_mode) for axis in axes)
        if min(self.counts) < 1:
            raise RuntimeError(f"{name}: given an input of lengths {self.lengths}, the output would have lengths "
                               f"{self.counts}: it is too small")  # fmt: skip
        ends = [(c - 1) * s + span for c, (_, span, s, _) in zip(self.counts, axes, strict=True)]
        self.pairs = tuple((p, max(e - p - a, 0)) for e, (a, _, _, p) in zip(ends, axes, strict=True))

    def padded(self, input: Tensor, value: float) -> Tensor:
        if not any(map(any, self.pairs)):
            return input
        return layout.pad(input, widths=(*((0, 0),) * (input.ndim - len(self.pairs)), *self.pairs), value=value)


def _count(length: int, span: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """How many windows lie along an axis; with ceil_mode also one that looks over the end, if it starts inside."""
    if not ceil_mode:
        return places(length + 2 * padding, span, stride)
    count = -((span - length - 2 * padding) // stride) + 1
    return count - 1 if (count - 1) * stride >= length + padding else count


# ------------------------------------------------------------------------------------------ the largest number


def _max_pool(name: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
              ceil_mode: bool, return_indices: bool) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    over = Windows(name, n, input, kernel_size, stride, padding, dilation, ceil_mode)
    settings = {"kernel": over.kernel, "stride": over.stride, "dilation": over.dilation}
    z, which = pooling.max_pool(over.padded(input, -math.inf), **settings)
    if not return_indices:
        return z
    flat = pooling.flat_places(array_of(which), padding=over.padding, lengths=over.lengths, **settings)
    return z, constant(flat)


def max_pool1d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
    return _max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w').

    stride: the kernel's size, unless given. ceil_mode: also windows that look over the end. return_indices: also
    where each number stood in the flattened image.
    """
    return _max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
    return _max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _max_unpool(name: str, n: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any,
                output_size: Any) -> Tensor:  # fmt: skip
    batched(name, input, n)
    kernel = positive(name, "kernel_size", kernel_size, n)
    steps = kernel if stride is None else positive(name, "stride", stride, n)
    padding = not_negative(name, "padding", padding, n)
    if indices.shape != input.shape:
        raise RuntimeError(f"{name}: indices must have the shape of the input, {input.shape}, got {indices.shape}")
    settings = zip(input.shape[-n:], steps, kernel, padding, strict=True)
    lengths = tuple((a - 1) * s + k - 2 * p for a, s, k, p in settings)
    if output_size is not None:
        lengths = tuple(output_size)[-n:]
    size, count = math.prod(lengths), math.prod(input.shape[:-n])
    rows = constant(np.expand_dims(np.arange(count), 1))
    wide = input.new_zeros(count, size)
    places_ = indices.reshape(count, math.prod(input.shape[-n:]))
    z = index.setitem(wide, input.reshape(places_.shape), rows, places_, index=(index.SLOT, index.SLOT))
    return z.reshape(*input.shape[:-n], *lengths)


def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:  # fmt: skip
    """Numbers put back where max_pool1d found them, zeros elsewhere."""
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:  # fmt: skip
    """Numbers put back where max_pool2d found them, zeros elsewhere."""
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
                 output_size: Any = None) -> Tensor:  # fmt: skip
    """Numbers put back where max_pool3d found them, zeros elsewhere."""
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)


# ---------------------------------------------------------------------------------------------------- the mean


def _avg_pool(name: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool,
              count_include_pad: bool, divisor_override: int | None = None) -> Tensor:  # fmt: skip
    over = Windows(name, n, input, kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError(f"{name}: divisor must be not zero")
    sums = window_sums(over.padded(input, 0), kernel=over.kernel, stride=over.stride)
    if divisor_override is not None:
        return sums / divisor_override
    seen = [_seen(i, over, count_include_pad) for i in range(n)]
    if all(min(s) == max(s) == k for s, k in zip(seen, over.kernel, strict=True)):
        return sums / math.prod(over.kernel)
    counts: Any = np.array(1)
    for numbers in seen:
        counts = np.multiply.outer(counts, numbers)
    return sums / constant(counts.astype(input.dtype))


def _seen(i: int, over: Windows, count_include_pad: bool) -> list[int]:
    """How many numbers each window sees along axis i: those of the padding too, or not; never those past it."""
    length, padding = over.lengths[i], over.padding[i]
    low, high = (-padding, length + padding) if count_include_pad else (0, length)
    starts = [k * over.stride[i] - padding for k in range(over.counts[i])]
    return [min(start + over.kernel[i], high) - max(start, low) for start in starts]


def avg_pool1d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True) -> Tensor:  # fmt: skip
    """The mean of each window of a sequence: (n, c, l) -> (n, c, l')."""
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:  # fmt: skip
    """The mean of each window of an image: (n, c, h, w) -> (n, c, h', w').

    count_include_pad: zeros of the padding count as numbers. divisor_override: divide by this instead.
    """
    return _avg_pool("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
                     divisor_override)  # fmt: skip


def avg_pool3d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:  # fmt: skip
    """The mean of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
    return _avg_pool("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
                     divisor_override)  # fmt: skip


def _lp_pool(name: str, n: int, input: Tensor, norm_type: float, kernel_size: Any, stride: Any,
             ceil_mode: bool) -> Tensor:  # fmt: skip
    kernel = positive(name, "kernel_size", kernel_size, n)
    sums = _avg_pool(name, n, input**norm_type, kernel, stride, 0, ceil_mode, True) * math.prod(kernel)
    return (sums.sign() * sums.abs().relu()) ** (1.0 / norm_type)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None,
              ceil_mode: bool = False) -> Tensor:  # fmt: skip
    """(Σ xᵖ)^(1/p) of each window of a sequence."""
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None,
              ceil_mode: bool = False) -> Tensor:  # fmt: skip
    """(Σ xᵖ)^(1/p) of each window of an image."""
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None,
              ceil_mode: bool = False) -> Tensor:  # fmt: skip
    """(Σ xᵖ)^(1/p) of each window of a volume."""
    return _lp_pool("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)


# -------------------------------------------------------------------------------- as many windows as are asked for


def _adaptive_sizes(name: str, n: int, input: Tensor, output_size: Any) -> tuple[int, ...]:
    batched(name, input, n)
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * n
    if len(wanted) != n or 0 in input.shape[-n:]:
        raise RuntimeError(f"{name}: output_size must have {n} lengths and the input must not be empty, got "
                           f"{output_size!r} for {input.shape}")  # fmt: skip
    return tuple(length if w is None else int(w) for w, length in zip(wanted, input.shape[-n:], strict=True))


def _even(lengths: tuple, wanted: tuple) -> tuple[int, ...] | None:
    """The window that fits the axes exactly, if there is one."""
    if all(w and a % w == 0 for a, w in zip(lengths, wanted, strict=True)):
        return tuple(a // w for a, w in zip(lengths, wanted, strict=True))
    return None


def _starts_and_ends(length: int, count: int) -> list[tuple[int, int]]:
    """The windows of adaptive pooling: window i is from ⌊i n / m⌋ up to ⌈(i + 1) n / m⌉."""
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def _adaptive_avg_pool(name: str, n: int, input: Tensor, output_size: Any) -> Tensor:
    wanted = _adaptive_sizes(name, n, input, output_size)
    if all(w == 1 for w in wanted):
        return input.mean(tuple(range(-n, 0)), keepdim=True)
    window = _even(input.shape[-n:], wanted)
    if window is not None:
        return _avg_pool(name, n, input, window, window, 0, False, True)
    for i, count in enumerate(wanted):
        axis = input.ndim - n + i
        shares = np.zeros((input.shape[axis], count), input.dtype)
        for k, (start, end) in enumerate(_starts_and_ends(input.shape[axis], count)):
            shares[start:end, k] = 1 / (end - start)
        input = along_axis(input, axis, shares)
    return input


def along_axis(input: Tensor, axis: int, matrix: np.ndarray) -> Tensor:
    """A matrix (length, new length) applied along one axis."""
    moved = layout.movedim(input, source=axis, destination=-1)
    return layout.movedim(moved @ constant(matrix), source=-1, destination=axis)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means of as many windows of a sequence as are asked for: (n, c, l) -> (n, c, output_size)."""
    return _adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means of as many windows of an image as are asked for: (n, c, h, w) -> (n, c, *output_size).

    None in output_size: as many as there are numbers.
    """
    return _adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Means of as many windows of a volume as are asked for: (n, c, d, h, w) -> (n, c, *output_size)."""
    return _adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


def _adaptive_max_pool(name: str, n: int, input: Tensor, output_size: Any,
                       return_indices: bool) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    wanted = _adaptive_sizes(name, n, input, output_size)
    lengths = input.shape[-n:]
    window = _even(lengths, wanted)
    if window is not None:
        return _max_pool(name, n, input, window, window, 0, 1, False, return_indices)
    tables = [_table(a, count) for a, count in zip(lengths, wanted, strict=True)]
    parts = []
    for i, table in enumerate(tables):  # (count, window) -> counts, then windows
        shape = [1] * (2 * n)
        shape[i], shape[n + i] = table.shape
        parts.append(table.reshape(shape))
    seen = index.getitem(input, *parts, index=(..., *(index.SLOT,) * n))
    z, at = order.max(seen.reshape(*input.shape[:-n], *wanted, -1), -1)
    if not return_indices:
        return z
    flat: Any = 0
    for part, a in zip(parts, lengths, strict=True):
        flat = flat * a + part
    flat = np.broadcast_to(flat.reshape(*wanted, -1), (*z.shape, math.prod(t.shape[1] for t in tables)))
    return z, constant(np.take_along_axis(flat, np.expand_dims(array_of(at), -1), -1)[..., 0])


def _table(length: int, count: int) -> np.ndarray:
    """For each window of an axis, what it sees; where windows differ in width, the last number fills the row."""
    bounds = _starts_and_ends(length, count)
    width = max(end - start for start, end in bounds)
    return np.array([[min(start + k, end - 1) for k in range(width)] for start, end in bounds])


def adaptive_max_pool1d(input: Tensor, output_size: Any,
                        return_indices: bool = False) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest numbers of as many windows of a sequence as are asked for."""
    return _adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any,
                        return_indices: bool = False) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest numbers of as many windows of an image as are asked for."""
    return _adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any,
                        return_indices: bool = False) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest numbers of as many windows of a volume as are asked for."""
    return _adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, return_indices)


def _with_indices(function: Callable) -> Callable:
    def call(*args: Any, **options: Any) -> Any:
        return function(*args, **{**options, "return_indices": True})

    call.__name__ = call.__qualname__ = f"{function.__name__}_with_indices"
    call.__doc__ = f"`{function.__name__}` and where each number stood."
    *parameters, _ = inspect.signature(function).parameters.values()
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        parameters, return_annotation="tuple[Tensor, Tensor]")  # fmt: skip
    return call


max_pool1d_with_indices, max_pool2d_with_indices, max_pool3d_with_indices = map(
    _with_indices, (max_pool1d, max_pool2d, max_pool3d)
)
adaptive_max_pool1d_with_indices, adaptive_max_pool2d_with_indices, adaptive_max_pool3d_with_indices = map(
    _with_indices, (adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d)
)
