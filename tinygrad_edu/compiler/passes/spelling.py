"""The cheapest way to write each call: the output by position, `np.add.reduce` in place of what wraps it, a number as
a 0-d array, functions as local names. The same C code runs on the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..program import Line, Program, Value
from ..text import call, literal
from .edit import is_ufunc
from .layout import FILLED, REDUCTIONS

_NO_POSITION = frozenset({"np.maximum", "np.minimum"})  # NumPy warns of an output by position here
# Options that are spelled by position.
_OPTIONS = {name: {"axis", "dtype", "keepdims"} for name in REDUCTIONS} | {"np.concatenate": {"axis"}}


def short_names(program: Program) -> dict[str, str]:
    """A local name for each function that a program calls."""
    texts = dict.fromkeys(["np.copyto"])
    for line in program.lines:
        texts |= dict.fromkeys(inner.function for inner in getattr(line, "body", [line]))
    return {text: text[3:].replace(".", "_") for text in texts if text.startswith("np.")}


class Speller:
    """Writes calls. What they need besides (functions, numbers as arrays) it collects for `make`."""

    def __init__(self, name: Callable[[Value], str], new_name: Callable[[str], str], functions: dict[str, str],
                 plain: bool = False):  # fmt: skip
        self.name, self._new_name, self._plain = name, new_name, plain
        self.functions, self.used = functions, set[str]()  # np.add.reduce -> add_reduce
        self.numbers: dict[tuple, str] = {}  # (number, dtype) -> name of the 0-d array
        self.given: dict[tuple[Value, np.dtype], str] = {}  # inputs that are numbers, likewise

    def function(self, text: str) -> str:
        if not text.startswith("np."):
            return text
        self.used.add(text)
        return self.functions[text]

    def call(self, line: Line, out: str) -> str:
        """A call that puts its result into `out`."""
        function, args = line.function, line.args
        if function in FILLED:
            return f"{out}.fill({FILLED[function]})"
        if not set(line.options) <= _OPTIONS.get(function, set()) or (
                self._plain and function not in ("np.copy", "np.astype")):  # fmt: skip
            return call(line, self.name, out)
        if function == "np.copy":
            return f"{self.function('np.copyto')}({out}, {literal(args[0], self.name)})"
        if function == "np.astype":
            return f"{self.function('np.copyto')}({out}, {literal(args[0], self.name)}, 'unsafe')"
        if function in REDUCTIONS:
            axis, dtype, keepdims = self.reduction(line)
            keep = f", {keepdims}" if keepdims != "False" else ""
            return f"{self.function(function)}({literal(args[0], self.name)}, {axis}, {dtype}, {out}{keep})"
        if function == "np.concatenate":
            axis = args[1] if len(args) > 1 else line.options.get("axis", 0)
            return f"{self.function(function)}({literal(args[0], self.name)}, {literal(axis, self.name)}, {out})"
        texts = ", ".join(self.operands(line))
        by_position = (is_ufunc(line) or function in ("np.dot", "np.matmul")) and function not in _NO_POSITION
        return f"{self.function(function)}({texts}, {'' if by_position else 'out='}{out})"

    def operands(self, line: Line) -> list[str]:
        """The arguments of a ufunc, numbers as 0-d arrays of the dtype that they take there."""
        if not is_ufunc(line):
            return [literal(x, self.name) for x in line.args]
        kinds = [x.dtype if type(x) is Value and x.dtype is not None else _kind(x) for x in line.args]
        try:
            dtypes = getattr(np, line.function[3:]).resolve_dtypes((*kinds, None))
        except (TypeError, ValueError):
            dtypes = (None,) * len(kinds)
        return [self._operand(x, dtype) for x, dtype in zip(line.args, dtypes, strict=False)]

    def _operand(self, x: Any, dtype: Any) -> str:
        if type(x) in (int, float) and dtype is not None:
            key = x, type(x), dtype, np.signbit(x)
            if key not in self.numbers:
                self.numbers[key] = self._new_name(_spoken(x))
            return self.numbers[key]
        if type(x) is Value and x.is_number and dtype is not None and x.kind == "input":
            if (x, dtype) not in self.given:
                self.given[x, dtype] = self._new_name(f"{self.name(x)}_array")
            return self.given[x, dtype]
        return literal(x, self.name)

    def reduction(self, line: Line) -> list[str]:
        given = dict(zip(("axis", "dtype"), line.args[1:], strict=False)) | line.options
        defaults = {"axis": 0, "dtype": None, "keepdims": False}
        return [literal(given.get(key, default), self.name) for key, default in defaults.items()]


def _kind(x: Any) -> type:
    number = x.array if type(x) is Value else x  # a number of the step, or one that stands in the line
    return type(number) if type(x) is not Value or type(number) in (int, float) else float


def _spoken(x: float) -> str:
    text = f"{x:.4g}".replace("-", "minus_").replace("+", "").replace(".", "_")
    return f"number_{text}"
