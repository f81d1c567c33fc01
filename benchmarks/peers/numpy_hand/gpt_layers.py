"""The layers of the small GPT, feature-major: layer norm, attention and GELU, each with its buffers."""

import numpy as np
from numpy import add, matmul, multiply, subtract

from benchmarks.peers.numpy_hand.tools import BLOCK, constant, float32, in_blocks


class LayerNorm:
    """Over axis 0 of (width, n)."""

    def __init__(self, n, w, b, dw, db):
        width = len(w)
        self.w, self.b, self.dw, self.db = w, b, dw.reshape(-1), db.reshape(-1)
        self.xhat, self.buffer = np.empty((width, n), float32), np.empty((width, n), float32)
        self.mean, self.r, self.total = (np.empty(n, float32) for _ in range(3))
        self.share, self.epsilon = constant(1 / width), constant(1e-5)

    def forward(self, x, output):
        """output = (x − mean) r w + b"""
        xhat, mean, r, buffer = self.xhat, self.mean, self.r, self.buffer
        add.reduce(x, axis=0, out=mean)
        multiply(mean, self.share, mean)
        subtract(x, mean, xhat)
        multiply(xhat, xhat, buffer)
        add.reduce(buffer, axis=0, out=r)
        multiply(r, self.share, r)
        add(r, self.epsilon, r)
        np.sqrt(r, r)
        np.reciprocal(r, r)
        multiply(xhat, r, xhat)
        multiply(xhat, self.w, output)
        add(output, self.b, output)

    def backward(self, delta, dx):
        """`delta` is destroyed; the gradient of the input is added to `dx`."""
        xhat, buffer, mean, total = self.xhat, self.buffer, self.mean, self.total
        multiply(delta, xhat, buffer)
        add.reduce(buffer, axis=1, out=self.dw)
        add.reduce(delta, axis=1, out=self.db)
        multiply(delta, self.w, delta)
        multiply(delta, xhat, buffer)
        add.reduce(buffer, axis=0, out=total)
        multiply(total, self.share, total)
        add.reduce(delta, axis=0, out=mean)
        multiply(mean, self.share, mean)
        multiply(xhat, total, buffer)
        subtract(delta, buffer, delta)
        subtract(delta, mean, delta)
        multiply(delta, self.r, delta)
        add(dx, delta, dx)


class Gelu:
    """y = x h, h = (1 + tanh(x s)) / 2, s = k + 0.044715 k x²; in blocks that stay in the cache."""

    def __init__(self, x, y, delta):
        buffer = np.empty(BLOCK, float32)
        parts = in_blocks(x, y, delta, np.empty_like(x), np.empty_like(x))
        self.parts = [(*part, buffer[: part[0].size]) for part in parts]
        k = (2 / np.pi) ** 0.5
        self.k, self.cubic, self.half = constant(k), constant(0.044715 * k), constant(0.5)
        self.six, self.four_k = constant(6), constant(4 * k)

    def forward(self):
        """Into y."""
        k, cubic, half = self.k, self.cubic, self.half
        for x, y, _, h, s, _ in self.parts:
            multiply(x, x, s)
            multiply(s, cubic, s)
            add(s, k, s)
            multiply(s, x, h)
            np.tanh(h, h)
            multiply(h, half, h)
            add(h, half, h)
            multiply(x, h, y)

    def backward(self):
        """delta ·= dy/dx = h + x h (1 − h) (6 s − 4 k)"""
        for _, y, delta, h, s, q in self.parts:
            multiply(s, self.six, s)
            subtract(s, self.four_k, s)
            multiply(s, y, s)
            multiply(s, h, q)
            subtract(s, q, s)
            add(s, h, s)
            multiply(delta, s, delta)


class Attention:
    """Causal attention of one layer. Scores are (key, head, batch, query): the softmax runs over axis 0.

    `shared` holds what all layers use in turn: the gradients and the small buffers.
    """

    def __init__(self, qkv, output, shared):
        self.shared = shared
        self.q, self.k, self.v = shared.by_head(qkv)
        (self.output,) = shared.by_head(output)
        self.weights = np.empty(shared.score_shape, float32)
        self.weights_by_head = by_pair(self.weights)

    def forward(self):
        """From `qkv` into `output`."""
        a, shared = self.weights, self.shared
        matmul(swap(self.k), self.q, self.weights_by_head)
        multiply(a, shared.scale, a)
        np.maximum.reduce(a, axis=0, out=shared.top)
        subtract(a, shared.top, a)
        np.exp(a, a)
        multiply(a, shared.causal, a)
        add.reduce(a, axis=0, out=shared.total)
        np.reciprocal(shared.total, shared.total)
        multiply(a, shared.total, a)
        matmul(self.v, self.weights_by_head, self.output)

    def backward(self):
        """From the shared `doutput` into the shared `dqkv`."""
        a, shared = self.weights, self.shared
        da, da_by_head = shared.dweights, shared.dweights_by_head
        matmul(shared.doutput, swap(self.weights_by_head), shared.dv)
        matmul(swap(self.v), shared.doutput, da_by_head)
        multiply(da, a, shared.buffer)
        add.reduce(shared.buffer, axis=0, out=shared.total)
        subtract(da, shared.total, da)
        multiply(da, a, da)
        multiply(da, shared.scale, da)
        matmul(self.k, da_by_head, shared.dq)
        matmul(self.q, swap(da_by_head), shared.dk)


class AttentionBuffers:
    """What the attention of all layers uses in turn."""

    def __init__(self, heads, head_width, batch, context, dqkv, doutput):
        self.shape = heads, head_width, batch, context
        self.score_shape = context, heads, batch, context
        lower = np.triu(np.ones((context, context), float32))[:, None, None, :]
        self.causal = np.ascontiguousarray(np.broadcast_to(lower, self.score_shape))
        self.scale = constant(head_width**-0.5)
        self.top, self.total = (np.empty(self.score_shape[1:], float32) for _ in range(2))
        self.buffer, self.dweights = (np.empty(self.score_shape, float32) for _ in range(2))
        self.dweights_by_head = by_pair(self.dweights)
        self.dq, self.dk, self.dv = self.by_head(dqkv)
        (self.doutput,) = self.by_head(doutput)

    def by_head(self, x):
        """(parts · heads · head_width, n) -> parts × (heads, batch, head_width, context)"""
        return x.reshape(-1, *self.shape).transpose(0, 1, 3, 2, 4)


def by_pair(scores):
    """(key, head, batch, query) -> (head, batch, key, query)"""
    return scores.transpose(1, 2, 0, 3)


def swap(x):
    """The last two axes exchanged."""
    return x.transpose(0, 1, 3, 2)
