"""The bell curve in several dimensions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import linalg, random
from .distribution import Distribution, drawn


class MultivariateNormal(Distribution):
    """The bell curve with mean loc (..., n) and a covariance, its inverse or its Cholesky factor: (..., n, n).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#multivariatenormal
    """

    has_rsample = True

    def __init__(self, loc: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
                 validate_args: Any = None):  # fmt: skip
        given = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril}
        given = {name: x for name, x in given.items() if x is not None}
        if len(given) != 1:
            raise ValueError("MultivariateNormal: exactly one of covariance_matrix, precision_matrix and scale_tril "
                             f"expected, got {list(given)}")  # fmt: skip
        ((name, matrix),) = given.items()
        if name == "precision_matrix":
            matrix = linalg.inv(matrix)
        lower = matrix if name == "scale_tril" else linalg.cholesky(matrix)
        batch = np.broadcast_shapes(lower.shape[:-2], loc.shape[:-1])
        self.loc = loc.expand(*batch, loc.shape[-1])
        self.scale_tril = lower.expand(*batch, *lower.shape[-2:])
        self.shown = ("loc", name)
        vars(self).setdefault(name, given[name])
        super().__init__(batch, loc.shape[-1:])

    mean = mode = property(lambda self: self.loc)
    variance = property(lambda self: (self.scale_tril**2).sum(-1))

    def __getattr__(self, name: str) -> Any:
        if name == "covariance_matrix":
            return self.scale_tril @ self.scale_tril.mT
        if name == "precision_matrix":
            return linalg.inv(self.covariance_matrix)
        raise AttributeError(f"MultivariateNormal has no {name!r}")

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """loc + L ε, with the Cholesky factor L and ε from the bell curve."""
        noise = drawn(random.normal_array(self._extended(sample_shape), self.loc.dtype))
        return self.loc + (self.scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Any) -> Any:
        """−|L⁻¹ (x − loc)|² / 2 − ln det L − n ln √2π."""
        away = (value - self.loc).unsqueeze(-1)
        whitened = linalg.solve_triangular(self.scale_tril, away, upper=False).squeeze(-1)
        return -0.5 * (self.event_shape[0] * math.log(2 * math.pi) + (whitened**2).sum(-1)) - self._half_log_det()

    def entropy(self) -> Any:
        """n / 2 · (1 + ln 2π) + ln det L."""
        return 0.5 * self.event_shape[0] * (1 + math.log(2 * math.pi)) + self._half_log_det()

    def _half_log_det(self) -> Any:
        return self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
