"""One of several."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from ..engine import constant
from .distribution import Distribution, one_of


class Categorical(Distribution):
    """One of n, by weights (probs) or their logarithms up to a constant (logits): (..., n).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#categorical
    """

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        one_of("Categorical", probs, logits)
        if probs is not None:
            if not probs.ndim:
                raise ValueError("Categorical: probs must have at least one axis")
            self.probs = probs / probs.sum(-1, keepdim=True)
            eps = float(np.finfo(probs.dtype).eps)
            self.logits = self.probs.clamp(eps, 1 - eps).log()  # as PyTorch: no −inf for an impossible one
        else:
            self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
            self.probs = self.logits.softmax(dim=-1)
        self.shown = ("logits",) if probs is None else ("probs",)
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

    @property
    def mode(self) -> Any:
        """The likeliest index."""
        return self.probs.argmax(-1)


class OneHotCategorical(Distribution):
    """One of n, as a row with a 1 in its place."""

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        self._categorical = Categorical(probs, logits)
        self.probs, self.logits, self.shown = (getattr(self._categorical, n) for n in ("probs", "logits", "shown"))
        super().__init__(self.probs.shape[:-1], self.probs.shape[-1:])

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    def sample(self, sample_shape: tuple = ()) -> Any:
        """Rows drawn."""
        places = self._categorical.sample(sample_shape)
        return constant(np.eye(self.probs.shape[-1], dtype=self.probs.dtype)[places._array])

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability of each row."""
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Any:
        """−Σ p ln p."""
        return self._categorical.entropy()


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """Its samples pass gradients on to probs as if they were these."""

    has_rsample = True

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """Rows drawn, plus probs, minus the same numbers off the graph."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
