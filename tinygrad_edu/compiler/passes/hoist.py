"""What is the same at every step is computed once, before the first: views of memory that stays where it is, and calls
on constants. Buffers stay, so a transpose costs nothing at run time."""

from __future__ import annotations

from ..program import Line, Program, Value


def stands_still(line: Line, program: Program, still: set[Value], changed: set[Value]) -> bool:
    """Whether a line may run once. still: values that are there before the step; changed: memories it writes to."""
    if line.writes is not None or line.effect or not line.results:
        return False
    values = list(line.values())
    if all(v.is_view and v not in program.slices for v in line.results):
        return all(v in still for v in values)
    constant = bool(values) and all(v.kind == "constant" and v.memory not in changed for v in values)
    return constant and not any(v.memory in changed or v in program.outputs for v in line.results)
