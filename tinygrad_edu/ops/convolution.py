"""Convolution: the same small weights at every place of an image.

Three ops are each other's derivatives: each takes two of (image, weight, gradient of the result) and gives the third.

    convolution            image, weight     -> result
    convolution_transpose  result, weight    -> image
    convolution_weight     image, result     -> weight

They take two or three spatial axes. An image is unrolled along all of these but the first: `columns` then holds its
rows so that the windows of one row of the result, over all its weights, are one matrix whose rows lie at equal steps.
That matrix is a view, and the windows of the next row are the same memory one row further: memory grows by the
width of the kernel, not by its area, and each row of the result is one matrix product.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..engine import op
from .normalization import channel_sums
from .windows import places, windows_added


@op(promote="same")
def convolution(x, w, b=None, *, stride, padding, dilation=(1, 1), groups=1):
    """Weighted sums of the windows of an image, with the weights of each output channel, and its bias.

    z[n, o, p, q] = Σ x[n, c, p stride + k − padding, q stride + l − padding] w[o, c, k, l] + b[o]
    x: (n, c, i, j), w: (o, c, k, l), b: (o) -> (n, o, p, q)
    Domain: 4 <= i, 4 <= j
    Examples: stride=(1, 1), padding=(0, 0); stride=(2, 1), padding=(1, 2);
        stride=(1, 2), padding=(1, 0), dilation=(1, 2)

    groups: channels come in so many groups, that do not see each other. w: (o, c / groups, k, l).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
    """
    shape = _result_shape(x, w, stride, padding, dilation, groups)
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    lengths, kernel = x.shape[2:], w.shape[2:]
    def dx(g): return convolution_transpose(g, w, lengths=lengths, **settings)
    def dw(g): return convolution_weight(x, g, kernel=kernel, **settings)
    def db(g): return channel_sums(g)
    return _sums_of_windows(x, w, b, shape[2:], **settings), dx, dw, db


@op(promote="same")
def convolution_transpose(x, w, *, lengths, stride, padding, dilation, groups):
    """The adjoint of convolution in its image, which has these lengths: each number of x lays down its weights.

    z[n, c, p stride + k − padding, q stride + l − padding] += x[n, o, p, q] w[o, c, k, l]
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
    """
    counts, kernel = x.shape[2:], w.shape[2:]
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    if all(s == 1 for s in stride):  # a convolution with the weights turned round, at no extra cost
        inner = tuple(d * (k - 1) - p for k, p, d in zip(kernel, padding, dilation, strict=True))
        z = _sums_of_windows(x, _turned(w, groups), None, lengths, stride, inner, dilation, groups)
    else:
        z = _laid_down(x, w, lengths, stride, padding, dilation, groups)
    def dx(g): return _first(convolution(g, w, **settings), counts)
    def dw(g): return convolution_weight(g, x, kernel=kernel, **settings)
    return z, dx, dw


@op(promote="same")
def convolution_weight(x, y, *, kernel, stride, padding, dilation, groups):
    """The adjoint of convolution in its weights: x is the image, y is shaped as the result.

    z[o, c, k, l] = Σ x[n, c, p stride + k − padding, q stride + l − padding] y[n, o, p, q]
    """
    lengths = x.shape[2:]
    outputs, counts = y.shape[1], y.shape[2:]
    matrices = _matrices(x, kernel, counts, stride, padding, dilation, groups)      # (g, p, kernel c, n q)
    rows = _by_rows(y, groups)                                                             # (g, p, o, n q)
    products = np.sum(np.matmul(matrices, np.swapaxes(rows, -1, -2)), axis=1)              # (g, kernel c, o)
    spread = np.reshape(products, (groups, *kernel, x.shape[1] // groups, outputs // groups))
    z = np.moveaxis(spread, (-1, -2), (1, 2))                                              # (g, o, c, kernel)
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    def dx(g): return convolution_transpose(y, g, lengths=lengths, **settings)
    def dy(g): return _first(convolution(x, g, **settings), counts)
    return _contiguous(z, (outputs, x.shape[1] // groups, *kernel)), dx, dy


# ------------------------------------------------------------------------------------------ how they are computed


def _sums_of_windows(x, w, b, counts, stride, padding, dilation, groups):
    """The result of a convolution that has these lengths."""
    kernel, outputs = w.shape[2:], w.shape[0]
    matrices = _matrices(x, kernel, counts, stride, padding, dilation, groups)             # (g, p, kernel c, n q)
    by_kernel = np.moveaxis(np.reshape(w, (groups, outputs // groups, *w.shape[1:])), 2, -1)
    weights = np.reshape(by_kernel, (groups, 1, outputs // groups, math.prod(w.shape[1:])))
    z = np.matmul(weights, matrices)                                                       # (g, p, o, n q)
    if b is not None:
        z += np.reshape(b, (groups, 1, outputs // groups, 1))
    n = x.shape[0]
    apart = np.reshape(z, (groups, counts[0], outputs // groups, n, *counts[1:]))
    return _contiguous(np.moveaxis(apart, (3, 0, 2, 1), (0, 1, 2, 3)), (n, outputs, *counts))


def _matrices(x, kernel, counts, stride, padding, dilation, groups):
    """For each group and each row of the result, what its weights meet: (g, p, kernel c, n q), a view."""
    columns = _columns(x, kernel, counts, stride, padding, dilation, groups)
    span = dilation[0] * (kernel[0] - 1) + 1
    over = sliding_window_view(columns, span, axis=1)                                      # (g, rows, l, c, n, q, k)
    over = np.moveaxis(over[:, :: stride[0], ..., :: dilation[0]], -1, 2)                  # (g, p, k, l, c, n, q)
    size = math.prod(kernel) * (x.shape[1] // groups)
    return np.reshape(over, (groups, counts[0], size, x.shape[0] * math.prod(counts[1:])))


def _columns(x, kernel, counts, stride, padding, dilation, groups):
    """The padded image with the windows along all spatial axes but the first side by side: (g, rows, l, c, n, q)."""
    n, channels, *lengths = x.shape
    apart = np.reshape(x, (n, groups, channels // groups, *lengths))
    source = np.moveaxis(apart, (1, 3, 2, 0), (0, 1, 2, 3))                                # (g, i, c, n, j)
    rows = (counts[0] - 1) * stride[0] + dilation[0] * (kernel[0] - 1) + 1
    z = np.zeros_like(x, shape=(groups, rows, *kernel[1:], channels // groups, n, *counts[1:]))
    first, upto = max(-padding[0], 0), min(lengths[0], rows - padding[0])
    for at in itertools.product(*map(range, kernel[1:])):
        starts = [d * k - p for k, d, p in zip(at, dilation[1:], padding[1:], strict=True)]
        met = [_met(*sizes) for sizes in zip(starts, lengths[1:], counts[1:], stride[1:], strict=True)]
        if first < upto and all(low < high for low, high in met):
            here = tuple(slice(low, high) for low, high in met)
            there = tuple(
                slice(a + s * low, a + s * (high - 1) + 1, s)
                for a, s, (low, high) in zip(starts, stride[1:], met, strict=True)
            )
            laid: Any = (slice(None), slice(first + padding[0], upto + padding[0]), *at, ..., *here)
            seen: Any = (slice(None), slice(first, upto), ..., *there)
            z[laid] = source[seen]
    return z


def _met(start, length, count, step):
    """Of `count` places that begin at `start`, which fall on the axis, and not on its padding."""
    return max(-(start // step), 0), min(count, -((start - length) // step))


def _by_rows(y, groups):
    """A result's numbers as `_matrices` has them: (n, g o, p, q) -> (g, p, o, n q)."""
    n, outputs, rows, *rest = y.shape
    apart = np.reshape(y, (n, groups, outputs // groups, rows, *rest))
    moved = np.moveaxis(apart, (1, 3, 2, 0), (0, 1, 2, 3))
    return np.reshape(moved, (groups, rows, outputs // groups, n * math.prod(rest)))


def _turned(w, groups):
    """The weights that go the other way: input and output channels exchanged, each kernel turned by half a circle."""
    outputs, channels, *kernel = w.shape
    apart = np.swapaxes(np.reshape(w, (groups, outputs // groups, channels, *kernel)), 1, 2)
    back = (slice(None),) * 3 + (slice(None, None, -1),) * len(kernel)
    return np.reshape(apart[back], (groups * channels, outputs // groups, *kernel))


def _laid_down(x, w, lengths, stride, padding, dilation, groups):
    """Each number of x times its weights, added up where they come to lie."""
    n, inputs, *counts = x.shape
    channels, kernel = w.shape[1], w.shape[2:]
    weights = np.reshape(w, (groups, inputs // groups, channels * math.prod(kernel)))
    numbers = np.reshape(x, (n, groups, inputs // groups, math.prod(counts)))
    laid = np.reshape(np.matmul(np.swapaxes(weights, -1, -2), numbers), (n, groups * channels, *kernel, *counts))
    reached = ((n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(counts, stride, dilation, kernel, strict=True))
    padded = tuple(max(p + m, full) for p, m, full in zip(padding, lengths, reached, strict=True))
    z = windows_added(laid, lengths=padded, stride=stride, dilation=dilation)
    return _contiguous(z[(..., *(slice(p, p + m) for p, m in zip(padding, lengths, strict=True)))],
                       (n, groups * channels, *lengths))  # fmt: skip


def _first(z, counts):
    """The first places of a result: an image with output padding may have room for more than it was made of."""
    return z if z.shape[2:] == counts else z[(..., *map(slice, counts))]


def _contiguous(x, shape):
    """The numbers in C order, as PyTorch's convolutions give them."""
    return np.reshape(np.reshape(x, (math.prod(shape),)), shape)


def _result_shape(x, w, stride, padding, dilation, groups):
    """The shape of a convolution's result, or an error that says what does not fit."""
    if x.ndim != w.ndim or x.ndim < 4:
        raise ValueError(f"convolution: an image (n, c, *lengths) and weights (o, c, *kernel) expected, got {x.shape} "
                         f"and {w.shape}")  # fmt: skip
    if x.shape[1] != w.shape[1] * groups or w.shape[0] % groups:
        raise ValueError(f"convolution: with groups={groups} and weight {w.shape}, the image must have "
                         f"{w.shape[1] * groups} channels, got {x.shape}")  # fmt: skip
    padded = tuple(n + 2 * p for n, p in zip(x.shape[2:], padding, strict=True))
    counts = tuple(map(places, padded, w.shape[2:], stride, dilation))
    if min(counts) < 1 or min(w.shape[2:]) < 1:
        raise ValueError(f"convolution: a kernel {w.shape[2:]} with dilation {dilation} does not fit into a padded "
                         f"image of lengths {padded}")  # fmt: skip
    return (x.shape[0], w.shape[0], *counts)
