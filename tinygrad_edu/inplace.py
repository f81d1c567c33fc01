"""Writing in place, as in PyTorch: the memory changes, and with it everybody's place in the graph.

An in-place method computes its out-of-place op and assigns the result: the numbers go into the shared memory,
the tensor moves to the result's place. Written through a view, the base moves too, to the op `write_at`; the
other views of that base are read from it anew. No tensor is left behind with memory that its place does not
describe. What an earlier op saved is caught at the walk (see memory.py).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

from . import memory
from .conversion import split_index
from .engine import answer, array_of, constant, op
from .errors import DtypeError, ShapeError
from .graph import Leaf, Tensor, mode
from .ops.index import SLOT, index_add


def in_place(op: Callable, name: str) -> Callable:
    """The twin of an op that writes its result into its first tensor; its name ends in _, as in PyTorch."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        if mode.reviving:  # a formula says y *= 2 of an array it has just made: Tensors read that as y = y * 2
            return op(self, *args, **options)
        before = self
        if mode.recording and (needs_grad(self) or any(map(needs_grad, args))):
            before = constant(array_of(self).copy(), self._place)  # what the op saves must outlast the write
            args = tuple(before if x is self else x for x in args)
        return assign(self, op(before, *args, **options), name)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"`{op.__name__}` written into this tensor's memory."
    method.__signature__ = inspect.signature(op)  # type: ignore[attr-defined]
    return method


def needs_grad(x: Any) -> bool:
    return isinstance(x, Tensor) and x._place is not None


def assign(tensor: Any, result: Any, name: str) -> Any:
    """Put `result` into the memory of `tensor`, and `tensor` to the place of `result`. Returns `tensor`."""
    array = array_of(tensor)
    value, place = (result._array, result._place) if isinstance(result, Tensor) else (result, None)
    if np.shape(value) != array.shape:
        raise ShapeError(f"{name}: the result must fit into the tensor it is written to, expected {array.shape}, got "
                         f"{np.shape(value)}; use the op that returns a new tensor")  # fmt: skip
    if not np.can_cast(value.dtype, array.dtype, "same_kind"):
        raise DtypeError(f"{name}: a result of dtype {value.dtype} does not fit into a tensor of dtype {array.dtype}; "
                         "use the op that returns a new tensor")  # fmt: skip
    check_writeable(array, name)
    if value.dtype is not array.dtype:
        result = np.astype(result, array.dtype)
        value, place = (result._array, result._place) if isinstance(result, Tensor) else (result, None)
    base = tensor if tensor._base is None else tensor._base
    recorded = mode.recording and (place is not None or base._place is not None or tensor._place is not None)
    if recorded:
        views = [view for reference in base._views or () if (view := reference()) is not None]
        _check_recorded(tensor, base, views, name)
    array[...] = value
    memory.wrote(array)
    if recorded:
        _move(tensor, base, views, place)
    return tensor


def check_writeable(array: Any, name: str) -> None:
    if not array.flags.writeable:
        raise RuntimeError(f"{name}: this tensor cannot be written to: several of its numbers may share one place in "
                           "memory (expand), or its array is read-only; clone() it first")  # fmt: skip


def _check_recorded(tensor: Any, base: Any, views: list, name: str) -> None:
    """Raise where a write would leave a place behind that no longer tells how the numbers came about."""
    for leaf in (tensor, base, *views):
        if type(leaf._place) is Leaf:
            what = "a leaf" if leaf is tensor else "a view of a leaf" if leaf is base else "the memory of a leaf"
            raise RuntimeError(f"{name}: {what} that requires grad was written in place, but its gradient belongs "
                               "to the value it had. Write under no_grad(), or through .data, or compute a new "
                               "tensor")  # fmt: skip
    if tensor is not base and tensor._place is None and base._place is not None:
        raise RuntimeError(f"{name}: this view was taken under no_grad(), so that its write would cut its base off the "
                           "graph. Take the view outside, or write under no_grad() as well")  # fmt: skip


def _move(tensor: Any, base: Any, views: list, place: Any) -> None:
    """`tensor` stands at `place` now; its base and the other views of that base follow."""
    if tensor is base:
        _stand(base, place)
    else:
        before, after = snapshot(array_of(base), base._place), snapshot(array_of(tensor), place)
        _stand(base, write_at(before, after, at=_region(tensor, base))._place)
    for view in views:
        _stand(view, read_at(base, at=_region(view, base))._place)


def snapshot(array: np.ndarray, place: Any) -> Any:
    """A tensor for the graph to keep while its memory is written to. Off the graph its numbers are all there is."""
    return constant(array.copy() if place is None else array, place)


def _stand(tensor: Any, place: Any) -> None:
    """Put a tensor at a place. Its request to keep the gradient moves along; hooks stay with the value they saw."""
    keeps = tensor.retains_grad
    if keeps:
        tensor._place.hooks.keeper = None
    tensor._place = place
    if keeps:
        tensor.retain_grad()


def _region(view: Any, base: Any) -> np.ndarray:
    """For each number of the view, where it lies in the flattened base: both are laid over one row of labels."""
    base, view = memory.plain(base._array), memory.plain(view._array)
    size, (low, high) = base.itemsize, byte_bounds(base)
    labels = np.empty((high - low) // size, np.int64)

    def laid(array: np.ndarray) -> np.ndarray:
        start = (array.__array_interface__["data"][0] - low) // size
        return as_strided(labels[start:], array.shape, [s // size * labels.itemsize for s in array.strides])

    laid(base)[...] = np.arange(base.size).reshape(base.shape)
    return laid(view).copy()


@op()
def read_at(x, *, at):
    """The numbers at flat places, in the shape of `at`: a view, read from its base. An expanded view reads some twice.

    z[i] = x.flat[at[i]]
    """
    shape = x.shape
    def dx(g):
        if at.size and np.bincount(at.reshape(-1)).max() > 1:
            return np.reshape(index_add(g, at, index=(SLOT,), shape=(math.prod(shape),)), shape)
        return write_at(np.zeros_like(g, shape=shape), g, at=at)
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


@answer((np.add, "at"))
def _add_at(target: Any, index: Any, value: Any) -> None:
    """np.add.at(target, index, value): add in place, also where an index repeats."""
    if not isinstance(target, Tensor):
        raise TypeError("np.add.at: a tensor cannot be added into a plain array; make the target a tensor as well")
    arrays, key = split_index(index)
    added = index_add(value, *arrays, index=key, shape=target._array.shape)
    assign(target, snapshot(array_of(target), target._place) + added, "np.add.at")


def _extreme_at(ufunc: np.ufunc) -> Callable:
    def write(target: Any, index: Any, value: Any) -> None:
        if not mode.reviving and (needs_grad(target) or needs_grad(value)):
            raise TypeError(f"np.{ufunc.__name__}.at has no derivative; use scatter_reduce, which has one")
        result = array_of(target).copy()
        ufunc.at(result, *(array_of(x) if isinstance(x, Tensor) else x for x in (_raw_index(index), value)))
        assign(target, constant(result), f"np.{ufunc.__name__}.at")

    return write


def _raw_index(index: Any) -> Any:
    return tuple(array_of(i) if isinstance(i, Tensor) else i for i in index) if isinstance(index, tuple) else index


for _ufunc in (np.maximum, np.minimum):
    answer((_ufunc, "at"))(_extreme_at(_ufunc))
