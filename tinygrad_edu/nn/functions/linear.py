"""Weighted sums as functions; `linear` itself is an op.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#linear-functions
"""

from __future__ import annotations

from ...ops.linalg import einsum
from ...tensor import Tensor


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x₁ᵀ w_k x₂ + b_k: (..., n), (..., m), weight (k, n, m), bias (k) -> (..., k)."""
    if input1.shape[:-1] != input2.shape[:-1] or weight.shape[1:] != (*input1.shape[-1:], *input2.shape[-1:]):
        raise RuntimeError("bilinear: (..., n), (..., m) and a weight (k, n, m) expected, got "
                           f"{input1.shape}, {input2.shape} and {weight.shape}")  # fmt: skip
    z = einsum("...n,knm,...m->...k", input1, weight, input2)
    return z if bias is None else z + bias
