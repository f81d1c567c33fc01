"""Matrices as products of simpler ones, and what is computed with the factors.

Source: https://docs.pytorch.org/docs/stable/linalg.html
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from .engine import array_of, constant
from .errors import LinAlgError
from .ops import decompositions, reduction
from .ops import shape as layout
from .ops.factors import lu_factor as _lu_factor
from .ops.index import take_along_axis
from .ops.linalg import matmul
from .ops.order import show_as_pytorch
from .random import normal_array

if TYPE_CHECKING:
    from .tensor import Tensor


class LUFactor(NamedTuple):
    """LU: both triangles in one matrix; pivots: the row that each row was exchanged for, counted from 1."""

    LU: Tensor
    pivots: Tensor


class LUFactorEx(NamedTuple):
    """The same, and in `info` the first step, counted from 1, that found only zeros; 0 where there was none."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


class LU(NamedTuple):
    """P: which rows go where, as a matrix; L: a lower triangle with 1s on its diagonal; U: an upper one."""

    P: Tensor
    L: Tensor
    U: Tensor


class TriangularSolve(NamedTuple):
    """The solution, and the matrix that was read."""

    solution: Tensor
    cloned_coefficient: Tensor


class Geqrf(NamedTuple):
    """R in the upper triangle; below it, and in tau, the reflections that make Q."""

    a: Tensor
    tau: Tensor


class LowRank(NamedTuple):
    """U diag(S) Vᵀ, close to a matrix."""

    U: Tensor
    S: Tensor
    V: Tensor


class LDL(NamedTuple):
    """L and D in one matrix, and the exchanges, as LAPACK's sytrf writes them."""

    LD: Tensor
    pivots: Tensor


class LDLEx(NamedTuple):
    """The same, and in `info` the first block of D, counted from 1, that is 0; else 0."""

    LD: Tensor
    pivots: Tensor
    info: Tensor


class LUUnpacked(LU):
    """The same, out of the compact form."""


show_as_pytorch({
    "linalg_lu_factor": LUFactor, "linalg_lu_factor_ex": LUFactorEx, "linalg_lu": LU, "lu_unpack": LUUnpacked,
    "triangular_solve": TriangularSolve, "geqrf": Geqrf, "linalg_ldl_factor": LDL, "linalg_ldl_factor_ex": LDLEx,
})  # fmt: skip


# ----------------------------------------------------------------------------------------------- elimination


def _pivoting(name: str, pivot: bool) -> None:
    if not pivot:
        raise RuntimeError(f"{name}: LU without pivoting is not implemented on the CPU; leave pivot=True")


def _matrix(name: str, A: Any) -> None:
    if A.ndim < 2:
        raise RuntimeError(f"{name}: the input tensor must have at least 2 dimensions, got shape {A.shape}")


def _square(name: str, A: Any) -> None:
    _matrix(name, A)
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"{name}: A must be batches of square matrices, but they are {A.shape[-2]} by "
                           f"{A.shape[-1]} matrices")  # fmt: skip


def lu_factor(A: Any, *, pivot: bool = True) -> LUFactor:
    """A = P L U, in the compact form that `lu_solve` takes."""
    _pivoting("linalg.lu_factor", pivot)
    _matrix("linalg.lu_factor", A)
    return LUFactor(*_lu_factor(A))


def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> LUFactorEx:
    """The same, and where elimination met a column of zeros; check_errors: RuntimeError there."""
    _pivoting("linalg.lu_factor_ex", pivot)
    _matrix("linalg.lu_factor_ex", A)
    found, pivots = _lu_factor(A)
    k = min(A.shape[-2:])
    zero = np.diagonal(array_of(found), axis1=-2, axis2=-1) == 0
    info = np.where(np.any(zero, axis=-1), np.argmax(zero, axis=-1) + 1, 0) if k else np.zeros(A.shape[:-2])
    if check_errors and np.any(info):
        raise LinAlgError(f"linalg.lu_factor_ex: U[{int(np.max(info))},{int(np.max(info))}] is zero")
    return LUFactorEx(found, pivots, constant(np.astype(info, np.int32)))


def lu_of(A: Any, pivot: bool = True, get_infos: bool = False) -> tuple[Tensor, ...]:
    """PyTorch's older name of lu_factor: (LU, pivots), and with get_infos also infos."""
    found = lu_factor_ex(A, pivot=pivot)
    return tuple(found) if get_infos else tuple(found)[:2]


def lu(A: Any, *, pivot: bool = True) -> LU:
    """(P, L, U) with A = P L U."""
    _pivoting("linalg.lu", pivot)
    _matrix("linalg.lu", A)
    return LU(*lu_unpack(*_lu_factor(A)))


def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> LUUnpacked:
    """(P, L, U) out of the compact form; what is not asked for stays empty.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.lu_unpack.html
    """
    if LU_pivots.dtype != np.int32:
        raise RuntimeError(f"lu_unpack: LU_pivots is expected to be a tensor of dtype int32, got {LU_pivots.dtype}")
    n, m = LU_data.shape[-2:]
    k = min(n, m)
    p = l = u = LU_data.new_zeros(0)
    if unpack_pivots:
        p = constant(np.astype(np.equal(np.expand_dims(np.arange(n), 1), np.expand_dims(
            _order(LU_pivots, n), -2)), LU_data.dtype))  # fmt: skip
    if unpack_data:
        l = layout.tril(LU_data[..., :, :k], diagonal=-1) + np.eye(n, k, dtype=LU_data.dtype)
        u = layout.triu(LU_data[..., :k, :])
    return LUUnpacked(p, l, u)


def _order(pivots: Any, n: int) -> Any:
    """Which row of A stands in each row after all exchanges."""
    pivots = array_of(pivots)
    order = np.zeros_like(pivots, shape=(*pivots.shape[:-1], n)) + np.arange(n)
    for i in range(pivots.shape[-1]):
        at = pivots[..., i : i + 1] - 1
        swap = np.where(np.arange(n) == i, at, np.where(np.arange(n) == at, i, np.arange(n)))
        order = np.take_along_axis(order, swap, -1)
    return order


def linalg_lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """X with A X = B (X A = B where left is False; Aᵀ for adjoint), of A in the compact form of `lu_factor`."""
    _square("linalg.lu_solve", LU)
    if not left:
        return linalg_lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT
    n = LU.shape[-1]
    low, up = layout.tril(LU, diagonal=-1) + np.eye(n, dtype=LU.dtype), layout.triu(LU)
    order = _order(pivots, n)
    if adjoint:  # Aᵀ = Uᵀ Lᵀ Pᵀ
        found = decompositions.solve_matrix(low.mT, decompositions.solve_matrix(up.mT, B))
        return _rows(found, np.argsort(order, axis=-1))
    return decompositions.solve_matrix(up, decompositions.solve_matrix(low, _rows(B, order)))


def _rows(x: Any, order: Any) -> Any:
    """Rows of matrices in another order, which may have more leading axes than they."""
    lead = np.broadcast_shapes(x.shape[:-2], order.shape[:-1])
    at = np.broadcast_to(np.expand_dims(order, -1), (*lead, *x.shape[-2:]))
    return take_along_axis(x.expand(*lead, *x.shape[-2:]), constant(at), -2)


def lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Tensor:
    """PyTorch's older name and order of linalg.lu_solve: X with A X = b."""
    return linalg_lu_solve(LU_data, LU_pivots, b)


def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X with A X = B (or X A = B), where only the upper or lower triangle of A is read."""
    triangle = layout.triu(A, diagonal=int(unitriangular)) if upper else layout.tril(A, diagonal=-int(unitriangular))
    if unitriangular:
        triangle = triangle + np.eye(A.shape[-1], dtype=A.dtype)
    if not left:
        return decompositions.solve_matrix(triangle.mT, B.mT).mT
    return decompositions.solve_matrix(triangle, B)


def triangular_solve(b: Any, A: Any, upper: bool = True, transpose: bool = False,
                     unitriangular: bool = False) -> TriangularSolve:  # fmt: skip
    """X with A X = b (or Aᵀ X = b), where only one triangle of A is read; and A again.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.triangular_solve.html
    """
    _square("triangular_solve", A)
    if b.ndim < 2 or b.shape[-2] != A.shape[-1]:
        raise RuntimeError(f"triangular_solve: Incompatible matrix sizes for A {A.shape} and b {b.shape}")
    found = solve_triangular(A.mT if transpose else A, b, upper=upper != transpose, unitriangular=unitriangular)
    return TriangularSolve(found, A.clone())


# ----------------------------------------------------------------------------------------------- reflections


def geqrf(A: Any) -> Geqrf:
    """The QR factorization as LAPACK leaves it: R above, reflections below and in tau. No derivative.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.geqrf.html
    """
    _matrix("geqrf", A)
    raw, tau = np.linalg.qr(array_of(A), "raw")
    return Geqrf(constant(np.ascontiguousarray(np.swapaxes(raw, -1, -2))), constant(tau))


def _reflected(x: Any, A: Any, tau: Any, backward: bool) -> Any:
    """(1 − τ v vᵀ) x for each column v of A (below its 1), the first one last, or (backward) first."""
    n, k = A.shape[-2], tau.shape[-1]
    v_all = layout.tril(A[..., :, :k], diagonal=-1) + np.eye(n, k, dtype=A.dtype)
    for i in range(k) if backward else reversed(range(k)):
        v = v_all[..., :, i : i + 1]
        x = x - matmul(v * layout.unsqueeze(tau[..., i : i + 1], dim=-1), matmul(v.mT, x))
    return x


def householder_product(A: Any, tau: Any) -> Tensor:
    """The first columns of Q, of the reflections that `geqrf` leaves."""
    if A.ndim < 2 or A.shape[-2] < A.shape[-1] or tau.shape[-1] > A.shape[-1] or tau.shape[:-1] != A.shape[:-2]:
        raise RuntimeError("linalg.householder_product: (..., n, m) with n ≥ m and (..., k) with k ≤ m expected, got "
                           f"{A.shape} and {tau.shape}")  # fmt: skip
    return _reflected(constant(np.broadcast_to(np.eye(*A.shape[-2:], dtype=A.dtype), A.shape)), A, tau, False)


def ormqr(input: Any, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Tensor:
    """Q other (other Q where left is False; Qᵀ for transpose), of the reflections that `geqrf` leaves.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.ormqr.html
    """
    if input.ndim < 2 or other.ndim < 2 or tau.shape[-1] > input.shape[-1] or other.shape[-2 if left else -1] != (
            input.shape[-2]):  # fmt: skip
        raise RuntimeError(f"ormqr: reflections {input.shape} with {tau.shape} do not fit {other.shape}")
    if left:
        return _reflected(other, input, tau, transpose)
    return _reflected(other.mT, input, tau, not transpose).mT


# ----------------------------------------------------------------------------------------------- symmetric matrices


def _bunch_kaufman(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """L D Lᵀ of one symmetric matrix, of which the lower triangle is read; D has blocks of one or two rows.

    Source: Bunch and Kaufman 1977, https://doi.org/10.1090/S0025-5718-1977-0428694-0
    """
    a, n = np.tril(a), a.shape[-1]
    pivots, k = np.zeros(n, np.int32), 0
    while k < n:
        step, at = 1, k
        below = np.abs(a[k + 1 :, k])
        here, most = abs(a[k, k]), below.max(initial=0)
        if here < _SHARE * most:
            row = k + 1 + int(below.argmax())
            beside = max(np.abs(a[row, k:row]).max(), np.abs(a[row + 1 :, row]).max(initial=0))
            if here * beside < _SHARE * most * most:
                step, at = (1, row) if abs(a[row, row]) >= _SHARE * beside else (2, row)
        top = k + step - 1
        if at != top:
            _exchange(a, k, top, at)
        block = a[k : k + step, k : k + step]
        block = block + np.tril(block, -1).T
        rest = a[k + step :, k : k + step]
        if rest.size and (step == 2 or block[0, 0]):
            shares = np.linalg.solve(block, rest.T).T
            a[k + step :, k + step :] -= np.tril(shares @ block @ shares.T)
            a[k + step :, k : k + step] = shares
        pivots[k : k + step] = at + 1 if step == 1 else -(at + 1)
        k += step
    return a, pivots


_SHARE = (1 + math.sqrt(17)) / 8  # below this share of the largest number beside it, a number is too small to divide by


def _exchange(a: np.ndarray, k: int, first: int, second: int) -> None:
    """Two rows and columns of the part that is still to be done, from k on, of which the lower triangle is kept."""
    full = a[k:, k:] + np.tril(a[k:, k:], -1).T
    order = np.arange(len(full))
    order[[first - k, second - k]] = order[[second - k, first - k]]
    a[k:, k:] = np.tril(full[np.ix_(order, order)])


def ldl_factor(A: Any, *, hermitian: bool = False) -> LDL:
    """A = L D Lᵀ of a symmetric matrix, in the compact form that `ldl_solve` takes. No derivative."""
    _square("linalg.ldl_factor", A)
    array = array_of(A.detach())
    found, pivots = array.copy(), np.zeros(array.shape[:-1], np.int32)
    for place in np.ndindex(array.shape[:-2]):
        found[place], pivots[place] = _bunch_kaufman(array[place])
    return LDL(constant(found), constant(pivots))


def ldl_factor_ex(A: Any, *, hermitian: bool = False, check_errors: bool = False) -> LDLEx:
    """The same, and where D is 0."""
    found, pivots = ldl_factor(A)
    single = array_of(pivots) > 0
    zero = single & (np.diagonal(array_of(found), axis1=-2, axis2=-1) == 0)
    info = np.where(zero.any(-1), zero.argmax(-1) + 1, 0) if zero.shape[-1] else np.zeros(zero.shape[:-1])
    return LDLEx(found, pivots, constant(np.asarray(info, np.int32)))


def ldl_solve(LD: Any, pivots: Any, B: Any, *, hermitian: bool = False) -> Tensor:
    """X with A X = B, of A = L D Lᵀ in the compact form of `ldl_factor`. No derivative in LD."""
    _square("linalg.ldl_solve", LD)
    n, packed, swaps = LD.shape[-1], array_of(LD.detach()), array_of(pivots)
    unit, middle, order = np.zeros_like(packed), np.zeros_like(packed), np.zeros(packed.shape[:-1], np.int64)
    for place in np.ndindex(packed.shape[:-2]):
        unit[place], middle[place], order[place] = _ldl_unpacked(packed[place], swaps[place], n)
    found = decompositions.solve_matrix(constant(unit), _rows(B, order))
    found = decompositions.solve_matrix(constant(np.swapaxes(unit, -1, -2)), decompositions.solve_matrix(constant(
        middle), found))  # fmt: skip
    return _rows(found, np.argsort(order, axis=-1))


def _ldl_unpacked(packed: np.ndarray, pivots: np.ndarray, n: int) -> tuple:
    """(L, D, order) with A[order][:, order] = L D Lᵀ. Exchanges move the rows of L to their left as well."""
    low, middle, order = np.eye(n), np.diag(np.diagonal(packed)), np.arange(n)
    k = 0
    while k < n:
        step = 1 if pivots[k] > 0 else 2
        pair = [k + step - 1, abs(int(pivots[k])) - 1]
        order[pair] = order[pair[::-1]]
        low[pair, :k] = low[pair[::-1], :k]
        low[k + step :, k : k + step] = packed[k + step :, k : k + step]
        if step == 2:
            middle[k, k + 1] = middle[k + 1, k] = packed[k + 1, k]
        k += step
    return low, middle, order


# ----------------------------------------------------------------------------------------------- the exponential

_PADE = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
         670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip


def matrix_exp(A: Any) -> Tensor:
    """Σ Aᵏ / k!, of square matrices.

    A fraction of polynomials of degree 13 is as good as exact where the sums of columns are below 5.37; larger matrices
    are halved until they are, and the result squared as often. Source: Higham 2005, https://doi.org/10.1137/04061101X
    """
    _square("linalg.matrix_exp", A)
    if not A.numel():
        return A.clone()
    sizes = array_of(A.detach())
    largest = float(np.max(np.sum(np.absolute(sizes), axis=-2), initial=0))
    halvings = max(0, math.ceil(math.log2(largest / 5.37))) if 0 < largest < math.inf else 0
    x = A / 2**halvings
    one = constant(np.eye(A.shape[-1], dtype=A.dtype))
    x2 = matmul(x, x)
    x4 = matmul(x2, x2)
    x6 = matmul(x2, x4)
    c = _PADE
    odd = matmul(x, matmul(x6, x6 * c[13] + x4 * c[11] + x2 * c[9]) + x6 * c[7] + x4 * c[5] + x2 * c[3] + one * c[1])
    even = matmul(x6, x6 * c[12] + x4 * c[10] + x2 * c[8]) + x6 * c[6] + x4 * c[4] + x2 * c[2] + one * c[0]
    found = decompositions.solve_matrix(even - odd, even + odd)
    for _ in range(halvings):
        found = matmul(found, found)
    return found


# ----------------------------------------------------------------------------------------------- low rank


def svd_lowrank(A: Any, q: int = 6, niter: int = 2, M: Any = None) -> LowRank:
    """(U, S, V) of rank q, with A − M close to U diag(S) Vᵀ: the singular values within a space that is drawn and then
    turned towards the largest ones.

    Source: Halko et al. 2009, https://arxiv.org/abs/0909.4061
    """
    if not 0 <= q <= min(A.shape[-2:]):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(A.shape[-2:])}")
    A = A if M is None else A - M
    flat = A.shape[-2] < A.shape[-1]
    A = A.mT if flat else A
    Q, _ = decompositions.qr(matmul(A, constant(normal_array((A.shape[-1], q), A.dtype))))
    for _ in range(niter):
        Q, _ = decompositions.qr(matmul(A, decompositions.qr(matmul(A.mT, Q))[0]))
    u, s, vh = decompositions.svd(matmul(Q.mT, A))
    u = matmul(Q, u)
    return LowRank(vh.mT, s, u) if flat else LowRank(u, s, vh.mT)


def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> LowRank:
    """svd_lowrank of the rows, less (center) their mean: the directions in which they vary most are the columns of V.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.pca_lowrank.html
    """
    q = min(6, *A.shape[-2:]) if q is None else q
    if not 0 <= q <= min(A.shape[-2:]):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(A.shape[-2:])}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - reduction.mean(A, dim=-2, keepdim=True) if center else A, q, niter)


def eig(A: Any) -> NoReturn:
    """Eigenvalues of a matrix that is not symmetric are complex numbers, which are left out here."""
    raise NotImplementedError("linalg.eig: eigenvalues may be complex, and there are no complex tensors here; "
                              "use linalg.eigh for symmetric matrices, or np.linalg.eig(A.numpy())")  # fmt: skip


def eigvals(A: Any) -> NoReturn:
    """The same of the eigenvalues alone."""
    raise NotImplementedError("linalg.eigvals: eigenvalues may be complex, and there are no complex tensors here; "
                              "use linalg.eigvalsh for symmetric ones, or np.linalg.eigvals(A.numpy())")  # fmt: skip
