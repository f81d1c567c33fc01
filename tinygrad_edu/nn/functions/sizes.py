"""Settings that have one number for each axis, or one number for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def each(name: str, what: str, value: Any, n: int) -> tuple[int, ...]:
    """A whole number for each of n axes: 2 -> (2, 2), (2,) -> (2, 2), (2, 3) -> (2, 3)."""
    numbers = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    numbers = numbers * n if len(numbers) == 1 else numbers
    if len(numbers) != n or not all(isinstance(k, (int, np.integer)) for k in numbers):
        raise RuntimeError(f"{name}: {what} must be a whole number, or {n} of them, got {value!r}")
    return tuple(map(int, numbers))


def positive(name: str, what: str, value: Any, n: int) -> tuple[int, ...]:
    """The same, of numbers from 1 up."""
    numbers = each(name, what, value, n)
    if min(numbers) < 1:
        raise RuntimeError(f"{name}: {what} must be greater than zero, got {value!r}")
    return numbers


def not_negative(name: str, what: str, value: Any, n: int) -> tuple[int, ...]:
    """The same, of numbers from 0 up."""
    numbers = each(name, what, value, n)
    if min(numbers) < 0:
        raise RuntimeError(f"{name}: {what} must not be negative, got {value!r}")
    return numbers


def batched(name: str, input: Any, n: int) -> bool:
    """Whether an input of n spatial axes has a batch axis; RuntimeError where it has neither n + 1 nor n + 2 axes."""
    if input.ndim not in (n + 1, n + 2):
        lengths = ", ".join(("length", "height, width", "depth, height, width")[n - 1].split(", "))
        raise RuntimeError(f"{name}: (channels, {lengths}) expected, or a batch of such, got shape {input.shape}")
    return bool(input.ndim == n + 2)
