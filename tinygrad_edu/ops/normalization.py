"""Normalization: numbers brought to mean 0 and variance 1, then scaled and shifted by what is learned."""

from __future__ import annotations

import numpy as np

from ..engine import op


@op(promote="same")
def normalize_channels(x, mean, var, w, b, *, eps=1e-5):
    """Batch normalization with the statistics as inputs; channels are axis 1.

    z = w (x − mean) / √(var + eps) + b          x: (n, c, l), mean: (c), var: (c), w: (c), b: (c) -> (n, c, l)
    Domain: var > 0
    Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
    """
    over = tuple(i for i in range(x.ndim) if i != 1)
    channels = (-1,) + (1,) * (x.ndim - 2)
    def wide(a): return np.reshape(a, channels)
    r = 1 / np.sqrt(var + eps)
    away = x - wide(mean)
    def dx(g): return g * wide(w * r)
    def dmean(g): return -np.sum(g, axis=over) * w * r
    def dvar(g): return np.sum(g * away, axis=over) * w * r * r * r * -0.5
    def dw(g): return np.sum(g * away, axis=over) * r
    def db(g): return np.sum(g, axis=over)
    return away * wide(w * r) + wide(b), dx, dmean, dvar, dw, db
