"""Long elementwise chains on large arrays run block by block.

A million numbers do not fit into the cache: every call fetches them from memory and sends them back. So calls that
follow each other on arrays of one length are made on a few thousand numbers at a time, which stay in the cache from
the first call to the last, and what only these calls need never gets an array of full length. Each number is computed
as before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..program import Line, Origin, Program, Value
from .edit import is_ufunc, readers, reads
from .layout import is_contiguous
from .order import dependencies

BLOCK = 1 << 14  # numbers
_WORTH_IT = 1 << 21  # bytes that the calls touch together: less stays in the cache anyway
_PATIENCE = 400  # lines looked at behind the last one that joined


@dataclass(eq=False)
class Loop(Line):
    """Lines that run block by block along their first axis. `results` are those that others read."""

    body: list[Line] = field(default_factory=list)
    shape: tuple = ()  # of all blocks together
    step: int = 1  # rows in a block
    scratch: list[Value] = field(default_factory=list)  # what lives within a block


def blocks(program: Program) -> Program:
    waits = dependencies(program)
    places = readers(program)
    outputs = set(program.outputs)
    taken: set[int] = set()
    loops: dict[int, Loop] = {}
    for i in range(len(program.lines)):
        shape = _shape(program.lines[i])
        if i in taken or shape is None:
            continue
        members = _run(program, i, shape, waits, taken)
        loop = _loop(program, members, shape, places, outputs)
        if loop is not None:
            loops[i] = loop
            taken.update(members)
    program.lines = [loops.get(i, line) for i, line in enumerate(program.lines) if i in loops or i not in taken]
    return program


def _shape(line: Line) -> tuple | None:
    """The shape of a call that may be cut into blocks along its first axis; None for other calls."""
    target = line.writes if line.writes is not None else line.result if len(line.results) == 1 else None
    if target is None or not is_ufunc(line) or not target.shape or target.size < 2 * BLOCK:
        return None
    arrays = [target, *(x for x in line.args if type(x) is Value and x.shape)]
    if not all(map(is_contiguous, arrays)):  # along other strides NumPy computes sin and its kin with other code
        return None
    return target.shape if target.size // target.shape[0] <= BLOCK else None


def _run(program: Program, first: int, shape: tuple, waits: list[set[int]], taken: set[int]) -> list[int]:
    """The lines that can run in one loop with the first: of the same shape, waiting for nothing that stays behind."""
    members: list[int] = []
    passed: set[int] = set()
    written: dict[Value, Value] = {}
    for j in range(first, len(program.lines)):
        if members and j - members[-1] > _PATIENCE:
            break
        line = program.lines[j]
        aligned = all(written.get(v.memory, v) is v for v in reads(line))  # no view laid out otherwise
        if j not in taken and _shape(line) == shape and waits[j].isdisjoint(passed) and aligned:
            members.append(j)
            if line.writes is not None:
                written[line.writes.memory] = line.writes
        else:
            passed.add(j)
    return members


def _loop(program: Program, members: list[int], shape: tuple, places: dict, outputs: set[Value]) -> Loop | None:
    lines = [program.lines[i] for i in members]
    inside = set(members)
    made = [v for line in lines for v in line.results]
    shared = {v.memory for line in program.lines for v in line.results if v.is_view}
    shared |= {row for row, _ in program.slices.values()}
    scratch = [v for v in made if v not in outputs and v.memory not in shared
               and all(i in inside for i in places.get(v, ()))]  # fmt: skip
    touched = dict.fromkeys(v for line in lines for v in (*reads(line), *line.results) if v.shape)
    if len(lines) < 2 or sum(v.nbytes for v in touched) < _WORTH_IT:
        return None
    own = set(scratch)
    results = tuple(v for v in made if v not in own)
    outer = tuple(v for v in dict.fromkeys(v for line in lines for v in reads(line)) if v not in made)
    origin = Origin(lines[0].origin.phase, lines[0].origin.op, passes="blocks")
    return Loop("blocks", outer, {}, results, None, origin, False, False, lines, shape,
                max(1, BLOCK * shape[0] // math.prod(shape)), scratch)  # fmt: skip


def is_cut(value: Value, loop: Loop) -> bool:
    """Whether a value is read block by block, not whole (as a row is that all blocks share)."""
    return bool(value.shape) and len(value.shape) == len(loop.shape) and value.shape[0] == loop.shape[0]
