"""How a tensor looks: as in PyTorch, `tensor([1., 2.], requires_grad=True)`."""

from __future__ import annotations

from typing import Any

import numpy as np

_EXPECTED = {"f4": "float32", "i8": "int64", "b1": "bool"}  # dtypes that go without saying


def tensor_repr(tensor: Any) -> str:
    """The values, and what is not plain about them: dtype, gradient."""
    array = tensor._array
    name = type(tensor).__name__.lower() if type(tensor).__name__ == "Tensor" else type(tensor).__name__
    notes = []
    if not isinstance(array, np.ndarray):
        return f"{name}({array!r})"
    if array.size == 0 and array.shape != (0,):
        notes.append(f"size={array.shape}")
    if array.dtype.str[1:] not in _EXPECTED:
        notes.append(f"dtype={array.dtype}")
    if tensor.grad_fn is not None:
        notes.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        notes.append("requires_grad=True")
    return f"{name}({', '.join([_values(array, len(name) + 1), *notes])})"


def _values(array: np.ndarray, indent: int) -> str:
    if array.ndim == 0:
        return _number(array)
    return np.array2string(array, separator=", ", prefix=" " * indent, precision=4, threshold=1000, floatmode="maxprec_equal"
                           if array.dtype.kind == "f" and not _whole(array) else "maxprec", max_line_width=100)  # fmt: skip


def _number(array: np.ndarray) -> str:
    if array.dtype.kind != "f":
        return str(array.item())
    return f"{array.item():.0f}." if _whole(array) else f"{array.item():.4f}" if 1e-4 < abs(array) < 1e5 else f"{array.item():.4e}"


def _whole(array: np.ndarray) -> bool:
    return bool(np.all(np.isfinite(array)) and np.all(array == np.trunc(array)) and np.all(abs(array) < 1e5))
