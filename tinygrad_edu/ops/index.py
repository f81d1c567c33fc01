"""Indexing: reading, writing, gathering and scattering. Each derivative is the op that stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..calling import either_name
from ..engine import answer, op
from ..errors import DtypeError
from .elementwise import where

if TYPE_CHECKING:
    from ..tensor import Tensor


class Slot:
    """Stands in an index for an array that is passed as an argument: x[:, i] is getitem(x, i, index=(:, SLOT))."""

    def __repr__(self) -> str:
        return "SLOT"


SLOT = Slot()


def axis_of(dim: int, ndim: int, name: str) -> int:
    """An axis counted from the front. IndexError, naming the op, where there is none."""
    if not -ndim <= dim < ndim:
        raise IndexError(f"{name}: axis {dim} does not exist, the tensor has {ndim} axes")
    return dim % ndim


def along(dim: int, ndim: int, part: Any, name: str) -> tuple:
    """An index that takes `part` along one axis, and everything along the axes before it."""
    return (*(slice(None),) * axis_of(dim, ndim, name), part)


def fill(index: tuple, arrays: tuple) -> tuple:
    """The index with its slots filled."""
    rest = iter(arrays)
    return tuple(next(rest) if part is SLOT else part for part in index)


@op(view=True)
def getitem(x, *arrays, index):
    """Indexing as NumPy knows it: integers, slices, None, `...`, integer arrays (repeats too), boolean arrays.

    z = x[index]

    Basic indexing gives a view, as in PyTorch and NumPy. The arrays in `index` are passed behind x, with SLOT
    in their places. Source: https://numpy.org/doc/stable/user/basics.indexing.html
    """
    shape = x.shape
    def dx(g): return index_add(g, *arrays, index=index, shape=shape)
    return x[fill(index, arrays)], dx, *[None] * len(arrays)


@op()
def index_add(x, *arrays, index, shape):
    """Zeros of `shape` with x added at the index: the adjoint of getitem. Repeated places add up.

    z = 0;  z[index] += x
    """
    where = fill(index, arrays)
    z = np.zeros_like(x, shape=shape)
    if arrays:
        np.add.at(z, where, x)
    else:
        z[where] = x
    def dx(g): return getitem(g, *arrays, index=index)
    return z, dx, *[None] * len(arrays)


@op()
def setitem(x, y, *arrays, index):
    """x with y written at the index, as a new array. y broadcasts to the place it is written to.

    z = x;  z[index] = y

    Where an index repeats, it is open which of its values stays, as in NumPy and PyTorch.
    """
    where, y_shape = fill(index, arrays), np.shape(y)
    z = np.copy(x)
    z[where] = y
    def dx(g): return setitem(g, 0.0, *arrays, index=index)
    def dy(g): return narrowed(getitem(g, *arrays, index=index), y_shape)
    return z, dx, dy, *[None] * len(arrays)


@op()
def sum_to(x, *, shape):
    """Sum over the axes along which `shape` would broadcast to x's: the adjoint of broadcast_to.

    z = Σ x          x: (m, n) -> (n)
    Examples: shape=(n,); shape=(1, n); shape=(m, 1); shape=()
    """
    wide = x.shape
    extra = x.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(extra + i for i, n in enumerate(shape) if n == 1 and wide[extra + i] != 1)
    def dx(g): return np.broadcast_to(g, wide)
    return np.reshape(np.sum(x, axis=axes), shape), dx


def narrowed(x, shape):
    """x summed to a shape that was broadcast to it; x itself, without a copy, where it has that shape."""
    return x if x.shape == shape else sum_to(x, shape=shape)


@op(np.broadcast_to, view=True)
def broadcast_to(x, *, shape):
    """Repeat x along new and size-1 axes, without a copy.

    z[.., i, ..] = x[.., 0, ..]          x: (n) -> (m, n)
    Examples: shape=(m, n)
    """
    narrow = x.shape
    def dx(g): return sum_to(g, shape=narrow)
    return np.broadcast_to(x, shape), dx


@op(name="gather")
def gather_along(x, index, *, dim):
    """Pick along one axis; index may be shorter than x on every other axis.

    z[i, j] = x[index[i, j], j] for dim 0          x: (n, m), index: (n, m) int n -> (n, m)
    Examples: dim=0
    Source: https://docs.pytorch.org/docs/stable/generated/torch.gather.html
    """
    shape = x.shape
    def dx(g): return scatter_add_along(np.zeros_like(g, shape=shape), index, g, dim=dim)
    return x[_along(index, axis_of(dim, x.ndim, "gather"), x.ndim)], dx, None


@op(name="scatter_add")
def scatter_add_along(x, index, y, *, dim):
    """x with y added at places given along one axis; repeated places add up. Adjoint, in y, of gather_along.

    z = x;  z[index[i, j], j] += y[i, j] for dim 0          x: (n, m), index: (n, m) int n, y: (n, m) -> (n, m)
    Examples: dim=0
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_add_.html
    """
    z = np.copy(x)
    y_shape = y.shape
    part = tuple(slice(n) for n in index.shape)  # y may be longer than the index
    np.add.at(z, _along(index, axis_of(dim, x.ndim, "scatter_add"), x.ndim), y[part])
    def dx(g): return g
    def dy(g): return _padded_to(gather_along(g, index, dim=dim), y_shape)
    return z, dx, None, dy


def _along(index: Any, dim: int, ndim: int) -> tuple:
    """The index arrays that reach, along `dim`, the places that `index` names, and every other axis in order."""
    axes = []
    for axis in range(ndim):
        if axis == dim:
            axes.append(index)
        else:
            shape = tuple(index.shape[axis] if i == axis else 1 for i in range(ndim))
            axes.append(np.reshape(np.arange(index.shape[axis]), shape))
    return tuple(axes)


def _padded_to(x: Any, shape: tuple) -> Any:
    if x.shape == shape:
        return x
    return np.pad(x, tuple((0, n - m) for n, m in zip(shape, x.shape, strict=True)))


@answer(np.take_along_axis)
def take_along_axis(x, indices, axis=-1):
    """NumPy's gather: the index broadcasts against x on every other axis."""
    if axis is None:
        x, axis = np.reshape(x, -1), 0
    axis %= x.ndim
    both = tuple(1 if i == axis else n for i, n in enumerate(x.shape))
    lead = np.broadcast_shapes(both, tuple(1 if i == axis else n for i, n in enumerate(indices.shape)))
    x = np.broadcast_to(x, tuple(x.shape[i] if i == axis else n for i, n in enumerate(lead)))
    indices = np.broadcast_to(indices, tuple(indices.shape[i] if i == axis else n for i, n in enumerate(lead)))
    return gather_along(x, indices, dim=axis)


# ------------------------------------------------------------------------- composed: no derivative of their own


@either_name
def gather(x, dim, index):
    """Pick along one axis: z[i, j] = x[index[i, j], j] for dim 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.gather.html
    """
    if x.ndim == 0:
        axis_of(dim, 1, "gather")
        return np.reshape(gather_along(np.reshape(x, (1,)), np.reshape(index, (-1,)), dim=0), index.shape)
    _same_axes("gather", x, index)
    return gather_along(x, index, dim=dim)


def same_dtype(name, x, source):
    """RuntimeError where what is written has another dtype than the tensor."""
    if source.dtype != x.dtype:
        raise RuntimeError(f"{name}: expected self.dtype to be equal to src.dtype, got {x.dtype} and {source.dtype}")


def _same_axes(name, x, *others):
    """RuntimeError where an index (or what is written) that holds anything has not as many axes as the tensor."""
    if any(other.ndim != x.ndim and 0 not in other.shape for other in others):
        raise RuntimeError(f"{name}: index and source must have the same number of dimensions as the input, got shapes "
                           f"{x.shape} and {', '.join(str(tuple(other.shape)) for other in others)}")  # fmt: skip


@either_name
def scatter_add(x, dim, index, src):
    """x with src added at places given along one axis; repeated places add up.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.scatter_add.html
    """
    if x.ndim == 0:
        axis_of(dim, 1, "scatter_add")
        return np.reshape(scatter_add_along(*(np.reshape(a, (1,)) for a in (x, index, src)), dim=0), ())
    _same_axes("scatter_add", x, index, src)
    same_dtype("scatter_add", x, src)
    return scatter_add_along(x, index, src, dim=dim)


@either_name
def index_select(x, dim, index):
    """Slices along an axis, in the order of an integer vector."""
    if x.ndim == 0:
        axis_of(dim, 1, "index_select")
        return np.reshape(getitem(np.reshape(x, (1,)), np.reshape(index, (-1,)), index=(SLOT,)), ())
    return getitem(x, index, index=along(dim, x.ndim, SLOT, "index_select"))


@either_name
def masked_fill(x, mask, value):
    """x with one number where the mask holds."""
    if getattr(value, "ndim", 0):
        raise RuntimeError(f"masked_fill: only a 0-dimensional value is supported, got shape {value.shape}; use where")
    if hasattr(mask, "dtype") and mask.dtype.kind != "b":
        raise DtypeError(f"masked_fill: a mask of booleans expected, got dtype {mask.dtype}; compare, e.g. mask != 0")
    return np.where(mask, value, x)


@either_name
def masked_select(x, mask):
    """The numbers where the mask holds, as a vector."""
    shape = np.broadcast_shapes(x.shape, mask.shape)
    return getitem(np.broadcast_to(x, shape), np.broadcast_to(mask, shape), index=(SLOT,))


@either_name
def nonzero(x, as_tuple=False) -> Tensor | tuple[Tensor, ...]:
    """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
    places = _coordinates(np.reshape(x, (1,)) if as_tuple and not x.ndim else x)
    return tuple(places[:, i] for i in range(places.shape[1])) if as_tuple else places


def nonzero_static(x, *, size, fill_value=-1):
    """As nonzero, cut after `size` rows, or filled up to so many."""
    rows = nonzero(x)[:size]
    return np.pad(rows, ((0, size - rows.shape[0]), (0, 0)), constant_values=fill_value)


@op(name="nonzero")
def _coordinates(x):
    """Coordinates of the nonzero numbers, one row each.

    z: int64          x: (n, m) -> (k, 2)
    """
    return np.argwhere(x), None


@answer(np.where)
def _where(condition, *both):
    return where(condition, *both) if both else nonzero(condition, as_tuple=True)


@answer(np.argwhere)
def _argwhere(x):
    return _coordinates(x)


@answer(np.nonzero)
def _nonzero(x):
    return nonzero(x, as_tuple=True)


@answer(np.take)
def take(x, indices, axis=None):
    """Slices along an axis, or numbers of the flattened array."""
    return index_select(np.reshape(x, (-1,)), 0, indices) if axis is None else index_select(x, axis, indices)
