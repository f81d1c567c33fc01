"""Memory read by strides of one's own.

Source: https://docs.pytorch.org/docs/stable/generated/torch.as_strided.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import Tensor, _note_view, array_of
from .index import SLOT, getitem, setitem
from .shape import reshape


def as_strided(input, size, stride, storage_offset=None):
    """Number i of axis k lies stride[k] · i places behind the first, which lies storage_offset behind the memory's
    start. A view; numbers that it shows several times can be read, and not written.

    The gradient adds up where a place is shown several times.
    """
    source, start = _memory(input, size, stride, storage_offset)
    places = _places(size, stride, start, source)
    result = getitem(reshape(source, shape=(-1,)), places, index=(SLOT,))
    array = array_of(source)
    if isinstance(array, np.ndarray) and isinstance(result, Tensor):  # while traced, the copy will do
        steps = [s * array.itemsize for s in stride]
        view = np.ndarray(tuple(size), array.dtype, array, start * array.itemsize, steps)
        view.flags.writeable = array.flags.writeable and np.unique(places).size == places.size
        result._array = view
        _note_view(result, source)
    return result


def as_strided_scatter(input, src, size, stride, storage_offset=None):
    """A copy with src at the places that as_strided shows."""
    start = storage_offset or 0
    written = setitem(reshape(input, shape=(-1,)), src, _places(size, stride, start, input), index=(SLOT,))
    return reshape(written, shape=input.shape)


def _places(size: Any, stride: Any, start: int, source: Any) -> np.ndarray:
    """For each number of the result, which one of the memory it is."""
    if len(size) != len(stride) or any(s < 0 for s in stride) or start < 0:
        raise RuntimeError(f"as_strided: one stride for each axis expected, none negative, nor the offset; got size "
                           f"{tuple(size)}, stride {tuple(stride)}, offset {start}")  # fmt: skip
    places = np.full((), start)
    for n, step in zip(size, stride, strict=True):
        places = np.expand_dims(places, -1) + np.arange(n) * step
    if places.size and places.max() >= source.numel():
        raise RuntimeError(f"as_strided: size {tuple(size)} with stride {tuple(stride)} reaches number {places.max()}, "
                           f"and the memory has {source.numel()}")  # fmt: skip
    return places


def _memory(input: Any, size: Any, stride: Any, offset: int | None) -> tuple[Any, int]:
    """The tensor whose memory is read, and where: the input itself, or (where more is asked) what it is a view of."""
    base = input if input._base is None else input._base
    if not base._array.flags.c_contiguous:
        raise RuntimeError("as_strided: the numbers must lie in memory in order; use .contiguous() before")
    own = (input.data_ptr() - base.data_ptr()) // input.itemsize
    start = own if offset is None else offset
    reach = sum((n - 1) * step for n, step in zip(size, stride, strict=False))
    inside = input.is_contiguous() and own <= start and start + reach < own + input.numel()
    return (input, start - own) if inside else (base, start)
