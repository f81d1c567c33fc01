"""Distances and angles between vectors.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#distance-functions
"""

from __future__ import annotations

import numpy as np

from ...engine import constant
from ...ops.elementwise import where
from ...ops.index import SLOT, getitem
from ...ops.reduction import norm
from ...tensor import Tensor


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along an axis: x₁·x₂ / (max(‖x₁‖, eps) max(‖x₂‖, eps))."""
    if x1.shape != x2.shape:
        wide = np.broadcast_shapes(x1.shape, x2.shape)
        x1, x2 = x1.expand(wide), x2.expand(wide)
    lengths = [norm(x, 2, dim, True).clamp(min=eps) for x in (x1, x2)]
    return ((x1 / lengths[0]) * (x2 / lengths[1])).sum(dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The length ‖x₁ − x₂ + eps‖ₚ of differences along the last axis."""
    return norm(x1 - x2 + eps, p, -1, keepdim)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0,
          compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:  # fmt: skip
    """The distance of each row of one from each row of the other: (..., n, d) and (..., m, d) -> (..., n, m).

    compute_mode is accepted, and nothing is computed by way of x₁ x₂ᵀ: that loses the digits of small distances.
    """
    if x1.ndim < 2 or x2.ndim < 2 or x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"cdist: rows of one length expected, (..., n, d) and (..., m, d), got {x1.shape} and "
                           f"{x2.shape}")  # fmt: skip
    if p < 0:
        raise RuntimeError(f"cdist: p must not be negative, got {p}")
    return _lengths(x1.unsqueeze(-2) - x2.unsqueeze(-3), p)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances between all pairs of rows: (n, d) -> (n (n − 1) / 2)."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist: a matrix expected, got shape {input.shape}")
    first, second = (constant(i) for i in np.triu_indices(input.shape[0], 1))
    return _lengths(getitem(input, first, index=(SLOT,)) - getitem(input, second, index=(SLOT,)), p)


def _lengths(x: Tensor, p: float) -> Tensor:
    """The lengths of rows; where rows are equal, the derivative is 0."""
    if not x.shape[-1]:
        return x.sum(-1)
    if p == 0:  # a count, whose derivative is zero
        return norm(x, 0, -1) + where(constant(np.array(False)), x, 0.0).sum(-1)
    if p in (1, 2, float("inf")):
        return norm(x, p, -1)
    powers = (x.abs() ** p).sum(-1)
    apart = powers > 0
    return where(apart, where(apart, powers, 1.0) ** (1 / p), 0.0)
