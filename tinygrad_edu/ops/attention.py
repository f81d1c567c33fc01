"""Attention: what each query takes from the values, by how well it fits their keys.

The two products around the weights are `matmul`; between them stands the one formula that wants a way back of its own.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..engine import op
from .index import narrowed
from .rows import row_max, row_products, row_sums


@op(promote="same")
def attention_weights(x, mask=None, *, scale=1.0, causal=False):
    """Scores of queries (rows) for keys (columns) to weights that sum to 1 along each row.

    z = softmax(scale · x + mask)          x: (b, n, m), mask: (n, m) -> (b, n, m)
    Examples: scale=0.6; causal=True

    mask is added to the scores: −inf where a query must not look, or a bias. causal: query i looks at no key behind
    the i-th. A query that may look nowhere gets zeros, where softmax would give nan.
    Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
    """
    z = x * scale
    if mask is not None:
        z += mask
    if causal:
        z += _future(x.shape[-2], x.shape[-1], x.dtype)
    top = row_max(z)
    z -= np.where(top > -math.inf, top, 0)
    z = np.exp(z)
    total = row_sums(z)
    z /= np.where(total == 0, 1, total)
    mask_shape = () if mask is None else mask.shape
    def dscores(g): return (g - row_products(g, z)) * z
    def dx(g): return dscores(g) * scale
    def dmask(g): return narrowed(dscores(g), mask_shape)
    return z, dx, dmask


@lru_cache(maxsize=64)
def _future(queries, keys, dtype):
    """−inf above the diagonal, 0 elsewhere: what stops a query from looking ahead."""
    mask = np.where(np.tri(queries, keys, dtype=bool), dtype.type(0), dtype.type(-math.inf))
    mask.flags.writeable = False
    return mask
