"""Cases of the ops in placing and decompositions: matrices that can be inverted, and whose values are well apart."""

from __future__ import annotations

import math

import numpy as np

from .cases import AGAIN, case
from .spacing import signed

case("scatter_extreme", (3, 4), np.array([[0, 2], [0, 1]]), (2, 2), dim=0, largest=True)
case("scatter_extreme", (3, 4), np.array([[3, 0, 3], [1, 1, 1]]), (2, 3), dim=1, largest=False)


def spread_out(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Matrices whose singular values, and the eigenvalues of their symmetric part, are well apart, none near 0."""
    def turned(n):
        return np.linalg.qr(rng.normal(size=(n, n)))[0]

    def one():
        n, m = shape[-2:]
        k = min(n, m)
        values = (np.arange(k) + 1) * rng.uniform(0.9, 1.1, k)
        if n == m:
            turn = turned(n)
            away = rng.normal(size=(n, n)) * 0.05
            return turn * values @ turn.T + away - away.T
        return turned(n)[:, :k] * values @ turned(m)[:k]

    return np.reshape([one() for _ in range(math.prod(shape[:-2]))], shape)


def matrices(name: str, *shapes: tuple) -> None:
    """Cases with such matrices; fresh ones, too, are drawn so."""
    for shape in shapes:
        case(name, spread_out(shape, np.random.default_rng(0)))
    AGAIN[name] = spread_out


matrices("cholesky", (3, 3), (2, 2, 2), (1, 1))
matrices("qr", (4, 3), (2, 3, 3), (3, 1))
matrices("eigh", (3, 3), (2, 2, 2))
matrices("svd", (3, 3), (4, 2), (2, 4), (2, 3, 2))
matrices("pinv", (3, 3), (4, 2), (2, 2, 4))
for name in ("inv", "det", "slogdet"):
    matrices(name, (3, 3), (2, 2, 2), (1, 1))
matrices("lu_factor", (3, 3), (4, 2), (2, 4), (2, 3, 2))
case("cofactors", (3, 3))
case("cofactors", (2, 2, 2))
case("cofactors", (1, 1))


def _systems(shape: tuple, columns: tuple) -> None:
    case("solve_matrix", spread_out(shape, np.random.default_rng(0)), signed(math.prod(columns), np.random.default_rng(
        1)).reshape(columns))  # fmt: skip


_systems((3, 3), (3, 2))
_systems((2, 2, 2), (2, 2, 1))
_systems((2, 2), (2, 2, 3))


def _solvable(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    return spread_out(shape, rng) if shape[-1] == shape[-2] else signed(math.prod(shape), rng).reshape(shape)


AGAIN["solve_matrix"] = _solvable
