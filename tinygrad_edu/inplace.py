"""Writing in place, as in PyTorch: the memory changes, and with it everybody's place in the graph.

An in-place method computes its out-of-place op and assigns the result: the numbers go into the shared memory,
the tensor moves to the result's place. Written through a view, the base moves too, to the op `write_at`; the
other views of that base are read from it anew. No tensor is left behind with memory that its place does not
describe. What an earlier op saved is caught at the walk (see memory.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import memory
from .engine import Tensor, constant, mode, op


def assign(tensor: Any, result: Any, name: str) -> Any:
    """Put `result` into the memory of `tensor`, and `tensor` to the place of `result`. Returns `tensor`."""
    if mode.reviving:  # a formula says y *= 2 of an array it has just made: Tensors read that as y = y * 2
        return result
    array = tensor._array
    value, place = (result._array, result._place) if isinstance(result, Tensor) else (result, None)
    if np.shape(value) != array.shape:
        raise ValueError(f"{name}: the result must fit into the tensor it is written to, expected {array.shape}, got "
                         f"{np.shape(value)}; use the op that returns a new tensor")  # fmt: skip
    if not np.can_cast(value.dtype, array.dtype, "same_kind"):
        raise TypeError(f"{name}: a result of dtype {value.dtype} does not fit into a tensor of dtype {array.dtype}; "
                        "use the op that returns a new tensor")  # fmt: skip
    base = tensor if tensor._base is None else tensor._base
    recorded = mode.recording and (place is not None or base._place is not None)
    if mode.recording and base._place is not None and base.is_leaf:
        _refuse_leaf(tensor, base, name)
    if recorded:
        if value.dtype is not array.dtype:
            place = np.astype(result, array.dtype)._place
    array[...] = value
    memory.wrote(array)
    if recorded:
        _move(tensor, base, place)
    return tensor


def _refuse_leaf(tensor: Any, base: Any, name: str) -> None:
    what = "a leaf that requires grad" if tensor is base else "a view of a leaf that requires grad"
    raise RuntimeError(f"{name}: {what} was written in place, but its gradient belongs to the value it had. Write "
                       "under no_grad(), or through .data, or compute a new tensor")  # fmt: skip


def _move(tensor: Any, base: Any, place: Any) -> None:
    """`tensor` stands at `place` now; its base and the other views of that base follow."""
    views = [view for reference in base._views or () if (view := reference()) is not None]
    if tensor is base:
        base._place = place
    else:
        region = _region(tensor, base)
        before, after = constant(base._array, base._place), constant(tensor._array, place)
        base._place = write_at(before, after, at=region)._place
    for view in views:
        view._place = read_at(base, at=_region(view, base))._place


def _region(view: Any, base: Any) -> np.ndarray:
    """For each number of the view, where it lies in the flattened base."""
    whole, part = base._array, view._array
    if not whole.flags.c_contiguous:
        raise RuntimeError("writing through a view on the graph: the base must be contiguous; clone() it before taking "
                           "views, or write to the base itself")  # fmt: skip
    size = whole.itemsize
    offset = (part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]) // size
    region = np.full(part.shape, offset)
    for axis, (length, stride) in enumerate(zip(part.shape, part.strides, strict=True)):
        steps = np.arange(length) * (stride // size)
        region += steps.reshape((-1,) + (1,) * (part.ndim - axis - 1))
    return region


@op()
def read_at(x, *, at):
    """The numbers at flat places, in the shape of `at`: a view, read from its base.

    z[i] = x.flat[at[i]]
    """
    shape = x.shape
    def dx(g): return write_at(np.zeros_like(g, shape=shape), g, at=at)
    return np.reshape(x, -1)[at], dx


@op()
def write_at(x, y, *, at):
    """x with y at flat places, no place twice: a base, after one of its views was written.

    z = x;  z.flat[at[i]] = y[i]
    """
    z = np.reshape(np.copy(x), -1)
    z[at] = y
    def dx(g): return write_at(g, np.zeros_like(g, shape=at.shape), at=at)
    def dy(g): return read_at(g, at=at)
    return np.reshape(z, x.shape), dx, dy
