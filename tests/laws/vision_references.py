"""The ops of images, said a second time: number by number, in plain loops over places."""

from __future__ import annotations

import math

import numpy as np

from .references import of


def seen_by(place, offset, stride, dilation):
    return tuple(p * s + k * d for p, k, s, d in zip(place, offset, stride, dilation, strict=True))


def windows_of(lengths, kernel, stride, dilation):
    """(place of the window, place in the window, place in the image) of everything that windows see."""
    counts = [len(range(0, n - d * (k - 1), s)) for n, k, s, d in zip(lengths, kernel, stride, dilation, strict=True)]
    for place in np.ndindex(*counts):
        for offset in np.ndindex(*kernel):
            yield place, offset, seen_by(place, offset, stride, dilation)


def counts_of(lengths, kernel, stride, dilation):
    return tuple(max(p[i] for p, _, _ in windows_of(lengths, kernel, stride, dilation)) + 1 for i in range(len(kernel)))


@of("windows")
def _windows(x, kernel, stride, dilation):
    lengths = x.shape[x.ndim - len(kernel) :]
    lead = x.shape[: x.ndim - len(kernel)]
    z = np.empty((*lead, *kernel, *counts_of(lengths, kernel, stride, dilation)))
    for place, offset, source in windows_of(lengths, kernel, stride, dilation):
        z[(..., *offset, *place)] = x[(..., *source)]
    return z


@of("windows_added")
def _windows_added(x, lengths, stride, dilation):
    n = len(lengths)
    kernel, counts = x.shape[x.ndim - 2 * n : x.ndim - n], x.shape[x.ndim - n :]
    z = np.zeros((*x.shape[: x.ndim - 2 * n], *lengths))
    for place in np.ndindex(*counts):
        for offset in np.ndindex(*kernel):
            z[(..., *seen_by(place, offset, stride, dilation))] += x[(..., *offset, *place)]
    return z


@of("window_sums")
def _window_sums(x, kernel, stride):
    ones = (1,) * len(kernel)
    lengths = x.shape[x.ndim - len(kernel) :]
    z = np.zeros((*x.shape[: x.ndim - len(kernel)], *counts_of(lengths, kernel, stride, ones)))
    for place, _, source in windows_of(lengths, kernel, stride, ones):
        z[(..., *place)] += x[(..., *source)]
    return z


@of("window_shares")
def _window_shares(x, kernel, stride, lengths):
    n = len(kernel)
    z = np.zeros((*x.shape[: x.ndim - n], *lengths))
    for place in np.ndindex(*x.shape[x.ndim - n :]):
        for offset in np.ndindex(*kernel):
            z[(..., *seen_by(place, offset, stride, (1,) * n))] += x[(..., *place)]
    return z


@of("max_pool")
def _max_pool(x, kernel, stride, dilation):
    n = len(kernel)
    lead, lengths = x.shape[: x.ndim - n], x.shape[x.ndim - n :]
    counts = counts_of(lengths, kernel, stride, dilation)
    z, which = np.empty((*lead, *counts)), np.empty((*lead, *counts))
    for front in np.ndindex(*lead):
        for place in np.ndindex(*counts):
            numbers = [x[front + seen_by(place, offset, stride, dilation)] for offset in np.ndindex(*kernel)]
            z[front + place], which[front + place] = max(numbers), numbers.index(max(numbers))
    return z, which


@of("put_back")
def _put_back(x, which, kernel, stride, dilation, lengths):
    n = len(kernel)
    z = np.zeros((*x.shape[: x.ndim - n], *lengths))
    for at in np.ndindex(*x.shape):
        offset = np.unravel_index(which[at], kernel)
        z[at[: x.ndim - n] + seen_by(at[x.ndim - n :], offset, stride, dilation)] += x[at]
    return z


@of("pick_out")
def _pick_out(x, which, kernel, stride, dilation):
    n = len(kernel)
    z = np.empty(which.shape)
    for at in np.ndindex(*which.shape):
        offset = np.unravel_index(which[at], kernel)
        z[at] = x[at[: x.ndim - n] + seen_by(at[x.ndim - n :], offset, stride, dilation)]
    return z


def meetings(x_shape, y_shape, kernel, stride, padding, dilation, groups):
    """All (image place, result place, weight place) that a convolution multiplies and adds."""
    n, channels, *lengths = x_shape
    outputs, counts = y_shape[1], y_shape[2:]
    for item, o, c in np.ndindex(n, outputs, channels // groups):
        channel = o // (outputs // groups) * (channels // groups) + c
        for place in np.ndindex(*counts):
            for offset in np.ndindex(*kernel):
                at = tuple(a - p for a, p in zip(seen_by(place, offset, stride, dilation), padding, strict=True))
                if all(0 <= a < length for a, length in zip(at, lengths, strict=True)):
                    yield (item, channel, *at), (item, o, *place), (o, c, *offset)


@of("convolution")
def _convolution(x, w, b=None, *, stride, padding, dilation=(1, 1), groups=1):
    padded = [n + 2 * p for n, p in zip(x.shape[2:], padding, strict=True)]
    z = np.zeros((x.shape[0], w.shape[0], *counts_of(padded, w.shape[2:], stride, dilation)))
    if b is not None:
        z += b.reshape(-1, *(1,) * len(stride))
    for at, place, weight in meetings(x.shape, z.shape, w.shape[2:], stride, padding, dilation, groups):
        z[place] += x[at] * w[weight]
    return z


@of("convolution_transpose")
def _convolution_transpose(x, w, *, lengths, stride, padding, dilation, groups):
    z = np.zeros((x.shape[0], w.shape[1] * groups, *lengths))
    for at, place, weight in meetings(z.shape, x.shape, w.shape[2:], stride, padding, dilation, groups):
        z[at] += x[place] * w[weight]
    return z


@of("convolution_weight")
def _convolution_weight(x, y, *, kernel, stride, padding, dilation, groups):
    z = np.zeros((y.shape[1], x.shape[1] // groups, *kernel))
    for at, place, weight in meetings(x.shape, y.shape, kernel, stride, padding, dilation, groups):
        z[weight] += x[at] * y[place]
    return z


# --------------------------------------------------------------------------------------------- normalization


def standardized(numbers, eps):
    middle = math.fsum(numbers) / len(numbers)
    spread = math.fsum((a - middle) ** 2 for a in numbers) / len(numbers)
    return [(a - middle) / math.sqrt(spread + eps) for a in numbers], middle, spread


@of("layer_norm")
def _layer_norm(x, w=None, b=None, eps=1e-5):
    z = np.empty(x.shape)
    for row in np.ndindex(*x.shape[:-1]):
        z[row] = standardized(x[row].tolist(), eps)[0]
    return z * (1 if w is None else w) + (0 if b is None else b)


@of("rms_norm")
def _rms_norm(x, w=None, *, eps):
    z = np.empty(x.shape)
    for row in np.ndindex(*x.shape[:-1]):
        z[row] = x[row] / math.sqrt(math.fsum(a * a for a in x[row].tolist()) / x.shape[-1] + eps)
    return z * (1 if w is None else w)


@of("batch_norm")
def _batch_norm(x, w=None, b=None, eps=1e-5):
    z, mean, var = np.empty(x.shape), np.empty(x.shape[1]), np.empty(x.shape[1])
    for c in range(x.shape[1]):
        numbers, mean[c], var[c] = standardized(x[:, c].ravel().tolist(), eps)
        z[:, c] = np.reshape(numbers, x[:, c].shape) * (1 if w is None else w[c]) + (0 if b is None else b[c])
    return z, mean, var


@of("normalize_channels")
def _normalize_channels(x, mean, var, w=None, b=None, eps=1e-5):
    z = np.empty(x.shape)
    for i in np.ndindex(*x.shape):
        c = i[1]
        z[i] = (1 if w is None else w[c]) * (x[i] - mean[c]) / math.sqrt(var[c] + eps) + (0 if b is None else b[c])
    return z


@of("embedding")
def _embedding(x, index):
    return np.reshape([x[i] for i in index.ravel()], (*index.shape, x.shape[1]))


@of("rows_added")
def _rows_added(x, index, length):
    z = np.zeros((length, x.shape[-1]))
    for i in np.ndindex(*index.shape):
        z[index[i]] += x[i]
    return z
