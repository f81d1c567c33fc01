"""Which line must wait for which, and an order that respects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from ..program import Line, Program, Value


def dependencies(program: Program) -> list[set[int]]:
    """For each line, the earlier ones it must follow: who made what it reads, who wrote there, who read before it
    writes. Random numbers keep their order."""
    made: dict[Value, int] = {}
    last_write: dict[Value, int] = {}
    readers: dict[Value, list[int]] = {}
    rows = {row for row, _ in program.slices.values()}
    drawn: int | None = None
    filled: dict[Value, list[tuple[int, int, int]]] = {}  # of each row: from where, to where, by which line
    result = []
    for i, line in enumerate(program.lines):
        before: set[int] = set()
        for value in line.values():
            if value in made:
                before.add(made[value])
            elif value.memory in filled:
                start, end = _extent(program, value)
                before.update(j for a, b, j in filled[value.memory] if a < end and start < b)
            memory = value.memory
            if memory in last_write:
                before.add(last_write[memory])
            readers.setdefault(memory, []).append(i)
        if line.writes is not None:
            memory = line.writes.memory
            before.update(readers.get(memory, ()))
            before.update({made[line.writes]} if line.writes in made else ())
            before.update({last_write[memory]} if memory in last_write else ())
            last_write[memory], readers[memory] = i, []
        if line.effect:
            before.update(() if drawn is None else (drawn,))
            drawn = i
        made.update(dict.fromkeys(line.results, i))
        for value in line.results:
            if value in program.slices or value.memory in rows:
                filled.setdefault(value.memory, []).append((*_extent(program, value), i))
        before.discard(i)
        result.append(before)
    return result


def _extent(program: Program, value: Value) -> tuple[int, int]:
    """From where to where a value lies in its row; all of it, for the row itself and for views of its parts."""
    if value in program.slices:
        start = program.slices[value][1]
        return start, start + value.size
    return 0, value.memory.size


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
