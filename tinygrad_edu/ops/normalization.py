"""Normalization: numbers brought to mean 0 and variance 1, then scaled and shifted by what is learned.

Sums are products with ones (`rows.ones`), which BLAS computes several times faster than np.sum.
"""

from __future__ import annotations

import math

import numpy as np

from ..engine import op
from .rows import ones


@op(promote="same")
def layer_norm(x, w=None, b=None, *, eps=1e-5):
    """Each row to mean 0 and variance 1, then scaled and shifted.

    y = (x − mean) / √(var + eps),  z = w y + b          x: (..., d), w: (d), b: (d) -> (..., d)
    Domain: 3 <= d
    Source: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
    """
    shape, (rows, d) = x.shape, (math.prod(x.shape[:-1]), x.shape[-1])
    over = ones(d, x.dtype)
    flat = np.reshape(x, (rows, d))
    y = flat - _mean(np.dot(flat, over), d)
    r = 1 / np.sqrt(_mean(np.vecdot(y, y), d) + eps)
    y *= r
    def dx(g):
        h = np.reshape(g, (rows, d))
        h = h if w is None else h * w
        back = h - _mean(np.dot(h, over), d)
        back -= y * _mean(np.vecdot(h, y), d)
        back *= r
        return np.reshape(back, shape)
    def dw(g): return np.dot(ones(rows, g.dtype), np.reshape(g, (rows, d)) * y)
    def db(g): return np.dot(ones(rows, g.dtype), np.reshape(g, (rows, d)))
    z = y * (ones(d, x.dtype) if w is None else w)
    if b is not None:
        z += b
    return np.reshape(z, shape), dx, dw, db


def _mean(sums, count):
    """The means of rows, as a column, from their sums."""
    return np.expand_dims(sums, -1) * (1 / max(count, 1))


@op(promote="same")
def rms_norm(x, w=None, *, eps):
    """Each row divided by the root of its mean square, then scaled.

    z = w x / √(mean x² + eps)          x: (..., d), w: (d) -> (..., d)
    Domain: 2 <= d
    Examples: eps=1e-3
    Source: Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
    """
    shape, (rows, d) = x.shape, (math.prod(x.shape[:-1]), x.shape[-1])
    flat = np.reshape(x, (rows, d))
    r = 1 / np.sqrt(_mean(np.vecdot(flat, flat), d) + eps)
    y = flat * r
    def dx(g):
        h = np.reshape(g, (rows, d))
        h = h if w is None else h * w
        back = h - y * _mean(np.vecdot(h, y), d)
        back *= r
        return np.reshape(back, shape)
    def dw(g): return np.dot(ones(rows, g.dtype), np.reshape(g, (rows, d)) * y)
    return np.reshape(y if w is None else y * w, shape), dx, dw


@op(promote="same")
def batch_norm(x, w=None, b=None, *, eps=1e-5):
    """Each channel (axis 1) to mean 0 and variance 1 over the batch, then scaled and shifted; and both statistics.

    y = (x − mean) / √(var + eps),  z = w y + b          x: (n, c, l), w: (c), b: (c) -> (...)
    Domain: 3 <= n
    Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
    """
    count = max(math.prod(x.shape) // max(x.shape[1], 1), 1)
    def wide(a): return np.reshape(a, (-1,) + (1,) * (ndim - 2))
    ndim = x.ndim
    mean = channel_sums(x) * (1 / count)
    away = x - wide(mean)
    var = channel_sums(away * away) * (1 / count)
    r = 1 / np.sqrt(var + eps)
    y = away * wide(r)
    def dx(g):
        gz, gmean, gvar = g
        parts = []
        if gz is not None:
            scale = r if w is None else r * w
            sums, along = channel_sums(gz), channel_sums(gz * y)
            back = gz - wide(sums * (1 / count))
            back -= y * wide(along * (1 / count))
            back *= wide(scale)
            parts.append(back)
        if gmean is not None:
            parts.append(np.zeros_like(y) + wide(gmean * (1 / count)))
        if gvar is not None:
            parts.append(away * wide(gvar * (2 / count)))
        return parts[0] if len(parts) == 1 else parts[0] + parts[1] if len(parts) == 2 else sum(parts[1:], parts[0])
    def of_statistics(g): return np.zeros_like(g[2] if g[1] is None else g[1])
    def dw(g): return of_statistics(g) if g[0] is None else channel_sums(g[0] * y)
    def db(g): return of_statistics(g) if g[0] is None else channel_sums(g[0])
    z = y if w is None else y * wide(w)
    z = z if b is None else z + wide(b)
    return (z, mean, var), dx, dw, db


def channel_sums(x):
    """The sums over all axes but the second."""
    n, channels, *lengths = x.shape
    size = math.prod(lengths)
    by_items = np.dot(ones(n, x.dtype), np.reshape(x, (n, channels * size)))
    return by_items if not lengths else np.dot(np.reshape(by_items, (channels, size)), ones(size, x.dtype))


@op(promote="same")
def normalize_channels(x, mean, var, w=None, b=None, *, eps=1e-5):
    """Batch normalization with the statistics as inputs; channels are axis 1.

    z = w (x − mean) / √(var + eps) + b          x: (n, c, l), mean: (c), var: (c), w: (c), b: (c) -> (n, c, l)
    Domain: var > 0
    Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
    """
    channels = (-1,) + (1,) * (x.ndim - 2)
    def wide(a): return np.reshape(a, channels)
    r = 1 / np.sqrt(var + eps)
    scale = r if w is None else w * r
    away = x - wide(mean)
    def dx(g): return g * wide(scale)
    def dmean(g): return -channel_sums(g) * scale
    def dvar(g): return channel_sums(g * away) * scale * r * r * -0.5
    def dw(g): return channel_sums(g * away) * r
    def db(g): return channel_sums(g)
    z = away * wide(scale)
    return z if b is None else z + wide(b), dx, dmean, dvar, dw, db
