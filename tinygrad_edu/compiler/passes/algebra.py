"""Algebra that keeps the bits: x · 1, x / 1, x − 0, x + (−0) and −(−x) are x, a copy that nobody writes to is what it
was copied from, and a call on constants is made once, here.

x + 0 is not among them: −0 + 0 is 0. Neither is x · 0: it is nan for an infinite x.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import GETITEM, Line, Program, Value, function_of, replaced
from .edit import substitute, written

_LARGEST = 1 << 16  # bytes of a constant that is computed here


def algebra(program: Program) -> Program:
    changed, outputs = written(program), set(program.outputs)
    made: dict[Value, Line] = {}
    others: dict[Value, Value] = {}
    kept = []
    for line in program.lines:
        line.args = replaced(line.args, lambda x: others.get(x, x) if type(x) is Value else x)
        same = None
        single = len(line.results) == 1 and not line.several and not line.effect
        if single and line.result not in outputs and line.result.memory not in changed:
            same = _equal(line, made, changed) or _folded(line, program)
        if same is None:
            kept.append(line)
            made.update(dict.fromkeys(line.results, line))
        else:
            others[line.result] = same
            if same.kind == "result" and same.gradient_of is None:  # it is called after what it now stands for
                same.gradient_of = line.result.gradient_of
    program.lines = kept
    substitute(program, others)
    return program


def _equal(line: Line, made: dict[Value, Line], changed: set[Value]) -> Value | None:
    """The value that the line's result equals to the bit, if there is one whose memory is never written to."""
    args, found = line.args, None
    if line.function == "np.multiply":
        found = args[0] if _is(args[1], 1) else args[1] if _is(args[0], 1) else None
    elif line.function in ("np.divide", "np.subtract"):
        found = args[0] if _is(args[1], 1 if line.function == "np.divide" else 0.0) else None
    elif line.function == "np.add":
        found = args[0] if _is(args[1], -0.0) else args[1] if _is(args[0], -0.0) else None
    elif line.function == "np.negative" and type(args[0]) is Value and args[0] in made:
        inner = made[args[0]]
        found = inner.args[0] if inner.function == "np.negative" and args[0].memory not in changed else None
    elif line.function == "np.copy" or (line.function == "np.astype" and args[1] == args[0].dtype):
        found = args[0]
    if type(found) is not Value or found.memory in changed or found.memory.kind in ("input", "state"):
        return None
    like = found.shape == line.result.shape and found.dtype == line.result.dtype
    return found if like and found.strides == line.result.strides else None


def _is(x: Any, number: float) -> bool:
    """Whether an argument is this number everywhere, the sign of zero included."""
    if type(x) is Value:
        if x.kind != "constant" or x.array.size == 0 or x.array.dtype.kind != "f":
            return False
        array = x.array[tuple(slice(1) if stride == 0 else slice(None) for stride in x.array.strides)]
        return bool(np.all(array == number) and np.all(np.signbit(array) == np.signbit(number)))
    return type(x) in (int, float) and x == number and bool(np.signbit(x) == np.signbit(number))


def _folded(line: Line, program: Program) -> Value | None:
    """The result of a call on constants, as a constant."""
    values = list(line.values())
    if not values or any(v.kind != "constant" for v in values) or line.result.nbytes > _LARGEST:
        return None
    args, options = (replaced(x, lambda v: v.array if type(v) is Value else v) for x in (line.args, line.options))
    with np.errstate(all="ignore"):
        array = args[0][args[1]] if line.function == GETITEM else function_of(line.function, program.functions)(
            *args, **options)  # fmt: skip
    return Value("constant", np.asarray(array), line.result.hint)
