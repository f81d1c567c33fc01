"""Whole numbers, and one of several.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from ..engine import constant
from ..ops.elementwise import where
from ..ops.index import scatter_add
from .distribution import Distribution, binary, parameters, several


class Binary(Distribution):
    """Two outcomes, of which one has probability probs; logits: ln(p / (1 − p))."""

    _parameters: tuple[str, ...] = ("probs", "logits")

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        self.probs, self.logits = binary(type(self).__name__, probs, logits)
        self._given = ("logits" if probs is None else "probs",)
        super().__init__(self.probs.shape)

    def _uncertainty(self) -> Any:
        """ln(1 + e^logit) − p logit: the entropy of one throw."""
        return np.logaddexp(self.logits, 0.0) - self.probs * self.logits


class Bernoulli(Binary):
    """1 with probability probs, else 0; logits: ln(p / (1 − p))."""

    mean = property(lambda self: self.probs)
    mode = property(lambda self: where(self.probs == 0.5, np.nan, (self.probs >= 0.5).to(self.probs.dtype)))
    variance = property(lambda self: self.probs * (1 - self.probs))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Zeros and ones."""
        return random.bernoulli(self.probs.detach().expand(*self._shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """x · logit − ln(1 + e^logit)."""
        return value * self.logits - np.logaddexp(self.logits, 0.0)

    def entropy(self) -> Any:
        """−p ln p − (1 − p) ln(1 − p)."""
        return self._uncertainty()

    def enumerate_support(self, expand: bool = True) -> Any:
        """0 and 1."""
        return _listed(np.arange(2), self, expand)


def _listed(values: np.ndarray, of: Any, expand: bool) -> Any:
    listed = constant(values.astype(of.probs.dtype).reshape(-1, *(1,) * len(of.batch_shape)))
    return listed.expand(-1, *of.batch_shape) if expand else listed


class Geometric(Binary):
    """How often a throw fails before it first succeeds, which it does with probability probs.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#geometric
    """

    mean = property(lambda self: 1.0 / self.probs - 1.0)
    mode = property(lambda self: self.probs.detach() * 0)
    variance = property(lambda self: (1.0 / self.probs - 1.0) / self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        """⌊ln u / ln(1 − p)⌋, u even."""
        probs = self.probs.detach()
        u = np.maximum(random.uniform_array(self._shape(sample_shape), probs.dtype), np.finfo(probs.dtype).tiny)
        return np.floor(constant(u).log() / (-probs).log1p())

    def log_prob(self, value: Any) -> Any:
        """x ln(1 − p) + ln p."""
        fails = where((self.probs == 1) & (value == 0), 0, self.probs)
        return value * (-fails).log1p() + self.probs.log()

    def entropy(self) -> Any:
        """That of one throw, divided by p."""
        return self._uncertainty() / self.probs


class Binomial(Distribution):
    """How many of total_count throws succeed, each with probability probs.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#binomial
    """

    _parameters = ("total_count", "probs", "logits")

    def __init__(self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: Any = None):
        self.probs, self.logits = binary("Binomial", probs, logits)
        self._given = ("total_count", "logits" if probs is None else "probs")
        self.total_count, self.probs = parameters(total_count, self.probs)
        self.total_count = self.total_count.to(self.probs.dtype)
        self.logits = self.logits.expand(self.probs.shape)
        super().__init__(self.probs.shape)

    mean = property(lambda self: self.total_count * self.probs)
    mode = property(lambda self: ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count))
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Numbers of successes."""
        count, chance = self.total_count.numpy().astype(np.int64), self.probs.detach().numpy()
        drawn = random.numpy_generator().binomial(count, chance, self._shape(sample_shape))
        return constant(np.asarray(drawn, self.probs.dtype))

    def log_prob(self, value: Any) -> Any:
        """ln (n over x) + x logit − n ln(1 + e^logit)."""
        n = self.total_count
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        return ways + value * self.logits - n * np.logaddexp(self.logits, 0.0)

    def entropy(self) -> Any:
        """−Σ p ln p over all numbers of successes, which needs one total_count for all."""
        logs = self.log_prob(self.enumerate_support(False))
        return -(logs.exp() * logs).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        """0 to total_count, which must be one for all."""
        count = int(self.total_count.max().item())
        if not self.total_count.min().item() == count:
            raise NotImplementedError("Binomial: one total_count for all expected where all numbers are listed")
        return _listed(np.arange(count + 1), self, expand)


class Poisson(Distribution):
    """How many events fall into a time in which `rate` are expected.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#poisson
    """

    _parameters = ("rate",)

    def __init__(self, rate: Any, validate_args: Any = None):
        (self.rate,) = parameters(rate)
        super().__init__(self.rate.shape)

    mean = variance = property(lambda self: self.rate)
    mode = property(lambda self: self.rate.floor())

    def sample(self, sample_shape: Any = ()) -> Any:
        """Whole numbers."""
        drawn = random.numpy_generator().poisson(self.rate.detach().numpy(), self._shape(sample_shape))
        return constant(np.asarray(drawn, self.rate.dtype))

    def log_prob(self, value: Any) -> Any:
        """x ln rate − rate − ln x!"""
        (value,) = parameters(value)
        return value.xlogy(self.rate) - self.rate - (value + 1).lgamma()


class OneOf(Distribution):
    """One of n, by weights (probs) or their logarithms up to a constant (logits): (..., n)."""

    _parameters: tuple[str, ...] = ("probs", "logits")

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        self.probs, self.logits = several(type(self).__name__, probs, logits)
        self._given = ("logits" if probs is None else "probs",)
        super().__init__(self.probs.shape[:-1])

    param_shape = property(lambda self: self.probs.shape)
    _num_events = property(lambda self: self.probs.shape[-1])

    def _indices(self, sample_shape: Any) -> Any:
        """Which one, in sample_shape + batch_shape."""
        count = math.prod(sample_shape)
        rows = self.probs.detach().reshape(-1, self.probs.shape[-1])
        drawn = random.multinomial(rows, count, True)  # (rows, count)
        return drawn.t().reshape(*sample_shape, *self.batch_shape)

    def entropy(self) -> Any:
        """−Σ p ln p."""
        smallest = float(np.finfo(self.logits.dtype).min)
        return -(self.logits.clamp(min=smallest) * self.probs).sum(-1)


class Categorical(OneOf):
    """The index of one of n, by weights (probs) or their logarithms up to a constant (logits): (..., n).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#categorical
    """

    mean = variance = property(lambda self: self.probs.detach().sum(-1) * np.nan)
    mode = property(lambda self: self.probs.argmax(-1))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Indices drawn, in sample_shape + batch_shape."""
        return self._indices(sample_shape)

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability of each index."""
        shape = np.broadcast_shapes(value.shape, self.batch_shape)
        logits = self.logits.expand(*shape, self.logits.shape[-1])
        return logits.gather(-1, value.long().expand(*shape).unsqueeze(-1)).squeeze(-1)

    def enumerate_support(self, expand: bool = True) -> Any:
        """0 to n − 1."""
        return _listed(np.arange(self._num_events), self, expand).long()


class OneHotCategorical(OneOf):
    """As Categorical, a 1 in a row of zeros in the place of an index.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#onehotcategorical
    """

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        super().__init__(probs, logits)
        self.event_shape = self.probs.shape[-1:]

    mean = property(lambda self: self.probs)
    mode = property(lambda self: self._rows(self.probs.argmax(-1)))
    variance = property(lambda self: self.probs * (1 - self.probs))

    def _rows(self, index: Any) -> Any:
        return constant(np.eye(self._num_events, dtype=self.probs.dtype))[index]

    def sample(self, sample_shape: Any = ()) -> Any:
        """Rows of zeros with a 1."""
        return self._rows(self._indices(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability of what the 1 stands at."""
        shape = np.broadcast_shapes(value.shape, self.logits.shape)
        return self.logits.expand(*shape).gather(-1, value.argmax(-1).unsqueeze(-1).expand(*shape[:-1], 1)).squeeze(-1)

    def enumerate_support(self, expand: bool = True) -> Any:
        """A row for each outcome."""
        rows = constant(np.eye(self._num_events, dtype=self.probs.dtype))
        rows = rows.reshape(-1, *(1,) * len(self.batch_shape), self._num_events)
        return rows.expand(-1, *self.probs.shape) if expand else rows


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """OneHotCategorical whose samples pass their gradient on to probs as they are.

    Source: https://docs.pytorch.org/docs/stable/distributions.html
    """

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Any:
        """A sample, on the graph of probs."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())


class Multinomial(OneOf):
    """How often each of n outcomes comes in total_count throws.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#multinomial
    """

    def __init__(self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: Any = None):
        if not isinstance(total_count, int):
            raise NotImplementedError("Multinomial: one whole number expected as total_count")
        super().__init__(probs, logits)
        self.total_count, self.event_shape = total_count, self.probs.shape[-1:]

    mean = property(lambda self: self.probs * self.total_count)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts that add up to total_count."""
        drawn = self._indices((self.total_count, *sample_shape))  # (throws, ...)
        counts = constant(np.zeros(self._shape(sample_shape), self.probs.dtype))
        ones = constant(np.ones((*drawn.shape[1:], self.total_count), self.probs.dtype))
        return scatter_add(counts, -1, drawn.movedim(0, -1), ones)

    def log_prob(self, value: Any) -> Any:
        """ln n! − Σ ln xᵢ! + Σ xᵢ ln pᵢ."""
        logits = where((value == 0) & (self.logits == -np.inf), 0, self.logits)
        ways = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        return ways + (logits * value).sum(-1)

    def entropy(self) -> Any:
        """n times that of one throw, less what the order of the throws makes of it."""
        n = self.total_count
        throws = n * super().entropy() - math.lgamma(n + 1)
        alone = Binomial(n, probs=self.probs)
        counts = alone.enumerate_support(expand=False)[1:]
        return throws + (alone.log_prob(counts).exp() * (counts + 1).lgamma()).sum((0, -1))
