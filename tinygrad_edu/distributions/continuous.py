"""Numbers with a place and a spread.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from ..engine import constant
from ..ops.elementwise import where
from .distribution import Distribution, parameters

EULER = 0.57721566490153286061


class Placed(Distribution):
    """loc + scale · what is drawn with loc 0 and scale 1."""

    has_rsample = True
    _parameters = ("loc", "scale")

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None):
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape)

    mean = mode = property(lambda self: self.loc)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """loc + scale · a number that does not depend on them."""
        return self.loc + constant(self._drawn(self._shape(sample_shape), self.loc.dtype)) * self.scale

    def _drawn(self, shape: tuple, dtype: Any) -> Any:
        raise NotImplementedError

    def _away(self, value: Any) -> Any:
        return (value - self.loc) / self.scale


def _between(shape: tuple, dtype: Any) -> Any:
    """Even numbers, 0 < x < 1."""
    tiny, eps = np.finfo(dtype).tiny, np.finfo(dtype).eps
    return np.clip(random.uniform_array(shape, dtype), tiny, 1 - eps)


class Normal(Placed):
    """The bell curve with mean loc and deviation scale."""

    stddev = property(lambda self: self.scale)
    variance = property(lambda self: self.scale * self.scale)

    def _drawn(self, shape: tuple, dtype: Any) -> Any:
        return random.normal_array(shape, dtype)

    def log_prob(self, value: Any) -> Any:
        """−((x − loc) / scale)² / 2 − ln scale − ln √2π."""
        away = value - self.loc
        return -(away * away) / (2 * self.variance) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def entropy(self) -> Any:
        """1/2 + ln √2π + ln scale."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    def cdf(self, value: Any) -> Any:
        return (self._away(value) / math.sqrt(2)).erf() * 0.5 + 0.5

    def icdf(self, value: Any) -> Any:
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)


class Laplace(Placed):
    """exp(−|x − loc| / scale), up to a factor.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#laplace
    """

    stddev = property(lambda self: math.sqrt(2) * self.scale)
    variance = property(lambda self: 2 * self.scale * self.scale)

    def _drawn(self, shape: tuple, dtype: Any) -> Any:
        u = _between(shape, dtype) * 2 - 1
        return -np.sign(u) * np.log1p(-np.absolute(u))

    def log_prob(self, value: Any) -> Any:
        """−|x − loc| / scale − ln 2 scale."""
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def entropy(self) -> Any:
        """1 + ln 2 scale."""
        return 1 + (2 * self.scale).log()

    def cdf(self, value: Any) -> Any:
        away = self._away(value)
        return 0.5 - 0.5 * away.sign() * (-away.abs()).expm1()

    def icdf(self, value: Any) -> Any:
        term = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()


class Gumbel(Placed):
    """The largest of many: x = loc − scale · ln(−ln u), u even.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#gumbel
    """

    mode = property(lambda self: self.loc)
    mean = property(lambda self: self.loc + self.scale * EULER)  # type: ignore[assignment]
    stddev = property(lambda self: math.pi / math.sqrt(6) * self.scale)
    variance = property(lambda self: self.stddev * self.stddev)

    def _drawn(self, shape: tuple, dtype: Any) -> Any:
        return -np.log(-np.log(_between(shape, dtype)))

    def log_prob(self, value: Any) -> Any:
        """y − eʸ − ln scale, y = (loc − x) / scale."""
        y = (self.loc - value) / self.scale
        return y - y.exp() - self.scale.log()

    def entropy(self) -> Any:
        """ln scale + 1 + γ."""
        return self.scale.log() + (1 + EULER)

    def cdf(self, value: Any) -> Any:
        return (-(-self._away(value)).exp()).exp()

    def icdf(self, value: Any) -> Any:
        return self.loc - self.scale * (-value.log()).log()


class Cauchy(Placed):
    """1 / (1 + ((x − loc) / scale)²), up to a factor: so wide that it has no mean.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#cauchy
    """

    mode = property(lambda self: self.loc)
    mean = property(lambda self: self.loc.detach() * np.nan)  # type: ignore[assignment]
    variance = property(lambda self: self.loc.detach() * 0 + np.inf)

    def _drawn(self, shape: tuple, dtype: Any) -> Any:
        return np.astype(random.numpy_generator().standard_cauchy(shape), dtype)

    def log_prob(self, value: Any) -> Any:
        """−ln π − ln scale − ln(1 + ((x − loc) / scale)²)."""
        away = self._away(value)
        return -math.log(math.pi) - self.scale.log() - (away * away).log1p()

    def entropy(self) -> Any:
        """ln 4π + ln scale."""
        return math.log(4 * math.pi) + self.scale.log()

    def cdf(self, value: Any) -> Any:
        return self._away(value).atan() / math.pi + 0.5

    def icdf(self, value: Any) -> Any:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc


class Uniform(Distribution):
    """All numbers from low to high alike."""

    has_rsample = True
    _parameters = ("low", "high")

    def __init__(self, low: Any, high: Any, validate_args: Any = None):
        self.low, self.high = parameters(low, high)
        super().__init__(self.low.shape)

    mean = property(lambda self: (self.low + self.high) / 2)
    mode = property(lambda self: self.high * np.nan)
    stddev = property(lambda self: (self.high - self.low) / math.sqrt(12))
    variance = property(lambda self: (self.high - self.low) ** 2 / 12)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """low + (high − low) · a number from 0 to 1."""
        drawn = constant(random.uniform_array(self._shape(sample_shape), self.low.dtype))
        return self.low + drawn * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """−ln(high − low) inside, −inf outside."""
        inside = (value >= self.low) & (value < self.high)
        return where(inside, -(self.high - self.low).log(), -np.inf)

    def entropy(self) -> Any:
        """ln(high − low)."""
        return (self.high - self.low).log()

    def cdf(self, value: Any) -> Any:
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, value: Any) -> Any:
        return value * (self.high - self.low) + self.low


class Exponential(Distribution):
    """Waiting times: rate · exp(−rate x), x ≥ 0.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#exponential
    """

    has_rsample = True
    _parameters = ("rate",)

    def __init__(self, rate: Any, validate_args: Any = None):
        (self.rate,) = parameters(rate)
        super().__init__(self.rate.shape)

    mean = stddev = property(lambda self: 1 / self.rate)
    mode = property(lambda self: self.rate.detach() * 0)
    variance = property(lambda self: self.rate**-2)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """A waiting time of rate 1, divided by the rate."""
        drawn = random.numpy_generator().standard_exponential(self._shape(sample_shape))
        return constant(np.astype(drawn, self.rate.dtype)) / self.rate

    def log_prob(self, value: Any) -> Any:
        """ln rate − rate x."""
        return self.rate.log() - self.rate * value

    def entropy(self) -> Any:
        """1 − ln rate."""
        return 1.0 - self.rate.log()

    def cdf(self, value: Any) -> Any:
        return 1 - (-self.rate * value).exp()

    def icdf(self, value: Any) -> Any:
        return -(-value).log1p() / self.rate
