"""What formulas ask of rows, the numbers along the last axis: their sums and their largest, the quick way."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

SHORT = 32  # numbers in a row: laying out longer rows anew costs more than it saves
BLOCK = 32  # rows
SMALL = 10**6  # multiplications: up to here BLAS leaves matrices where they are


@lru_cache(maxsize=64)
def ones(length, dtype):
    """A row of ones: its product with a matrix sums the columns, several times faster than np.sum."""
    row = np.ones(length, dtype)
    row.flags.writeable = False
    return row


def flat_rows(x):
    """The rows of x one below another: (..., d) -> (n, d)."""
    return x if x.ndim == 2 else np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def product(x, y):
    """The matrix product of many rows with a matrix: (n, k), (k, m) -> (n, m).

    Before a big product BLAS copies both matrices into an order of its own. Where blocks of rows make the products
    small enough, they take a sixth less time than the whole.
    """
    (n, k), m = x.shape, y.shape[1]
    if n < 8 * BLOCK or n % BLOCK or BLOCK * k * m > SMALL:
        return np.dot(x, y)
    in_order = np.reshape(np.reshape(y, (k * m,)), (k, m))  # the quick way wants y's rows as rows in memory
    return np.reshape(np.matmul(np.reshape(x, (n // BLOCK, BLOCK, k)), in_order), (n, m))


def row_sums(x):
    """The sum of each row: (..., d) -> (..., 1)."""
    return np.reshape(np.dot(flat_rows(x), ones(x.shape[-1], x.dtype)), (*x.shape[:-1], 1))


def row_products(x, y):
    """The sum of the products of two rows: (..., d), (..., d) -> (..., 1)."""
    return np.expand_dims(np.vecdot(x, y), -1)


def row_max(x):
    """The largest number of each row: (..., d) -> (..., 1). Nothing has no largest number: ValueError.

    Short rows are laid out as columns first: NumPy compares whole columns at once, but starts anew at each row.
    """
    if x.shape[-1] > SHORT:
        return np.max(x, axis=-1, keepdims=True)
    rows = flat_rows(x)
    by_columns = np.reshape(np.reshape(rows.T, (math.prod(rows.shape),)), rows.T.shape)
    return np.reshape(np.max(by_columns, axis=0), (*x.shape[:-1], 1))
