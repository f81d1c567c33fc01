"""Waiting times."""

from __future__ import annotations

from typing import Any

from .. import random
from .distribution import Distribution, drawn, tensors


class Exponential(Distribution):
    """Density rate · exp(−rate · x) for x ≥ 0.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#exponential
    """

    has_rsample, shown = True, ("rate",)

    def __init__(self, rate: Any, validate_args: Any = None):
        (self.rate,) = tensors(rate)
        super().__init__(self.rate.shape)

    mean = stddev = property(lambda self: 1 / self.rate)
    variance = property(lambda self: self.rate**-2)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """A waiting time at rate 1, divided by the rate."""
        times = random.numpy_generator().standard_exponential(self._extended(sample_shape))
        return drawn(times.astype(self.rate.dtype)) / self.rate

    def log_prob(self, value: Any) -> Any:
        """ln rate − rate · x."""
        return self.rate.log() - self.rate * value

    def entropy(self) -> Any:
        """1 − ln rate."""
        return 1 - self.rate.log()
