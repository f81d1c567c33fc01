"""Linear algebra under PyTorch's names.

Source: https://docs.pytorch.org/docs/stable/linalg.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import factors
from .engine import constant
from .errors import LinAlgError
from .ops import decompositions, reduction
from .ops import shape as layout
from .ops.decompositions import cholesky as _cholesky
from .ops.decompositions import det, inv
from .ops.elementwise import where
from .ops.index import axis_of, either_name
from .ops.linalg import matmul
from .ops.linalg import tensordot as _tensordot
from .ops.order import show_as_pytorch
from .ops.products import linalg_cross as cross
from .ops.products import linalg_vecdot as vecdot
from .ops.products import multi_dot
from .ops.shape import diagonal as _diagonal

if TYPE_CHECKING:
    from .tensor import Tensor

lu, lu_factor, lu_factor_ex, lu_solve = factors.lu, factors.lu_factor, factors.lu_factor_ex, factors.linalg_lu_solve
ldl_factor, ldl_factor_ex, ldl_solve = factors.ldl_factor, factors.ldl_factor_ex, factors.ldl_solve
eig, eigvals, matrix_exp, householder_product = (
    factors.eig, factors.eigvals, factors.matrix_exp, factors.householder_product,
)  # fmt: skip
solve_triangular = factors.solve_triangular

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh",
    "householder_product", "inv", "inv_ex", "ldl_factor", "ldl_factor_ex", "ldl_solve", "lstsq", "lu", "lu_factor",
    "lu_factor_ex", "lu_solve", "matmul", "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot",
    "norm", "pinv", "qr", "slogdet", "solve", "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv",
    "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip


class Eigh(NamedTuple):
    """eigenvalues: (..., n), from the smallest up; eigenvectors: (..., n, n), as columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class QR(NamedTuple):
    """Q: orthonormal columns; R: an upper triangle."""

    Q: Tensor
    R: Tensor


class SVD(NamedTuple):
    """U and Vh: orthonormal columns and rows; S: singular values, from the largest down."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class Slogdet(NamedTuple):
    """sign and logarithm of the absolute value of a determinant."""

    sign: Tensor
    logabsdet: Tensor


class Lstsq(NamedTuple):
    """solution, and what PyTorch returns beside it (residuals are empty where there are none)."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


class WithInfo(NamedTuple):
    """A result, and 0 where it was found."""

    result: Tensor
    info: Tensor


class CholeskyEx(NamedTuple):
    """The same of cholesky."""

    L: Tensor
    info: Tensor


class InvEx(NamedTuple):
    """The same of inv."""

    inverse: Tensor
    info: Tensor


class OldSVD(NamedTuple):
    """U and V: orthonormal columns; S: singular values, from the largest down."""

    U: Tensor
    S: Tensor
    V: Tensor


show_as_pytorch({"linalg_eigh": Eigh, "linalg_qr": QR, "linalg_svd": SVD, "svd": OldSVD, "linalg_slogdet": Slogdet,
                 "linalg_lstsq": Lstsq, "linalg_solve_ex": WithInfo, "linalg_cholesky_ex": CholeskyEx,
                 "linalg_inv_ex": InvEx})  # fmt: skip


def cholesky(input: Any, *, upper: bool = False) -> Tensor:
    """Lower triangle L of a symmetric, positive definite matrix L Lᵀ; or Lᵀ."""
    found = _cholesky(input)
    return found.mT if upper else found


def cholesky_ex(input: Any, *, upper: bool = False, check_errors: bool = False) -> CholeskyEx:
    """(cholesky, 0); LinAlgError where the matrix is not positive definite."""
    found = cholesky(input, upper=upper)
    return CholeskyEx(found, found.new_zeros(input.shape[:-2], dtype=np.int32))


def inv_ex(input: Any, *, check_errors: bool = False) -> InvEx:
    """(inverse, 0); LinAlgError where the matrix is singular."""
    return InvEx(inv(input), input.new_zeros(input.shape[:-2], dtype=np.int32))


def slogdet(A: Any) -> Slogdet:
    """(sign, ln |det|) of a square matrix."""
    return Slogdet(*decompositions.slogdet(A))


def logdet(input: Any) -> Tensor:
    """ln det; nan where the determinant is negative."""
    sign, log = decompositions.slogdet(input)
    return log + where(sign < 0, np.nan, sign * 0)


def solve(A: Any, B: Any, *, left: bool = True) -> Tensor:
    """X with A X = B, or X A = B where left is False; B may be one vector (or a batch of them)."""
    if not left:
        return solve(A.mT, B.mT).mT
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    found = decompositions.solve_matrix(A, layout.unsqueeze(B, dim=-1) if vector else B)
    return layout.squeeze(found, dim=-1) if vector else found


def qr(A: Any, mode: str = "reduced") -> QR:
    """(Q, R) with A = Q R; mode "r" leaves Q empty. Of "complete", the values alone: no derivative."""
    if mode == "complete" and A.shape[-2] > A.shape[-1]:
        if A.requires_grad:
            raise RuntimeError("linalg.qr: mode='complete' has no derivative for more rows than columns; use 'reduced'")
        q, r = np.linalg.qr(A.numpy(), "complete")
        return QR(constant(q), constant(r))
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"linalg.qr: mode must be 'reduced', 'complete' or 'r', got {mode!r}")
    rows, columns = A.shape[-2:]
    if rows >= columns:
        q, r = decompositions.qr(A)
    else:  # more columns than rows: the first make Q, the others are only turned
        q, r = decompositions.qr(A[..., :rows])
        r = layout.concatenate(r, matmul(q.mT, A[..., rows:]), dim=-1)
    return QR(A.new_zeros(0) if mode == "r" else q, r)


def _mirrored(A: Any, UPLO: str) -> Any:
    """A with one triangle mirrored into the other; the derivative is that of A itself, as in PyTorch."""
    if UPLO not in ("L", "U"):
        raise RuntimeError(f"linalg.eigh: UPLO must be 'L' or 'U', got {UPLO!r}")
    seen = A.detach()
    half = layout.tril(seen, diagonal=-1) if UPLO == "L" else layout.triu(seen, diagonal=1)
    middle = layout.tril(layout.triu(seen))
    return A + (half + half.mT + middle - seen)


def eigh(A: Any, UPLO: str = "L") -> Eigh:
    """(eigenvalues, eigenvectors) of a symmetric matrix, of which the symmetric part is read."""
    return Eigh(*decompositions.eigh(_mirrored(A, UPLO)))


def eigvalsh(A: Any, UPLO: str = "L") -> Tensor:
    """Eigenvalues of a symmetric matrix, from the smallest up."""
    return decompositions.eigh(_mirrored(A, UPLO))[0]


def svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> SVD:
    """(U, S, Vh) with A = U diag(S) Vh. full_matrices of a matrix that is not square: values alone, no derivative."""
    if full_matrices and A.shape[-1] != A.shape[-2]:
        u, s, v = decompositions.svd(A)
        wide = np.linalg.svd(A.detach().numpy())  # the columns that are missing, which have no derivative
        k = s.shape[-1]
        return SVD(layout.concatenate(u, constant(wide[0][..., k:]), dim=-1), s,
                   layout.concatenate(v, constant(wide[2][..., k:, :]), dim=-2))  # fmt: skip
    return SVD(*decompositions.svd(A))


def svdvals(A: Any, *, driver: str | None = None) -> Tensor:
    """Singular values, from the largest down."""
    return decompositions.svd(A)[1]


def pinv(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:
    """Pseudoinverse; singular values below rtol times the largest count as zero."""
    if atol is None:
        return decompositions.pinv(A, rcond=getattr(rtol, "_array", rtol), hermitian=hermitian)
    largest = np.linalg.svd(A.detach().numpy(), compute_uv=False).max(-1, initial=0)
    share = getattr(atol, "_array", atol) / np.where(largest == 0, 1, largest)
    return decompositions.pinv(A, rcond=np.maximum(share, getattr(rtol, "_array", rtol or 0.0)), hermitian=hermitian)


def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Lstsq:
    """The X for which |A X − B| is least, with what PyTorch returns beside it."""
    solution = matmul(decompositions.pinv(A, rcond=rcond), B)
    rows, columns = A.shape[-2:]
    rank = matrix_rank(A.detach())
    away = matmul(A, solution) - B
    fits = rows > columns and driver != "gelsy" and driver is not None and bool((rank.numpy() == columns).all())
    residuals = reduction.sum(away * away, dim=-2) if fits else A.new_zeros(0)
    by_svd = driver in ("gelsd", "gelss")
    values = np.linalg.svd(A.detach().numpy(), compute_uv=False) if by_svd else np.zeros(0, A.dtype)
    return Lstsq(solution, residuals, A.new_zeros(0, dtype=np.int64) if driver == "gels" else rank, constant(values))


def matrix_power(A: Any, n: int) -> Tensor:
    """A multiplied with itself, n factors; of the inverse where n is negative."""
    if n < 0:
        return matrix_power(inv(A), -n)
    result, square = None, A
    while n:
        if n % 2:
            result = square if result is None else matmul(result, square)
        n //= 2
        square = matmul(square, square) if n else square
    return layout.reshape(A * 0, shape=A.shape) + np.eye(A.shape[-1], dtype=A.dtype) if result is None else result


def matrix_rank(A: Any, *, tol: Any = None, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:
    """How many singular values count: above rtol times the largest, and above atol."""
    s = np.linalg.svd(A.detach().numpy(), compute_uv=False)
    given = atol if tol is None else tol
    limit = np.asarray(0.0 if given is None else getattr(given, "_array", given))
    if rtol is None:
        share: Any = np.where(limit > 0, 0.0, max(A.shape[-2:]) * np.finfo(A.dtype).eps)
    else:
        share = np.asarray(getattr(rtol, "_array", rtol))
    least = np.maximum(limit[..., None], share[..., None] * s.max(-1, keepdims=True, initial=0))
    return constant(np.asarray((s > least).sum(-1)))


@either_name
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Length of vectors along axes: (Σ |x|ᵖ)^(1/p), the largest or smallest for ord = ±inf."""
    x = x if dtype is None else x.to(dtype)
    dim = tuple(dim) if isinstance(dim, list) else dim
    return reduction.norm(x, ord, dim, keepdim)


@either_name
def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Norm of matrices: "fro", "nuc" (sum of singular values), 1, −1, inf, −inf (sums), 2, −2 (singular values)."""
    A = A if dtype is None else A.to(dtype)
    first, second = (axis_of(d, A.ndim, "matrix_norm") for d in dim)
    if ord == "fro":
        return reduction.norm(A, 2, (first, second), keepdim)
    moved = layout.movedim(A, source=(first, second), destination=(-2, -1))
    if ord in ("nuc", 2, -2):
        values = decompositions.svd(moved)[1]
        pick: Any = {"nuc": reduction.sum, 2: reduction.amax, -2: reduction.amin}[ord]
        found = pick(values, dim=-1)
    elif ord in (1, -1, np.inf, -np.inf):
        sums = reduction.sum(np.absolute(moved), dim=-2 if ord in (1, -1) else -1)
        found = (reduction.amax if ord > 0 else reduction.amin)(sums, dim=-1)
    else:
        raise RuntimeError(f"linalg.matrix_norm: ord must be fro, nuc, inf, -inf, 1, -1, 2 or -2, got {ord!r}")
    if not keepdim:
        return found
    return layout.reshape(found, shape=tuple(1 if i in (first, second) else n for i, n in enumerate(A.shape)))


@either_name
def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """A vector's norm, or a matrix's where two axes are given, or where ord is given for a matrix."""
    dim = tuple(dim) if isinstance(dim, list) else dim
    pair = isinstance(dim, tuple) and len(dim) == 2
    if ord is None or (not pair and not isinstance(ord, str) and (dim is not None or A.ndim != 2)):
        return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)
    return matrix_norm(A, ord, dim if pair else (-2, -1), keepdim, dtype=dtype)


def cond(A: Any, p: Any = None) -> Tensor:
    """How much relative errors may grow on the way through A: |A| |A⁻¹|."""
    if p in (None, 2, -2):
        s = decompositions.svd(A)[1]
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices."""
    return _diagonal(A, offset=offset, dim1=dim1, dim2=dim2)


def tensorinv(A: Any, ind: int = 2) -> Tensor:
    """The inverse of A read as a matrix whose rows are its first `ind` axes."""
    rows, columns = A.shape[:ind], A.shape[ind:]
    flat = layout.reshape(A, shape=(int(np.prod(rows)), -1))
    return layout.reshape(inv(flat), shape=(*columns, *rows))


def tensorsolve(A: Any, B: Any, dims: Any = None) -> Tensor:
    """X with tensordot(A, X) = B."""
    if dims is not None:
        A = layout.movedim(A, source=tuple(dims), destination=tuple(range(A.ndim - len(dims), A.ndim)))
    shape = A.shape[B.ndim :]
    flat = layout.reshape(A, shape=(-1, int(np.prod(shape))))
    return layout.reshape(solve(flat, layout.reshape(B, shape=(-1,))), shape=shape)


def vander(x: Any, *, N: int | None = None) -> Tensor:
    """The powers of a vector's numbers, a column each, from 0 up: (..., n) -> (..., n, N)."""
    x = layout.reshape(x, shape=(1,)) if x.ndim == 0 else x
    count = x.shape[-1] if N is None else N
    return layout.stack([x**i for i in range(count)], -1)


def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> WithInfo:
    """(solution, 0); LinAlgError where A is singular."""
    return WithInfo(solve(A, B, left=left), A.new_zeros(A.shape[:-2], dtype=np.int32))


@either_name
def norm_of(input: Any, p: float | str = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """PyTorch's older norm: of all numbers, or along axes; "nuc" of matrices.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.norm.html
    """
    if p == "nuc":
        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


def svd_of(input: Any, some: bool = True, compute_uv: bool = True) -> OldSVD:
    """PyTorch's older svd: (U, S, V), with V as columns."""
    u, s, v = svd(input, full_matrices=not some)
    return OldSVD(u, s, v.mT)


def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Tensor:
    """X with A X = B, of A = L Lᵀ (or, for upper, Lᵀ L). One triangle is read; the derivative, as PyTorch's, is that of
    the whole matrix."""
    seen = L.detach()
    L = L + ((layout.triu(seen) if upper else layout.tril(seen)) - seen)
    first, second = (L.mT, L) if upper else (L, L.mT)
    return decompositions.solve_matrix(second, decompositions.solve_matrix(first, B))


def cholesky_inverse(L: Any, upper: bool = False) -> Tensor:
    """A⁻¹ of A = L Lᵀ (or, for upper, Lᵀ L)."""
    one = constant(np.broadcast_to(np.eye(L.shape[-1], dtype=L.dtype), L.shape).copy())
    return cholesky_solve(one, L, upper)


def tensordot(a: Any, b: Any, dims: Any = 2, out: Any = None) -> Tensor:
    """Sums of products along pairs of axes: their number, or a list of each tensor's.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html
    """
    dims = dims.tolist() if hasattr(dims, "tolist") else dims
    return _tensordot(a, b, dims)
