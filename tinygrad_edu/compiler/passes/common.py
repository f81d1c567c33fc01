"""Equal calls on equal values are made once. A write in between makes values unequal; what leaves the program is
not shared, since each of its arrays has an owner."""

from __future__ import annotations

from typing import Any

from ..program import Line, Program, Value
from .edit import substitute, written


def common(program: Program) -> Program:
    changed, outputs = written(program), set(program.outputs)
    versions: dict[Value, int] = {}
    seen: dict[Any, Line] = {}
    others: dict[Value, Value] = {}
    kept = []

    def key(x: Any) -> Any:
        if type(x) is Value:
            x = others.get(x, x)
            return id(x), versions.get(x.memory, 0)
        if type(x) in (tuple, list):
            return type(x).__name__, tuple(map(key, x))
        if type(x) is dict:
            return tuple((k, key(v)) for k, v in sorted(x.items()))
        return ("slice", key((x.start, x.stop, x.step))) if type(x) is slice else (type(x).__name__, repr(x))

    for line in program.lines:
        if line.writes is not None:
            memory = others.get(line.writes, line.writes).memory
            versions[memory] = versions.get(memory, 0) + 1
        elif (not line.effect and outputs.isdisjoint(line.results)
              and not any(v.memory in changed and not v.is_view for v in line.results)):  # fmt: skip
            call = line.function, key(line.args), key(line.options)
            first = seen.setdefault(call, line)
            if first is not line:
                others.update(zip(line.results, first.results, strict=True))
                continue
        kept.append(line)
    program.lines = kept
    substitute(program, others)
    return program
