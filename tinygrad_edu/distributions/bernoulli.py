"""Yes or no."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import random
from .distribution import Distribution, one_of, tensors


class Bernoulli(Distribution):
    """1 with probability probs, else 0; logits: ln(p / (1 − p)).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#bernoulli
    """

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None):
        one_of("Bernoulli", probs, logits)
        if probs is not None:
            (self.probs,) = tensors(probs)
            eps = float(np.finfo(self.probs.dtype).eps)
            self.logits = self.probs.clamp(eps, 1 - eps).logit()
        else:
            (self.logits,) = tensors(logits)
            self.probs = self.logits.sigmoid()
        self.shown = ("logits",) if probs is None else ("probs",)
        super().__init__(self.probs.shape)

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    def sample(self, sample_shape: tuple = ()) -> Any:
        """Zeros and ones."""
        return random.bernoulli(self.probs.detach().expand(*sample_shape, *self.batch_shape))

    def log_prob(self, value: Any) -> Any:
        """x · logit − ln(1 + e^logit)."""
        return value * self.logits - np.logaddexp(self.logits, 0.0)

    def entropy(self) -> Any:
        """−p ln p − (1 − p) ln(1 − p)."""
        return np.logaddexp(self.logits, 0.0) - self.probs * self.logits
