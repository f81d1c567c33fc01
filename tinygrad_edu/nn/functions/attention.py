"""Attention as a function. The formula between the two products is in `ops/attention.py`."""

from __future__ import annotations

import math

import numpy as np

from ...engine import array_of, constant
from ...ops.attention import attention_weights
from ...ops.linalg import matmul
from ...ops.shape import repeat_interleave, transpose
from ...random import uniform_array
from ...tensor import Tensor

__all__ = ["scaled_dot_product_attention"]


def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
                                 dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None,
                                 enable_gqa: bool = False) -> Tensor:  # fmt: skip
    """Each query's mean of the values, weighted by how well it fits their keys: softmax(scale · q kᵀ + mask) v.

    query: (..., n, e), key: (..., m, e), value: (..., m, d) -> (..., n, d); scale is 1/√e unless given.
    attn_mask: broadcasts to (..., n, m); True where a query may look, or floats that are added to the scores.
    is_causal: query i looks at the keys 0 to i. enable_gqa: fewer heads (axis −3) of keys and values than of queries.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    _check(query, key, value, attn_mask, is_causal)
    if enable_gqa:
        key = repeat_interleave(key, query.shape[-3] // key.shape[-3], -3)
        value = repeat_interleave(value, query.shape[-3] // value.shape[-3], -3)
    weights = weights_of(query, key, attn_mask, is_causal, scale)
    return matmul(dropped(weights, dropout_p), value)


def weights_of(query: Tensor, key: Tensor, mask: Tensor | None = None, causal: bool = False,
               scale: float | None = None) -> Tensor:  # fmt: skip
    """How much each query (row) takes from each key (column): (..., n, m)."""
    scores = matmul(query, transpose(key, -2, -1))  # (..., n, e) (..., e, m) -> (..., n, m)
    if mask is not None:
        mask = additive(mask, query.dtype)
        if mask.ndim > scores.ndim or any(n not in (1, m) for n, m in zip(mask.shape[::-1], scores.shape[::-1],
                                                                       strict=False)):  # fmt: skip
            scores = scores.expand(np.broadcast_shapes(scores.shape, mask.shape))
    scale = (1 / math.sqrt(query.shape[-1]) if query.shape[-1] else 1.0) if scale is None else scale
    return attention_weights(scores, mask, scale=scale, causal=bool(causal))


def additive(mask: Tensor, dtype: np.dtype) -> Tensor:
    """A mask to add to scores: −inf where a boolean one says False."""
    if mask.dtype.kind != "b":
        return mask.to(dtype)
    return constant(np.where(array_of(mask), dtype.type(0), dtype.type(-math.inf)))


def dropped(x: Tensor, p: float) -> Tensor:
    """Dropout: each number is 0 with probability p; the others grow so that the mean stays."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not p:
        return x
    kept = np.astype(uniform_array(x.shape, np.float32) >= p, x.dtype)
    return x * constant(kept * (1 / (1 - p) if p < 1 else 0.0))


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, is_causal: bool) -> None:
    if not query.dtype == key.dtype == value.dtype:
        raise RuntimeError("Expected query, key, and value to have the same dtype, but got query.dtype: "
                           f"{query.dtype} key.dtype: {key.dtype} and value.dtype: {value.dtype} instead.")  # fmt: skip
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError("Expected query, key, and value to all be at least 2 dimensional, but got shapes "
                           f"{query.shape}, {key.shape} and {value.shape}")  # fmt: skip
    if mask is not None:
        if is_causal:
            raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
        if mask.dtype.kind != "b" and mask.dtype != query.dtype:
            raise RuntimeError("Expected attn_mask dtype to be bool or float or to match query dtype, but got "
                               f"attn_mask.dtype: {mask.dtype} and query.dtype: {query.dtype} instead.")  # fmt: skip
