"""The bell curve."""

from __future__ import annotations

import math
from typing import Any

from .. import random, special
from .distribution import Distribution, drawn, tensors


class Normal(Distribution):
    """The bell curve with mean loc and deviation scale.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#normal
    """

    has_rsample, shown = True, ("loc", "scale")

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None):
        self.loc, self.scale = tensors(loc, scale)
        super().__init__(self.loc.shape)

    mean = mode = property(lambda self: self.loc)
    stddev = property(lambda self: self.scale)
    variance = property(lambda self: self.scale * self.scale)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """loc + scale · a number from the bell curve."""
        return self.loc + drawn(random.normal_array(self._extended(sample_shape), self.loc.dtype)) * self.scale

    def log_prob(self, value: Any) -> Any:
        """−((x − loc) / scale)² / 2 − ln scale − ln √2π."""
        away = value - self.loc
        return -(away * away) / (2 * self.variance) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def entropy(self) -> Any:
        """1/2 + ln √2π + ln scale."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    def cdf(self, value: Any) -> Any:
        """The chance of a number below value: (1 + erf((x − loc) / (scale √2))) / 2."""
        return 0.5 * (1 + special.erf((value - self.loc) / (self.scale * math.sqrt(2))))

    def icdf(self, value: Any) -> Any:
        """Below which number one falls with this chance."""
        return self.loc + self.scale * special.erfinv(2 * value - 1) * math.sqrt(2)
