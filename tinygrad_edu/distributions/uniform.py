"""All numbers between two alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import random
from .distribution import Distribution, drawn, tensors


class Uniform(Distribution):
    """All numbers from low to high alike.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#uniform
    """

    has_rsample, shown = True, ("low", "high")

    def __init__(self, low: Any, high: Any, validate_args: Any = None):
        self.low, self.high = tensors(low, high)
        super().__init__(self.low.shape)

    mean = property(lambda self: (self.high + self.low) / 2)
    variance = property(lambda self: (self.high - self.low) ** 2 / 12)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """low + (high − low) · a number from 0 to 1."""
        numbers = drawn(random.uniform_array(self._extended(sample_shape), self.low.dtype))
        return self.low + numbers * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """−ln(high − low) inside, −inf outside."""
        inside = (value >= self.low) & (value < self.high)
        return np.where(inside, -(self.high - self.low).log(), -np.inf)

    def entropy(self) -> Any:
        """ln(high − low)."""
        return (self.high - self.low).log()
