"""What users write, as the ops take it: numbers and nested sequences as arrays, indices as arrays and the rest."""

from __future__ import annotations

from typing import Any

import numpy as np

from .engine import array_of
from .graph import Tensor, mode
from .ops.index import SLOT
from .promotion import get_default_dtype


def sizes_of(sizes: tuple) -> tuple:
    """(2, 3) from f(2, 3), f((2, 3)) or f([2, 3])."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


def given_sizes(name: str, sizes: tuple, size: Any = None) -> tuple:
    """The same, also from f(size=(2, 3)); TypeError for f(): the shape of a number is ()."""
    if not sizes and size is None:
        raise TypeError(f"{name}() missing 1 required positional argument: 'size'; for a single number, {name}(())")
    return sizes_of(sizes if size is None else (size,))


def as_array(data: Any, dtype: Any = None) -> np.ndarray:
    """The numbers in `data` (numbers, nested sequences, arrays, tensors) as a new array.

    Python floats take the default dtype, integers int64, as in PyTorch.
    """
    if not isinstance(data, np.ndarray) and hasattr(data, "__array_function__") and mode.tracer is not None:
        if hasattr(data, "category"):  # stands for a Python number
            return mode.tracer.array_of_number(data, dtype or (np.int64 if data.category == 1 else get_default_dtype()))
        array = array_of(data) if isinstance(data, Tensor) else data
        return np.copy(array) if dtype is None else np.astype(array, dtype)
    with np.errstate(all="ignore"):  # 1e300 is inf in float32, as in PyTorch
        if isinstance(data, (Tensor, np.ndarray, np.generic)):
            array = np.array(array_of(data) if isinstance(data, Tensor) else data, dtype)
        else:
            try:
                array = np.array(_numbers(data), dtype)
            except (ValueError, TypeError, OverflowError) as error:
                kind = type(error) if type(error) in (TypeError, OverflowError) else ValueError
                raise kind(f"tensor: numbers, or nested sequences of equal lengths, expected: {error}") from None
            if dtype is None and array.dtype == np.float64 and not _first(data, np.float64):
                array = array.astype(get_default_dtype())
            if dtype is None and array.dtype == np.uint64 and not _first(data, np.uint64):
                raise OverflowError("tensor: integers must fit into int64; give a dtype, e.g. dtype=float64")
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise TypeError(f"tensor: real numbers or booleans expected, got dtype {array.dtype}")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _numbers(data: Any) -> Any:
    """Nested sequences with the tensors in them turned into arrays."""
    if isinstance(data, Tensor):
        return array_of(data)
    return [_numbers(item) for item in data] if isinstance(data, (list, tuple)) else data


def _first(data: Any, dtype: Any) -> bool:
    """Whether the first item of nested sequences is an array, tensor or NumPy scalar of this dtype."""
    while isinstance(data, (list, tuple)) and len(data):
        data = data[0]
    return getattr(data, "dtype", None) == dtype


def _is_traced(x: Any) -> bool:
    """Whether x stands for an array while a step is compiled."""
    return hasattr(x, "__array_function__") and hasattr(x, "ndim") and not isinstance(x, np.generic)


def split_index(key: Any) -> tuple[list, tuple]:
    """An index as the ops take it: the arrays in it, and the rest with SLOT in their places."""
    key = key if type(key) is tuple else (key,)
    arrays: list = []
    parts: list = []
    for part in key:
        if isinstance(part, (list, np.ndarray)):
            part = np.asarray(part) if np.size(part) else np.asarray(part, getattr(part, "dtype", np.int64))
        elif isinstance(part, Tensor) and part._array.dtype.kind == "f":
            raise IndexError(f"an index must be of integers or booleans, got a tensor of dtype {part._array.dtype}")
        if isinstance(part, (np.ndarray, Tensor)) or _is_traced(part):
            arrays.append(part)
            part = SLOT
        parts.append(part)
    return arrays, tuple(parts)
