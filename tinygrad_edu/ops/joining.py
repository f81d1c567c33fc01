"""Parts put together and taken apart, and axes turned: composed of the ops in shape.py, with no own derivatives.

Names, arguments and defaults are PyTorch's.
Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import answer
from ..errors import ShapeError
from .index import along, axis_of, broadcast_to, setitem
from .shape import cat, concatenate, diagonal_embed, flip, movedim, permute, reshape, split, stack, transpose, unsqueeze
from .shape import chunk as unsafe_chunk  # noqa: F401 (it stands beside unsafe_split)

if TYPE_CHECKING:
    from ..tensor import Tensor


def _listed(tensors):
    return tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors


def atleast_1d(*tensors) -> Any:
    """Tensors with at least one axis; a single one comes back by itself."""
    return _at_least(tensors, lambda x: reshape(x, shape=(1,)) if x.ndim == 0 else x)


def atleast_2d(*tensors) -> Any:
    """Tensors with at least two axes, new ones in front."""
    return _at_least(tensors, lambda x: reshape(x, shape=(1, -1)) if x.ndim < 2 else x)


def atleast_3d(*tensors) -> Any:
    """Tensors with at least three axes: a vector becomes (1, n, 1), a matrix (n, m, 1)."""
    def lifted(x):
        return unsqueeze(atleast_2d(x), dim=2) if x.ndim < 3 else x
    return _at_least(tensors, lifted)


def _at_least(tensors, lifted):
    parts = tuple(lifted(x) for x in _listed(tensors))
    return parts[0] if len(tensors) == 1 and not isinstance(tensors[0], (list, tuple)) else parts


def hstack(tensors):
    """Side by side: along the second axis, vectors along their only one."""
    parts = atleast_1d(*tensors) if len(tensors) > 1 else (atleast_1d(tensors[0]),)
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors):
    """One above the other: along the first axis, vectors as rows."""
    return cat([atleast_2d(x) for x in tensors], 0)


row_stack = vstack


def dstack(tensors):
    """One behind the other: along the third axis."""
    return cat([atleast_3d(x) for x in tensors], 2)


def column_stack(tensors):
    """Side by side, vectors as columns."""
    return cat([reshape(x, shape=(-1, 1)) if x.ndim < 2 else x for x in tensors], 1)


def tensor_split(input, indices_or_sections, dim=0) -> tuple[Tensor, ...]:
    """Pieces as equal as can be, their number given; or cut before the given indices. Views.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensor_split.html
    """
    n = input.shape[axis_of(dim, input.ndim, "tensor_split")]
    if hasattr(indices_or_sections, "tolist"):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1:
            raise ShapeError(f"tensor_split: at least 1 section expected, got {indices_or_sections}")
        each, more = divmod(n, indices_or_sections)
        return split(input, [each + (i < more) for i in range(indices_or_sections)], dim)
    cuts = [0, *indices_or_sections, n]
    return tuple(input[along(dim, input.ndim, slice(a, b), "tensor_split")] for a, b in itertools.pairwise(cuts))


def _split_evenly(name, input, indices_or_sections, dim):
    n = input.shape[dim]
    if isinstance(indices_or_sections, int) and n % indices_or_sections:
        raise ShapeError(f"{name}: axis {dim}, of length {n}, does not divide into {indices_or_sections} equal parts; "
                         "use tensor_split")  # fmt: skip
    return tensor_split(input, indices_or_sections, dim)


def hsplit(input, indices_or_sections) -> tuple[Tensor, ...]:
    """Cut along the second axis (a vector's only one) into equal parts, or before the given indices."""
    return _split_evenly("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1)


def vsplit(input, indices_or_sections) -> tuple[Tensor, ...]:
    """Cut along the first axis into equal parts, or before the given indices."""
    return _split_evenly("vsplit", input, indices_or_sections, 0)


def dsplit(input, indices_or_sections) -> tuple[Tensor, ...]:
    """Cut along the third axis into equal parts, or before the given indices."""
    return _split_evenly("dsplit", input, indices_or_sections, 2)


def unsafe_split(input, split_size, dim=0):
    """As split."""
    return split(input, split_size, dim)


def meshgrid(*tensors, indexing="ij") -> tuple[Tensor, ...]:
    """The coordinates of a grid: for each of k vectors, its numbers laid out along axis i of k axes.

    z₁[i, j] = x[i],  z₂[i, j] = y[j];  with indexing="xy" the first two axes change places.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html
    """
    if indexing not in ("ij", "xy"):
        raise ShapeError(f"meshgrid: indexing must be 'ij' or 'xy', got {indexing!r}")
    vectors = [atleast_1d(x) for x in _listed(tensors)]
    lengths = tuple(x.shape[0] for x in vectors)
    grids: list[Any] = []
    for i, x in enumerate(vectors):
        wide = reshape(x, shape=tuple(n if j == i else 1 for j, n in enumerate(lengths)))
        grid = np.broadcast_to(wide, lengths)
        grids.append(transpose(grid, dim0=0, dim1=1) if indexing == "xy" and len(vectors) > 1 else grid)
    return tuple(grids)


def cartesian_prod(*tensors):
    """All combinations of one number from each vector, a row each."""
    grids = [reshape(grid, shape=(-1,)) for grid in meshgrid(*tensors)]
    return grids[0] if len(grids) == 1 else stack(grids, 1)


def combinations(input, r=2, with_replacement=False):
    """All ways to take r numbers from a vector, in order, a row each."""
    pick = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(pick(range(input.shape[0]), r)), np.int64).reshape(-1, r)
    return input[rows]


def block_diag(*tensors):
    """Matrices along the diagonal of a larger one, zeros beside them."""
    blocks = [atleast_2d(x) for x in tensors]
    width, start, rows = sum(x.shape[1] for x in blocks), 0, []
    for x in blocks:
        left = np.zeros_like(x, shape=(x.shape[0], start))
        right = np.zeros_like(x, shape=(x.shape[0], width - start - x.shape[1]))
        rows.append(concatenate(left, x, right, dim=1))
        start += x.shape[1]
    return concatenate(*rows, dim=0)


def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Vectors along the last axis as the diagonals of matrices, whose two axes are dim1 and dim2."""
    ndim = input.ndim + 1
    first, second = axis_of(dim1, ndim, "diag_embed"), axis_of(dim2, ndim, "diag_embed")
    n = input.shape[-1] + abs(offset)
    kept = iter(input.shape[:-1])
    shape = tuple(n if axis in (first, second) else next(kept) for axis in range(ndim))
    return diagonal_embed(input, offset=offset, dim1=first, dim2=second, shape=shape)


def diagflat(input, offset=0):
    """All numbers as the diagonal of a matrix."""
    return diag_embed(reshape(input, shape=(-1,)), offset)


def unflatten(input, dim, sizes):
    """One axis as several; one of the lengths may be −1."""
    dim = axis_of(dim, input.ndim, "unflatten")
    sizes, n = tuple(sizes), input.shape[dim]
    if -1 in sizes:
        known = math.prod(size for size in sizes if size != -1)
        sizes = tuple(n // (known or 1) if size == -1 else size for size in sizes)
    if math.prod(sizes) != n:
        raise ShapeError(f"unflatten: lengths whose product is {n}, the length of axis {dim}, expected, got {sizes}")
    return reshape(input, shape=(*input.shape[:dim], *sizes, *input.shape[dim + 1 :]))


def swapaxes(input, axis0, axis1):
    """Two axes exchanged. A view."""
    return transpose(input, dim0=axis0, dim1=axis1) if input.ndim else reshape(input, shape=())


def t(input):
    """A matrix transposed; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t: at most two axes expected, got shape {input.shape}; use .mT or transpose")
    return permute(input)


def fliplr(input):
    """Left and right exchanged: the second axis reversed."""
    return flip(input, dims=1)


def flipud(input):
    """Up and down exchanged: the first axis reversed."""
    return flip(input, dims=0)


@answer(np.rot90)
def rot90(input, k=1, dims=(0, 1)):
    """Turned by k quarters in the plane of two axes, from the first toward the second."""
    first, second = (axis_of(d, input.ndim, "rot90") for d in dims)
    if first == second:
        raise RuntimeError(f"rot90: expected rotation dims to be different, but got {dims[0]} and {dims[1]}")
    if k % 4 == 0:
        return np.copy(input)
    if k % 4 == 2:
        return flip(input, dims=(first, second))
    turned = transpose(input, dim0=first, dim1=second)
    return flip(turned, dims=first if k % 4 == 1 else second)


def narrow(input, dim, start, length):
    """`length` slices along an axis, from `start`. A view."""
    dim = axis_of(dim, input.ndim, "narrow")
    n, start = input.shape[dim], int(start)
    start = start + n if start < 0 else start
    if not 0 <= start <= start + length <= n:
        raise IndexError(f"narrow: a part of axis {dim}, of length {n}, expected; got start {start} and length "
                         f"{length}")  # fmt: skip
    return input[along(dim, input.ndim, slice(start, start + length), "narrow")]


def select(input, dim, index):
    """One slice along an axis, without that axis. A view."""
    return input[along(dim, input.ndim, index, "select")]


def select_scatter(input, src, dim, index):
    """A copy with src in the place of one slice along an axis."""
    return setitem(input, src, index=along(dim, input.ndim, index, "select_scatter"))


def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    """A copy with src in the place of some slices along an axis."""
    return setitem(input, src, index=along(dim, input.ndim, slice(start, end, step), "slice_scatter"))


def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """A copy with src on the diagonal."""
    first, second = (axis_of(d, input.ndim, "diagonal_scatter") for d in (dim1, dim2))
    moved = movedim(input, source=(first, second), destination=(-2, -1))
    n = min(moved.shape[-2] + min(offset, 0), moved.shape[-1] - max(offset, 0))
    i = np.arange(max(n, 0))
    written = setitem(moved, src, index=(..., i - min(offset, 0), i + max(offset, 0)))
    return movedim(written, source=(-2, -1), destination=(first, second))


def vander(x, N=None, increasing=False):
    """The powers of a vector's numbers, a column each, from the highest down (or from 0 up)."""
    powers = np.arange(x.shape[-1] if N is None else N)
    columns = [x**int(p) for p in (powers if increasing else powers[::-1])]
    return stack(columns, -1) if columns else np.zeros_like(x, shape=(*x.shape, 0))


def broadcast_tensors(*tensors) -> tuple[Tensor, ...]:
    """Tensors repeated to the shape that they share. Views."""
    tensors = _listed(tensors)
    shape = np.broadcast_shapes(*(x.shape for x in tensors))
    return tuple(broadcast_to(x, shape=shape) for x in tensors)


