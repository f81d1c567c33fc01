"""Products and sums that PyTorch gives a name: addmm and its kin, kron, cross, chains; all composed of ops.

Source: https://docs.pytorch.org/docs/stable/torch.html#blas-and-lapack-operations
"""

from __future__ import annotations

import numpy as np

from ..calling import either_name
from ..errors import ShapeError
from .elementwise import abs, add, clip, div, eq, pow, sub, trunc
from .elementwise import where as choose
from .index import axis_of
from .linalg import dot, matmul, outer, vecdot
from .reduction import sum
from .shape import reshape, roll


def _scaled(x, number):
    return x if type(number) is int and number == 1 else x * number


@either_name
def add_scaled(input, other, *, alpha=1):
    """input + alpha · other.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.add.html
    """
    return add(input, _scaled(other, alpha))


@either_name
def sub_scaled(input, other, *, alpha=1):
    """input − alpha · other."""
    return sub(input, _scaled(other, alpha))


def rsub(input, other, *, alpha=1):
    """other − alpha · input."""
    return sub(other, _scaled(input, alpha))


@either_name
def addcmul(input, tensor1, tensor2, *, value=1):
    """input + value · tensor1 · tensor2."""
    return input + _scaled(tensor1 * tensor2, value)


@either_name
def addcdiv(input, tensor1, tensor2, *, value=1):
    """input + value · tensor1 / tensor2."""
    return input + _scaled(tensor1 / tensor2, value)


@either_name
def lerp(input, end, weight):
    """input + weight · (end − input): on the line between both, from whichever end is nearer, as PyTorch."""
    if not hasattr(weight, "shape"):
        return input + (end - input) * weight if weight < 0.5 else end - (end - input) * (1 - weight)
    away = end - input
    return choose(weight < 0.5, input + weight * away, end - away * (1 - weight))


@either_name
def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    """beta · input + alpha · mat1 mat2."""
    if mat1.ndim != 2 or mat2.ndim != 2:
        raise ShapeError(f"addmm: two matrices expected, got {mat1.shape} @ {mat2.shape}")
    return _plus(input, matmul(mat1, mat2), beta, alpha)


def _plus(input, product, beta, alpha):
    """beta · input + alpha · product; with beta 0 not even a nan of input counts."""
    product = _scaled(product, alpha)
    return product + np.zeros_like(input) if beta == 0 else _scaled(input, beta) + product


def addmv(input, mat, vec, *, beta=1, alpha=1):
    """beta · input + alpha · mat vec."""
    return _plus(input, matmul(mat, vec), beta, alpha)


def addr(input, vec1, vec2, *, beta=1, alpha=1):
    """beta · input + alpha · vec1 vec2ᵀ."""
    return _plus(input, outer(vec1, vec2), beta, alpha)


@either_name
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta · input + alpha · batch1 batch2, matrix by matrix."""
    return _plus(input, bmm(batch1, batch2), beta, alpha)


def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta · input + alpha · Σ batch1[i] batch2[i]."""
    return _plus(input, sum(bmm(batch1, batch2), dim=0), beta, alpha)


@either_name
def mm(input, mat2):
    """Product of two matrices; the first may be sparse.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.mm.html
    """
    if input.ndim != 2 or mat2.ndim != 2:
        raise ShapeError(f"mm: two matrices expected, got {input.shape} @ {mat2.shape}; matmul takes the rest")
    return input @ mat2


@either_name
def bmm(input, mat2):
    """Products of matrices, one by one: (b, n, k), (b, k, m) -> (b, n, m)."""
    if input.ndim != 3 or mat2.ndim != 3 or input.shape[0] != mat2.shape[0]:
        raise ShapeError(f"bmm: two batches of as many matrices expected, got {input.shape} @ {mat2.shape}; matmul "
                         "broadcasts")  # fmt: skip
    return matmul(input, mat2)


@either_name
def mv(input, vec):
    """Matrix times vector."""
    if input.ndim != 2 or vec.ndim != 1:
        raise ShapeError(f"mv: a matrix and a vector expected, got {input.shape} @ {vec.shape}")
    return input @ vec


def chain_matmul(*matrices):
    """The product of several matrices, in the order that costs least."""
    return multi_dot(matrices)


def multi_dot(tensors):
    """The product of several matrices (the first and the last may be vectors), in the order that costs least.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.multi_dot.html
    """
    tensors = list(tensors)
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot: at least two tensors expected, got {len(tensors)}")
    row, column = tensors[0].ndim == 1, tensors[-1].ndim == 1
    tensors[0] = reshape(tensors[0], shape=(1, -1)) if row else tensors[0]
    tensors[-1] = reshape(tensors[-1], shape=(-1, 1)) if column else tensors[-1]
    sizes = [*(x.shape[0] for x in tensors), tensors[-1].shape[1]]
    product = _multiplied(tensors, _cheapest(sizes), 0, len(tensors) - 1)
    if row:
        product = product[0]
    return product[..., 0] if column else product


def _cheapest(sizes):
    """Where to cut matrices i to j in two, for all i and j, so that the fewest numbers are multiplied."""
    n = len(sizes) - 1
    cost: dict = {(i, i): 0 for i in range(n)}
    cut: dict = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            ways = [cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)]
            cost[i, j] = min(ways)
            cut[i, j] = i + ways.index(cost[i, j])
    return cut


def _multiplied(tensors, cut, i, j):
    if i == j:
        return tensors[i]
    k = cut[i, j]
    return matmul(_multiplied(tensors, cut, i, k), _multiplied(tensors, cut, k + 1, j))


def ger(input, vec2):
    """All products of two vectors."""
    return outer(input, vec2)


def vdot(input, other):
    """Inner product of two vectors."""
    return dot(input, other)


def linalg_vecdot(x, y, *, dim=-1):
    """Inner products of vectors along one axis; the others broadcast."""
    return vecdot(x, y, dim)


def kron(input, other):
    """All products, laid out so that each number of input becomes a block: input[i] · other.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.kron.html
    """
    ndim = max(input.ndim, other.ndim)
    a, b = ((1,) * (ndim - x.ndim) + x.shape for x in (input, other))
    blocks = reshape(input, shape=tuple(n for size in a for n in (size, 1))) * reshape(
        other, shape=tuple(n for size in b for n in (1, size))
    )
    return reshape(blocks, shape=tuple(n * m for n, m in zip(a, b, strict=True)))


def cross(input, other, dim=None):
    """Cross products of vectors with three numbers along an axis: the last, or for torch.cross the first of length 3.

    z = (x₂y₃ − x₃y₂, x₃y₁ − x₁y₃, x₁y₂ − x₂y₁)
    """
    if dim is None:
        dim = next((i for i, n in enumerate(input.shape) if n == 3), -1)
    shape = np.broadcast_shapes(input.shape, other.shape)
    if not shape or shape[axis_of(dim, len(shape), "cross")] != 3:
        raise RuntimeError(f"cross: axis {dim} must have length 3, got {input.shape} and {other.shape}")
    dim = axis_of(dim, len(shape), "cross")
    x, y = np.broadcast_to(input, shape), np.broadcast_to(other, shape)
    def turned(a, by): return roll(a, shifts=-by, dims=dim)
    return turned(x, 1) * turned(y, 2) - turned(x, 2) * turned(y, 1)


def linalg_cross(input, other, *, dim=-1):
    """Cross products along an axis of length 3."""
    if input.ndim != other.ndim or input.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions, and length 3 along axis "
                           f"{dim}, got {input.shape} and {other.shape}")  # fmt: skip
    return cross(input, other, dim)


def entr(input):
    """−x · ln x; 0 at 0, −inf below."""
    inside = input > 0
    return choose(inside | np.isnan(input), -input * np.log(choose(inside, input, 1)) + choose(inside, 0, input) * 0,
                  choose(input == 0, 0.0, -np.inf))  # fmt: skip


def logit(input, eps=None):
    """ln(x / (1 − x)); x is first limited to [eps, 1 − eps]."""
    x = input if eps is None else clip(input, eps, 1 - eps)
    return np.log(x / (1 - x))


def isclose(input, other, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether |input − other| ≤ atol + rtol |other|, number by number."""
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose: rtol and atol must be greater than or equal to zero, got {rtol} and {atol}")
    near = eq(input, other) | ((abs(input - other) <= atol + rtol * abs(other)) & np.isfinite(input - other))
    return near | (np.isnan(input) & np.isnan(other)) if equal_nan else near


def float_power(input, exponent):
    """Power, computed in float64."""
    def double(x): return np.astype(x, np.float64) if hasattr(x, "shape") else float(x)
    return pow(double(input), double(exponent))


@either_name
def divided(input, other, *, rounding_mode=None):
    """Quotient; rounding_mode "floor" or "trunc" rounds it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.div.html
    """
    if rounding_mode is None:
        return div(input, other)
    if rounding_mode == "floor":
        return np.floor_divide(input, other)
    if rounding_mode != "trunc":
        raise ShapeError(f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    quotient = trunc(div(input, other))
    kinds = {getattr(x, "dtype", np.dtype(type(x))) for x in (input, other)}
    return quotient if any(k.kind == "f" for k in kinds) else np.astype(quotient, np.int64)



def left_shift(input, other):
    """input · 2ᵒᵗʰᵉʳ, of whole numbers."""
    return input * 2**other


def right_shift(input, other):
    """⌊input / 2ᵒᵗʰᵉʳ⌋, of whole numbers."""
    return np.floor_divide(input, 2**other)


def isposinf(input):
    """Whether x = inf."""
    return np.isinf(input) & (input > 0)


def isneginf(input):
    """Whether x = −inf."""
    return np.isinf(input) & (input < 0)


def isreal(input):
    """Whether x is real: all numbers here are."""
    return input == input if input.dtype.kind != "f" else np.isnan(input) | (input == input)


@either_name
def matmul_any(input, other):
    """Matrix product; leading axes broadcast, a vector is a row on the left and a column on the right.

    The first may be a sparse matrix. Source: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
    """
    return input @ other if getattr(input, "is_sparse", False) else matmul(input, other)
