"""A row that is added to every row of a small array is copied into all of them first: NumPy takes three times as long
for a call that must stretch an operand. Where there is only one row, both are seen as flat instead.
"""

from __future__ import annotations

from collections.abc import Container

from ..program import Line, Value
from .edit import is_ufunc
from .rows import is_contiguous

_SMALL = 1 << 14  # bytes of a result


def uneven(line: Line) -> list[Value]:
    """The operands of a call on small arrays that have another shape than its result."""
    if not is_ufunc(line) or line.result.nbytes > _SMALL:
        return []
    return [x for x in line.args if type(x) is Value and x.shape and x.shape != line.result.shape]


def is_one_row(line: Line, still: Container[Value]) -> bool:
    """Whether all arrays of a call have as many numbers as its result, in the same order, and stay where they are."""
    arrays = [x for x in line.args if type(x) is Value and x.shape] + [line.result]
    return all(x.size == line.result.size and is_contiguous(x) and x in still for x in arrays)
