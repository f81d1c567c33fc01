"""In-place writes to values that the step has made itself become new values: z = x w; z += b is z1 = x w; z2 = z1 + b.

Then each value is written once, and the passes behind this one may move, share and drop lines freely. Memory is not
wasted: where a value is not read again, the buffers pass lets the next one take its place. What stays a write is what
must: state, parts of an array (`z[i] = y`), and memory that a view still shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..program import Line, Program, Value
from .edit import all_values, change_line, is_ufunc, readers


def renaming(program: Program) -> Program:
    last = {value: places[-1] for value, places in readers(program).items()}
    views: dict[Value, list[Value]] = {}
    for value in all_values(program):
        if value.is_view:
            views.setdefault(value.memory, []).append(value)
    now: dict[Value, Value] = {}
    roots: dict[Value, Value] = {}

    def renamed(x: Any) -> Any:
        return now.get(x, x) if type(x) is Value else x

    for i, line in enumerate(program.lines):
        target = line.writes
        results = line.results
        change_line(line, renamed)
        line.results = results
        for value in results:
            if value.memory in roots:
                value.memory = roots[value.memory]
        if target is not None and _renames(line, target, i, views.get(target, ()), last):
            hint = target.hint if target.hint != "empty_like" else line.function.removeprefix("np.")
            new = Value("result", target, hint)
            new.gradient_of, new.order = target.gradient_of, i
            line.results, line.writes = (new,), None
            now[target] = roots[target] = new
    program.outputs = [now.get(v, v) for v in program.outputs]
    program.kept = {now.get(v, v) for v in program.kept}
    return program


def _renames(line: Line, target: Value, i: int, views: Iterable[Value], last: dict[Value, int]) -> bool:
    """Whether a write may become a new value: all of the target is written, in its own dtype, and no view is left."""
    if target.kind != "result" or target.is_view or not is_ufunc(line):
        return False
    if any(view.order < i < last.get(view, -1) for view in views):
        return False
    return _natural(line, target)


def _natural(line: Line, target: Value) -> bool:
    """Whether the call would give the target's shape and dtype by itself."""
    ufunc = getattr(np, line.function.removeprefix("np."))
    dtypes = [x.dtype if type(x) is Value and x.dtype is not None else _python_type(x) for x in line.args]
    shapes = [x.shape or () for x in line.args if type(x) is Value]
    try:
        *_, dtype = ufunc.resolve_dtypes((*dtypes, None))
    except (TypeError, ValueError):
        return False
    return dtype == target.dtype and np.broadcast_shapes(*shapes) == target.shape


def _python_type(x: object) -> type:
    number = x.array if type(x) is Value else x  # a number of the step, or one that stands in the line
    return type(number) if type(number) in (int, float, complex) else float if type(x) is Value else type(number)


