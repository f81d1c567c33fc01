"""Gaussian elimination: a matrix as a lower triangle times an upper one, once its rows are in a good order.

Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
"""

from __future__ import annotations

import numpy as np

from ..engine import op
from .decompositions import _t


@op(promote="float")
def lu_factor(x):
    """Both triangles in one matrix (the 1s on the lower one's diagonal are left out), and the row exchanges.

    z = l + u − 1, pivots, of (..., n, m)

    Step i exchanges row i for row pivots[i] − 1, which holds the largest number of column i; l u is x after all
    exchanges. Kinks: none; where the order of rows would change, the derivative is that of the order taken.
    """
    n, m = x.shape[-2:]
    k = min(n, m)
    rows, columns = np.expand_dims(np.arange(n), 1), np.arange(m)
    order = np.zeros_like(x, dtype=np.int64, shape=x.shape[:-1]) + np.arange(n)
    z, pivots = x, []
    for i in range(k):
        at = np.argmax(np.absolute(z[..., i:, i]), axis=-1) + i
        at_all = np.expand_dims(at, -1)
        swap = np.where(np.arange(n) == i, at_all, np.where(np.arange(n) == at_all, i, np.arange(n)))
        z = np.take_along_axis(z, np.expand_dims(swap, -1), -2)
        order = np.take_along_axis(order, swap, -1)
        pivots.append(at + 1)
        head = z[..., i : i + 1, i : i + 1]
        shares = np.where(rows > i, z[..., :, i : i + 1] / np.where(head == 0, 1, head), 0)
        z = np.where((rows > i) & (columns == i), shares, z - shares * np.where(columns > i, z[..., i : i + 1, :], 0))
    back = np.argsort(order, axis=-1)
    def dx(g):
        found = _elimination_backward(np.zeros_like(z) if g[0] is None else g[0], z, k)
        return np.take_along_axis(found, np.expand_dims(back, -1), -2)
    exchanged = np.stack(pivots, -1) if pivots else np.zeros_like(order, shape=(*x.shape[:-2], 0))
    return (z, np.astype(exchanged, np.int32)), dx


def _elimination_backward(g, z, k):
    """x̄ = l⁻ᵀ (tril(lᵀ l̄, −1) + triu(ū uᵀ)) u⁻ᵀ of the leading square; the rows below (l₂ = x₂ u⁻¹) and the columns
    behind (u₂ = l⁻¹ x₂) come first, and hand on what they owe to it.
    Source: Seeger et al. 2017, https://arxiv.org/abs/1710.08717
    """
    low = np.tril(z[..., :k, :k], -1) + np.eye(k, dtype=z.dtype)
    up = np.triu(z[..., :k, :k])
    g_low, g_up = np.tril(g[..., :k, :k], -1), np.triu(g[..., :k, :k])
    def over(a): return _t(np.linalg.solve(up, _t(a)))             # a u⁻ᵀ
    below, behind = over(g[..., k:, :k]), np.linalg.solve(_t(low), g[..., :k, k:])
    g_up = g_up - np.matmul(_t(z[..., k:, :k]), below)
    g_low = g_low - np.matmul(behind, _t(z[..., :k, k:]))
    inner = np.tril(np.matmul(_t(low), g_low), -1) + np.triu(np.matmul(g_up, _t(up)))
    square = over(np.linalg.solve(_t(low), inner))
    return np.concatenate([np.concatenate([square, behind], -1), below], -2) if z.shape[-2] > k else (
        np.concatenate([square, behind], -1))  # fmt: skip
