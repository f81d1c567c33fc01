"""What passes share: a program of their own to change, who reads and writes what, one value in place of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..program import Line, Program, Value, replaced, values_in


def own_copy(program: Program) -> Program:
    """The same program with values of its own, so that passes may change them."""
    copies: dict[Value, Value] = {}

    def copied(x: Any) -> Any:
        if type(x) is not Value:
            return x
        if x not in copies:
            other = copies[x] = object.__new__(Value)
            for name in Value.__slots__:
                setattr(other, name, getattr(x, name))
            other.memory = copied(x.memory)
            other.gradient_of = copied(x.gradient_of)
        return copies[x]

    result = program.copy()
    for line in result.lines:
        change_line(line, copied)
    result.kept = {copied(v) for v in program.kept}
    result.movable = {copied(v) for v in program.movable}
    for name in ("inputs", "states", "generators", "outputs"):
        setattr(result, name, [copied(v) for v in getattr(program, name)])
    return result


def change_line(line: Line, change: Callable[[Any], Any]) -> None:
    """Put other values into a line, its results included."""
    line.args, line.options = replaced(line.args, change), replaced(line.options, change)
    line.results = replaced(line.results, change)
    line.writes = replaced(line.writes, change)


def substitute(program: Program, others: Mapping[Value, Value]) -> None:
    """Let every reader of a value read another one instead; views of its memory are views of the other's."""
    if not others:
        return

    def final(x: Any) -> Any:
        while type(x) is Value and x in others:
            x = others[x]
        return x

    for line in program.lines:
        change_line(line, final)
    program.outputs = [final(v) for v in program.outputs]
    program.kept = {final(v) for v in program.kept}
    for value in all_values(program):
        if value.memory in others:
            value.memory = final(value.memory).memory


def all_values(program: Program) -> Iterable[Value]:
    """Every value of a program, once."""
    found = dict.fromkeys([*program.inputs, *program.states, *program.generators, *program.outputs])
    for line in program.lines:
        found.update(dict.fromkeys([*line.values(), *line.results]))
    return found


def written(program: Program) -> set[Value]:
    """The memories that some line writes to."""
    return {line.writes.memory for line in program.lines if line.writes is not None}


def readers(program: Program) -> dict[Value, list[int]]:
    """For each value, the lines that read it or write to it, in order; the end of the program counts as a line."""
    found: dict[Value, list[int]] = {}
    for i, line in enumerate(program.lines):
        for value in dict.fromkeys(reads(line)):
            found.setdefault(value, []).append(i)
    for value in program.outputs:
        found.setdefault(value, []).append(len(program.lines))
    return found


def reads(line: Line) -> list[Value]:
    """What a line reads, and what it writes to."""
    return [*line.values(), *([line.writes] if line.writes is not None else [])]


def is_ufunc(line: Line) -> bool:
    """A plain call of a ufunc with one result: elementwise, but for matmul and its kin."""
    name = line.function.removeprefix("np.")
    function = getattr(np, name, None) if "." not in name else None
    return isinstance(function, np.ufunc) and function.signature is None and function.nout == 1 and not line.options


def array_values(x: object) -> list[Value]:
    """The arrays among some values, constants and 0-d ones included."""
    return [v for v in values_in(x) if v.shape is not None]
