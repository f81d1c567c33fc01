"""Values that lie side by side in one row of memory, so that one call can reach all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..program import Program, Value
from .edit import written
from .layout import is_contiguous, takes_out


class Rows:
    """Finds out what may be laid side by side, and lays it so."""

    def __init__(self, program: Program):
        self.program = program
        self.makers = {v: line for line in program.lines for v in line.results}
        self._written = written(program)
        kept = program.kept
        self._leaving = {v.memory for v in program.outputs if v not in kept}

    def free(self, value: Value) -> bool:
        """Whether a value may still be given a place: made by a call that takes `out`, whole, and not written to."""
        maker = self.makers.get(value)
        if value in self.program.movable:
            return value not in self.program.slices and is_contiguous(value)
        return (maker is not None and takes_out(maker) and not value.is_view and value not in self.program.slices
                and value not in self._leaving and value not in self._written and value.size > 0
                and is_contiguous(value) and bool(value.shape))  # fmt: skip

    def lay(self, values: Sequence[Value], hint: str, shape: tuple | None = None) -> Value:
        """A new row of memory with these values in it, in order."""
        total = sum(v.size for v in values)
        row = row_of(total, values[0].dtype, hint, shape)
        row.kind = "state" if values[0] in self.program.movable else "result"
        offset = 0
        for value in values:
            self.program.slices[value] = row, offset
            value.memory = row
            offset += value.size
        for view in self._views_of(set(values)):
            view.memory = row
        return row

    def _views_of(self, values: set[Value]) -> list[Value]:
        return [v for line in self.program.lines for v in line.results if v.memory in values and v not in values]


def row_of(size: int, dtype: np.dtype, hint: str, shape: tuple | None = None) -> Value:
    """A value that is memory for others."""
    row = Value("result", hint=hint)
    row.shape, row.dtype = shape or (size,), dtype
    strides, step = [], dtype.itemsize
    for n in reversed(row.shape):
        strides.append(step)
        step *= n
    row.strides = tuple(reversed(strides))
    return row


def part_of(program: Program, row: Value, start: int, shape: tuple) -> Value:
    """A part of a row under a shape of its own."""
    size = math.prod(shape)
    if start == 0 and shape == row.shape:
        return row
    part = row_of(size, row.dtype, row.hint, shape)
    part.memory = row
    program.slices[part] = row, start
    return part
