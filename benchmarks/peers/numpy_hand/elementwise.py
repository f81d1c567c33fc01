"""The chain of ops on 10 numbers, and the expression over a million."""

import numpy as np
from numpy import add, dot, multiply, subtract, tanh

from benchmarks.peers.numpy_hand.tools import BLOCK, constant, float32, in_blocks


def make_chain(task):
    """All values and all gradients stand in two arrays, so that what triples share is done in one call."""
    length = task.sizes["length"]
    triples = length // 3
    if length % 3 != 1:
        raise ValueError(f"chain: expected whole triples and a last product, got {length} ops")
    params = np.concatenate([task.params[name] for name in "xab"])
    gradients = np.zeros_like(params)
    x, a, b = params[:10], params[10:20], params[20:]
    dx, da, db = gradients[:10], gradients[10:20], gradients[20:]
    values, deltas = np.empty((length + 1, 10), float32), np.empty((length + 1, 10), float32)
    slopes = np.empty((triples, 10), float32)
    h, d = list(values), list(deltas)
    forward = list(zip(h[0:-2:3], h[1:-1:3], h[2::3], h[3::3], strict=True))
    backward = list(zip(d[0:-2:3], d[1:-1:3], d[3::3], slopes, strict=True))[::-1]
    tanh_values = values[3::3]
    factors, at_products, at_sums = values[0::3][: triples + 1], deltas[1::3], deltas[1::3][:triples]
    products, rate, one = np.empty_like(at_products), constant(task.rate), constant(1)

    def step():
        h[0][:] = x
        for h0, h1, h2, h3 in forward:
            multiply(h0, a, h1)
            add(h1, b, h2)
            tanh(h2, h3)
        multiply(h[-2], a, h[-1])
        loss = add.reduce(h[-1])
        multiply(tanh_values, tanh_values, slopes)
        subtract(one, slopes, slopes)  # tanh′ of all triples in two calls
        d[-1][:] = 1
        multiply(d[-1], a, d[-2])
        for d0, d1, d3, slope in backward:  # a sum passes the gradient on: no call
            multiply(d3, slope, d1)
            multiply(d1, a, d0)
        multiply(at_products, factors, products)
        add.reduce(products, axis=0, out=da)
        add.reduce(at_sums, axis=0, out=db)
        dx[:] = d[0]
        multiply(gradients, rate, gradients)
        subtract(params, gradients, params)
        return loss

    return step, lambda: {"x": x.copy(), "a": a.copy(), "b": b.copy()}


def make_wide(task):
    """Everything about a block is done while it is in the cache."""
    inputs = [task.params[name].copy() for name in "abc"]
    gradients = [np.empty_like(value) for value in inputs]
    buffers = [np.empty(BLOCK, float32) for _ in range(3)]
    parts = [
        (*part, *(buffer[: part[0].size] for buffer in buffers)) for part in in_blocks(*inputs, *gradients)
    ]
    half = constant(0.5)

    def step():
        loss = 0.0
        for a, b, c, da, db, dc, s, t, r in parts:
            multiply(a, b, s)
            add(s, c, s)
            multiply(s, half, s)
            tanh(s, s)
            multiply(s, half, s)
            add(s, half, s)
            subtract(a, c, t)
            tanh(t, t)
            multiply(s, t, r)
            loss += float(dot(s, t))
            multiply(r, t, dc)
            subtract(s, dc, dc)  # s (1 − t²) = s − (s t) t
            multiply(r, s, s)
            subtract(r, s, s)  # s (1 − s) t = r − r s
            multiply(s, b, da)
            add(da, dc, da)
            multiply(s, a, db)
            subtract(s, dc, dc)
        return loss

    return step, lambda: {name: value.copy() for name, value in zip("abc", gradients, strict=True)}
