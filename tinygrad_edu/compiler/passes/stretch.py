"""A row that is added to every row of a small array is copied into all of them first: NumPy takes three times as long
for a call that must stretch an operand. Where there is only one row, both are seen as flat instead.

Only for calls whose result is exact whatever code computes it: along other strides NumPy takes other code for powers
and their kin, and the last bit may differ.
"""

from __future__ import annotations

from collections.abc import Container

from ..program import Line, Value
from .edit import is_ufunc
from .layout import is_contiguous

_EXACT = frozenset(f"np.{name}" for name in (
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "greater", "less", "greater_equal", "less_equal",
    "equal", "not_equal", "logical_and", "logical_or",
))  # fmt: skip
_SMALL = 1 << 14  # bytes of a result


def uneven(line: Line) -> list[Value]:
    """The operands of a call on small arrays that have another shape than its result."""
    if line.function not in _EXACT or not is_ufunc(line) or line.result.nbytes > _SMALL:
        return []
    return [x for x in line.args if type(x) is Value and x.shape and x.shape != line.result.shape]


def is_one_row(line: Line, still: Container[Value]) -> bool:
    """Whether all arrays of a call have as many numbers as its result, in the same order, and stay where they are."""
    arrays = [x for x in line.args if type(x) is Value and x.shape] + [line.result]
    return all(x.size == line.result.size and is_contiguous(x) and x in still for x in arrays)
