"""Lines as Python text: literals, calls, and the names of values."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .program import GETITEM, SETITEM, Line, Value

_TAKEN = {*keyword.kwlist, "np", "print", "range", "zip", "len", "step", "make"}
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**", "floordiv": "//", "mod": "%"}
UNARY = {"neg": "-", "pos": "+"}


class Names:
    """A name of its own for each value: its hint, with a number where several have the same.

    endings: what stands behind the name of a gradient.
    """

    def __init__(self, values: Iterable[Value], taken: Iterable[str] = (), endings: Mapping[Value, str] | None = None):
        self._names: dict[Value, str] = {}
        self._used = {*_TAKEN, *taken}
        values = list(dict.fromkeys(values))
        hints = [self._hint(v) for v in values]
        many = {h for h in hints if hints.count(h) > 1} if len(hints) < 500 else set(hints)
        for value, hint in zip(values, hints, strict=True):
            if value.gradient_of is None:
                self._names[value] = self._free(hint, numbered=hint in many and value.kind == "result")
        for value in values:
            if value.gradient_of is not None:
                root = self._names.get(value.gradient_of) or self._hint(value.gradient_of)
                self._names[value] = self._free("d_" + root + (endings or {}).get(value, ""))

    def _hint(self, value: Value) -> str:
        return re.sub(r"\W", "_", value.hint) or "value"

    def _free(self, hint: str, numbered: bool = False) -> str:
        name, number = hint + "1" * numbered, 1
        while name in self._used:
            number += 1
            name = f"{hint}{'_' if hint[-1].isdigit() else ''}{number}"
        self._used.add(name)
        return name

    def new(self, hint: str) -> str:
        return self._free(hint)

    def __call__(self, value: Value) -> str:
        return self._names[value]

    def __contains__(self, value: Value) -> bool:
        return value in self._names


def literal(x: Any, name: Callable[[Value], str]) -> str:
    """Python for an argument."""
    if type(x) is Value:
        return name(x)
    if isinstance(x, np.dtype):
        return f"np.{x.name}" if x.isnative and hasattr(np, x.name) and x.name != "bool" else _dtype(x)
    if isinstance(x, type) and issubclass(x, np.generic):
        return literal(np.dtype(x), name)
    if isinstance(x, float) and not math.isfinite(x):
        return f"float('{x}')"
    if isinstance(x, tuple):
        return f"({', '.join(literal(i, name) for i in x)}{',' * (len(x) == 1)})"
    if isinstance(x, list):
        return f"[{', '.join(literal(i, name) for i in x)}]"
    if isinstance(x, slice):
        return f"slice({literal(x.start, name)}, {literal(x.stop, name)}, {literal(x.step, name)})"
    if isinstance(x, (type(None), bool, int, float, complex, str, bytes)) or x is Ellipsis:
        return "..." if x is Ellipsis else repr(x)
    if x in (bool, int, float):
        return str(x.__name__)
    raise TypeError(f"compile: {x!r} of type {type(x).__name__} cannot be written into a program; pass arrays, "
                    "numbers, strings or tuples of them to NumPy")  # fmt: skip


def _dtype(x: np.dtype) -> str:
    return "np.bool_" if x == np.bool_ else f"np.dtype({x.str!r})"


def index(x: Any, name: Callable[[Value], str]) -> str:
    """Python for what stands between the brackets."""
    if type(x) is tuple and x:
        return ", ".join(_part(part, name) for part in x) + "," * (len(x) == 1)
    return _part(x, name)


def _part(x: Any, name: Callable[[Value], str]) -> str:
    if isinstance(x, slice):
        start, stop, step = ("" if part is None else literal(part, name) for part in (x.start, x.stop, x.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return literal(x, name)


def arguments(line: Line, name: Callable[[Value], str], skip: int = 0) -> str:
    """The arguments of a call, by position and by keyword."""
    parts = [literal(x, name) for x in line.args[skip:]]
    return ", ".join(parts + [f"{key}={literal(x, name)}" for key, x in line.options.items()])


def call(line: Line, name: Callable[[Value], str], out: str = "") -> str:
    """A line's call, as plain as it was traced. out: where its result goes."""
    function, args = line.function, line.args
    if function == GETITEM:
        return f"{name(args[0])}[{index(args[1], name)}]"
    if function == SETITEM:
        return f"{name(args[0])}[{index(args[1], name)}] = {literal(args[2], name)}"
    kind, _, method = function.partition(".")
    if kind == "operator":
        parts = [literal(x, name) for x in args]
        if len(parts) == 2:
            return f"{parts[0]} {OPERATORS[method]} {parts[1]}"
        return f"abs({parts[0]})" if method == "abs" else f"{UNARY[method]}{parts[0]}"
    if kind == "generator":
        return f"{name(args[0])}.{method}({arguments(line, name, 1)})"
    if function == "np.transpose" and len(args) == 1 and not line.options:
        return f"{name(args[0])}.T"
    if function == "np.astype" and len(args) == 2 and not line.options and not out:  # np.astype takes no NumPy scalar
        return f"{name(args[0])}.astype({literal(args[1], name)})"
    inside = arguments(line, name)
    return f"{function}({inside}{', ' * bool(inside and out)}{f'out={out}' if out else ''})"


def result(line: Line, name: Callable[[Value], str]) -> str:
    """The left side of an assignment."""
    names = ", ".join(name(v) for v in line.results)
    return f"[{names}]" if line.several else names


def statement(line: Line, name: Callable[[Value], str]) -> str:
    """A whole line, unoptimized."""
    if line.results:
        return f"{result(line, name)} = {call(line, name)}"
    if line.writes is None or line.writes_first:
        return call(line, name)
    return call(line, name, out=name(line.writes))
