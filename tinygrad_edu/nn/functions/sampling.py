"""Images read at places that a grid names, which may lie between their pixels and have derivatives of their own.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html;
Jaderberg et al. 2015, https://arxiv.org/abs/1506.02025
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...ops.elementwise import where
from ...ops.linalg import matmul
from ...ops.lookup import rows_of
from ...ops.shape import movedim
from ...tensor import Tensor
from .interpolation import cubic_weights

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")


def grid_sample(input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
                align_corners: bool | None = None) -> Tensor:  # fmt: skip
    """What an image shows at the grid's places: (n, c, h, w), (n, h', w', 2) -> (n, c, h', w'); or with a depth, and 3.

    A place is (x, y) or (x, y, z), each from −1 to 1: between the image's edges, or (align_corners) the middles of its
    corner pixels. mode: bilinear (also of volumes), nearest, bicubic (of images). padding_mode: what stands outside,
    zeros, border (the nearest pixel) or reflection.
    """
    if mode not in MODES or padding_mode not in PADDING_MODES:
        raise ValueError(f"grid_sample: mode must be one of {MODES} and padding_mode of {PADDING_MODES}, got {mode!r} "
                         f"and {padding_mode!r}")  # fmt: skip
    if align_corners is None:
        warnings.warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. "
                      "Please specify align_corners=True if the old behavior is desired.", stacklevel=2)  # fmt: skip
    _check(input, grid, mode)
    lengths = input.shape[2:]
    axes = []
    for i, length in enumerate(lengths):
        at = grid[..., len(lengths) - 1 - i]  # the grid's last axis names x first
        at = ((at + 1) * length - 1) / 2 if not align_corners else (at + 1) * ((length - 1) / 2)
        axes.append(_neighbours(at, length, mode, padding_mode, bool(align_corners)))
    (n, channels), size = input.shape[:2], math.prod(lengths)
    pixels = movedim(input, source=1, destination=-1).reshape(n * size, channels)  # (n h w, c): a row for each pixel
    start = np.reshape(np.arange(n) * size, (n, *(1,) * len(lengths)))
    total: Any = 0.0
    for corner in itertools.product(*axes):
        place, weight, inside = 0, 1.0, np.array(True)
        for (at, share, there), length in zip(corner, lengths, strict=True):
            place, weight, inside = place * length + at, share * weight, np.logical_and(inside, there)
        weight = where(constant(inside), weight, 0.0).reshape(-1, 1)
        total = total + rows_of(pixels, constant(np.reshape(start + place, (-1,)))) * weight
    return movedim(total.reshape(*grid.shape[:-1], channels), source=-1, destination=1)


def _check(input: Tensor, grid: Tensor, mode: str) -> None:
    n = input.ndim - 2
    if n not in (2, 3) or grid.ndim != input.ndim or grid.shape[-1] != n or grid.shape[0] != input.shape[0]:
        raise RuntimeError("grid_sampler(): expected (n, c, h, w) and (n, h', w', 2), or (n, c, d, h, w) and "
                           f"(n, d', h', w', 3), got {input.shape} and {grid.shape}")  # fmt: skip
    if mode == "bicubic" and n == 3:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if 0 in input.shape[2:]:
        raise RuntimeError(f"grid_sampler(): expected input to have non-empty spatial dimensions, got {input.shape}")


def _neighbours(at: Tensor, length: int, mode: str, padding: str, aligned: bool) -> list[tuple]:
    """Along one axis: the pixels that are read, how much each counts, and whether it is in the image."""
    at = where(np.isnan(array_of(at)), -2.0, at)  # nowhere: outside
    if mode != "bicubic":
        at = _brought_in(at, length, padding, aligned)
    here = array_of(at)
    if mode == "nearest":
        found = [(np.rint(here), at * 0 + 1)]
    elif mode == "bilinear":
        first = np.floor(here)
        rest = at - constant(first)
        found = [(first, 1 - rest), (first + 1, rest)]
    else:
        first = np.floor(here)
        shares = cubic_weights(at - constant(first))
        each = [constant(first + k) for k in (-1, 0, 1, 2)]
        found = [(array_of(_brought_in(p, length, padding, aligned)), s) for p, s in zip(each, shares, strict=True)]
    inside = [np.logical_and(place >= 0, place <= length - 1) for place, _ in found]
    places = [np.astype(np.clip(place, 0, length - 1), np.int64) for place, _ in found]
    return [(place, share, there) for place, (_, share), there in zip(places, found, inside, strict=True)]


def _brought_in(at: Tensor, length: int, padding: str, aligned: bool) -> Tensor:
    """Places outside the image brought to its border, or mirrored at it until they are inside. At the border itself the
    derivative is 0, as in PyTorch."""
    if padding == "zeros":
        return at
    if padding == "reflection":
        low, high = (0.0, length - 1.0) if aligned else (-0.5, length - 0.5)
        if low == high:
            return at * 0
        at = np.absolute(at - low)
        span = high - low
        turns = np.floor(array_of(at) / span)
        rest = at - constant(turns * span)
        at = where(constant(np.equal(turns % 2, 0)), rest, span - rest) + low
    at = where(array_of(at) > 0, at, 0.0)
    return where(array_of(at) < length - 1, at, float(length - 1))


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid that reads an image turned, scaled, sheared and moved: (n, 2, 3) -> (n, h, w, 2), of size (n, c, h, w).

    Or (n, 3, 4) -> (n, d, h, w, 3). Each place is theta applied to (x, y, 1).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
    """
    if theta.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    n = len(size) - 2
    if n not in (2, 3):
        raise NotImplementedError("affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, "
                                  f"respectively. Got size {tuple(size)}.")  # fmt: skip
    if theta.shape != (size[0], n, n + 1):
        raise ValueError(f"Expected a batch of {n}D affine matrices of shape {size[0]}x{n}x{n + 1} for size "
                         f"{tuple(size)}. Got {theta.shape}.")  # fmt: skip
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {tuple(size)}")
    if align_corners is None:
        warnings.warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. "
                      "Please specify align_corners=True if the old behavior is desired.", stacklevel=2)  # fmt: skip
    lines = [np.linspace(-1, 1, k) * (1 if align_corners else (k - 1) / k) if k > 1 else np.zeros(1) for k in size[2:]]
    places = np.stack([*np.meshgrid(*lines, indexing="ij")[::-1], np.ones(tuple(size[2:]))], -1)
    flat = constant(np.reshape(places, (-1, n + 1)).astype(theta.dtype))
    return matmul(flat, theta.mT).reshape(size[0], *size[2:], n)


def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int,
                 align_corners: bool) -> Tensor:  # fmt: skip
    """`grid_sample` with numbers for the modes, as PyTorch's own layers call it."""
    return grid_sample(input, grid, MODES[interpolation_mode], PADDING_MODES[padding_mode], align_corners)


def grid_sampler_2d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int,
                    align_corners: bool) -> Tensor:  # fmt: skip
    """`grid_sampler` of images."""
    return grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners)


def grid_sampler_3d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int,
                    align_corners: bool) -> Tensor:  # fmt: skip
    """`grid_sampler` of volumes."""
    return grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners)
