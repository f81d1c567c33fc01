"""What PyTorch's oldest constructors take: Tensor([1, 2]) is made of numbers, Tensor(2, 3) of a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from .conversion import as_array


def of_sizes(data: tuple, dtype: Any) -> np.ndarray:
    """An array of the numbers in f([1, 2]), or of zeros in the shape f(2, 3)."""
    if all(isinstance(n, int) and not isinstance(n, bool) for n in data):
        return np.zeros(data or (0,), dtype)
    if len(data) > 1:
        raise TypeError(f"Tensor: numbers in one sequence, or lengths one by one, expected, got {data}")
    return as_array(data[0], dtype)
