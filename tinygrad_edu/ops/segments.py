"""Parts of an axis, each made one number: by an index, or by the lengths of the parts.

Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_reduce_.html
"""

from __future__ import annotations

import numpy as np

from .elementwise import maximum, minimum, where
from .index import axis_of
from .placing import index_put, scatter_reduce
from .reduction import amax, amin, mean, prod, sum
from .shape import cat, reshape, stack


def index_reduce(input, dim, index, source, reduce, *, include_self=True):
    """Slices of source that an index sends to one place along an axis, made one: their prod, mean, amax or amin.

    include_self: what is there counts as well. Places to which nothing is sent stay as they are.
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce: reduce must be prod, mean, amax or amin, got {reduce!r}")
    if input.ndim == 0:
        vector = index_reduce(reshape(input, shape=(1,)), 0, reshape(index, shape=(-1,)), reshape(source, shape=(-1,)),
                              reduce, include_self=include_self)  # fmt: skip
        return reshape(vector, shape=())
    dim = axis_of(dim, input.ndim, "index_reduce")
    wide = reshape(index, shape=tuple(-1 if i == dim else 1 for i in range(input.ndim)))
    return scatter_reduce(input, dim, np.broadcast_to(wide, source.shape), source, reduce, include_self=include_self)


# How a part is made one number, how `initial` joins in, and what is said of a part without numbers.
_REDUCTIONS = {"sum": (sum, np.add, 0.0), "mean": (mean, None, np.nan), "prod": (prod, np.multiply, 1.0),
               "max": (amax, maximum, -np.inf), "min": (amin, minimum, np.inf)}  # fmt: skip


def segment_reduce(data, reduce, *, lengths=None, indices=None, offsets=None, axis=0, unsafe=False, initial=None):
    """Consecutive parts of an axis, each made one: sum, mean, max, min or prod.

    lengths: (..., k) of the parts, with the axes before `axis` in front; or offsets: (..., k + 1), where they begin
    and end. initial: what each part starts from.
    Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/SegmentReduce.cpp
    """
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"segment_reduce: reduce must be sum, mean, max, min or prod, got {reduce!r}")
    if (lengths is None) == (offsets is None):
        raise RuntimeError("segment_reduce: either lengths or offsets expected")
    axis = axis_of(axis, data.ndim, "segment_reduce")
    given = np.asarray((lengths if offsets is None else offsets).detach())
    ends = np.cumsum(given, -1) if offsets is None else given[..., 1:]
    starts = ends - given if offsets is None else given[..., :-1]
    if not unsafe and ends.size and (np.any(ends < starts) or np.any(ends[..., -1] > data.shape[axis])):
        raise RuntimeError(f"segment_reduce: the parts must lie within axis {axis} of length {data.shape[axis]}")
    rows = [
        stack([_segment(data[lead][a:b], reduce, initial) for a, b in zip(starts[lead], ends[lead], strict=True)])
        for lead in np.ndindex(*data.shape[:axis])
    ]
    return reshape(stack(rows), shape=(*data.shape[:axis], starts.shape[-1], *data.shape[axis + 1 :]))


def _segment(part, reduce, initial):
    function, join, empty = _REDUCTIONS[reduce]
    if part.shape[0] == 0:
        return np.full_like(part, empty if initial is None else initial, shape=part.shape[1:])
    found = function(part, dim=0)
    if initial is None:
        return found
    return join(found, initial) if join is not None else found + initial / part.shape[0]


def _unsafe_masked_index(input, mask, indices, fill):
    """input[indices] where the mask holds, one number elsewhere; indices that lie outside are not read there."""
    return where(mask, input[tuple(slice(None) if i is None else i for i in _held(input, indices))], fill)


def _unsafe_masked_index_put_accumulate(input, mask, indices, values):
    """A copy with values added at input[indices] where the mask holds."""
    return index_put(input, _held(input, indices), where(mask, values, 0), accumulate=True)


def _held(x, indices):
    """Indices moved to where there is something to read."""
    return tuple(None if i is None else np.clip(i, -n, n - 1)
                 for i, n in zip(indices, x.shape, strict=False))  # fmt: skip


def _chunk_cat(tensors, dim, num_chunks):
    """Tensors cut into equal pieces along an axis (zeros behind the last), flattened, and put side by side."""
    dim = axis_of(dim, tensors[0].ndim, "_chunk_cat")
    flat = [_chunked(x, dim, num_chunks) for x in tensors]
    return cat(flat, dim + 1)


def _chunked(x, dim, count):
    missing = -x.shape[dim] % count
    padded = np.pad(x, tuple((0, missing if i == dim else 0) for i in range(x.ndim)))
    return reshape(padded, shape=(*x.shape[:dim], count, -1))
