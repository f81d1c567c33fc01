"""A formula over big arrays, part by part, so that what it computes on the way stays in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

BLOCK = 1 << 18  # numbers: five arrays of so many float32 are 5 MB


def in_blocks(*arrays: Any, scratch: int = 0) -> Iterable[tuple]:
    """Views of arrays of one shape along the first axis, of BLOCK numbers at most, but of one row at least.

    Small arrays, and arrays that are not NumPy's (traced ones, which the compiler cuts itself), come whole, in one
    tuple. None stays None. Behind them come `scratch` arrays like the first, to compute in: their numbers mean
    nothing, and blocks share their memory.

        for p, g, t in in_blocks(array, gradient, scratch=1):
            np.subtract(p, np.multiply(g, lr, t), p)
    """
    first = arrays[0]
    if not isinstance(first, np.ndarray) or first.size <= BLOCK or first.ndim == 0:
        return ((*arrays, *(np.empty_like(first) for _ in range(scratch))) if scratch else arrays,)
    return _parts(arrays, scratch)


def _parts(arrays: tuple, scratch: int) -> Iterator[tuple]:
    first = arrays[0]
    rows = max(1, BLOCK * len(first) // first.size)
    rooms = [np.empty_like(first[:rows]) for _ in range(scratch)]
    for start in range(0, len(first), rows):
        part = slice(start, start + rows)
        views = [None if array is None else array[part] for array in arrays]
        if len(first) - start < rows:  # the last block
            rooms = [room[: len(first) - start] for room in rooms]
        yield *views, *rooms
