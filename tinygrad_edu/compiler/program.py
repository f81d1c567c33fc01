"""What a traced step is written down as: a list of lines, each one call of NumPy on named values.

    Value    a number or an array that the program knows by name, and whose memory it shows
    Line     function, arguments, results; or a write: into which value
    Program  lines in order, what goes in, what comes out

Nothing is executed here. Tracing makes a program, passes change it, `page` and `emit` turn it into Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

GETITEM, SETITEM = "getitem", "setitem"  # x[index] and x[index] = y

# Calls that change their first argument.
WRITERS = frozenset(
    {SETITEM, "np.copyto", "np.put", "np.place", "np.putmask", "np.put_along_axis", "np.fill_diagonal"}
)


class Value:
    """One value of a program.

    kind: "input" (what the caller gives), "state" (a tensor's array, read anew at each call), "constant",
        "generator" (of random numbers), "result" (of a line).
    memory: the value whose memory this one shows; itself where it has its own.
    """

    __slots__ = ("array", "dtype", "gradient_of", "hint", "kind", "memory", "order", "shape", "slot", "strides")
    shape: Any  # a tuple; None for a number, a generator
    dtype: Any
    strides: Any

    def __init__(self, kind: str, like: Any = None, hint: str = "", memory: Value | None = None):
        self.kind, self.hint, self.memory = kind, hint, memory if memory is not None else self
        self.shape, self.dtype = getattr(like, "shape", None), getattr(like, "dtype", None)
        self.strides = getattr(like, "strides", None)
        self.array: Any = like if kind == "constant" else None
        self.slot: Any = None  # where an input or a state is found at each call
        self.order = -1  # the line that makes it
        self.gradient_of: Value | None = None

    @property
    def is_number(self) -> bool:
        """A Python number."""
        return self.shape is None and self.kind != "generator"

    @property
    def size(self) -> int:
        return math.prod(self.shape or ())

    @property
    def nbytes(self) -> int:
        return 0 if self.dtype is None else self.size * self.dtype.itemsize

    @property
    def is_view(self) -> bool:
        return self.memory is not self

    def __repr__(self) -> str:
        return f"<{self.kind} {self.hint} {self.shape}>"


@dataclass(slots=True)
class Origin:
    """Where a line comes from."""

    phase: str = "forward"  # forward, cost, backward, update
    op: str = ""
    module: str = ""  # the path of the module whose forward ran, "0" or "blocks.1.attention"
    parameters: str = ""  # the paths of the parameters that the op took
    where: Any = None  # the user's line
    number: int = 0  # lines of one call of an op have one number
    passes: str = ""  # the pass that made or changed the line


@dataclass(slots=True, eq=False)
class Line:
    """results = function(*args, **options). A line that writes has `writes`, the value whose memory changes."""

    function: str
    args: tuple
    options: dict[str, Any]
    results: tuple[Value, ...]
    writes: Value | None
    origin: Origin
    several: bool = False  # the function returns a tuple or list, of which `results` are the items
    effect: bool = False  # it must run, in order, though nobody may read it: random numbers

    @property
    def result(self) -> Value:
        return self.results[0]

    @property
    def writes_first(self) -> bool:
        """Whether it changes its first argument, and not what `out` names."""
        return self.function in WRITERS or self.function.endswith(".at")

    def values(self) -> Iterator[Value]:
        """The values it reads, and the one it writes to."""
        for x in (self.args, self.options):
            yield from values_in(x)

    def __repr__(self) -> str:
        return f"<{self.results} = {self.function}{self.args}{self.options or ''} writes={self.writes}>"


def values_in(x: Any) -> Iterator[Value]:
    """All values in a nest of tuples, lists, dicts and slices."""
    kind = type(x)
    if kind is Value:
        yield x
    elif kind is tuple or kind is list:
        for item in x:
            yield from values_in(item)
    elif kind is dict:
        for item in x.values():
            yield from values_in(item)
    elif kind is slice:
        yield from values_in((x.start, x.stop, x.step))


def replaced(x: Any, change: Callable[[Any], Any]) -> Any:
    """The same nest with each leaf changed."""
    kind = type(x)
    if kind is tuple or kind is list:
        return kind(replaced(item, change) for item in x)
    if kind is dict:
        return {key: replaced(item, change) for key, item in x.items()}
    if kind is slice:
        return slice(*replaced((x.start, x.stop, x.step), change))
    return change(x)


@dataclass
class Program:
    """Lines in order. `outputs`: what the caller gets, or what is delivered into a slot, in their order."""

    lines: list[Line] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    states: list[Value] = field(default_factory=list)
    generators: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    functions: dict[str, Any] = field(default_factory=dict)  # names that are not NumPy's
    slices: dict[Value, tuple[Value, int]] = field(default_factory=dict)  # a value: the row it is part of, from where
    movable: set[Value] = field(default_factory=set)  # states that may be laid side by side: an optimizer's moments
    kept: set[Value] = field(default_factory=set)  # outputs that may stay in a buffer: gradients, copied when asked for
    name: str = "step"
    document: str = ""

    def constants(self) -> list[Value]:
        """The constants that lines and outputs use, in their order."""
        found = [v for line in self.lines for v in line.values()] + self.outputs
        return list(dict.fromkeys(v for v in found if v.kind == "constant"))

    def copy(self) -> Program:
        """Another program with the same values; lines are copied, so that a pass may change them."""
        lines = [
            Line(x.function, x.args, x.options, x.results, x.writes, x.origin, x.several, x.effect) for x in self.lines
        ]
        return Program(
            lines, list(self.inputs), list(self.states), list(self.generators), list(self.outputs), self.functions,
            dict(self.slices), set(self.movable), set(self.kept), self.name, self.document,
        )  # fmt: skip


def function_of(text: str, functions: dict[str, Any]) -> Callable:
    """The function that a line names."""
    if text in functions:
        return functions[text]
    found: Any = np
    for part in text.split(".")[1:]:
        found = getattr(found, part)
    return found
