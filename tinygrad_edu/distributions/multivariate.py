"""The bell curve of several numbers that go together.

Source: https://docs.pytorch.org/docs/stable/distributions.html#multivariatenormal
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import random
from ..engine import constant
from ..linalg import cholesky, inv, solve_triangular
from .distribution import Distribution


class MultivariateNormal(Distribution):
    """exp(−(x − loc)ᵀ C⁻¹ (x − loc) / 2), up to a factor: loc (..., n), and C (..., n, n), its inverse, or the lower
    triangle L of C = L Lᵀ."""

    has_rsample = True
    _parameters = ("loc", "scale_tril")

    def __init__(self, loc: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
                 validate_args: Any = None):  # fmt: skip
        matrices = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix,
                    "scale_tril": scale_tril}  # fmt: skip
        given = [x for x in matrices.values() if x is not None]
        if len(given) != 1:
            raise ValueError("MultivariateNormal: exactly one of covariance_matrix, precision_matrix and scale_tril "
                             f"expected, got {len(given)}")  # fmt: skip
        self._given = ("loc", *(name for name, x in matrices.items() if x is not None))
        if loc.ndim < 1 or given[0].ndim < 2:
            raise ValueError("MultivariateNormal: a vector and a matrix expected, got shapes "
                             f"{loc.shape} and {given[0].shape}")  # fmt: skip
        n = loc.shape[-1]
        batch = np.broadcast_shapes(loc.shape[:-1], given[0].shape[:-2])
        self.loc = loc.expand(*batch, n)
        if covariance_matrix is not None:
            triangle = cholesky(covariance_matrix)
        else:
            triangle = scale_tril if precision_matrix is None else cholesky(inv(precision_matrix))
        self.scale_tril = triangle.expand(*batch, n, n)
        super().__init__(batch, (n,))

    mean = mode = property(lambda self: self.loc)
    covariance_matrix = property(lambda self: self.scale_tril @ self.scale_tril.mT)
    precision_matrix = property(lambda self: inv(self.covariance_matrix))
    variance = property(lambda self: (self.scale_tril**2).sum(-1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """loc + L · numbers from the bell curve."""
        drawn = constant(random.normal_array(self._shape(sample_shape), self.loc.dtype))
        return self.loc + (self.scale_tril @ drawn.unsqueeze(-1)).squeeze(-1)

    def distance(self, value: Any) -> Any:
        """(x − loc)ᵀ C⁻¹ (x − loc)."""
        away = (value - self.loc).unsqueeze(-1)
        triangle = self.scale_tril.expand(*away.shape[:-2], *self.scale_tril.shape[-2:])
        return (solve_triangular(triangle, away, upper=False) ** 2).sum((-2, -1))

    def half_log_det(self) -> Any:
        """ln √det C."""
        return self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def log_prob(self, value: Any) -> Any:
        """−(n ln 2π + (x − loc)ᵀ C⁻¹ (x − loc)) / 2 − ln √det C."""
        n = self.event_shape[0]
        return -0.5 * (n * math.log(2 * math.pi) + self.distance(value)) - self.half_log_det()

    def entropy(self) -> Any:
        """n (1 + ln 2π) / 2 + ln √det C."""
        return 0.5 * self.event_shape[0] * (1.0 + math.log(2 * math.pi)) + self.half_log_det()
