"""Numbers picked from places, and put to places: PyTorch's index_, scatter and take families.

All are composed of getitem, setitem, index_add, gather and scatter_add, which know each other's derivatives.
Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

import numpy as np

from ..engine import op
from .elementwise import where
from .index import (
    SLOT,
    _along,
    along,
    axis_of,
    gather_along,
    getitem,
    same_dtype,
    scatter_add_along,
    setitem,
)  # fmt: skip
from .index import index_add as placed
from .reduction import prod
from .shape import movedim, reshape, unsqueeze


def take(input, index):
    """Numbers of the flattened tensor, in the shape of index."""
    return getitem(reshape(input, shape=(-1,)), index, index=(SLOT,))


def put(input, index, source, accumulate=False):
    """A copy with numbers of source at places of the flattened tensor; accumulate adds them instead.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.put_.html
    """
    flat, source = reshape(input, shape=(-1,)), reshape(source, shape=index.shape)
    changed = (flat + placed(source, index, index=(SLOT,), shape=flat.shape) if accumulate
               else setitem(flat, source, index, index=(SLOT,)))  # fmt: skip
    return reshape(changed, shape=input.shape)


def index_put(input, indices, values, accumulate=False):
    """A copy with values at input[indices]; accumulate adds them instead."""
    slots = tuple(slice(None) if i is None else SLOT for i in indices)
    arrays = tuple(i for i in indices if i is not None)
    if not accumulate:
        return setitem(input, values, *arrays, index=slots)
    region = getitem(input, *arrays, index=slots).shape
    return input + placed(np.broadcast_to(values, region), *arrays, index=slots, shape=input.shape)


def _vector(index):
    return reshape(index, shape=(1,)) if index.ndim == 0 else index


def index_add(input, dim, index, source, *, alpha=1):
    """A copy with slices of source added at places along an axis: z[index[i], :] += alpha source[i, :].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.index_add.html
    """
    if input.ndim == 0:
        return input + (source if alpha == 1 else source * alpha)
    source = source if alpha == 1 else source * alpha
    where_to = along(dim, input.ndim, SLOT, "index_add")
    source = reshape(source, shape=(1,)) if source.ndim == 0 else source
    rest = axis_of(dim, input.ndim, "index_add")
    if source.shape[:rest] + source.shape[rest + 1 :] != input.shape[:rest] + input.shape[rest + 1 :]:
        raise RuntimeError("index_add: source tensor shape must match self tensor shape, excluding the specified "
                           f"dimension; got {source.shape} and {input.shape} for axis {dim}")  # fmt: skip
    return input + placed(source, _vector(index), index=where_to, shape=input.shape)


def index_copy(input, dim, index, source):
    """A copy with slices of source written at places along an axis: z[index[i], :] = source[i, :]."""
    if input.ndim == 0:
        return reshape(source, shape=()) + input * 0
    return setitem(input, source, _vector(index), index=along(dim, input.ndim, SLOT, "index_copy"))


def index_fill(input, dim, index, value):
    """A copy with one number written to the slices at index along an axis."""
    if input.ndim == 0:
        return input * 0 + value
    at = along(dim, input.ndim, SLOT, "index_fill")
    index = _vector(index)
    ones = np.ones_like(input, shape=(*input.shape[: len(at) - 1], index.shape[0], *input.shape[len(at) :]))
    return where(placed(ones, index, index=at, shape=input.shape) > 0, value, input)


def masked_scatter(input, mask, source):
    """A copy with the numbers of source, in order, where the mask holds."""
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter: only boolean masks are supported, got a mask of dtype {mask.dtype}")
    shape = np.broadcast_shapes(input.shape, mask.shape)
    mask = np.broadcast_to(mask, shape)
    order = reshape(np.cumsum(reshape(mask, shape=(-1,)), 0), shape=shape) - 1  # which of source's numbers comes here
    source = reshape(source, shape=(-1,))
    if source.shape[0] == 0:
        return np.copy(np.broadcast_to(input, shape))
    return where(mask, take(source, np.clip(order, 0, source.shape[0] - 1)), input)


def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """A copy with numbers of src (or one number) written at places along an axis: z[index[i, j], j] = src[i, j].

    reduce: "add" or "multiply" joins them with what is there, instead.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
    """
    src = value if src is None else src
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError(f"scatter: reduce must be 'add' or 'multiply', got {reduce!r}; see scatter_reduce")
        if not hasattr(src, "shape"):
            src = np.full_like(input, src, shape=index.shape)
        return scatter_reduce(input, dim, index, src, "sum" if reduce == "add" else "prod")
    if input.ndim == 0:
        return input * 0 + (reshape(src, shape=()) if hasattr(src, "shape") else src)
    if hasattr(src, "shape") and src.ndim:
        same_dtype("scatter", input, src)
    if hasattr(src, "shape"):
        src = src[tuple(slice(n) for n in index.shape)] if src.shape != index.shape and src.ndim else src
    return _written_along(input, src, index, dim)


def _written_along(input, src, index, dim):
    places = _along(index, axis_of(dim, input.ndim, "scatter"), input.ndim)
    return setitem(input, src, *places, index=(SLOT,) * input.ndim)


@op(name="scatter_extreme")
def scattered_extreme(x, index, y, *, dim, largest):
    """The largest (or smallest) number that falls on each place along an axis, what is there included.

    z = x;  z[index[i, j], j] = max(z[index[i, j], j], y[i, j]). There is no derivative in x and no derivative in y:
    scatter_reduce says which numbers are the extreme ones, and sends the gradient there.
    """
    z = np.copy(x)
    part = tuple(slice(n) for n in index.shape)
    (np.maximum if largest else np.minimum).at(z, _along(index, axis_of(dim, x.ndim, "scatter"), x.ndim), y[part])
    return z, None, None, None


def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """Numbers of src that fall on one place along an axis, made one: their sum, prod, mean, amax or amin.

    include_self: what is there counts as well. Places on which nothing falls stay as they are.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"scatter_reduce: reduce must be sum, prod, mean, amax or amin, got {reduce!r}")
    if input.ndim == 0:
        input, index, src = (reshape(x, shape=(1,)) for x in (input, index, src))
        return reshape(scatter_reduce(input, 0, index, src, reduce, include_self=include_self), shape=())
    if src.shape != index.shape:
        src = src[tuple(slice(n) for n in index.shape)]
    if index.size == 0 if isinstance(index, np.ndarray) else 0 in index.shape:
        return np.copy(input)
    ones = np.ones_like(src)
    hits = scatter_add_along(np.zeros_like(input), index, ones, dim=dim)
    start = input
    if not include_self:
        neutral = {"sum": 0, "mean": 0, "prod": 1, "amax": -np.inf, "amin": np.inf}[reduce]
        if input.dtype.kind != "f" and reduce in ("amax", "amin"):
            limits = np.iinfo(input.dtype)
            neutral = limits.min if reduce == "amax" else limits.max
        start = where(hits > 0, neutral, input)
    if reduce == "sum":
        return scatter_add_along(start, index, src, dim=dim)
    if reduce == "mean":
        total = scatter_add_along(start, index, src, dim=dim)
        count = hits + 1 if include_self else np.maximum(hits, 1)
        return total / count if input.dtype.kind == "f" else np.floor_divide(total, count)
    if reduce == "prod":
        return _scattered_product(start, index, src, dim)
    extreme = scattered_extreme(start, index, src, dim=dim, largest=reduce == "amax")
    if input.dtype.kind != "f":
        return extreme
    here, there = start == extreme, src == gather_along(extreme, index, dim=dim)
    ties = scatter_add_along(np.astype(here, input.dtype), index, np.astype(there, input.dtype), dim=dim)
    return scatter_add_along(where(here, start, 0), index, where(there, src, 0), dim=dim) / np.maximum(ties, 1)


def _scattered_product(x, index, y, dim):
    """Each place times all numbers that fall on it: a product along an axis of which the others are 1."""
    dim = axis_of(dim, x.ndim, "scatter_reduce")
    reached = tuple(slice(None) if i == dim else slice(n) for i, n in enumerate(index.shape))
    index, y = movedim(index, source=dim, destination=-1), movedim(y, source=dim, destination=-1)
    places = np.arange(x.shape[dim])
    falls = unsqueeze(index, dim=-2) == np.expand_dims(places, -1)  # (..., place, number)
    factors = prod(where(falls, unsqueeze(y, dim=-2), np.ones_like(y, shape=())), dim=-1)
    part = x[reached] * movedim(factors, source=-1, destination=dim)
    return setitem(x, part, index=reached)


def take_along_dim(input, indices, dim=None):
    """Numbers along an axis, the index broadcasting on the others; without dim, of the flattened tensor."""
    return take(input, reshape(indices, shape=(-1,))) if dim is None else np.take_along_axis(input, indices, dim)

