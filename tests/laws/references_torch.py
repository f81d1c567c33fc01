"""References of the ops in statistics, placing and decompositions: in plain loops, or by other roads.

A decomposition is held to what NumPy's LAPACK gives, and (in tests/ops/test_decompositions.py) to what defines it.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .references import of


def along(function: Any, x: np.ndarray, dim: int, keep: bool) -> np.ndarray:
    """A function of a list, along an axis: it gives one number, or (keep) as many as there were."""
    moved = np.moveaxis(x, dim, -1)
    rows = [function(row.tolist()) for row in moved.reshape(-1, moved.shape[-1])]
    shape = moved.shape if keep else (*moved.shape[:-1], 1)
    return np.moveaxis(np.array(rows).reshape(shape), -1, dim)


@of("median_place")
def _median(x, dim, ignore_nan=False):
    return along(lambda row: sorted(range(len(row)), key=row.__getitem__)[(len(row) - 1) // 2], x, dim, False)


@of("mode_place")
def _mode(x, dim):
    def place(row):
        often = max(row.count(n) for n in row)
        number = min(n for n in row if row.count(n) == often)
        return max(i for i, n in enumerate(row) if n == number)

    return along(place, x, dim, False)


@of("running_place")
def _running(x, dim, largest):
    best = max if largest else min
    return along(lambda row: [row.index(best(row[: i + 1])) for i in range(len(row))], x, dim, True)


@of("logcumsumexp")
def _logcumsumexp(x, dim):
    return along(lambda row: [math.log(sum(map(math.exp, row[: i + 1]))) for i in range(len(row))], x, dim, True)


@of("scatter_extreme")
def _extreme(x, index, y, dim, largest):
    z = x.copy()
    for place in itertools.product(*map(range, index.shape)):
        target = list(place)
        target[dim] = index[place]
        z[tuple(target)] = (max if largest else min)(z[tuple(target)], y[place])
    return z


# ---------------------------------------------------------------------------------------- matrices


def _leibniz(x: list) -> float:
    """The determinant as a sum over permutations."""
    n, total = len(x), 0.0
    for order in itertools.permutations(range(n)):
        turns = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        total += (-1) ** turns * math.prod(x[i][order[i]] for i in range(n))
    return total


def each_matrix(function: Any) -> Any:
    """A function of one matrix, of many."""
    def over(x, *rest):
        flat = [function(m, *rest) for m in x.reshape(-1, *x.shape[-2:])]
        return np.array(flat).reshape((*x.shape[:-2], *np.shape(flat[0])))

    return over


of("det")(each_matrix(lambda m: _leibniz(m.tolist())))


@of("cofactors")
@each_matrix
def _cofactors(m):
    n = len(m)
    return [[(-1) ** (i + j) * _leibniz(np.delete(np.delete(m, i, 0), j, 1).tolist()) for j in range(n)]
            for i in range(n)]  # fmt: skip


@of("inv")
def _inv(x):
    return np.swapaxes(_cofactors(x), -1, -2) / each_matrix(lambda m: _leibniz(m.tolist()))(x)[..., None, None]


@of("solve_matrix")
def _solve(x, y):
    return _inv(x) @ y


@of("slogdet")
def _slogdet(x):
    d = each_matrix(lambda m: _leibniz(m.tolist()))(x)
    return np.sign(d), np.log(np.abs(d))


@of("cholesky")
@each_matrix
def _cholesky(m):
    a = (m + m.T) / 2
    z = np.zeros_like(a)
    for i, j in itertools.product(range(len(a)), repeat=2):
        if j <= i:
            rest = a[i, j] - sum(z[i, k] * z[j, k] for k in range(j))
            z[i, j] = math.sqrt(rest) if i == j else rest / z[j, j]
    return z


@of("qr")
def _qr(x):
    """Gram and Schmidt, with LAPACK's signs."""
    signs = np.sign(np.diagonal(np.linalg.qr(x)[1], axis1=-2, axis2=-1))
    q = np.zeros_like(x)
    for i in range(x.shape[-1]):
        v = x[..., i]
        for k in range(i):
            v = v - np.sum(q[..., k] * x[..., i], -1, keepdims=True) * q[..., k]
        q[..., i] = v / np.linalg.norm(v, axis=-1, keepdims=True)
    q = q * signs[..., None, :]
    return q, np.swapaxes(q, -1, -2) @ x


@of("eigh")
def _eigh(x):
    return tuple(np.linalg.eigh((x + np.swapaxes(x, -1, -2)) / 2))


@of("svd")
def _svd(x):
    return tuple(np.linalg.svd(x, full_matrices=False))


@of("pinv")
def _pinv(x, rcond=None):
    """By the smaller of the two squares, whose inverse there is."""
    t = np.swapaxes(x, -1, -2)
    return _inv(t @ x) @ t if x.shape[-2] >= x.shape[-1] else t @ _inv(x @ t)


@of("lu_factor")
def _lu_factor(x):
    """Row by row: what the rows above have already told is taken off."""
    n, m = x.shape[-2:]
    z, pivots = x.copy(), np.zeros((*x.shape[:-2], min(n, m)), np.int32)
    for place in np.ndindex(x.shape[:-2]):
        rows = x[place].tolist()
        for k in range(min(n, m)):
            best = max(range(k, n), key=lambda i: abs(rows[i][k]))
            rows[k], rows[best] = rows[best], rows[k]
            pivots[(*place, k)] = best + 1
            for row in rows[k + 1 :]:
                row[k] = row[k] / rows[k][k]
                row[k + 1 :] = [a - row[k] * b for a, b in zip(row[k + 1 :], rows[k][k + 1 :], strict=True)]
        z[place] = rows
    return z, pivots
