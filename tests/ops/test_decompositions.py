"""What defines a decomposition: the factors have their form, and their product is the matrix. What is computed with
them, beside NumPy and (where it is installed) PyTorch.
"""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import gradcheck, gradgradcheck

SHAPES = [(3, 3), (5, 3), (3, 5), (1, 4), (2, 4, 4), (2, 1, 3, 2), (0, 3, 3), (0, 0)]
SQUARE = [shape for shape in SHAPES if shape[-1] == shape[-2]]


def matrix(*shape, seed=0):
    return tg.tensor(np.random.default_rng(seed).normal(size=shape))


def symmetric(*shape, seed=0):
    x = matrix(*shape, seed=seed)
    return x + x.mT


def definite(*shape):
    x = matrix(*shape)
    return x @ x.mT + tg.tensor(np.eye(shape[-1]))


def same(x, y, within=1e-10):
    x, y = (np.asarray(a.detach().numpy() if hasattr(a, "detach") else a) for a in (x, y))
    assert x.shape == y.shape and np.allclose(x, y, within, within)


def orthonormal(q):
    same(q.mT @ q, np.broadcast_to(np.eye(q.shape[-1]), (*q.shape[:-2], q.shape[-1], q.shape[-1])))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_qr(shape):
    A = matrix(*shape)
    q, r = tg.linalg.qr(A)
    orthonormal(q)
    same(q @ r, A)
    same(r, np.triu(r.numpy()))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_svd(shape):
    A = matrix(*shape)
    u, s, vh = tg.linalg.svd(A, full_matrices=False)
    orthonormal(u)
    orthonormal(vh.mT)
    same((u * s.unsqueeze(-2)) @ vh, A)
    assert (s.numpy() >= 0).all() and (np.diff(s.numpy(), axis=-1) <= 0).all()
    wide = tg.linalg.svd(A)
    orthonormal(wide.U)
    orthonormal(wide.Vh.mT)


@pytest.mark.parametrize("shape", SQUARE, ids=str)
@pytest.mark.parametrize("UPLO", ["L", "U"])
def test_eigh(shape, UPLO):
    A = symmetric(*shape)
    w, v = tg.linalg.eigh(A, UPLO)
    orthonormal(v)
    same(v * w.unsqueeze(-2), A @ v)
    assert (np.diff(w.numpy(), axis=-1) >= 0).all()
    same(tg.linalg.eigvalsh(A, UPLO), w)


@pytest.mark.parametrize("shape", SQUARE, ids=str)
def test_cholesky(shape):
    A = definite(*shape)
    low = tg.linalg.cholesky(A)
    same(low, np.tril(low.numpy()))
    same(low @ low.mT, A)
    B = matrix(*shape[:-1], 2, seed=1)
    same(A @ tg.cholesky_solve(B, low), B)
    same(A @ tg.cholesky_solve(B, low.mT, upper=True), B)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_pinv(shape):
    A = matrix(*shape)
    z = tg.linalg.pinv(A)
    same(A @ z @ A, A)
    same(z @ A @ z, z)
    same((A @ z).mT, A @ z)


def test_pinv_of_a_symmetric_matrix_reads_one_triangle():
    A = symmetric(4, 4)
    seen = A + tg.tensor(np.triu(np.ones((4, 4)), 1))
    same(tg.linalg.pinv(seen, hermitian=True), np.linalg.inv(A.numpy()))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_lu(shape):
    A = matrix(*shape)
    p, low, up = tg.linalg.lu(A)
    k = min(shape[-2:])
    same(low[..., :k, :], np.tril(low[..., :k, :].numpy(), -1) + np.eye(k))
    same(up, np.triu(up.numpy()))
    same(p @ low @ up, A)
    assert (np.abs(low.numpy()) <= 1).all()
    orthonormal(p)
    found = tg.linalg.lu_factor_ex(A)
    assert found.pivots.dtype == np.int32 and not found.info.numpy().any()


def test_lu_of_a_singular_matrix():
    A = tg.tensor(np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, 1.0]]))
    p, low, up = tg.linalg.lu(A)
    same(p @ low @ up, A)
    assert tg.linalg.lu_factor_ex(A).info.item() == 3
    with pytest.raises(tg.linalg.LinAlgError, match="zero"):
        tg.linalg.lu_factor_ex(A, check_errors=True)


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("adjoint", [True, False])
def test_lu_solve(left, adjoint):
    A, B = matrix(2, 4, 4), matrix(4, 3, seed=1) if left else matrix(3, 4, seed=1)
    x = tg.linalg.lu_solve(*tg.linalg.lu_factor(A), B, left=left, adjoint=adjoint)
    over = A.mT if adjoint else A
    same(over @ x if left else x @ over, B.expand(2, *B.shape))


@pytest.mark.parametrize("shape", SQUARE, ids=str)
def test_ldl(shape):
    A, B = symmetric(*shape), matrix(*shape[:-1], 2, seed=1)
    found, pivots, info = tg.linalg.ldl_factor_ex(A)
    same(A @ tg.linalg.ldl_solve(found, pivots, B), B, 1e-8)
    assert not info.numpy().any()


def test_ldl_of_a_matrix_without_a_usable_diagonal():
    A = tg.tensor(np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]]))
    found = tg.linalg.ldl_factor(A)
    assert (found.pivots.numpy() < 0).any()
    B = matrix(3, 2)
    same(A @ tg.linalg.ldl_solve(*found, B), B)


def test_reflections_make_q():
    A = matrix(2, 5, 3)
    packed, tau = tg.geqrf(A)
    q, r = tg.linalg.qr(A)
    same(tg.linalg.householder_product(packed, tau), q)
    same(packed[..., :3, :].triu(), r)
    C = matrix(2, 5, 2, seed=1)
    full = tg.ormqr(packed, tau, tg.tensor(np.broadcast_to(np.eye(5), (2, 5, 5)).copy()))
    orthonormal(full)
    same(tg.ormqr(packed, tau, C), full @ C)
    same(tg.ormqr(packed, tau, C, transpose=True), full.mT @ C)
    same(tg.ormqr(packed, tau, C.mT, left=False), C.mT @ full)


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("transpose", [True, False])
def test_triangular_solve(upper, transpose):
    A, b = matrix(3, 3), matrix(3, 2, seed=1)
    triangle = A.triu() if upper else A.tril()
    x, again = tg.triangular_solve(b, A, upper, transpose)
    same((triangle.mT if transpose else triangle) @ x, b)
    same(again, A)


@pytest.mark.parametrize("size", [0.1, 3.0, 40.0])
def test_matrix_exp(size):
    A = symmetric(2, 4, 4) * (size / 10)
    w, v = np.linalg.eigh(A.numpy())
    same(tg.linalg.matrix_exp(A), (v * np.exp(w)[..., None, :]) @ np.swapaxes(v, -1, -2), 1e-9)
    turn = tg.tensor(np.array([[0.0, -size], [size, 0.0]]))
    same(tg.matrix_exp(turn), [[np.cos(size), -np.sin(size)], [np.sin(size), np.cos(size)]], 1e-9)


def test_low_rank():
    A = matrix(2, 6, 3) @ matrix(2, 3, 5, seed=1)
    u, s, v = tg.svd_lowrank(A, 3)
    orthonormal(u)
    orthonormal(v)
    same((u * s.unsqueeze(-2)) @ v.mT, A)
    same(s, np.linalg.svd(A.numpy(), compute_uv=False)[..., :3])
    u, s, v = tg.pca_lowrank(A, 3)
    same((u * s.unsqueeze(-2)) @ v.mT, A - A.mean(-2, keepdim=True))


# Functions of which the result does not depend on signs that LAPACK chose.
DERIVATIVES = {
    "qr": (lambda A: [abs(part) for part in tg.linalg.qr(A)], (4, 3)),
    "svd": (lambda A: [tg.linalg.svd(A, full_matrices=False).S, abs(tg.linalg.svd(A, full_matrices=False).U)], (3, 4)),
    "eigh": (lambda A: [abs(part) for part in tg.linalg.eigh(A + A.mT)], (3, 3)),
    "cholesky": (lambda A: tg.linalg.cholesky(A @ A.mT), (3, 3)),
    "lu": (lambda A: tg.linalg.lu(A)[1:], (4, 3)),
    "lu wide": (lambda A: tg.linalg.lu(A)[1:], (2, 3, 4)),
    "lu_solve": (lambda A: tg.linalg.lu_solve(*tg.linalg.lu_factor(A), A.mT), (3, 3)),
    "matrix_exp": (lambda A: tg.matrix_exp(A * 4), (3, 3)),
    "householder_product": (lambda A: tg.linalg.householder_product(A, A[0]), (3, 2)),
    "ormqr": (lambda A: tg.ormqr(A, A[0], A), (3, 2)),
    "triangular_solve": (lambda A: tg.triangular_solve(A, A)[0], (3, 3)),
    "ldl_solve": (lambda A: tg.linalg.ldl_solve(*tg.linalg.ldl_factor(symmetric(3, 3)), A), (3, 2)),
    "pinv": (lambda A: tg.linalg.pinv(A), (4, 2)),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives(name):
    function, shape = DERIVATIVES[name]
    x = matrix(*shape, seed=3).requires_grad_()
    def total(A):
        found = function(A)
        parts = found if isinstance(found, (tuple, list)) else [found]
        return sum((part * part * tg.arange(part.numel()).reshape(part.shape)).sum() for part in parts)
    assert gradcheck(total, (x,))
    assert gradgradcheck(total, (x,))


REFUSED = {
    "lu": (lambda: tg.linalg.lu(matrix(3)), RuntimeError, "at least 2"),
    "without pivots": (lambda: tg.linalg.lu(matrix(3, 3), pivot=False), RuntimeError, "pivot"),
    "lu_unpack": (lambda: tg.lu_unpack(matrix(3, 3), tg.tensor([1, 2, 3])), RuntimeError, "int32"),
    "matrix_exp": (lambda: tg.matrix_exp(matrix(3, 2)), RuntimeError, "square"),
    "eig": (lambda: tg.linalg.eig(matrix(3, 3)), NotImplementedError, "complex"),
    "eigvals": (lambda: tg.linalg.eigvals(matrix(3, 3)), NotImplementedError, "complex"),
    "householder": (lambda: tg.linalg.householder_product(matrix(2, 3), matrix(2)), RuntimeError, "householder"),
    "low rank": (lambda: tg.svd_lowrank(matrix(2, 3), 4), ValueError, "min"),
    "singular": (lambda: tg.linalg.inv(tg.zeros(2, 2)), tg.linalg.LinAlgError, "Singular"),
    "singular, for PyTorch": (lambda: tg.linalg.inv(tg.zeros(2, 2)), RuntimeError, "Singular"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_says_so(name):
    call, kind, text = REFUSED[name]
    with pytest.raises(kind, match=text):
        call()


def test_ldl_beside_pytorch():
    torch = pytest.importorskip("torch")
    for seed in range(10):
        A = symmetric(5, 5, seed=seed)
        expected = torch.linalg.ldl_factor(torch.tensor(A.numpy()))
        found = tg.linalg.ldl_factor(A)
        same(found.LD, expected.LD.numpy())
        assert np.array_equal(found.pivots.numpy(), expected.pivots.numpy())
