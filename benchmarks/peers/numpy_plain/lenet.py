"""LeNet: convolution as a tensor product over a view of all windows."""

import numpy as np

from benchmarks.peers.numpy_plain.tools import cross_entropy


def windows(x):
    """All 5×5 windows of the padded images, as a view."""
    padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))
    return np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(2, 3))


def convolution(x, w):
    view = windows(x)
    return np.tensordot(view, w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2), view


def pool(x):
    """(largest of each 2×2 window, where it stands)"""
    n, channels, h, w = x.shape
    v = x.reshape(n, channels, h // 2, 2, w // 2, 2)
    y = v.max(axis=(3, 5))
    return y, v == y[:, :, :, None, :, None]


def pool_back(d, hit):
    v = d[:, :, :, None, :, None] * hit
    n, channels, h, _, w, _ = v.shape
    return v.reshape(n, channels, 2 * h, 2 * w)


def lenet(p, x, y):
    z1, v1 = convolution(x, p["cw1"])
    r1 = np.maximum(z1 + p["cb1"][:, None, None], 0)
    q1, hit1 = pool(r1)
    z2, v2 = convolution(q1, p["cw2"])
    r2 = np.maximum(z2 + p["cb2"][:, None, None], 0)
    q2, hit2 = pool(r2)
    f = q2.reshape(len(x), -1)
    h = np.maximum(f @ p["w1"].T + p["b1"], 0)
    loss, d = cross_entropy(h @ p["w2"].T + p["b2"], y)
    g = {"w2": d.T @ h, "b2": d.sum(0)}
    dh = d @ p["w2"] * (h > 0)
    g["w1"], g["b1"] = dh.T @ f, dh.sum(0)
    d2 = pool_back((dh @ p["w1"]).reshape(q2.shape), hit2) * (r2 > 0)
    g["cw2"], g["cb2"] = np.tensordot(d2, v2, axes=((0, 2, 3), (0, 2, 3))), d2.sum((0, 2, 3))
    dq1, _ = convolution(d2, p["cw2"][:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
    d1 = pool_back(dq1, hit1) * (r1 > 0)
    g["cw1"], g["cb1"] = np.tensordot(d1, v1, axes=((0, 2, 3), (0, 2, 3))), d1.sum((0, 2, 3))
    return loss, g
