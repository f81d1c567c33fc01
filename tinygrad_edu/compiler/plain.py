"""A program as plain Python, each line as it was traced: no buffers, no passes. What the optimized one must equal."""

from __future__ import annotations

from .program import Program, Value
from .text import Names, statement


def plain_source(program: Program) -> str:
    """`make(states, generators, constants)` gives `step(inputs)`, which returns the outputs as a tuple."""
    fixed = [*program.states, *program.generators, *program.constants()]
    values = [*fixed, *program.inputs, *(v for line in program.lines for v in line.results)]
    names = Names(values, taken=program.functions)
    lines = [f"        {statement(line, names)}" for line in program.lines]
    outputs = "".join(f"{_owned(names, v)}, " for v in program.outputs)
    return "\n".join([
        f"def make({', '.join(map(names, fixed))}):",
        f"    def step({', '.join(map(names, program.inputs))}):",
        *lines,
        f"        return ({outputs})",
        "    return step, ()",
    ])  # fmt: skip


def _owned(names: Names, value: Value) -> str:
    return f"np.copy({names(value)})" if value.kind == "constant" else names(value)
