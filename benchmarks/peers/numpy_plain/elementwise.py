"""The chain of ops on 10 numbers, and the expression over a million."""

import numpy as np

from benchmarks.peers.numpy_plain.tools import sigmoid


def chain(p, x, y, length):
    values = [p["x"]]
    for i in range(length):
        h = values[-1]
        values.append(h * p["a"] if i % 3 == 0 else h + p["b"] if i % 3 == 1 else np.tanh(h))
    d, da, db = np.ones_like(p["x"]), np.zeros_like(p["a"]), np.zeros_like(p["b"])
    for i in reversed(range(length)):
        if i % 3 == 0:
            da, d = da + d * values[i], d * p["a"]
        elif i % 3 == 1:
            db = db + d
        else:
            d = d * (1 - values[i + 1] ** 2)
    return values[-1].sum(), {"x": d, "a": da, "b": db}


def wide(p, x, y):
    a, b, c = p["a"], p["b"], p["c"]
    s, t = sigmoid(a * b + c), np.tanh(a - c)
    ds, dt = t * s * (1 - s), s * (1 - t * t)
    return (s * t).sum(), {"a": ds * b + dt, "b": ds * a, "c": ds - dt}
