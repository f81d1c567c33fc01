"""A line as an expression: infix operators, with the parentheses that keep the order of the traced calls.

Only spellings that NumPy answers with the same inner loop: `x + y` is np.add, `x @ y` is np.matmul (np.dot stays
np.dot), np.sum is np.add.reduce. `x ** y` is not used for np.power: NumPy squares instead where y is 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from .literals import array_text, number_text
from .program import GETITEM, Line, Value
from .text import OPERATORS, UNARY, call, literal

COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)

INFIX = {
    "np.add": ("+", SUM), "np.subtract": ("-", SUM), "np.multiply": ("*", PRODUCT), "np.divide": ("/", PRODUCT),
    "np.matmul": ("@", PRODUCT), "np.greater": (">", COMPARISON), "np.greater_equal": (">=", COMPARISON),
    "np.less": ("<", COMPARISON), "np.less_equal": ("<=", COMPARISON), "np.equal": ("==", COMPARISON),
    "np.not_equal": ("!=", COMPARISON),
}  # fmt: skip
_LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT, "**": POWER}
_REDUCTIONS = {"np.add": "np.sum", "np.multiply": "np.prod", "np.maximum": "np.max", "np.minimum": "np.min"}
_NUMBER_FOR_ARRAY = {*INFIX, "np.maximum", "np.minimum"} - {"np.matmul"}


class Text(NamedTuple):
    """Python, and how tightly its outermost operator binds."""

    code: str
    level: int

    @classmethod
    def of(cls, code: str) -> Text:
        """A name, a call or a number."""
        return cls(code, SIGN if code.startswith("-") else ATOM)

    def within(self, level: int) -> str:
        """The code as an operand of an operator of that level."""
        return self.code if self.level >= level else f"({self.code})"


def expression(line: Line, text: Callable[[Value], Text]) -> Text:
    """The call of a line. text: what stands for a value, its name or an expression of its own."""
    operator = _operator(line)
    if operator is not None:
        operands = [_operand(x, line, text) for x in line.args]
        return operands[0] if _changes_nothing(line, *operands) else _infix(line, *operator, operands)
    kind, _, method = line.function.partition(".")
    if (line.function == "np.negative" and not line.options) or (kind == "operator" and method in UNARY):
        sign = UNARY.get(method, "-")
        operand = _operand(line.args[0], line, text)
        return Text(sign + operand.within(POWER), SIGN)
    if line.function == "np.copy" and _is_fresh(line.args[0], text):
        return text(line.args[0])
    reduction = _reduction(line)
    if reduction is not None:
        return Text(call(reduction, lambda v: text(v).code), ATOM)
    if line.function in (GETITEM, "np.transpose", "np.astype") or kind == "generator":
        return _method(line, text)
    return Text(call(line, lambda v: _operand(v, line, text).code), ATOM)


def _is_fresh(x: Any, text: Callable[[Value], Text]) -> bool:
    """Whether what stands for a constant makes a new array."""
    return x.kind == "constant" and text(x).code.startswith(("np.ones", "np.zeros", "np.full", "np.arange", "np.array"))


def _method(line: Line, text: Callable[[Value], Text]) -> Text:
    """x[...], x.T, x.astype(dtype), generator.random(...)."""
    def part(v: Value) -> str:
        return text(v).within(ATOM) if v is line.args[0] else text(v).code

    if line.function == GETITEM and type(line.args[1]) is tuple and len(line.args[1]) == 1:
        line = replace(line, args=(line.args[0], line.args[1][0]))  # x[0,] is x[0]
    return Text(call(line, part), ATOM)


def augmented(line: Line, text: Callable[[Value], Text]) -> str | None:
    """The right side of `w -= y`, with its operator, for a line that writes into its own operand; else None."""
    operator = _operator(line)
    if operator is None or operator[1] == COMPARISON or operator[0] == "@" or line.writes is None:
        return None
    x, y = line.args
    if y is line.writes and operator[0] in "+*":
        x, y = y, x
    return f"{operator[0]}= {_operand(y, line, text).code}" if x is line.writes else None


def _operator(line: Line) -> tuple[str, int] | None:
    """The infix operator that does what the line's function does, and its level."""
    if len(line.args) != 2 or line.options:
        return None
    kind, _, method = line.function.partition(".")
    if kind == "operator":
        return OPERATORS[method], _LEVELS[OPERATORS[method]]
    if not any(type(x) is Value and x.shape is not None for x in line.args):  # Python's operator would answer
        return None
    return INFIX.get(line.function)


def _infix(line: Line, sign: str, level: int, operands: list[Text]) -> Text:
    left, right = operands
    swaps = sign == "*" or (sign == "+" and right.code[0].isdigit() and left.code.endswith(")"))
    if swaps and _is_number(line.args[1], right) and not _is_number(line.args[0], left):
        left, right = right, left  # 2 * x and 1 + np.exp(x) read better, and are the same
    first = left.within(level + (level in (COMPARISON, POWER)))
    second = right.within(level + 1)
    return Text(f"{first} {sign} {f'({second})' if second.startswith('-') and level > COMPARISON else second}", level)


def _changes_nothing(line: Line, left: Text, right: Text) -> bool:
    """Whether a line divides by 1 what has no other reader: the mean of a batch of one."""
    x = line.args[0]
    return (line.function == "np.divide" and right.code == "1" and type(x) is Value and x.kind == "result"
            and not x.is_view and not left.code.isidentifier() and bool(line.results)
            and (x.dtype, x.shape) == (line.result.dtype, line.result.shape))  # fmt: skip


def _is_number(x: Any, text: Text) -> bool:
    return type(x) is not Value or x.is_number or x.shape == () or (
        x.kind == "constant" and not text.code.startswith("np."))  # fmt: skip


def _operand(x: Any, line: Line, text: Callable[[Value], Text]) -> Text:
    """An operand, a constant as a plain number where that keeps dtype and bits."""
    if type(x) is not Value:
        code = literal(x, lambda v: text(v).code)
        return Text.of(code)
    if reads_as_number(x, line):
        return Text.of(str(number_text(x.array)))
    return text(x)


def reads_as_number(x: Value, line: Line) -> bool:
    """Whether a line shows a constant as a Python number."""
    return x.kind == "constant" and _may_be_number(x, line) and number_text(x.array) is not None


def _may_be_number(x: Value, line: Line) -> bool:
    """Whether NumPy gives a Python number in place of this constant the constant's dtype, and the result its shape."""
    others = [y for y in line.args if type(y) is Value and y is not x and y.kind != "constant" and y.shape is not None]
    others = others[line.function == "np.where" and bool(others) and others[0] is line.args[0] :]
    if line.options or not any(y.dtype == x.dtype for y in others):
        return False
    if x.shape == ():
        return line.function == "np.where" or _is_elementwise(line.function)
    shape = np.broadcast_shapes(*(y.shape or () for y in others))
    return line.function in _NUMBER_FOR_ARRAY and np.broadcast_shapes(shape, x.shape or ()) == shape


def _is_elementwise(function: str) -> bool:
    name = function.removeprefix("np.")
    ufunc = getattr(np, name, None) if "." not in name else None
    return isinstance(ufunc, np.ufunc) and ufunc.signature is None


def _reduction(line: Line) -> Line | None:
    """np.add.reduce(x, axis=None, dtype=None, keepdims=False) as np.sum(x)."""
    ufunc, _, method = line.function.rpartition(".")
    if method != "reduce" or ufunc not in _REDUCTIONS:
        return None
    given = dict(zip(("x", "axis", "dtype", "out", "keepdims"), line.args, strict=False)) | line.options
    x, axis = given.pop("x"), given.pop("axis", 0)
    keepdims = given.pop("keepdims", False)
    if given.pop("dtype", None) is not None or given.pop("out", None) is not None or given or type(x) is not Value:
        return None
    if type(axis) is tuple and len(axis) == 1:
        axis = axis[0]
    options = {"axis": axis} if axis is not None else {}
    if keepdims:
        options["keepdims"] = True
    return Line(_REDUCTIONS[ufunc], (x,), options, line.results, None, line.origin)


def constant_text(value: Value) -> str | None:
    """Python for a constant, or None where it must be given."""
    return array_text(value.array)
