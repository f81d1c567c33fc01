"""Max pooling whose windows lie at steps that are drawn, so that an image may shrink by any share.

Source: Graham 2014, https://arxiv.org/abs/1412.6071;
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...ops import order
from ...ops.index import take_along_axis
from ...random import uniform_array
from ...tensor import Tensor
from .sizes import batched, positive


def _fractional(name: str, n: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any,
                samples: Tensor | None) -> tuple[Tensor, Tensor]:  # fmt: skip
    with_batch = batched(name, input, n)
    kernel = positive(name, "kernel_size", kernel_size, n)
    lengths = input.shape[-n:]
    if output_size is None:
        if output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
        ratios = tuple(output_ratio) if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * n
        if len(ratios) != n:
            raise ValueError(f"{name} requires output_ratio to either be a single number or {n} of them.")
        output_size = tuple(int(a * r) for a, r in zip(lengths, ratios, strict=True))
    sizes = positive(name, "output_size", output_size, n)
    if any(size + k - 1 > a for size, k, a in zip(sizes, kernel, lengths, strict=True)):
        raise RuntimeError(f"{name}: {sizes} windows of {kernel} do not fit an input of {lengths}")
    planes = input.shape[:-n]
    if samples is None:
        drawn = uniform_array((*(planes if with_batch else (1, *planes)), n), input.dtype)
    else:
        drawn = array_of(samples)
        if drawn.shape != (*(planes if with_batch else (1, *planes)), n):
            raise RuntimeError(f"{name}: _random_samples must be {(*planes, n)}, got {drawn.shape}")
    drawn = np.reshape(drawn, (*planes, n))
    flat: Any = 0
    for i in range(n):  # the last axis takes the first number of an image, but the last number of a volume
        drawn_here = drawn[..., n - 1 - i if n == 2 else i]
        starts = _starts(drawn_here, lengths[i], sizes[i], kernel[i])
        seen = np.expand_dims(starts, -1) + np.arange(kernel[i])  # (..., size, kernel)
        apart = (*planes, *(1,) * i, sizes[i], *(1,) * (n - 1), kernel[i], *(1,) * (n - 1 - i))
        flat = flat * lengths[i] + np.reshape(seen, apart)
    flat = np.reshape(flat, (*planes, math.prod(sizes), math.prod(kernel)))
    every = take_along_axis(input.reshape(*planes, math.prod(lengths)), constant(np.reshape(
        flat, (*planes, math.prod(flat.shape[-2:])))), -1)  # fmt: skip
    z, at = order.max(every.reshape(*flat.shape), -1)
    places = np.take_along_axis(flat, np.expand_dims(array_of(at), -1), -1)[..., 0]
    return z.reshape(*planes, *sizes), constant(np.reshape(places, (*planes, *sizes)))


def _starts(drawn: np.ndarray, length: int, count: int, kernel: int) -> np.ndarray:
    """Where windows start: at steps of (length − kernel) / (count − 1), each rounded, shifted by the number drawn."""
    if count == 1:
        return np.full((*drawn.shape, 1), length - kernel)
    step = (length - kernel) / (count - 1)
    at = np.expand_dims(drawn, -1)
    starts = np.astype((np.arange(count) + at) * step, np.int64) - np.astype(at * step, np.int64)
    return np.where(np.arange(count) == count - 1, length - kernel, starts)


def fractional_max_pool2d_with_indices(input: Tensor, kernel_size: Any, output_size: Any = None,
                                       output_ratio: Any = None, return_indices: bool = False,
                                       _random_samples: Tensor | None = None) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`fractional_max_pool2d`, and where each number stood in the flattened image."""
    return _fractional("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d_with_indices(input: Tensor, kernel_size: Any, output_size: Any = None,
                                       output_ratio: Any = None, return_indices: bool = False,
                                       _random_samples: Tensor | None = None) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`fractional_max_pool3d`, and where each number stood in the flattened volume."""
    return _fractional("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                          return_indices: bool = False,
                          _random_samples: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest numbers of windows at drawn places: (n, c, h, w) -> (n, c, *output_size).

    output_ratio: the same as a share of the input's lengths. _random_samples: what decides on the places, (n, c, 2)
    numbers from 0 to 1, instead of drawing them.
    """
    both = fractional_max_pool2d_with_indices(input, kernel_size, output_size, output_ratio, True, _random_samples)
    return both if return_indices else both[0]


def fractional_max_pool3d(input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                          return_indices: bool = False,
                          _random_samples: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """The largest numbers of windows at drawn places: (n, c, d, h, w) -> (n, c, *output_size)."""
    both = fractional_max_pool3d_with_indices(input, kernel_size, output_size, output_ratio, True, _random_samples)
    return both if return_indices else both[0]
