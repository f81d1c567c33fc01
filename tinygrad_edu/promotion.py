"""PyTorch's type promotion: which dtype the inputs of an op share before its formula runs.

NumPy alone would turn float32 · int64, float32 · 0-d float64 and int / int into float64.
Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from typing import Any

import numpy as np

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}
_NUMBERS = {bool: 0, int: 1, float: 2}
_DEFAULTS = {"b": np.bool_, "u": np.int64, "i": np.int64}
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
    """Whether a formula may run on `arrays` as they are: one dtype, and Python numbers that fit it."""
    numbers = max((_number(x) for x in arrays if not hasattr(x, "dtype")), default=0)
    dtypes = {x.dtype for x in arrays if hasattr(x, "dtype")}
    if len(dtypes) != 1:
        return not dtypes
    return _CATEGORY.get(dtypes.pop().kind, -1) >= max(numbers, 2 * floating)


def _number(x: Any) -> int:
    """The category of a Python number, 0 for None (an argument left out); of anything else, more than there are."""
    if x is None:
        return 0
    return next((c for kind, c in _NUMBERS.items() if isinstance(x, kind)), getattr(x, "category", 3))


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
    dimensioned: list[np.dtype] = []
    zero_dimensional: list[np.dtype] = []
    numbers: list[np.dtype] = []
    for x in operands:
        if x is None:
            continue
        dtype = x.dtype if hasattr(x, "dtype") else np.min_scalar_type(getattr(x, "value", x))
        if dtype.kind not in _CATEGORY or not (hasattr(x, "dtype") or _number(x) < 3):
            what = f"dtype {x.dtype}" if hasattr(x, "dtype") else type(x).__name__
            raise TypeError(f"tensors, arrays and single real numbers expected, got {what}")
        if hasattr(x, "dtype") and not isinstance(x, np.generic):
            (dimensioned if x.ndim else zero_dimensional).append(dtype)
        else:  # a NumPy scalar counts as a Python number, as in PyTorch
            numbers.append(np.dtype(_DEFAULTS.get(dtype.kind) or get_default_dtype()))
    return dimensioned, zero_dimensional, numbers


def _join(a: np.dtype, b: np.dtype) -> np.dtype:
    if _CATEGORY[a.kind] != _CATEGORY[b.kind]:
        return a if _CATEGORY[a.kind] > _CATEGORY[b.kind] else b
    return np.promote_types(a, b)
