"""Pooling: a window slides over an image, and one number stands for what it sees."""

from __future__ import annotations

import numpy as np

from ..engine import op
from .index import gather_along, scatter_add_along
from .shape import fold, unfold


@op()
def max_pool2d(x, *, kernel_size, stride):
    """The largest number in each window, windows cut off at the border left out.

    z[i, j] = max over u, v of x[i stride + u, j stride + v]          x: (n, c, h, w) -> (n, c, i, j)
    Kinks: of equal numbers, the first takes the gradient, as PyTorch.
    Domain: 3 <= h, 3 <= w
    Examples: kernel_size=(2, 2), stride=(2, 2); kernel_size=(2, 3), stride=(1, 2)
    """
    (kh, kw), (sh, sw) = kernel_size, stride
    height, width = x.shape[-2:]
    columns = np.moveaxis(unfold(x, window=kw, step=sw), -3, -1)          # (n, c, j, kw, h)
    windows = np.moveaxis(unfold(columns, window=kh, step=sh), -3, -1)    # (n, c, j, i, kh, kw)
    n, c, j, i = windows.shape[:4]
    flat = np.reshape(windows, (n, c, j, i, kh * kw))
    at = np.argmax(flat, axis=-1, keepdims=True)
    def dx(g):
        g = np.expand_dims(np.swapaxes(g, -1, -2), -1)                     # (n, c, j, i, 1)
        spread = scatter_add_along(np.zeros_like(g, shape=flat_shape), at, g, dim=-1)
        back = np.moveaxis(np.reshape(spread, (n, c, j, i, kh, kw)), -1, -3)
        return fold(np.moveaxis(fold(back, length=height, step=sh), -1, -3), length=width, step=sw)
    flat_shape = flat.shape
    return np.swapaxes(gather_along(flat, at, dim=-1)[..., 0], -1, -2), dx
