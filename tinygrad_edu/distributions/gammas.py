"""The gamma distribution and what is made of it: shares, ratios, spreads.

A sample's gradient is exact: how the sample moves with the parameter so that its share of the probability stays.
Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from ..engine import constant
from ..ops.elementwise import where
from ..ops.gamma import gamma_slope, igamma
from ..ops.shape import stack
from ..tensor import Tensor
from .distribution import Distribution, parameters


def _standard_gamma(concentration: Any, shape: tuple) -> Any:
    """Samples with density xᵃ⁻¹ e⁻ˣ / Γ(a), on the graph of a."""
    wide = np.astype(concentration.detach().numpy(), np.float64)
    drawn = np.maximum(random.numpy_generator().standard_gamma(wide, shape), np.finfo(concentration.dtype).tiny)
    slope = gamma_slope(np.broadcast_to(wide, shape), drawn) if concentration.requires_grad else np.zeros(())
    drawn, slope = (constant(np.asarray(x, concentration.dtype)) for x in (drawn, slope))
    return drawn + slope * (concentration - concentration.detach())


class Gamma(Distribution):
    """xᵃ⁻¹ exp(−rate x), up to a factor; a is the concentration.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#gamma
    """

    has_rsample = True
    _parameters: tuple[str, ...] = ("concentration", "rate")

    def __init__(self, concentration: Any, rate: Any, validate_args: Any = None):
        self.concentration, self.rate = parameters(concentration, rate)
        super().__init__(self.concentration.shape)

    mean = property(lambda self: self.concentration / self.rate)
    mode = property(lambda self: ((self.concentration - 1) / self.rate).clamp(min=0))
    variance = property(lambda self: self.concentration / (self.rate * self.rate))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """A sample of rate 1, divided by the rate."""
        return _standard_gamma(self.concentration, self._shape(sample_shape)) / self.rate

    def log_prob(self, value: Any) -> Any:
        """a ln rate + (a − 1) ln x − rate x − ln Γ(a)."""
        a = self.concentration
        return a.xlogy(self.rate) + (a - 1).xlogy(value) - self.rate * value - a.lgamma()

    def entropy(self) -> Any:
        """a − ln rate + ln Γ(a) + (1 − a) ψ(a)."""
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()

    def cdf(self, value: Any) -> Any:
        return igamma(self.concentration, self.rate * value)


class Chi2(Gamma):
    """The sum of df squares of numbers from the bell curve.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#chi2
    """

    def __init__(self, df: Any, validate_args: Any = None):
        super().__init__(0.5 * df, 0.5)

    df = property(lambda self: self.concentration * 2)


class Dirichlet(Distribution):
    """Shares that add up to 1, with densities Π xᵢ to the (cᵢ − 1), up to a factor: (..., n).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#dirichlet
    """

    has_rsample = True
    _parameters = ("concentration",)

    def __init__(self, concentration: Any, validate_args: Any = None):
        if not concentration.ndim:
            raise ValueError("Dirichlet: concentration must have at least one axis")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:])

    @property
    def mean(self) -> Any:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Any:
        """Where the density is highest; of concentrations that are all below 1, a corner."""
        less = (self.concentration - 1).clamp(min=0.0)
        top = less / less.sum(-1, True)
        corner = (self.concentration == self.concentration.max(-1, True).values).to(top.dtype)
        return where((self.concentration < 1).all(-1, True), corner / corner.sum(-1, True), top)

    @property
    def variance(self) -> Any:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total * total * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Samples of gamma distributions, each divided by their sum."""
        drawn = _standard_gamma(self.concentration, self._shape(sample_shape))
        return drawn / drawn.sum(-1, True)

    def log_prob(self, value: Any) -> Any:
        """Σ (cᵢ − 1) ln xᵢ + ln Γ(Σ cᵢ) − Σ ln Γ(cᵢ)."""
        c = self.concentration
        return (c - 1).xlogy(value).sum(-1) + c.sum(-1).lgamma() - c.lgamma().sum(-1)

    def entropy(self) -> Any:
        """Σ ln Γ(cᵢ) − ln Γ(s) − (n − s) ψ(s) − Σ (cᵢ − 1) ψ(cᵢ), s = Σ cᵢ."""
        c, n = self.concentration, self.concentration.shape[-1]
        s = c.sum(-1)
        return c.lgamma().sum(-1) - s.lgamma() - (n - s) * s.digamma() - ((c - 1.0) * c.digamma()).sum(-1)


class Beta(Distribution):
    """Numbers from 0 to 1: x to the (a − 1) times (1 − x) to the (b − 1), up to a factor.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#beta
    """

    has_rsample = True
    _parameters = ("concentration1", "concentration0")

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: Any = None):
        self.concentration1, self.concentration0 = parameters(concentration1, concentration0)
        super().__init__(self.concentration1.shape)

    _both = property(lambda self: self.concentration1 + self.concentration0)
    mean = property(lambda self: self.concentration1 / self._both)

    @property
    def mode(self) -> Any:
        """Where the density is highest."""
        return self._dirichlet().mode[..., 0]

    @property
    def variance(self) -> Any:
        both = self._both
        return self.concentration1 * self.concentration0 / (both * both * (both + 1))

    def _dirichlet(self) -> Dirichlet:
        return Dirichlet(stack([self.concentration1, self.concentration0], -1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """x / (x + y) of samples of two gamma distributions."""
        return self._dirichlet().rsample(sample_shape)[..., 0]

    def log_prob(self, value: Any) -> Any:
        """(a − 1) ln x + (b − 1) ln(1 − x) + ln Γ(a + b) − ln Γ(a) − ln Γ(b)."""
        a, b = self.concentration1, self.concentration0
        return (a - 1).xlogy(value) + (b - 1).xlogy(1 - value) + (a + b).lgamma() - a.lgamma() - b.lgamma()

    def entropy(self) -> Any:
        """That of the two shares."""
        return self._dirichlet().entropy()


class StudentT(Distribution):
    """The bell curve with tails as heavy as df degrees of freedom make them.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#studentt
    """

    has_rsample = True
    _parameters = ("df", "loc", "scale")

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: Any = None):
        self.df, self.loc, self.scale = parameters(df, loc, scale)
        super().__init__(self.df.shape)

    mean = property(lambda self: where(self.df <= 1, np.nan, self.loc))
    mode = property(lambda self: self.loc)

    @property
    def variance(self) -> Any:
        """scale² df / (df − 2); inf up to 2, nan up to 1."""
        spread = self.scale * self.scale * self.df / (self.df - 2)
        return where(self.df > 2, spread, where(self.df > 1, np.inf, np.nan))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """loc + scale · a number from the bell curve / √(a square sum / df)."""
        shape = self._shape(sample_shape)
        drawn: Tensor = constant(random.normal_array(shape, self.df.dtype))
        squares = _standard_gamma(self.df * 0.5, shape) * 2
        return self.loc + self.scale * (drawn * (squares / self.df).rsqrt())

    def log_prob(self, value: Any) -> Any:
        """ln Γ((df + 1)/2) − ln Γ(df/2) − ln(scale √(π df)) − (df + 1)/2 · ln(1 + y²/df), y = (x − loc) / scale."""
        y = (value - self.loc) / self.scale
        constants = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        constants = constants + (0.5 * self.df).lgamma() - (0.5 * (self.df + 1.0)).lgamma()
        return -0.5 * (self.df + 1.0) * (y * y / self.df).log1p() - constants

    def entropy(self) -> Any:
        """(df + 1)/2 · (ψ((df + 1)/2) − ψ(df/2)) + ln √df B(df/2, 1/2) + ln scale."""
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        beta = half.lgamma() + math.lgamma(0.5) - more.lgamma()
        return self.scale.log() + more * (more.digamma() - half.digamma()) + 0.5 * self.df.log() + beta
