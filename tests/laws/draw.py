"""Hypothesis draws a call of an op: shapes from its shape line, settings from its Examples, values from its Domain.

Values are distinct and apart, and none is near 0, so that a small step crosses no kink and makes no tie.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from tinygrad_edu.engine import Op

from . import grammar
from .cases import AGAIN, CASES
from .spacing import signed, spaced


@dataclass
class Call:
    """What an op is called with: arrays by position (float64, int64 or bool), settings by keyword."""

    op: Op
    arrays: tuple
    static: dict
    expected: tuple | None = None  # the result's shape where the docstring has it, None for a length it leaves open

    @property
    def floats(self) -> list[int]:
        """The positions of the floating arguments."""
        return [i for i, x in enumerate(self.arrays) if getattr(x, "dtype", np.dtype(int)).kind == "f"]

    @property
    def wanted(self) -> list[int]:
        """Those of them in which the op has a derivative, as its docstring has it."""
        without = grammar.without_derivative(self.op)
        return [i for i in self.floats if not without or self.op.positional[i] not in without]

    def formula(self) -> tuple:
        """The value and the ways back, computed on plain arrays."""
        with np.errstate(all="ignore"):
            return self.op.formula(*self.arrays, **self.static)

    def values(self) -> tuple:
        value = self.formula()[0]
        return value if type(value) is tuple else (value,)

    def with_array(self, i: int, x: Any) -> Call:
        x = np.asarray(x) if isinstance(x, np.generic) else x
        return replace(self, arrays=(*self.arrays[:i], x, *self.arrays[i + 1 :]))

    def as_dtype(self, dtype: Any) -> Call:
        return replace(self, arrays=tuple(
            x.astype(dtype) if i in self.floats else x for i, x in enumerate(self.arrays)
        ))  # fmt: skip

    def fresh(self, rng: np.random.Generator, positions: Any = None) -> Call:
        """The same call with other values at the floating positions: in another order, scaled, of other signs."""
        call = self
        for i in self.floats if positions is None else positions:
            x = self.arrays[i]
            if self.op.name in AGAIN:
                call = call.with_array(i, AGAIN[self.op.name](x.shape, rng))
                continue
            numbers = rng.permutation(x.ravel()) * rng.uniform(0.9, 0.99, x.size)
            numbers *= rng.choice([-1, 1], x.size) if np.any(x < 0) else 1
            call = call.with_array(i, np.reshape(numbers, x.shape))
        return call

    def __repr__(self) -> str:
        return f"{self.op.name}({', '.join(map(repr, self.arrays))}, **{self.static})"


def calls(op: Op, smallest: int = 1, broadcast: bool | None = None) -> st.SearchStrategy[Call]:
    """Calls of an op: from its shape line where it has one, from the table of cases otherwise.

    smallest: the least length of an axis, unless the op asks for more. broadcast: whether leading axes differ.
    """
    read = grammar.signature(op)
    if read is None:
        return _from_table(op)
    if op.name in CASES and smallest and not broadcast:
        return _from_line(op, read, smallest, broadcast) | _from_table(op)
    return _from_line(op, read, smallest, broadcast)


@st.composite
def _from_table(draw: Any, op: Op) -> Call:
    make = draw(st.sampled_from(CASES[op.name]))
    arrays, static = make(np.random.default_rng(draw(st.integers(0, 2**16))))
    return Call(op, arrays, static)


@st.composite
def _from_line(draw: Any, op: Op, read: grammar.Signature, smallest: int, broadcast: bool | None) -> Call:
    in_examples = set(re.findall(r"\b\w+\b(?!=)", " ".join(read.examples)))
    letters = {a for x in read.inputs for a in x.axes if not a.isdigit()}
    letters = sorted(letters | {a for a in read.result or () if a in in_examples})
    large = sum(len(x.axes) for x in read.inputs) > 8 or any(len(x.axes) > 3 for x in read.inputs)
    sizes = {}
    for letter in letters:
        least = max(read.smallest.get(letter, smallest), smallest)
        sizes[letter] = draw(st.integers(least, least + (1 if large else 3)))
    lead = _leading(draw, read, broadcast, smallest)
    shapes = [
        (*lead[i], *(int(a) if a.isdigit() else sizes[a] for a in x.axes)) for i, x in enumerate(read.inputs)
    ]
    given = len(read.inputs)
    while not op.variadic and given > op.required and draw(st.booleans()):
        given -= 1
    text = draw(st.sampled_from(read.examples or [""]))
    static = example(text, sizes)
    arrays = values(read.inputs[:given], shapes[:given], sizes, np.random.default_rng(draw(st.integers(0, 2**16))))
    shape = expected(read, sizes, lead) if text in read.examples[:1] or not read.examples else None
    return Call(op, arrays, static, shape)


def _leading(draw: Any, read: grammar.Signature, broadcast: bool | None, smallest: int) -> list[tuple]:
    """The leading axes of each input: of one array in full, of the others perhaps shorter or of length 1."""
    inputs = [i for i, x in enumerate(read.inputs) if x.leading]
    lead = [()] * len(read.inputs)
    if not inputs:
        return lead
    lengths = st.integers(2 if broadcast else smallest, 3)
    whole = tuple(draw(st.lists(lengths, min_size=1 if broadcast else 0, max_size=2)))
    full = draw(st.sampled_from(inputs))
    for i in inputs:
        lead[i] = whole
        if i != full and len(whole) and broadcast is not False and (broadcast or draw(st.booleans())):
            start = draw(st.integers(0, len(whole)))
            lead[i] = tuple(1 if draw(st.booleans()) else n for n in whole[start:])
            if broadcast and lead[i] == whole:
                lead[i] = whole[1:]
    return lead


def example(text: str, sizes: dict) -> dict:
    """The settings that one of the Examples names, e.g. `shape=(n, 1, m), step=2`."""
    return eval(f"dict({text})", {"np": np, **sizes})


def expected(read: grammar.Signature, sizes: dict, lead: list[tuple]) -> tuple | None:
    """The shape of the result as the docstring has it for the first Example; None for a length it leaves open."""
    if read.result is None:
        return None
    shape: list = []
    for axis in read.result:
        if axis == "...":
            shape += np.broadcast_shapes(*(n for n, x in zip(lead, read.inputs, strict=True) if x.leading))
        else:
            try:
                shape.append(eval(axis, {"__builtins__": {}}, dict(sizes)))
            except NameError:
                shape.append(None)
    return tuple(shape)


def values(inputs: list, shapes: list, sizes: dict, rng: np.random.Generator) -> tuple:
    """One array for each input. All floats that no Domain restricts come from one pool, so that none is twice."""
    free = [x.kind == "float" and x.low is None and x.high is None for x in inputs]
    total = sum(int(np.prod(s)) for s, is_free in zip(shapes, free, strict=True) if is_free)
    pool = signed(total, rng)
    arrays = []
    for x, shape, is_free in zip(inputs, shapes, free, strict=True):
        count = int(np.prod(shape))
        if x.kind == "bool":
            arrays.append(rng.random(shape) < 0.5)
        elif x.kind != "float":
            limit = x.kind.split()[1]
            limit = int(limit) if limit.isdigit() else sizes[limit]
            assume(limit or not count)
            arrays.append(rng.integers(0, max(limit, 1), shape))
        elif is_free:
            arrays.append(np.reshape(pool[:count], shape))
            pool = pool[count:]
        else:
            arrays.append(np.reshape(spaced(count, *_interval(x), rng), shape))
    return tuple(arrays)


def _interval(x: grammar.Input) -> tuple[float, float]:
    if x.low is not None and x.high is not None:
        margin = 0.05 * (x.high - x.low)
        return x.low + margin, x.high - margin
    return (x.low + 0.15, x.low + 2) if x.low is not None else (x.high - 2, x.high - 0.15)
