"""Which line must wait for which, and an order that respects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from ..program import Line, Program, Value
from .edit import reads


@dataclass
class _Accesses:
    """Which lines have filled, written and read which stretches of one piece of memory: (start, end, line)."""

    written: list[tuple[int, int, int]] = field(default_factory=list)
    read: list[tuple[int, int, int]] = field(default_factory=list)


def dependencies(program: Program) -> list[set[int]]:
    """For each line, the earlier ones it must follow: who made what it reads, who wrote there, who read before it
    writes. Random numbers keep their order."""
    made: dict[Value, int] = {}
    memories: dict[Value, _Accesses] = {}
    rows = {row for row, _ in program.slices.values()}
    changed = {line.writes.memory for line in program.lines if line.writes is not None}
    drawn: int | None = None
    result = []
    for i, line in enumerate(program.lines):
        before: set[int] = set()
        for value in dict.fromkeys(reads(line)):
            if value in made:
                before.add(made[value])
            if value.memory in changed or (value.memory in rows and value not in made):
                accesses, (start, end) = memories.setdefault(value.memory, _Accesses()), _extent(program, value)
                before.update(j for a, b, j in accesses.written if a < end and start < b)
                accesses.read.append((start, end, i))
        if line.writes is not None:
            accesses, (start, end) = memories.setdefault(line.writes.memory, _Accesses()), _extent(program, line.writes)
            before.update(j for a, b, j in accesses.read if a < end and start < b)
            accesses.written.append((start, end, i))
        for value in line.results:
            made[value] = i
            if value.memory in rows:
                memories.setdefault(value.memory, _Accesses()).written.append((*_extent(program, value), i))
        if line.effect:
            before.update(() if drawn is None else (drawn,))
            drawn = i
        before.discard(i)
        result.append(before)
    return result


def _extent(program: Program, value: Value) -> tuple[int, int]:
    """From where to where a value lies in its memory; all of it, unless it is a part of a row."""
    if value in program.slices:
        start = program.slices[value][1]
        return start, start + value.size
    return 0, value.memory.size + 1


def arranged(count: int, before: Sequence[set[int]], group: Mapping[int, int]) -> list[int] | None:
    """The lines in an order that respects `before`, with those of one group side by side; None where there is none.

    group: line -> the group's first line. As near to the given order as possible.
    """
    members: dict[int, list[int]] = {}
    for i in range(count):
        members.setdefault(group.get(i, i), []).append(i)
    after: dict[int, list[int]] = {}
    waits: dict[int, int] = {}
    for head, lines in members.items():
        earlier = {group.get(j, j) for i in lines for j in before[i]}
        if head in earlier:
            return None
        waits[head] = len(earlier)
        for j in earlier:
            after.setdefault(j, []).append(head)
    ready: list[int] = []
    for head, n in waits.items():
        if n == 0:
            heappush(ready, head)
    order: list[int] = []
    while ready:
        head = heappop(ready)
        order += members[head]
        for j in after.get(head, ()):
            waits[j] -= 1
            if waits[j] == 0:
                heappush(ready, j)
    return order if len(order) == count else None


def rearranged(lines: list[Line], order: list[int]) -> list[Line]:
    return [lines[i] for i in order]
