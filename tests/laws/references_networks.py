"""References of the ops of activations, attention, recurrent layers and costs: number by number, in plain loops."""

from __future__ import annotations

import math

import numpy as np

from .references import each, of

of("erf")(each(math.erf))
of("erfc")(each(math.erfc))
of("prelu")(each(lambda x, w: x if x > 0 else w * x))
of("elu")(each(lambda x, alpha=1, scale=1, steepness=1: scale * (x if x > 0 else alpha * math.expm1(x * steepness))))
of("silu")(each(lambda x: x * _sigmoid(x)))
of("softplus")(each(lambda x, beta=1, threshold=20: math.log(1 + math.exp(beta * x)) / beta))
of("log_sigmoid")(each(lambda x: math.log(_sigmoid(x))))
of("hardtanh")(each(lambda x, low=-1, high=1: low if x < low else high if x > high else x))
of("binary_cross_entropy")(each(lambda x, y: -y * math.log(x) - (1 - y) * math.log(1 - x)))


def _sigmoid(x):
    return 1 / (1 + math.exp(-x))


@of("gelu")
@each
def _gelu(x, approximate="none"):
    if approximate == "tanh":
        return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + math.erf(x / math.sqrt(2)))


@of("erfinv")
@each
def _erfinv(x):
    """By halving: erf rises."""
    low, high = -7.0, 7.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle) < x else (low, middle)
    return middle


@of("attention_weights")
def _attention_weights(x, mask=None, scale=1, causal=False):
    z = np.zeros(x.shape)
    mask = np.broadcast_to(0.0 if mask is None else mask, x.shape)
    for at in np.ndindex(*x.shape[:-1]):
        row = x[at] * scale + mask[at]
        powers = [0 if causal and j > at[-1] else math.exp(s) for j, s in enumerate(row.tolist())]
        z[at] = [p / (math.fsum(powers) or 1) for p in powers]
    return z


@of("lstm_gates")
def _lstm_gates(x, c):
    shown, cell = np.empty(c.shape), np.empty(c.shape)
    for at in np.ndindex(*c.shape):
        i, f, n, o = x[at[0], :, at[1]].tolist()
        cell[at] = _sigmoid(f) * c[at] + _sigmoid(i) * math.tanh(n)
        shown[at] = _sigmoid(o) * math.tanh(cell[at])
    return shown, cell


@of("gru_gates")
def _gru_gates(x, y, h):
    z = np.empty(h.shape)
    for b, k in np.ndindex(*h.shape):
        reset, update = (_sigmoid(x[b, gate, k] + y[b, gate, k]) for gate in (0, 1))
        new = math.tanh(x[b, 2, k] + reset * y[b, 2, k])
        z[b, k] = (1 - update) * new + update * h[b, k]
    return z


@of("pieces")
def _pieces(x, lengths):
    rows = iter(x.tolist())
    return tuple(np.array([next(rows) for _ in range(n)]) for n in lengths)
