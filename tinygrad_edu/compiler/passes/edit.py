"""What passes share: a program of their own to change, who reads and writes what, one value in place of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ..program import Line, Program, Value, replaced, values_in


def own_copy(program: Program) -> Program:
    """The same program with values of its own, so that passes may change them."""
    copies: dict[Value, Value] = {}

    def copied(x: object) -> object:
        if type(x) is not Value:
            return x
        if x not in copies:
            other = copies[x] = object.__new__(Value)
            for name in Value.__slots__:
                setattr(other, name, getattr(x, name))
            other.memory = copied(x.memory)  # type: ignore[assignment]
            other.gradient_of = copied(x.gradient_of)  # type: ignore[assignment]
        return copies[x]

    result = program.copy()
    for line in result.lines:
        change_line(line, copied)
    result.kept = {copied(v) for v in program.kept}  # type: ignore[misc]
    result.movable = {copied(v) for v in program.movable}  # type: ignore[misc]
    for name in ("inputs", "states", "generators", "outputs"):
        setattr(result, name, [copied(v) for v in getattr(program, name)])
    return result


def change_line(line: Line, change: object) -> None:
    """Put other values into a line, its results included."""
    line.args, line.options = replaced(line.args, change), replaced(line.options, change)  # type: ignore[arg-type]
    line.results = replaced(line.results, change)  # type: ignore[arg-type]
    line.writes = replaced(line.writes, change)  # type: ignore[arg-type]


def substitute(program: Program, others: Mapping[Value, Value]) -> None:
    """Let every reader of a value read another one instead; views of its memory are views of the other's."""
    if not others:
        return

    def final(x: object) -> object:
        while type(x) is Value and x in others:
            x = others[x]
        return x

    for line in program.lines:
        change_line(line, final)
    program.outputs = [final(v) for v in program.outputs]  # type: ignore[misc]
    program.kept = {final(v) for v in program.kept}  # type: ignore[misc]
    for value in all_values(program):
        if value.memory in others:
            value.memory = final(value.memory).memory  # type: ignore[attr-defined]


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
