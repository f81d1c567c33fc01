"""Matrices taken apart, and systems of equations: LAPACK computes the values, a formula each the derivatives.

x̄ stands for dL/dx in the comments. The formulas follow Giles 2008, "Collected matrix derivative results for forward
and reverse mode algorithmic differentiation", and Walter et al. 2012 (QR).
Source: https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf, https://docs.pytorch.org/docs/stable/linalg.html
"""

from __future__ import annotations

import numpy as np

from ..engine import answer, op
from .index import SLOT, index_add, narrowed


def _t(x):
    return np.swapaxes(x, -1, -2)


def _square(name, x):
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"{name}: square matrices expected, got shape {x.shape}")


@op(np.linalg.inv, promote="float")
def inv(x):
    """Inverse matrix.

    z = x⁻¹, of (..., n, n)
    Errors: LinAlgError for a singular matrix.
    """
    _square("inv", x)
    z = np.linalg.inv(x)
    def dx(g): return -np.matmul(np.matmul(_t(z), g), _t(z))       # x̄ = −x⁻ᵀ z̄ x⁻ᵀ
    return z, dx


@op(np.linalg.solve, promote="same")
def solve_matrix(x, y):
    """Solution of systems of linear equations.

    z = x⁻¹ y, of (..., n, n) and (..., n, m)
    Errors: LinAlgError for a singular matrix.
    """
    _square("solve", x)
    z = np.linalg.solve(x, y)
    x_shape, y_shape = x.shape, y.shape
    def dy(g): return narrowed(np.linalg.solve(_t(x), g), y_shape)     # ȳ = x⁻ᵀ z̄
    def dx(g): return narrowed(-np.matmul(np.linalg.solve(_t(x), g), _t(z)), x_shape)  # x̄ = −ȳ zᵀ
    return z, dx, dy


@op(np.linalg.det, promote="float")
def det(x):
    """Determinant.

    z = det x, of (..., n, n)
    Kinks: none; of a singular matrix, whose inverse does not exist, the derivative (the cofactors) is found by
    singular values.
    """
    _square("det", x)
    z = np.linalg.det(x)
    def dx(g): return np.expand_dims(g, (-1, -2)) * cofactors(x)
    return z, dx


@op(promote="float")
def cofactors(x):
    """Signed minors: the derivative of the determinant, det(x) x⁻ᵀ where x can be inverted.

    z[i, j] = (−1)ⁱ⁺ʲ det(x without row i and column j), of (..., n, n)
    """
    _square("cofactors", x)
    n = x.shape[-1]
    if n < 2:
        def nothing(g): return np.zeros_like(g)
        return np.ones_like(x), nothing
    others = np.array([[j for j in range(n) if j != i] for i in range(n)])
    sign = np.astype((-1.0) ** np.add.outer(np.arange(n), np.arange(n)), x.dtype)
    rows, columns = others[:, None, :, None], others[None, :, None, :]
    minors = x[..., rows, columns]  # (..., i, j, n − 1, n − 1)
    z = sign * np.linalg.det(minors)
    shape = x.shape
    def dx(g):
        inner = np.expand_dims(g * sign, (-1, -2)) * cofactors(minors)
        return _scattered(inner, rows, columns, shape)
    return z, dx


def _scattered(inner, rows, columns, shape):
    full = inner.shape[-4:]
    return index_add(inner, np.broadcast_to(rows, full), np.broadcast_to(columns, full),
                     index=(..., SLOT, SLOT), shape=shape)  # fmt: skip


@op(np.linalg.slogdet, promote="float")
def slogdet(x):
    """Sign of the determinant, and the logarithm of its absolute value, which does not overflow.

    z = sign det x, ln |det x|, of (..., n, n)
    """
    _square("slogdet", x)
    sign, log = np.linalg.slogdet(x)
    def dx(g): return np.expand_dims(g[1], (-1, -2)) * _t(np.linalg.inv(x)) if g[1] is not None else np.zeros_like(x)
    return (sign, log), dx


@op(np.linalg.cholesky, promote="float")
def cholesky(x):
    """Lower triangle L of a symmetric, positive definite matrix.

    z = L, L Lᵀ = (x + xᵀ) / 2

    Only the symmetric part of x is read, and the gradient is symmetric, as PyTorch's.
    Errors: LinAlgError where x is not positive definite.
    """
    _square("cholesky", x)
    z = np.linalg.cholesky((x + _t(x)) / 2)
    def dx(g):  # x̄ = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, its symmetric part; Φ: the lower triangle, its diagonal halved
        low = np.tril(np.matmul(_t(z), np.tril(g)))
        low = low - 0.5 * low * np.eye(z.shape[-1], dtype=z.dtype)
        left = np.linalg.solve(_t(z), low)
        found = _t(np.linalg.solve(_t(z), _t(left)))
        return (found + _t(found)) / 2
    return z, dx


@op(np.linalg.qr, promote="float")
def qr(x):
    """Orthonormal columns and an upper triangle, of matrices with at least as many rows as columns.

    z = q, r with x = q r, qᵀ q = 1, of (..., n, m)

    The signs are LAPACK's. Errors: in the way back, LinAlgError where columns depend on each other.
    """
    if x.shape[-2] < x.shape[-1]:
        raise ValueError(f"qr: at least as many rows as columns expected, got shape {x.shape}")
    q, r = np.linalg.qr(x)
    def dx(g):  # x̄ = (q̄ + q copyltu(r r̄ᵀ − q̄ᵀ q)) r⁻ᵀ
        gq = np.zeros_like(q) if g[0] is None else g[0]
        gr = np.zeros_like(r) if g[1] is None else np.triu(g[1])
        m = np.matmul(r, _t(gr)) - np.matmul(_t(gq), q)
        symmetric = np.tril(m) + _t(np.tril(m, -1))
        return _t(np.linalg.solve(r, _t(gq + np.matmul(q, symmetric))))
    return (q, r), dx


@op(np.linalg.eigh, promote="float")
def eigh(x):
    """Eigenvalues, from the smallest up, and eigenvectors, as columns, of a symmetric matrix.

    z = w, v with (x + xᵀ) / 2 = v diag(w) vᵀ, of (..., n, n)

    Only the symmetric part of x is read, and the gradient is symmetric, as PyTorch's. The signs of the vectors are
    LAPACK's. Where eigenvalues are equal, their vectors have no derivative: inf or nan.
    """
    _square("eigh", x)
    w, v = np.linalg.eigh((x + _t(x)) / 2)
    def dx(g):  # x̄ = v (diag(w̄) + (vᵀ v̄) / (wⱼ − wᵢ)) vᵀ, its symmetric part
        inner = np.zeros_like(v)
        if g[1] is not None:
            apart = np.expand_dims(w, -2) - np.expand_dims(w, -1)
            one = np.eye(w.shape[-1], dtype=w.dtype)
            inner = np.matmul(_t(v), g[1]) * (1 - one) / (apart + one)
        if g[0] is not None:
            inner = inner + np.expand_dims(g[0], -2) * np.eye(w.shape[-1], dtype=w.dtype)
        found = np.matmul(np.matmul(v, inner), _t(v))
        return (found + _t(found)) / 2
    return (w, v), dx


@op(promote="float")
def svd(x):
    """Singular values, from the largest down, and their vectors: the columns of u and the rows of v.

    z = u, s, v with x = u diag(s) v, of (..., n, m)

    The signs of the vectors are LAPACK's. Where singular values are equal, their vectors have no derivative.
    """
    u, s, v = np.linalg.svd(x, full_matrices=False)
    def dx(g):
        gu, gs, gv = g
        one = np.eye(s.shape[-1], dtype=s.dtype)
        row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
        inner = np.zeros_like(row) * one
        apart = (row - column) * (row + column) + one  # sⱼ² − sᵢ²
        if gs is not None:
            inner = inner + np.expand_dims(gs, -2) * one
        if gu is not None:
            m = np.matmul(_t(u), gu)
            inner = inner + (m - _t(m)) * (1 - one) / apart * row
        if gv is not None:
            m = np.matmul(v, _t(gv))
            inner = inner + column * ((m - _t(m)) * (1 - one) / apart)
        found = np.matmul(np.matmul(u, inner), v)
        if gu is not None:  # the part of ū outside the columns of u
            found = found + np.matmul((gu - np.matmul(u, np.matmul(_t(u), gu))) / row, v)
        if gv is not None:
            found = found + np.matmul(u / row, gv - np.matmul(np.matmul(gv, _t(v)), v))
        return found
    return (u, s, v), dx


@answer(np.linalg.svd)
def _svd(x, full_matrices=True):
    """What the formula of svd asks for; full matrices have no derivative."""
    if full_matrices and x.shape[-1] != x.shape[-2]:
        raise ValueError(f"svd: full_matrices=False expected for matrices that are not square, got shape {x.shape}")
    return svd(x)


@op(np.linalg.pinv, promote="float")
def pinv(x, *, rcond=None, hermitian=False):
    """Pseudoinverse: the matrix that solves x z = y as well as can be, by the method of least squares.

    z = x⁺, of (..., n, m)

    Singular values below rcond times the largest count as zero; unless given, rcond is max(n, m) · eps. Of a hermitian
    x, the lower triangle is read. The derivative holds where the rank stays what it is.
    Source: Golub and Pereyra 1973, https://doi.org/10.1137/0710036
    """
    z = np.linalg.pinv(x, max(x.shape[-2:]) * np.finfo(x.dtype).eps if rcond is None else rcond, hermitian)
    def dx(g):
        outside = np.matmul(_t(g) - np.matmul(x, np.matmul(z, _t(g))), np.matmul(z, _t(z)))
        inside = np.matmul(np.matmul(_t(z), z), _t(g) - np.matmul(np.matmul(_t(g), z), x))
        return outside + inside - np.matmul(np.matmul(_t(z), g), _t(z))
    return z, dx
