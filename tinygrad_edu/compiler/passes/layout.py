"""How the numbers of a value lie in memory, and whether a call can put its result where it is told."""

from __future__ import annotations

from ..program import Line, Value
from .edit import is_ufunc

REDUCTIONS = frozenset({"np.add.reduce", "np.maximum.reduce", "np.minimum.reduce", "np.multiply.reduce",
                        "np.logical_and.reduce", "np.logical_or.reduce"})  # fmt: skip
FILLED = {"np.zeros_like": "0", "np.ones_like": "1"}


def is_contiguous(value: Value) -> bool:
    """Whether the numbers follow each other in memory, the last axis fastest."""
    step = value.dtype.itemsize if value.dtype is not None else 0
    for n, stride in zip(reversed(value.shape or ()), reversed(value.strides or ()), strict=True):
        if n > 1 and stride != step:
            return False
        step *= n
    return True


def is_dense(value: Value) -> bool:
    """Whether the numbers fill a piece of memory, in any order of the axes."""
    if not value.shape or 0 in value.shape:
        return False
    step = value.dtype.itemsize
    for stride, n in sorted((s, n) for s, n in zip(value.strides, value.shape, strict=True) if n > 1):
        if stride != step:
            return False
        step *= n
    return True


def takes_out(line: Line) -> bool:
    """Whether the result can be put into given memory: with `out`, or by copying what would be a copy anyway."""
    if len(line.results) != 1 or line.several or line.effect or not is_dense(line.result):
        return False
    function, result = line.function, line.result
    if function == "np.dot":
        return is_contiguous(result) and all(type(x) is Value and x.dtype == result.dtype for x in line.args[:2])
    if function in REDUCTIONS:
        return set(line.options) <= {"axis", "dtype", "keepdims"}
    if function == "np.astype":
        return len(line.args) == 2 and not line.options
    if function == "np.copy":
        return len(line.args) == 1 and not line.options
    if function == "np.concatenate":
        return len(line.args) <= 2 and set(line.options) <= {"axis"}
    return is_ufunc(line) or (function == "np.matmul" and not line.options) or function in FILLED
