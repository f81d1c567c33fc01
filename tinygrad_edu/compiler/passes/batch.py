"""Equal ops on neighbouring buffers in one call.

Small arrays cost what the call costs. So where several lines make the same elementwise call, and none of them waits
for another, their operands are laid side by side in one row of memory, likewise their results, and one call does all:
the slopes of three layers' sigmoids, the rate times every gradient of the network. Each number is computed as before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..program import Line, Program, Value
from .edit import is_ufunc
from .order import arranged, dependencies, rearranged
from .rows import Rows, is_contiguous, part_of

_LARGEST = 1 << 18  # bytes of all operands together; beyond that a call costs little, and the cache is worth more
_MOST = 200  # candidates tried


def batch(program: Program) -> Program:
    families: dict[Any, list[Line]] = {}
    for line in program.lines:
        key = _family(line)
        if key is not None:
            families.setdefault(key, []).append(line)
    several = sorted((lines for lines in families.values() if len(lines) > 1), key=len, reverse=True)
    for lines in several[:_MOST]:
        for group in _groups(program, lines):
            _merge(program, group)
    return program


def _family(line: Line) -> Any:
    """What lines must have in common: the call, the op it comes from, dtype, and the operands that they share."""
    if not line.results or not is_ufunc(line) or not line.result.shape or line.result.nbytes * 2 > _LARGEST:
        return None
    result, shared = line.result, []
    for x in line.args:
        if type(x) is Value and x.shape == result.shape and x.kind == "result":
            if x.dtype != result.dtype or not is_contiguous(x):
                return None
            shared.append("row")
        elif type(x) is Value and x.shape:
            return None
        else:
            shared.append(id(x) if type(x) is Value else repr(x))
    if "row" not in shared or not is_contiguous(result):
        return None
    origin, of = line.origin, result.gradient_of
    target = "" if of is None else id(of) if of.kind == "state" and origin.phase == "backward" else of.hint
    if origin.phase == "update":
        target = ""
    return line.function, tuple(shared), result.dtype, origin.phase, origin.op, target


def _groups(program: Program, lines: list[Line]) -> list[list[Line]]:
    """The lines of a family that can be laid side by side, in the order of the row that some of them lie in already."""
    rows = Rows(program)
    fitting = [line for line in lines if all(rows.free(v) or v in program.slices for v in _operands(line))]
    fitting = [line for line in fitting if rows.free(line.result) or line.result in program.slices]
    kinds: dict[Any, list[Line]] = {}
    for line in fitting:
        laid = tuple(program.slices[v][0] if v in program.slices else None for v in [*_operands(line), line.result])
        kinds.setdefault(laid, []).append(line)
    groups = []
    for laid, members in kinds.items():
        columns = [[*_operands(line), line.result] for line in members]
        if any(len({id(column[i]) for column in columns}) < len(columns) for i in range(len(laid))):
            continue  # one operand twice cannot lie in two places
        for i, row in enumerate(laid):
            if row is not None:
                members.sort(key=lambda line, i=i: program.slices[[*_operands(line), line.result][i]][1])
                break
        groups += _runs(program, members, laid)
    return [g for g in groups if len(g) > 1]


def _operands(line: Line) -> list[Value]:
    """The operands that differ from line to line, each once."""
    return list(dict.fromkeys(x for x in line.args if type(x) is Value and x.shape))


def _runs(program: Program, members: list[Line], laid: tuple) -> list[list[Line]]:
    """Stretches in which whatever lies in a row already follows without a gap."""
    runs: list[list[Line]] = []
    total = 0
    for line in members:
        column = [*_operands(line), line.result]
        follows = bool(runs)
        for i, row in enumerate(laid):
            if row is not None and follows:
                last = [*_operands(runs[-1][-1]), runs[-1][-1].result][i]
                follows = program.slices[last][1] + last.size == program.slices[column[i]][1]
        total += line.result.nbytes
        if follows and total * len(column) <= _LARGEST:
            runs[-1].append(line)
        else:
            runs.append([line])
            total = line.result.nbytes
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
    columns = [_laid(program, rows, [operands[i] for operands in map(_operands, lines)])
               for i in range(len(_operands(first)))]  # fmt: skip
    if any(column is None for column in columns):
        return
    result = _laid(program, rows, [line.result for line in lines])
    if result is None:
        return
    by_operand = dict(zip(_operands(first), columns, strict=True))
    args = tuple(by_operand.get(x, x) if type(x) is Value else x for x in first.args)
    origin = replace(first.origin, passes=f"batch: {len(lines)} calls in one")
    merged = Line(first.function, args, {}, (result,), None, origin)
    gone = {id(line) for line in lines}
    program.lines = rearranged(program.lines, order)
    at = next(i for i, line in enumerate(program.lines) if id(line) in gone)
    program.lines[at] = merged
    program.lines = [line for line in program.lines if id(line) not in gone]


def _laid(program: Program, rows: Rows, values: list[Value]) -> Value | None:
    """The values as one value, laid side by side unless they are."""
    total = sum(v.size for v in values)
    if values[0] in program.slices:
        row, start = program.slices[values[0]]
        return part_of(program, row, start, (total,))
    if not all(rows.free(v) for v in values):
        return None
    return rows.lay(values, f"rows_{values[0].hint}")


