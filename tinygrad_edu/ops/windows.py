"""Windows over the trailing axes of an image: cut out, put back, summed. Pooling and convolution stand on them.

The axes in front of the windows (batch, channels) stay as they are. A setting such as `stride` has one number for
each axis that windows move along.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..engine import op


def places(length, window, stride, dilation=1):
    """How many places a window has along an axis."""
    return (length - dilation * (window - 1) - 1) // stride + 1


def looks(kernel, counts, stride, dilation):
    """For each number of a window, its place in the window, and the slices at which all windows see it.

    kernel: (2, 2) on axes with 3 places each, stride 2: (0, 1) sees x[..., 0:5:2, 1:6:2].
    """
    for at in itertools.product(*map(range, kernel)):
        yield at, (..., *(
            slice(d * k, d * k + s * (n - 1) + 1, s) if n else slice(0, 0)
            for k, n, s, d in zip(at, counts, stride, dilation, strict=True)
        ))  # fmt: skip


def _counts(name, x, kernel, stride, dilation):
    lengths = x.shape[x.ndim - len(kernel) :]
    counts = tuple(map(places, lengths, kernel, stride, dilation))
    if min(counts) < 1 or min(kernel) < 1:
        raise ValueError(f"{name}: windows {kernel} (stride {stride}, dilation {dilation}) do not fit into axes of "
                         f"lengths {lengths}; use a smaller window, or pad first")  # fmt: skip
    return counts


@op()
def windows(x, *, kernel, stride, dilation):
    """Every window of an image, spread out: first the place in the window, then the place of the window.

    z[k, l, i, j] = x[i stride + k dilation, j stride + l dilation]          x: (..., h, w) -> (..., k, l, i, j)
    Domain: 3 <= h, 3 <= w
    Examples: kernel=(2, 3), stride=(1, 1), dilation=(1, 1); kernel=(2, 1), stride=(2, 1), dilation=(2, 1)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
    """
    counts = _counts("windows", x, kernel, stride, dilation)
    lead, lengths = x.shape[: x.ndim - len(kernel)], x.shape[x.ndim - len(kernel) :]
    z = np.zeros_like(x, shape=(*lead, *kernel, *counts))
    rest = (slice(None),) * len(counts)
    for at, seen in looks(kernel, counts, stride, dilation):
        z[(..., *at, *rest)] = x[seen]
    def dx(g): return windows_added(g, lengths=lengths, stride=stride, dilation=dilation)
    return z, dx


@op()
def windows_added(x, *, lengths, stride, dilation):
    """Windows added up where they lay: the adjoint of windows, into zeros of these lengths.

    z[i stride + k dilation, j stride + l dilation] += x[k, l, i, j]
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
    """
    n = len(lengths)
    lead, kernel, counts = x.shape[: x.ndim - 2 * n], x.shape[x.ndim - 2 * n : x.ndim - n], x.shape[x.ndim - n :]
    z = np.zeros_like(x, shape=(*lead, *lengths))
    rest = (slice(None),) * n
    for at, seen in looks(kernel, counts, stride, dilation):
        z[seen] += x[(..., *at, *rest)]
    def dx(g): return windows(g, kernel=kernel, stride=stride, dilation=dilation)
    return z, dx


@op()
def window_sums(x, *, kernel, stride):
    """The sum of each window.

    z[i, j] = Σ x[i stride + k, j stride + l]          x: (..., h, w) -> (..., i, j)
    Domain: 3 <= h, 3 <= w
    Examples: kernel=(2, 3), stride=(2, 1); kernel=(1, 2), stride=(2, 2); kernel=(3, 3), stride=(1, 1)
    """
    counts = _counts("window_sums", x, kernel, stride, (1,) * len(kernel))
    lengths = x.shape[x.ndim - len(kernel) :]
    z = _added_along(x, kernel, stride, counts)
    def dx(g): return window_shares(g, kernel=kernel, stride=stride, lengths=lengths)
    return z, dx


def _added_along(x, kernel, stride, counts):
    """The sums of windows, one axis after the other: k + l additions, not k l."""
    n = len(kernel)
    for i, (window, step, count) in enumerate(zip(kernel, stride, counts, strict=True)):
        axis = x.ndim - n + i
        parts = [x[(*(slice(None),) * axis, slice(k, k + step * (count - 1) + 1, step))] for k in range(window)]
        x = parts[0] + parts[1] if window > 1 else np.copy(parts[0])
        for part in parts[2:]:
            x += part
    return x


@op()
def window_shares(x, *, kernel, stride, lengths):
    """One number for each window, added to all that the window sees: the adjoint of window_sums.

    z[i stride + k, j stride + l] += x[i, j]
    """
    n = len(kernel)
    z = x
    for i, (window, step, length) in enumerate(zip(kernel, stride, lengths, strict=True)):
        axis = x.ndim - n + i
        count = x.shape[axis]
        wide = np.zeros_like(x, shape=(*z.shape[:axis], length, *z.shape[axis + 1 :]))
        for k in range(window):
            wide[(*(slice(None),) * axis, slice(k, k + step * (count - 1) + 1, step))] += z
        z = wide
    def dx(g): return window_sums(g, kernel=kernel, stride=stride)
    return z, dx
