"""Two waiting times back to back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from .distribution import Distribution, drawn, tensors


class Laplace(Distribution):
    """Density exp(−|x − loc| / scale) / (2 scale).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#laplace
    """

    has_rsample, shown = True, ("loc", "scale")

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None):
        self.loc, self.scale = tensors(loc, scale)
        super().__init__(self.loc.shape)

    mean = mode = property(lambda self: self.loc)
    variance = property(lambda self: 2 * self.scale**2)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """loc − scale · sign(u) · ln(1 − |u|), with u from −1 to 1."""
        dtype = self.loc.dtype
        low = float(np.finfo(dtype).eps) - 1
        u = drawn(random.uniform_array(self._extended(sample_shape), dtype)) * (1 - low) + low
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value: Any) -> Any:
        """−|x − loc| / scale − ln(2 scale)."""
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def entropy(self) -> Any:
        """1 + ln(2 scale)."""
        return 1 + math.log(2) + self.scale.log()
