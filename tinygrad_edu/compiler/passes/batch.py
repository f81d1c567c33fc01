"""Equal ops on neighbouring buffers in one call.

Small arrays cost what the call costs. So where several lines make the same elementwise call, and none of them waits
for another, their operands are laid side by side in one row of memory, likewise their results, and one call does all:
the slopes of three layers' sigmoids, the rate times every gradient of the network. Each number is computed as before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from ..program import Line, Program, Value
from .edit import is_ufunc
from .layout import is_contiguous
from .order import arranged, dependencies, rearranged
from .rows import Rows, part_of

_LARGEST = 1 << 18  # bytes of all operands together; beyond that a call costs little, and the cache is worth more
_MOST = 200  # candidates tried


def batch(program: Program) -> Program:
    families: dict[Any, list[Line]] = {}
    for line in program.lines:
        key = _family(program, line)
        if key is not None:
            families.setdefault(key, []).append(line)
    several = sorted((lines for lines in families.values() if len(lines) > 1), key=len, reverse=True)
    for lines in several[:_MOST]:
        for group in _groups(program, lines):
            _merge(program, group)
    return program


def _family(program: Program, line: Line) -> Any:
    """What lines must have in common: the call, the op it comes from, dtype, and the operands that they share."""
    result = line.writes if line.writes is not None else line.results[0] if line.results else None
    if result is None or not is_ufunc(line) or not result.shape or result.nbytes * 2 > _LARGEST:
        return None
    shared: list[Any] = []
    for x in line.args:
        if type(x) is Value and x.shape == result.shape and (x.kind == "result" or x in program.movable):
            if x.dtype != result.dtype or not is_contiguous(x):
                return None
            shared.append("row")
        elif type(x) is Value and x.shape:
            return None
        else:
            shared.append(id(x) if type(x) is Value else repr(x))
    if "row" not in shared or not is_contiguous(result) or (line.writes is not None and result not in program.movable):
        return None
    same = line.args.index(result) if line.writes is not None and result in line.args else -1
    origin, of = line.origin, result.gradient_of
    target = "" if of is None else id(of) if of.kind == "state" and origin.phase == "backward" else of.hint
    if origin.phase == "update":
        target = ""
    return line.function, tuple(shared), result.dtype, origin.phase, origin.op, target, line.writes is None, same


def _groups(program: Program, lines: list[Line]) -> list[list[Line]]:
    """The lines of a family that can be laid side by side, in the order of the row that some of them lie in already."""
    rows = Rows(program)
    fitting = [line for line in lines if all(rows.free(v) or v in program.slices for v in _operands(line))]
    fitting = [line for line in fitting if rows.free(_target(line)) or _target(line) in program.slices]
    kinds: dict[Any, list[Line]] = {}
    for line in fitting:
        laid = tuple(program.slices[v][0] if v in program.slices else None for v in _column(line))
        kinds.setdefault(laid, []).append(line)
    groups = []
    for laid, members in kinds.items():
        for i, row in enumerate(laid):
            if row is not None:
                members.sort(key=partial(_start, program, i))
                break
        groups += _runs(program, members, laid)
    return [g for g in groups if len(g) > 1]


def _start(program: Program, i: int, line: Line) -> int:
    """Where in its row what stands in column i lies."""
    return program.slices[_column(line)[i]][1]


def _target(line: Line) -> Value:
    """Where the numbers go: the result, or the state that is written."""
    return line.writes if line.writes is not None else line.result


def _column(line: Line) -> list[Value]:
    """All that differs from line to line: the operands, and the target unless it is one of them."""
    return list(dict.fromkeys([*_operands(line), _target(line)]))


def _operands(line: Line) -> list[Value]:
    """The operands that differ from line to line, each once."""
    return list(dict.fromkeys(x for x in line.args if type(x) is Value and x.shape))


def _runs(program: Program, members: list[Line], laid: tuple) -> list[list[Line]]:
    """Stretches in which whatever lies in a row already follows without a gap."""
    runs: list[list[Line]] = []
    total = 0
    for line in members:
        column = _column(line)
        follows = bool(runs)
        for i, row in enumerate(laid):
            if row is not None and follows:
                last = _column(runs[-1][-1])[i]
                follows = program.slices[last][1] + last.size == program.slices[column[i]][1]
        total += _target(line).nbytes
        if follows and total * len(column) <= _LARGEST:
            runs[-1].append(line)
        else:
            runs.append([line])
            total = _target(line).nbytes
    return runs


def _merge(program: Program, lines: list[Line]) -> None:
    """One call in place of several, if no line of them waits for another."""
    where = {id(line): i for i, line in enumerate(program.lines)}
    positions = sorted(where[id(line)] for line in lines)
    group = dict.fromkeys(positions, positions[0])
    order = arranged(len(program.lines), dependencies(program), group)
    if order is None:
        return
    rows, first = Rows(program), lines[0]
    columns = [list(values) for values in zip(*map(_column, lines), strict=True)]
    if not all(_is_laid(program, values) or all(map(rows.free, values)) for values in columns):
        return
    if len({v for values in columns for v in values}) < len(lines) * len(columns):
        return  # one value cannot lie in two places
    if any(0 < len(program.movable.intersection(values)) < len(values) for values in columns):
        return  # a row is either state or not
    laid = {values[0]: _laid(program, rows, values) for values in columns}
    args = tuple(laid.get(x, x) if type(x) is Value else x for x in first.args)
    origin, target = replace(first.origin, passes=f"batch: {len(lines)} calls in one"), laid[_target(first)]
    results, writes = ((target,), None) if first.writes is None else ((), target)
    merged = Line(first.function, args, {}, results, writes, origin)
    gone = {id(line) for line in lines}
    program.lines = rearranged(program.lines, order)
    at = next(i for i, line in enumerate(program.lines) if id(line) in gone)
    program.lines[at] = merged
    program.lines = [line for line in program.lines if id(line) not in gone]


def _is_laid(program: Program, values: list[Value]) -> bool:
    """Whether values lie side by side in one row, in this order."""
    row, place = program.slices.get(values[0], (None, 0))
    for value in values:
        if row is None or program.slices.get(value) != (row, place):
            return False
        place += value.size
    return True


def _laid(program: Program, rows: Rows, values: list[Value]) -> Value:
    """The values as one value, laid side by side unless they are."""
    if _is_laid(program, values):
        row, start = program.slices[values[0]]
        return part_of(program, row, start, (sum(v.size for v in values),))
    return rows.lay(values, f"rows_{values[0].hint}")
