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

_NO_POSITION = frozenset({"np.maximum", "np.minimum"})  # NumPy warns of an output by position here
_REDUCTIONS = frozenset({"np.add.reduce", "np.maximum.reduce", "np.minimum.reduce", "np.multiply.reduce",
                         "np.logical_and.reduce", "np.logical_or.reduce"})  # fmt: skip
_FILLED = {"np.zeros_like": "0", "np.ones_like": "1"}


def takes_out(line: Line) -> bool:
    """Whether the result can be put into a buffer: with `out`, or by copying what would be a copy anyway."""
    if len(line.results) != 1 or line.several or line.effect or not _is_dense(line.result):
        return False
    function, result = line.function, line.result
    if function == "np.dot":
        return _is_plain(result) and all(type(x) is Value and x.dtype == result.dtype for x in line.args[:2])
    if function in _REDUCTIONS:
        return set(line.options) <= {"axis", "dtype", "keepdims"}
    if function == "np.astype":
        return len(line.args) == 2 and not line.options
    if function == "np.copy":
        return len(line.args) == 1 and not line.options
    if function == "np.concatenate":
        return len(line.args) <= 2 and set(line.options) <= {"axis"}
    return is_ufunc(line) or (function == "np.matmul" and not line.options) or function in _FILLED


def _is_plain(value: Value) -> bool:
    step = value.dtype.itemsize
    for n, stride in zip(reversed(value.shape), reversed(value.strides), strict=True):
        if n > 1 and stride != step:
            return False
        step *= n
    return True


def _is_dense(value: Value) -> bool:
    """Whether the numbers fill a piece of memory, in any order of the axes."""
    if not value.shape or 0 in value.shape:
        return False
    step = value.dtype.itemsize
    for stride, n in sorted((s, n) for s, n in zip(value.strides, value.shape, strict=True) if n > 1):
        if stride != step:
            return False
        step *= n
    return True


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
        if self._plain and function not in {*_FILLED, "np.copy", "np.astype"}:
            return call(line, self.name, out)
        if function in _FILLED:
            return f"{out}.fill({_FILLED[function]})"
        if function == "np.copy":
            return f"{self.function('np.copyto')}({out}, {literal(args[0], self.name)})"
        if function == "np.astype":
            return f"{self.function('np.copyto')}({out}, {literal(args[0], self.name)}, 'unsafe')"
        if function in _REDUCTIONS:
            axis, dtype, keepdims = self.reduction(line)
            keep = f", {keepdims}" if keepdims != "False" else ""
            return f"{self.function(function)}({literal(args[0], self.name)}, {axis}, {dtype}, {out}{keep})"
        if function == "np.concatenate":
            axis = args[1] if len(args) > 1 else line.options.get("axis", 0)
            return f"{self.function(function)}({literal(args[0], self.name)}, {literal(axis, self.name)}, {out})"
        texts = ", ".join(self.operands(line))
        return f"{self.function(function)}({texts}, {'out=' if function in _NO_POSITION else ''}{out})"

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
    return type(x.array) if type(x) is Value and type(x.array) in (int, float) else float if type(x) is Value else type(x)


def _spoken(x: float) -> str:
    text = f"{x:.4g}".replace("-", "minus_").replace("+", "").replace(".", "_")
    return f"number_{text}"
