"""Comparing results: two tensors, or nests of them, with the tolerance that their dtype allows.

Source: https://docs.pytorch.org/docs/stable/testing.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .random import rand
from .tensor import Tensor

__all__ = ["assert_close", "make_tensor"]

# dtype: (relative, absolute); whole numbers and bools must be equal
_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def assert_close(actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None,
                 atol: float | None = None, equal_nan: bool = False, check_device: bool = True,
                 check_dtype: bool = True, check_layout: bool = True, check_stride: bool = False,
                 msg: str | Callable | None = None) -> None:  # fmt: skip
    """AssertionError unless |actual − expected| ≤ atol + rtol |expected| everywhere, and shapes and dtypes agree.

    Tensors, arrays, numbers, and lists, tuples and dicts of them. rtol and atol are given together or not at all; the
    defaults follow the dtype. msg: what the error says instead, or a function of what it would say.
    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_close
    """
    if (rtol is None) != (atol is None):
        raise ValueError(f"assert_close: rtol and atol are given together or not at all, got rtol={rtol}, atol={atol}")
    try:
        _compare(actual, expected, rtol, atol, equal_nan, check_dtype, "")
    except AssertionError as error:
        text = str(error)
        raise AssertionError(text if msg is None else msg(text) if callable(msg) else msg) from None


def _compare(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, at: str) -> None:
    if isinstance(b, Mapping):
        if not isinstance(a, Mapping) or a.keys() != b.keys():
            raise AssertionError(f"{at or 'the mapping'}: keys {list(b)} expected, got {list(a)}")
        for key in b:
            _compare(a[key], b[key], rtol, atol, equal_nan, check_dtype, f"{at}[{key!r}]")
        return
    if isinstance(b, Sequence) and not isinstance(b, str):
        if not isinstance(a, Sequence) or len(a) != len(b):
            raise AssertionError(f"{at or 'the sequence'}: {len(b)} items expected, got {a!r}")
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            _compare(x, y, rtol, atol, equal_nan, check_dtype, f"{at}[{i}]")
        return
    x, y = (t.numpy(force=True) if isinstance(t, Tensor) else np.asarray(t) for t in (a, b))
    where = f" at {at}" if at else ""
    if x.shape != y.shape:
        raise AssertionError(f"shapes differ{where}: {x.shape}, expected {y.shape}")
    if check_dtype and x.dtype != y.dtype:
        raise AssertionError(f"dtypes differ{where}: {x.dtype}, expected {y.dtype}")
    bounds = [_TOLERANCES.get(t.dtype.name, (0.0, 0.0)) for t in (x, y)]
    relative, absolute = (max(pair) for pair in zip(*bounds, strict=True)) if rtol is None else (rtol, atol)
    np.testing.assert_allclose(x, y, relative, absolute, equal_nan=equal_nan, err_msg=f"tensors differ{where}")


def make_tensor(*shape: Any, dtype: Any, device: Any = "cpu", low: float | None = None, high: float | None = None,
                requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Random numbers of a dtype from low (−9) up to high (9).

    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.make_tensor
    """
    low, high = -9.0 if low is None else low, 9.0 if high is None else high
    made = rand(*shape) * (high - low) + low
    return made.to(dtype).requires_grad_(requires_grad)
