"""PyTorch's type promotion: which dtype the inputs of an op share before its formula runs.

NumPy alone would turn float32 · int64, float32 · 0-d float64 and int / int into float64.
Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from typing import Any

import numpy as np

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}
_default = [np.dtype(np.float32)]


def get_default_dtype() -> np.dtype:
    """The floating dtype of tensors made from Python floats; float32 unless set."""
    return _default[0]


def set_default_dtype(dtype: Any) -> None:
    """Let tensors made from Python floats have this floating dtype. TypeError for any other kind."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"set_default_dtype: only a floating dtype can be the default, got {dtype}")
    _default[0] = dtype


def even(arrays: list, floating: bool) -> bool:
    """Whether the formula may run on `arrays` as they are: one dtype, and Python numbers that fit it."""
    shared = None
    numbers = 0
    for array in arrays:
        kind = type(array)
        if kind is float:
            numbers = 2
        elif kind is int:
            numbers = numbers or 1
        elif kind is bool or array is None:
            pass
        elif shared is None:
            shared = array.dtype
        elif array.dtype is not shared:
            return False
    if shared is None:
        return True
    category = _CATEGORY.get(shared.kind, 3)
    return category >= 2 or (category >= numbers and not floating)


def result_type(*operands: Any) -> np.dtype:
    """The dtype that PyTorch gives to an arithmetic op on these arrays and numbers.

    Arrays with dimensions decide; a 0-d array, and after it a Python number, only counts where its
    category (bool < int < float) is higher than theirs.
    """
    chosen: np.dtype | None = None
    for dtypes in _by_priority(operands):
        group: np.dtype | None = None
        for dtype in dtypes:
            group = dtype if group is None else _join(group, dtype)
        if group is not None and (chosen is None or _CATEGORY[group.kind] > _CATEGORY[chosen.kind]):
            chosen = group
    return chosen if chosen is not None else get_default_dtype()


def _by_priority(operands: tuple) -> tuple[list, list, list]:
    dimensioned, zero_dimensional, numbers = [], [], []
    for x in operands:
        if isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
            number = np.bool_ if isinstance(x, bool) else np.int64 if isinstance(x, int) else get_default_dtype()
            numbers.append(np.dtype(number))
        elif x is not None:
            if x.dtype.kind not in _CATEGORY:
                raise TypeError(f"numbers expected, got an array of dtype {x.dtype}")
            (dimensioned if x.ndim else zero_dimensional).append(x.dtype)
    return dimensioned, zero_dimensional, numbers


def _join(a: np.dtype, b: np.dtype) -> np.dtype:
    if _CATEGORY[a.kind] != _CATEGORY[b.kind]:
        return a if _CATEGORY[a.kind] > _CATEGORY[b.kind] else b
    return np.promote_types(a, b)
