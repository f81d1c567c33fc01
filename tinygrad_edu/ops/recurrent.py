"""The gates of recurrent layers: what happens in one step of time, behind the weighted sums. One node of the graph a
step instead of a dozen.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..engine import op
from .elementwise import sigmoid


@op(promote="same")
def lstm_gates(x, c):
    """One step of long short-term memory: what to take in, what to forget, what to show.

    c′ = σ(f) c + σ(i) tanh(n), h′ = σ(o) tanh(c′), where x = [i, f, n, o]          x: (b, 4, h), c: (b, h) -> (...)
    Source: Hochreiter and Schmidhuber 1997; https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html

    Gives h′ and c′.
    """
    gates = sigmoid(x)
    take, keep, show = gates[:, 0], gates[:, 1], gates[:, 3]
    new = np.tanh(x[:, 2])
    cell = keep * c + take * new
    seen = np.tanh(cell)
    def dcell(gs):
        gh, gc = gs
        if gh is None:
            return gc
        through = gh * show * (1 - seen * seen)
        return through if gc is None else through + gc
    def dx(gs):
        a = dcell(gs)
        b = np.zeros_like(a) if gs[0] is None else gs[0] * seen
        slopes = gates * (1 - gates)
        return np.stack(
            [a * new * slopes[:, 0], a * c * slopes[:, 1], a * take * (1 - new * new), b * slopes[:, 3]], axis=1
        )
    def dc(gs): return dcell(gs) * keep
    return (show * seen, cell), dx, dc


@op(promote="same")
def gru_gates(x, y, h):
    """One step of a gated recurrent unit: how much of the past goes into the new, and how much stays.

    h′ = (1 − σ(z)) n + σ(z) h, n = tanh(n₁ + σ(r) n₂), [r, z, n] = x and y          x: (b, 3, h), y: (b, 3, h), h: (b, h) -> (b, h)

    x are the sums of the input, y those of the state; r and z are the sums of both.
    Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078; https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """  # noqa: E501
    gates = sigmoid(x[:, :2] + y[:, :2])
    past, stay = gates[:, 0], gates[:, 1]
    inner = y[:, 2]
    new = np.tanh(x[:, 2] + past * inner)
    away = h - new
    def dsums(g):
        dnew = g * (1 - stay) * (1 - new * new)
        return dnew * inner * (past * (1 - past)), g * away * (stay * (1 - stay)), dnew
    def dx(g): return np.stack(dsums(g), axis=1)
    def dy(g):
        dpast, dstay, dnew = dsums(g)
        return np.stack([dpast, dstay, dnew * past], axis=1)
    def dh(g): return g * stay
    return new + stay * away, dx, dy, dh


@op()
def pieces(x, *, lengths):
    """Copies of the rows in pieces of given lengths. Unlike split, whose pieces are views, one node: a long sequence is
    cut into its steps, and their gradients put together, in one go.

    z = (x[:l₁], x[l₁ : l₁ + l₂], ...)
    """
    ends = list(itertools.accumulate(lengths))
    starts = [end - length for end, length in zip(ends, lengths, strict=True)]
    rest, dtype_of = x.shape[1:], x.dtype
    def dx(gs):
        known = next(g for g in gs if g is not None)
        parts = [np.zeros_like(known, shape=(n, *rest), dtype=dtype_of) if g is None else g
                 for g, n in zip(gs, lengths, strict=True)]  # fmt: skip
        return np.concatenate(parts)
    return tuple(np.copy(x[start:end]) for start, end in zip(starts, ends, strict=True)), dx
