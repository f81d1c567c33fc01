"""Random variables: samples, and the logarithm of their probability, which can be differentiated.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from ..devices import Size
from ..engine import constant
from ..grad_mode import no_grad
from ..tensor import Tensor, tensor

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "kl_divergence"]


class Distribution:
    """Base class. batch_shape: the shape of the parameters; event_shape: that of one sample."""

    event_shape = Size()
    has_rsample = False

    def __init__(self, batch_shape: tuple = ()):
        self.batch_shape = Size(batch_shape)

    def sample(self, sample_shape: tuple = ()) -> Any:
        """Numbers drawn, in sample_shape + batch_shape; off the graph."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """Numbers drawn so that their gradient reaches the parameters. NotImplementedError where that is not so."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample")

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability (or its density) at value."""
        raise NotImplementedError

    def entropy(self) -> Any:
        """The expected −log_prob."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_shape={tuple(self.batch_shape)})"


def _tensors(*numbers: Any) -> list[Any]:
    found = [x if isinstance(x, Tensor) else tensor(float(x)) for x in numbers]
    shape = np.broadcast_shapes(*(x.shape for x in found))
    return [x.expand(*shape) for x in found]


class Categorical(Distribution):
    """One of n, by weights (probs) or their logarithms up to a constant (logits): (..., n).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#categorical
    """

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        if (probs is None) == (logits is None):
            raise ValueError("Categorical: either probs or logits expected, got both or neither")
        if probs is not None:
            if not probs.ndim:
                raise ValueError("Categorical: probs must have at least one axis")
            self.probs = probs / probs.sum(-1, keepdim=True)
            eps = float(np.finfo(probs.dtype).eps)
            self.logits = self.probs.clamp(eps, 1 - eps).log()  # as PyTorch: no −inf for an impossible one
        else:
            self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
            self.probs = self.logits.softmax(dim=-1)
        super().__init__(self.probs.shape[:-1])

    def sample(self, sample_shape: tuple = ()) -> Any:
        """Indices drawn, in sample_shape + batch_shape."""
        count = math.prod(sample_shape)
        rows = self.probs.detach().reshape(-1, self.probs.shape[-1])
        drawn = random.multinomial(rows, count, True)  # (rows, count)
        return drawn.t().reshape(*sample_shape, *self.batch_shape)

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability of each index."""
        shape = np.broadcast_shapes(value.shape, self.batch_shape)
        logits = self.logits.expand(*shape, self.logits.shape[-1])
        return logits.gather(-1, value.long().expand(*shape).unsqueeze(-1)).squeeze(-1)

    def entropy(self) -> Any:
        """−Σ p ln p."""
        smallest = float(np.finfo(self.logits.dtype).min)
        return -(self.logits.clamp(min=smallest) * self.probs).sum(-1)


class Normal(Distribution):
    """The bell curve with mean loc and deviation scale."""

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None):
        self.loc, self.scale = _tensors(loc, scale)
        super().__init__(self.loc.shape)

    mean = property(lambda self: self.loc)
    stddev = property(lambda self: self.scale)
    variance = property(lambda self: self.scale * self.scale)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """loc + scale · a number from the bell curve."""
        drawn = constant(random.normal_array((*sample_shape, *self.batch_shape), self.loc.dtype))
        return self.loc + drawn * self.scale

    def log_prob(self, value: Any) -> Any:
        """−((x − loc) / scale)² / 2 − ln scale − ln √2π."""
        away = value - self.loc
        return -(away * away) / (2 * self.variance) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def entropy(self) -> Any:
        """1/2 + ln √2π + ln scale."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Uniform(Distribution):
    """All numbers from low to high alike."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: Any = None):
        self.low, self.high = _tensors(low, high)
        super().__init__(self.low.shape)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """low + (high − low) · a number from 0 to 1."""
        drawn = constant(random.uniform_array((*sample_shape, *self.batch_shape), self.low.dtype))
        return self.low + drawn * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """−ln(high − low) inside, −inf outside."""
        inside = (value >= self.low) & (value < self.high)
        return np.where(inside, -(self.high - self.low).log(), -np.inf)

    def entropy(self) -> Any:
        """ln(high − low)."""
        return (self.high - self.low).log()


class Bernoulli(Distribution):
    """1 with probability probs, else 0; logits: ln(p / (1 − p))."""

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        if (probs is None) == (logits is None):
            raise ValueError("Bernoulli: either probs or logits expected, got both or neither")
        if probs is not None:
            (self.probs,) = _tensors(probs)
            eps = float(np.finfo(self.probs.dtype).eps)
            self.logits = self.probs.clamp(eps, 1 - eps).logit()
        else:
            (self.logits,) = _tensors(logits)
            self.probs = self.logits.sigmoid()
        super().__init__(self.probs.shape)

    def sample(self, sample_shape: tuple = ()) -> Any:
        """Zeros and ones."""
        return random.bernoulli(self.probs.detach().expand(*sample_shape, *self.batch_shape))

    def log_prob(self, value: Any) -> Any:
        """x · logit − ln(1 + e^logit)."""
        return value * self.logits - np.logaddexp(self.logits, 0.0)

    def entropy(self) -> Any:
        """−p ln p − (1 − p) ln(1 − p)."""
        return np.logaddexp(self.logits, 0.0) - self.probs * self.logits


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """How much information is lost where q stands for p."""
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio, away = p.scale / q.scale, (p.loc - q.loc) / q.scale
        return 0.5 * (ratio * ratio + away * away - 1) - ratio.log()
    if isinstance(p, Categorical) and isinstance(q, Categorical):
        return (p.probs * (p.logits - q.logits)).sum(-1)
    raise NotImplementedError(f"kl_divergence: Normal or Categorical twice expected, got {type(p).__name__} and "
                              f"{type(q).__name__}")  # fmt: skip
