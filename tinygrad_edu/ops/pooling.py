"""Pooling: a window slides over an image, and one number stands for what it sees. Means of windows are composed of
`window_sums`; here is the largest number, and where it stood.
"""

from __future__ import annotations

import math

import numpy as np

from ..engine import op
from .windows import _counts, looks


@op()
def max_pool(x, *, kernel, stride, dilation):
    """The largest number in each window, and its place in the window, counted row by row.

    z[i, j] = max over k, l of x[i stride + k dilation, j stride + l dilation]          x: (..., h, w) -> (..., i, j)
    Kinks: of equal numbers, the first takes the gradient, as PyTorch.
    Domain: 3 <= h, 3 <= w
    Examples: kernel=(2, 2), stride=(2, 2), dilation=(1, 1); kernel=(2, 3), stride=(1, 2), dilation=(1, 1);
        kernel=(2, 2), stride=(1, 1), dilation=(2, 1)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
    """
    counts = _counts("max_pool", x, kernel, stride, dilation)
    lengths = x.shape[x.ndim - len(kernel) :]
    parts = [part for _, part in looks(kernel, counts, stride, dilation)]
    z = np.copy(x[parts[0]])
    which = np.zeros_like(x, dtype=_counting(len(parts)), shape=z.shape)
    for k, part in enumerate(parts[1:], 1):
        numbers = np.copy(x[part])  # side by side, so that three passes over them cost less than this one
        larger = np.logical_not(np.less_equal(numbers, z))  # or nan
        which = np.maximum(which, np.astype(larger, which.dtype) * k)
        z = np.maximum(z, numbers)
    def dx(g): return put_back(g[0], which, kernel=kernel, stride=stride, dilation=dilation, lengths=lengths)
    return (z, which), dx


@op()
def put_back(x, which, *, kernel, stride, dilation, lengths):
    """One number for each window, added to that place of the window which is named: the adjoint of pick_out.

    z[i stride + k dilation, j stride + l dilation] += x[i, j] for (k, l) = which[i, j]
    """
    z = np.zeros_like(x, shape=(*x.shape[: x.ndim - len(kernel)], *lengths))
    counts = x.shape[x.ndim - len(kernel) :]
    apart = all(s > d * (k - 1) for s, d, k in zip(stride, dilation, kernel, strict=True))
    for k, (_, part) in enumerate(looks(kernel, counts, stride, dilation)):
        if apart:  # no number is seen twice
            z[part] = x * np.equal(which, k)
        else:
            z[part] += x * np.equal(which, k)
    def dx(g): return pick_out(g, which, kernel=kernel, stride=stride, dilation=dilation)
    return z, dx, None


@op()
def pick_out(x, which, *, kernel, stride, dilation):
    """From each window the number at that place of the window which is named.

    z[i, j] = x[i stride + k dilation, j stride + l dilation] for (k, l) = which[i, j]
    """
    lengths, counts = x.shape[x.ndim - len(kernel) :], which.shape[which.ndim - len(kernel) :]
    parts = [part for _, part in looks(kernel, counts, stride, dilation)]
    z = x[parts[0]] * np.equal(which, 0)
    for k, part in enumerate(parts[1:], 1):
        z += x[part] * np.equal(which, k)
    def dx(g): return put_back(g, which, kernel=kernel, stride=stride, dilation=dilation, lengths=lengths)
    return z, dx, None


def _counting(size):
    """The smallest dtype that counts so far."""
    return np.dtype(np.uint8 if size <= 256 else np.int32)


def flat_places(which, *, kernel, stride, dilation, padding, lengths):
    """PyTorch's indices: where in the flattened image of these lengths (padding left out) the picked number stood."""
    flat, rest = 0, np.astype(which, np.int64)
    n = len(kernel)
    sizes = [math.prod(kernel[i + 1 :]) for i in range(n)]
    for i in range(n):
        at, rest = rest // sizes[i], rest % sizes[i]
        count = which.shape[which.ndim - n + i]
        first = np.reshape(np.arange(count) * stride[i] - padding[i], (count,) + (1,) * (n - 1 - i))
        flat = flat * lengths[i] + (at * dilation[i] + first)
    return flat
