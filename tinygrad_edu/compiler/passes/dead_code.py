"""Lines that nobody reads are left out: the gradients of inputs that no one asked for, views that were not used."""

from __future__ import annotations

from ..program import Line, Program, Value
from .edit import reads


def dead_code(program: Program) -> Program:
    needed: set[Value] = set(program.outputs)
    memories: set[Value] = {v.memory for v in needed}
    kept: list[Line] = []
    for line in reversed(program.lines):
        lasting = line.writes is not None and line.writes.memory.kind in ("state", "input")
        if not (line.effect or lasting or not needed.isdisjoint(line.results)
                or (line.writes is not None and line.writes.memory in memories)):  # fmt: skip
            continue
        kept.append(line)
        for value in reads(line):
            needed.add(value)
            memories.add(value.memory)
    program.lines = kept[::-1]
    return program
