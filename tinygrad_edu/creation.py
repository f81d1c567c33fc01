"""Tensors from nothing: zeros, ones, ranges. Names, arguments and defaults are PyTorch's.

Source: https://docs.pytorch.org/docs/stable/torch.html#creation-ops
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .conversion import as_array, given_sizes, sizes_of
from .engine import constant
from .errors import ShapeError
from .promotion import get_default_dtype
from .tensor import Tensor, tensor


def _made(array: np.ndarray, requires_grad: bool) -> Tensor:
    result = constant(array)
    return result.requires_grad_() if requires_grad else result


def _size(sizes: tuple) -> tuple:
    """The shape, from zeros(2, 3), zeros((2, 3)) or zeros([2, 3])."""
    shape = sizes_of(sizes)
    if any(n < 0 for n in shape):
        raise ShapeError(f"lengths must not be negative, got {shape}")
    return shape


def zeros(*sizes: Any, size: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
          requires_grad: bool = False, pin_memory: bool = False) -> Tensor:  # fmt: skip
    """Zeros of a shape."""
    return _made(np.zeros(_size(given_sizes("zeros", sizes, size)), dtype or get_default_dtype()), requires_grad)


def ones(*sizes: Any, size: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
         requires_grad: bool = False, pin_memory: bool = False) -> Tensor:  # fmt: skip
    """Ones of a shape."""
    return _made(np.ones(_size(given_sizes("ones", sizes, size)), dtype or get_default_dtype()), requires_grad)


def empty(*sizes: Any, size: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
          requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None) -> Tensor:  # fmt: skip
    """Memory of a shape; filled with zeros here, so that a program gives the same bits each time."""
    return zeros(*sizes, size=size, dtype=dtype, requires_grad=requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """One number in a shape; its dtype follows the number unless given."""
    size = (size,) if isinstance(size, int) else tuple(size)
    number = as_array(fill_value, dtype)
    if not isinstance(number, np.ndarray):  # of a step that is being compiled
        return _made(np.copy(np.broadcast_to(number, _size(size)), order="C"), requires_grad)
    return _made(np.full(_size(size), number), requires_grad)


def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None,
           requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Numbers from start (0) up to, not including, end."""
    start, end = (0, start) if end is None else (start, end)
    start, end, step = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    if step == 0:
        raise ShapeError("arange: step must be nonzero")
    if (end - start) * step < 0:
        raise ShapeError("arange: upper bound and lower bound inconsistent with step sign, got start "
                           f"{start}, end {end}, step {step}")  # fmt: skip
    if dtype is None:
        dtype = get_default_dtype() if any(isinstance(x, float) for x in (start, end, step)) else np.int64
    return _made(np.arange(start, end, step).astype(dtype), requires_grad)


def linspace(start: float, end: float, steps: int, *, dtype: Any = None, device: Any = None,
             requires_grad: bool = False) -> Tensor:  # fmt: skip
    """`steps` numbers, evenly spaced from start to end, both included."""
    start, end = (x.item() if isinstance(x, Tensor) else x for x in (start, end))
    if steps < 0:
        raise RuntimeError(f"linspace: number of steps must be non-negative, got {steps}")
    return _made(np.linspace(start, end, steps).astype(dtype or get_default_dtype()), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The identity: ones on the diagonal, zeros elsewhere."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"eye: n and m must be greater or equal to 0, got {n} and {m}")
    return _made(np.eye(n, m, dtype=dtype or get_default_dtype()), requires_grad)


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor that shares the array's memory."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy: an array expected, got {type(array).__name__}; use tensor(data)")
    if array.dtype.kind not in "biuf":
        raise TypeError(f"from_numpy: real numbers or booleans expected, got dtype {array.dtype}")
    return constant(array)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, without a copy where that is possible."""
    if isinstance(data, Tensor):
        return data.to(dtype) if dtype is not None else data
    if isinstance(data, np.ndarray) and dtype in (None, data.dtype):
        return from_numpy(data)
    return tensor(data, dtype)


def from_dlpack(exporter: Any) -> Tensor:
    """A tensor that shares the memory of another framework's array."""
    return constant(np.from_dlpack(exporter))


def is_tensor(x: Any) -> bool:
    """Whether x is a Tensor."""
    return isinstance(x, Tensor)
