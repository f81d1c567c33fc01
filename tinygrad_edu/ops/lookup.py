"""Looking rows up in a table, and adding to them: each is the other's derivative."""

from __future__ import annotations

import math

import numpy as np

from ..engine import op


@op(name="embedding")
def rows_of(x, index):
    """The row that each number names.

    z[i, j] = x[index[i], j]          x: (n, d), index: (m) int n -> (m, d)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
    """
    length = x.shape[0]
    if type(index) is np.ndarray and index.size and not (index.min() >= 0 and index.max() < length):
        raise IndexError(f"embedding: numbers must be from 0 to {length - 1}, got {index.min()} to {index.max()}")
    def dx(g): return rows_added(g, index, length=length)
    return x[index], dx, None


@op()
def rows_added(x, index, *, length):
    """Zeros with each row of x added to the row that its number names; repeated numbers add up.

    z = 0;  z[index[i], j] += x[i, j]
    """
    d, m = x.shape[-1], math.prod(index.shape)
    flat = np.reshape(np.reshape(index, (m, 1)) * d + np.arange(d), (m * d,))  # along one axis NumPy adds much faster
    z = np.zeros_like(x, shape=(length * d,))
    np.add.at(z, flat, np.reshape(x, (m * d,)))
    def dx(g): return rows_of(g, index)
    return np.reshape(z, (length, d)), dx, None
