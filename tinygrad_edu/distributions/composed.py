"""Distributions made of others: with axes read as one sample, or sent through functions.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine import constant
from ..ops.elementwise import where
from .continuous import Normal, _between
from .discrete import OneOf
from .distribution import Distribution, binary, parameters, summed
from .transforms import ComposeTransform, ExpTransform, SigmoidTransform, Transform

__all__ = ["ExpRelaxedCategorical", "HalfNormal", "Independent", "LogNormal", "LogitRelaxedBernoulli",
           "RelaxedBernoulli", "RelaxedOneHotCategorical", "TransformedDistribution"]  # fmt: skip


class Independent(Distribution):
    """The last batch axes of a distribution read as parts of one sample.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#independent
    """

    def __init__(self, base_distribution: Any, reinterpreted_batch_ndims: int, validate_args: Any = None):
        count = reinterpreted_batch_ndims
        batch = tuple(base_distribution.batch_shape)
        if count > len(batch):
            raise ValueError(f"Independent: reinterpreted_batch_ndims must be at most the number of batch axes, "
                             f"{len(batch)}, got {count}")  # fmt: skip
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, count
        cut = len(batch) - count
        super().__init__(batch[:cut], (*batch[cut:], *base_distribution.event_shape))

    has_rsample = property(lambda self: self.base_dist.has_rsample)  # type: ignore[assignment]
    mean = property(lambda self: self.base_dist.mean)
    mode = property(lambda self: self.base_dist.mode)
    variance = property(lambda self: self.base_dist.variance)

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        count = self.reinterpreted_batch_ndims
        return Independent(self.base_dist.expand((*batch_shape, *self.event_shape[:count])), count)

    def sample(self, sample_shape: Any = ()) -> Any:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        """The sum of the parts'."""
        return summed(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Any:
        """The sum of the parts'."""
        return summed(self.base_dist.entropy(), self.reinterpreted_batch_ndims)


class TransformedDistribution(Distribution):
    """f(x) of a sample x of another distribution; f is a Transform, or a list of them.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#transformeddistribution
    """

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: Any = None):
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        f = ComposeTransform(self.transforms)
        before = (*base_distribution.batch_shape, *base_distribution.event_shape)
        shape = f.forward_shape(before)
        known = len(base_distribution.event_shape)
        if shape != before:
            base_distribution = base_distribution.expand(shape[: len(shape) - known])
        self._event_dim = max(known, f.event_dim)
        if self._event_dim > known:
            base_distribution = Independent(base_distribution, self._event_dim - known)
        self.base_dist = base_distribution
        cut = len(shape) - self._event_dim
        super().__init__(shape[:cut], shape[cut:])

    has_rsample = property(lambda self: self.base_dist.has_rsample)  # type: ignore[assignment]

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return TransformedDistribution(self.base_dist.expand(batch_shape), self.transforms)

    def sample(self, sample_shape: Any = ()) -> Any:
        """f of a sample; off the graph."""
        return self._through(self.base_dist.sample(sample_shape).detach()).detach()

    def rsample(self, sample_shape: Any = ()) -> Any:
        """f of a sample that is on the graph."""
        return self._through(self.base_dist.rsample(sample_shape))

    def _through(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Any) -> Any:
        """That of what f sends here, less the logarithm of how much f stretches there."""
        total: Any = 0.0
        for transform in reversed(self.transforms):
            x = transform.undo(value)
            total = total - summed(transform.log_abs_det_jacobian(x, value), self._event_dim - transform.event_dim)
            value = x
        return total + self.base_dist.log_prob(value)

    def cdf(self, value: Any) -> Any:
        sign = 1
        for transform in reversed(self.transforms):
            value, sign = transform.undo(value), sign * transform.sign
        return sign * (self.base_dist.cdf(value) - 0.5) + 0.5

    def icdf(self, value: Any) -> Any:
        sign = math.prod(transform.sign for transform in self.transforms)
        return self._through(self.base_dist.icdf(sign * (value - 0.5) + 0.5))


class LogNormal(TransformedDistribution):
    """eˣ of the bell curve's x.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#lognormal
    """

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None):
        super().__init__(Normal(loc, scale), ExpTransform())

    loc = property(lambda self: self.base_dist.loc)
    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: (self.loc + self.scale**2 / 2).exp())
    mode = property(lambda self: (self.loc - self.scale**2).exp())
    variance = property(lambda self: (self.scale**2).expm1() * (2 * self.loc + self.scale**2).exp())

    def entropy(self) -> Any:
        """The bell curve's, plus loc."""
        return self.base_dist.entropy() + self.loc

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return LogNormal(self.loc.expand(batch_shape), self.scale.expand(batch_shape))


class HalfNormal(Distribution):
    """|x| of the bell curve around 0.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#halfnormal
    """

    has_rsample = True
    _parameters = ("scale",)

    def __init__(self, scale: Any, validate_args: Any = None):
        (self.scale,) = parameters(scale)
        super().__init__(self.scale.shape)

    _whole = property(lambda self: Normal(0, self.scale))
    mean = property(lambda self: self.scale * math.sqrt(2 / math.pi))
    mode = property(lambda self: self.scale.detach() * 0)
    variance = property(lambda self: self.scale**2 * (1 - 2 / math.pi))

    def rsample(self, sample_shape: Any = ()) -> Any:
        return self._whole.rsample(sample_shape).abs()

    def log_prob(self, value: Any) -> Any:
        """The bell curve's, plus ln 2; −inf below 0."""
        (value,) = parameters(value)
        return where(value >= 0, self._whole.log_prob(value) + math.log(2), -np.inf)

    def entropy(self) -> Any:
        return self._whole.entropy() - math.log(2)

    def cdf(self, value: Any) -> Any:
        return 2 * self._whole.cdf(value) - 1

    def icdf(self, value: Any) -> Any:
        return self._whole.icdf((value + 1) / 2)


# ------------------------------------------------------------------------------------------ relaxed


class LogitRelaxedBernoulli(Distribution):
    """The logits of RelaxedBernoulli.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#logitrelaxedbernoulli
    """

    has_rsample = True
    _parameters = ("probs", "logits")

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: Any = None):
        self.temperature = temperature
        self.probs, self.logits = binary("RelaxedBernoulli", probs, logits)
        super().__init__(self.probs.shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """(logit u + logit) / temperature, u even."""
        u = constant(_between(self._shape(sample_shape), self.probs.dtype))
        return (u.log() - (-u).log1p() + self.logits) / self.temperature

    def log_prob(self, value: Any) -> Any:
        """ln t + d − 2 ln(1 + eᵈ), d = logit − t value, t the temperature."""
        away = self.logits - value * self.temperature
        return np.log(self.temperature) + away - 2 * away.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """Numbers between 0 and 1, the nearer to one of them the colder it is.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#relaxedbernoulli
    """

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: Any = None):
        super().__init__(LogitRelaxedBernoulli(temperature, probs, logits), SigmoidTransform())

    temperature = property(lambda self: self.base_dist.temperature)
    probs = property(lambda self: self.base_dist.probs)
    logits = property(lambda self: self.base_dist.logits)


class ExpRelaxedCategorical(OneOf):
    """The logarithms of RelaxedOneHotCategorical."""

    has_rsample = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: Any = None):
        super().__init__(probs, logits)
        self.temperature, self.event_shape = temperature, self.probs.shape[-1:]

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Logits with Gumbel's noise, by the temperature, as logarithms of shares."""
        noise = constant(-np.log(-np.log(_between(self._shape(sample_shape), self.logits.dtype))))
        scores = (self.logits + noise) / self.temperature
        return scores - scores.logsumexp(dim=-1, keepdim=True)

    def log_prob(self, value: Any) -> Any:
        """ln (n − 1)! + (n − 1) ln t + Σ of the logarithms of the shares that logit − t value makes."""
        n = self.probs.shape[-1]
        scores = self.logits - value * self.temperature
        scores = (scores - scores.logsumexp(dim=-1, keepdim=True)).sum(-1)
        return scores + math.lgamma(n) + np.log(self.temperature) * (n - 1)

    def entropy(self) -> Any:
        raise NotImplementedError("ExpRelaxedCategorical has no entropy")


class RelaxedOneHotCategorical(TransformedDistribution):
    """Shares that add up to 1, the nearer to a single 1 the colder it is.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#relaxedonehotcategorical
    """

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: Any = None):
        super().__init__(ExpRelaxedCategorical(temperature, probs, logits), ExpTransform())

    temperature = property(lambda self: self.base_dist.temperature)
    probs = property(lambda self: self.base_dist.probs)
    logits = property(lambda self: self.base_dist.logits)
