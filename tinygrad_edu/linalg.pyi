"""Written by `python -m tests.stubs` from the code beside it, for editors and checkers. Do not edit."""

# ruff: noqa
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, NoReturn, Self, overload

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_edu import graph
from tinygrad_edu.devices import device as _device
from tinygrad_edu.devices import Size
from tinygrad_edu.factors import Geqrf
from tinygrad_edu.factors import TriangularSolve
from tinygrad_edu.graph import Place
from tinygrad_edu.hooks import Handle
from tinygrad_edu.ops.order import Values
from tinygrad_edu.ops.statistics import Extremes
from tinygrad_edu.ops.statistics import Histogram
from tinygrad_edu.random import Generator
from tinygrad_edu.sparse import Sparse
from tinygrad_edu.tensor import Tensor
from tinygrad_edu.storage import TypedStorage

Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

from tinygrad_edu import factors as factors
from tinygrad_edu.errors import LinAlgError as LinAlgError
from tinygrad_edu.ops import decompositions as decompositions
from tinygrad_edu.ops import reduction as reduction
from tinygrad_edu.ops import shape as layout
from tinygrad_edu.ops.index import axis_of as axis_of
from tinygrad_edu.calling import either_name as either_name
from tinygrad_edu.ops.order import show_as_pytorch as show_as_pytorch
from tinygrad_edu.factors import lu as lu
from tinygrad_edu.factors import lu_factor as lu_factor
from tinygrad_edu.factors import lu_factor_ex as lu_factor_ex
from tinygrad_edu.factors import ldl_factor as ldl_factor
from tinygrad_edu.factors import ldl_factor_ex as ldl_factor_ex
from tinygrad_edu.factors import eig as eig
from tinygrad_edu.factors import eigvals as eigvals

def det(input: Tensor) -> Tensor:
    """Determinant."""
def inv(input: Tensor) -> Tensor:
    """Inverse matrix."""
def where(condition: Tensor, input: Tensor, other: Tensor | Number) -> Tensor:
    """x where the condition holds, y elsewhere."""
def matmul(input: Tensor, other: Tensor | Number) -> Tensor:
    """Matrix product; leading axes broadcast, a vector is a row on the left and a column on the right."""
def cross(input: Tensor, other: Tensor | Number, *, dim: builtins.int = -1) -> Tensor:
    """Cross products along an axis of length 3."""
def vecdot(x: Any, y: Any, *, dim: builtins.int = -1) -> Tensor:
    """Inner products of vectors along one axis; the others broadcast."""
def multi_dot(tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """The product of several matrices (the first and the last may be vectors), in the order that costs least."""
def lu_solve(LU: Any, pivots: Any, B: Tensor, *, left: builtins.bool = True, adjoint: builtins.bool = False) -> Tensor:
    """X with A X = B (X A = B where left is False; Aᵀ for adjoint), of A in the compact form of `lu_factor`."""
def ldl_solve(LD: Any, pivots: Any, B: Tensor, *, hermitian: builtins.bool = False) -> Tensor:
    """X with A X = B, of A = L D Lᵀ in the compact form of `ldl_factor`. No derivative in LD."""
def matrix_exp(A: Tensor) -> Tensor:
    """Σ Aᵏ / k!, of square matrices."""
def householder_product(A: Tensor, tau: Any) -> Tensor:
    """The first columns of Q, of the reflections that `geqrf` leaves."""
def solve_triangular(A: Tensor, B: Tensor, *, upper: builtins.bool, left: builtins.bool = True, unitriangular: builtins.bool = False) -> Tensor:
    """X with A X = B (or X A = B), where only the upper or lower triangle of A is read."""
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

def cholesky(input: Tensor, *, upper: builtins.bool = False) -> Tensor:
    """Lower triangle L of a symmetric, positive definite matrix L Lᵀ; or Lᵀ."""
def cholesky_ex(input: Tensor, *, upper: builtins.bool = False, check_errors: builtins.bool = False) -> CholeskyEx:
    """(cholesky, 0); LinAlgError where the matrix is not positive definite."""
def inv_ex(input: Tensor, *, check_errors: builtins.bool = False) -> InvEx:
    """(inverse, 0); LinAlgError where the matrix is singular."""
def slogdet(A: Tensor) -> Slogdet:
    """(sign, ln |det|) of a square matrix."""
def logdet(input: Tensor) -> Tensor:
    """ln det; nan where the determinant is negative."""
def solve(A: Tensor, B: Tensor, *, left: builtins.bool = True) -> Tensor:
    """X with A X = B, or X A = B where left is False; B may be one vector (or a batch of them)."""
def qr(A: Tensor, mode: builtins.str = 'reduced') -> QR:
    """(Q, R) with A = Q R; mode 'r' leaves Q empty. Of 'complete', the values alone: no derivative."""
def eigh(A: Tensor, UPLO: builtins.str = 'L') -> Eigh:
    """(eigenvalues, eigenvectors) of a symmetric matrix, of which the symmetric part is read."""
def eigvalsh(A: Tensor, UPLO: builtins.str = 'L') -> Tensor:
    """Eigenvalues of a symmetric matrix, from the smallest up."""
def svd(A: Tensor, full_matrices: builtins.bool = True, *, driver: builtins.str | None = None) -> SVD:
    """(U, S, Vh) with A = U diag(S) Vh. full_matrices of a matrix that is not square: values alone, no derivative."""
def svdvals(A: Tensor, *, driver: builtins.str | None = None) -> Tensor:
    """Singular values, from the largest down."""
def pinv(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: builtins.bool = False) -> Tensor:
    """Pseudoinverse; singular values below rtol times the largest count as zero."""
def lstsq(A: Tensor, B: Tensor, rcond: Any = None, *, driver: builtins.str | None = None) -> Lstsq:
    """The X for which |A X − B| is least, with what PyTorch returns beside it."""
def matrix_power(A: Tensor, n: builtins.int) -> Tensor:
    """A multiplied with itself, n factors; of the inverse where n is negative."""
def matrix_rank(A: Tensor, *, tol: Any = None, atol: Any = None, rtol: Any = None, hermitian: builtins.bool = False) -> Tensor:
    """How many singular values count: above rtol times the largest, and above atol."""
def vector_norm(input: Tensor, ord: builtins.float = 2, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """Length of vectors along axes: (Σ |x|ᵖ)^(1/p), the largest or smallest for ord = ±inf."""
def matrix_norm(A: Tensor, ord: builtins.str = 'fro', dim: builtins.int = ..., keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """Norm of matrices: 'fro', 'nuc' (sum of singular values), 1, −1, inf, −inf (sums), 2, −2 (singular values)."""
def norm(A: Tensor, ord: Any = None, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """A vector's norm, or a matrix's where two axes are given, or where ord is given for a matrix."""
def cond(A: Tensor, p: Number | None = None) -> Tensor:
    """How much relative errors may grow on the way through A: |A| |A⁻¹|."""
def diagonal(A: Tensor, *, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1) -> Tensor:
    """The diagonals of matrices."""
def tensorinv(A: Tensor, ind: builtins.int = 2) -> Tensor:
    """The inverse of A read as a matrix whose rows are its first `ind` axes."""
def tensorsolve(A: Tensor, B: Tensor, dims: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """X with tensordot(A, X) = B."""
def vander(x: Any, *, N: builtins.int | None = None) -> Tensor:
    """The powers of a vector's numbers, a column each, from 0 up: (..., n) -> (..., n, N)."""
def solve_ex(A: Tensor, B: Tensor, *, left: builtins.bool = True, check_errors: builtins.bool = False) -> WithInfo:
    """(solution, 0); LinAlgError where A is singular."""
def norm_of(input: Tensor, p: builtins.float | builtins.str = 'fro', dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
    """PyTorch's older norm: of all numbers, or along axes; 'nuc' of matrices."""
def svd_of(input: Tensor, some: builtins.bool = True, compute_uv: builtins.bool = True) -> OldSVD:
    """PyTorch's older svd: (U, S, V), with V as columns."""
def cholesky_solve(B: Tensor, L: Tensor, upper: builtins.bool = False) -> Tensor:
    """X with A X = B, of A = L Lᵀ (or, for upper, Lᵀ L). One triangle is read; the derivative, as PyTorch's, is that of the whole matrix."""
def cholesky_inverse(L: Tensor, upper: builtins.bool = False) -> Tensor:
    """A⁻¹ of A = L Lᵀ (or, for upper, Lᵀ L)."""
def tensordot(a: Any, b: Any, dims: builtins.int | Sequence[builtins.int] = 2, out: Any = None) -> Tensor:
    """Sums of products along pairs of axes: their number, or a list of each tensor's."""
