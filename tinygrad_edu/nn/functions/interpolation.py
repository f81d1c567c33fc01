"""Images made larger or smaller, and channels traded for pixels.

Along each axis, a new number is a weighted sum of old ones. So each axis is one product with a matrix of weights,
and the derivative comes by itself.
Source: https://docs.pytorch.org/docs/stable/nn.functional.html#vision-functions
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...engine import constant
from ...ops.index import SLOT, getitem
from ...tensor import Tensor
from .pooling import _adaptive_avg_pool, along_axis

MODES = {"nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3), "linear": (1,), "bilinear": (2,),
         "bicubic": (2,), "trilinear": (3,)}  # fmt: skip


def interpolate(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
                align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
                antialias: bool = False) -> Tensor:  # fmt: skip
    """An image at another size: (n, c, *lengths) -> (n, c, *size), or lengths times scale_factor, rounded down.

    mode: nearest, nearest-exact, linear, bilinear, trilinear, bicubic, area. align_corners: whether the corner
    pixels' middles, and not the image's edges, stay where they are.
    """
    n = input.ndim - 2
    if mode not in MODES or n not in MODES[mode]:
        raise NotImplementedError(f"interpolate: mode {mode!r} is for inputs of {MODES.get(mode, 'no')} axes behind "
                                  f"(n, channels), got shape {input.shape}")  # fmt: skip
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError("Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as "
                         "input")  # fmt: skip
    if align_corners is not None and mode in ("nearest", "nearest-exact", "area"):
        raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | "
                         "bicubic | trilinear")  # fmt: skip
    lengths = input.shape[2:]
    sizes, scales = _sizes(lengths, size, scale_factor)
    if recompute_scale_factor:
        if size is not None:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        scales = (None,) * n
    if min((*sizes, *lengths)) < 1:
        raise RuntimeError(f"interpolate: input and output sizes should be greater than 0, but got input {lengths} "
                           f"and output {sizes}")  # fmt: skip
    if mode == "area":
        return _adaptive_avg_pool("interpolate", n, input, sizes)
    return scaled(input, sizes, scales, mode, bool(align_corners), antialias)


def scaled(input: Tensor, sizes: Sequence[int], scales: Sequence, mode: str, align_corners: bool,
           antialias: bool) -> Tensor:  # fmt: skip
    """Each axis of images brought to its size; `scales` are those that were given, from which places are computed."""
    for i, (old, new, scale) in enumerate(zip(input.shape[2:], sizes, scales, strict=True)):
        if mode.startswith("nearest"):
            input = _picked(input, 2 + i, _nearest(old, new, scale, mode))
        elif antialias:
            input = along_axis(input, 2 + i, _smooth(old, new, scale, align_corners, mode, input.dtype))
        elif old != new or (scale is not None and scale != 1):
            weights = _cubic if mode == "bicubic" else _linear
            input = along_axis(input, 2 + i, _matrix(old, new, scale, align_corners, weights, input.dtype))
    return input


def _sizes(lengths: tuple, size: Any, scale_factor: Any) -> tuple[tuple, tuple]:
    """The new lengths; and the scale of each axis, where it was given."""
    n = len(lengths)
    if (size is None) == (scale_factor is None):
        raise ValueError("only one of size or scale_factor should be defined" if size is not None else
                         "either size or scale_factor should be defined")  # fmt: skip
    given = size if size is not None else scale_factor
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,) * n
    if len(numbers) != n:
        raise ValueError(f"Input and output must have the same number of spatial dimensions, but got input with "
                         f"spatial dimensions of {list(lengths)} and {given}")  # fmt: skip
    if size is not None:
        return tuple(map(int, numbers)), (None,) * n
    return tuple(math.floor(a * float(s)) for a, s in zip(lengths, numbers, strict=True)), tuple(map(float, numbers))


def _picked(input: Tensor, axis: int, at: np.ndarray) -> Tensor:
    """The numbers at these places of an axis; each as often as the others, they are only spread out."""
    old, new = input.shape[axis], len(at)
    if new % old == 0 and np.array_equal(at, np.arange(new) // (new // old)):
        wide = input.unsqueeze(axis + 1).expand(*input.shape[: axis + 1], new // old, *input.shape[axis + 1 :])
        return wide.reshape(*input.shape[:axis], new, *input.shape[axis + 1 :])
    return getitem(input, constant(at), index=(*(slice(None),) * axis, SLOT))


def _nearest(old: int, new: int, scale: float | None, mode: str) -> np.ndarray:
    """Which old number stands nearest to each new one."""
    step = np.float32(1 / scale if scale else old / new)
    middle = 0.5 if mode == "nearest-exact" else 0.0
    at = np.floor((np.arange(new, dtype=np.float32) + np.float32(middle)) * step)
    return np.minimum(at.astype(np.int64), old - 1)


def _matrix(old: int, new: int, scale: float | None, align_corners: bool, weights: Callable,
            dtype: np.dtype) -> np.ndarray:  # fmt: skip
    """Weights (old, new): how much of each old number stands in each new one."""
    at = np.arange(new, dtype=np.float64)
    if align_corners:
        at = at * ((old - 1) / (new - 1) if new > 1 else 0.0)
    else:
        at = (at + 0.5) * (1 / scale if scale else old / new) - 0.5
    matrix = np.zeros((old, new))
    for place, weight in weights(at, old):
        np.add.at(matrix, (np.clip(place, 0, old - 1), np.arange(new)), weight)
    return matrix.astype(dtype)


def _smooth(old: int, new: int, scale: float | None, align_corners: bool, mode: str, dtype: np.dtype) -> np.ndarray:
    """The same for antialias: where an image becomes smaller, the weights reach as much further, so that every old
    number counts. Bicubic takes a = −1/2, as Pillow does."""
    step = ((old - 1) / (new - 1) if new > 1 else 0.0) if align_corners else 1 / scale if scale else old / new
    wide = max(step, 1.0)
    reach = (2 if mode == "bicubic" else 1) * wide
    matrix = np.zeros((old, new))
    for k in range(new):
        middle = step * (k + 0.5)
        first, last = max(int(middle - reach + 0.5), 0), min(int(middle + reach + 0.5), old)
        away = np.abs(np.arange(first, last) - middle + 0.5) / wide
        if mode == "bicubic":
            outer, inner = cubic_weights(away - 1, -0.5)[0], cubic_weights(away, -0.5)[1]
            weights = np.where(away < 1, inner, np.where(away < 2, outer, 0))
        else:
            weights = np.maximum(1 - away, 0)
        matrix[first:last, k] = weights / (weights.sum() or 1)
    return matrix.astype(dtype)


def _linear(at: np.ndarray, old: int) -> list[tuple]:
    """The two neighbours of each place, the nearer one with more weight."""
    at = np.maximum(at, 0)
    first = np.minimum(np.floor(at).astype(np.int64), old - 1)
    rest = at - first
    return [(first, 1 - rest), (first + 1, rest)]


def _cubic(at: np.ndarray, old: int) -> list[tuple]:
    """The four neighbours of each place."""
    first = np.floor(at).astype(np.int64)
    return list(zip((first - 1, first, first + 1, first + 2), cubic_weights(at - first), strict=True))


def cubic_weights(rest: Any, a: float = -0.75) -> tuple:
    """How much the four neighbours of a place count, which is `rest` behind the second one; by Keys' cubic.

    Source: Keys 1981, https://doi.org/10.1109/TASSP.1981.1163711
    """
    def near(x: Any) -> Any: return ((a + 2) * x - (a + 3)) * x * x + 1
    def far(x: Any) -> Any: return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return far(rest + 1), near(rest), near(1 - rest), far(2 - rest)


def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
             align_corners: bool | None = None) -> Tensor:  # fmt: skip
    """The older name of interpolate."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The older name of interpolate with mode nearest."""
    warnings.warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.",
                  stacklevel=2)  # fmt: skip
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The older name of interpolate with mode bilinear and align_corners."""
    warnings.warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.",
                  stacklevel=2)  # fmt: skip
    return interpolate(input, size, scale_factor, "bilinear", True)


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Channels into pixels: (..., c r², h, w) -> (..., c, h r, w r)."""
    r = upscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-3] % (r * r):
        raise RuntimeError(f"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
                           f"upscale_factor, but got shape {input.shape} and upscale_factor={r}")  # fmt: skip
    *lead, c, h, w = input.shape
    apart = input.reshape(*lead, c // (r * r), r, r, h, w)
    n = len(lead)
    moved = apart.permute(*range(n), n, n + 3, n + 1, n + 4, n + 2)          # (..., c, h, r, w, r)
    return moved.reshape(*lead, c // (r * r), h * r, w * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Pixels into channels: (..., c, h r, w r) -> (..., c r², h, w)."""
    r = downscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-1] % r or input.shape[-2] % r:
        raise RuntimeError(f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but got "
                           f"shape {input.shape} and downscale_factor={r}")  # fmt: skip
    *lead, c, h, w = input.shape
    apart = input.reshape(*lead, c, h // r, r, w // r, r)
    n = len(lead)
    moved = apart.permute(*range(n), n, n + 2, n + 4, n + 1, n + 3)          # (..., c, r, r, h, w)
    return moved.reshape(*lead, c * r * r, h // r, w // r)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Channels of all groups by turns: (n, groups · k, ...), the k-th of each group side by side."""
    if input.ndim < 3 or groups < 1 or input.shape[1] % groups:
        raise RuntimeError(f"channel_shuffle: number of channels must be divisible by groups, got shape {input.shape} "
                           f"and groups={groups}")  # fmt: skip
    apart = input.reshape(input.shape[0], groups, input.shape[1] // groups, *input.shape[2:])
    return apart.transpose(1, 2).reshape(input.shape)
