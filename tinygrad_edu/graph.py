"""The graph that ops leave behind: one place for each value that a derivative may be asked of.

A tensor stands at a place (`tensor._place`), a node knows the places of its inputs, and nothing points the other
way: a graph lives as long as a tensor stands on it.
"""

from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .memory import Line, clock
from .missing import no_answer

if TYPE_CHECKING:
    from types import CodeType


class Op:
    """What is known of one op: its formula and how the engine treats it. `registry` lists them by name."""

    def __init__(
        self, formula: Callable, name: str, elementwise: bool, promote: str | None, condition: bool, view: bool
    ):
        parameters = inspect.signature(formula).parameters.values()
        self.formula, self.name, self.elementwise, self.view = formula, name, elementwise, view
        self.promote, self.numbers_from = promote, int(condition)
        self.positional = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
        self.required = sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.static = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        self.saves = False  # whether its ways back have been seen to close over arrays
        self.call: Callable = formula

    def __repr__(self) -> str:
        return f"<op {self.name}>"


class Mode(threading.local):
    """What this thread's ops do besides computing."""

    recording = True  # leave nodes behind
    inference = False  # within inference_mode, which records nothing either
    reviving = False  # formulas are being read by Tensors, see `_revive`
    tracer: Any = None  # writes this thread's ops down, see compiler/
    observer: Any = None  # runs this thread's ops and ways back, to time them or to look at what they give


mode = Mode()


class Place:
    """Where a tensor stands in the graph. `order` is a creation number, hence a topological order."""

    __slots__ = ("__weakref__", "hooks", "order", "shape")
    order: int
    shape: tuple
    hooks: Any

    def name(self) -> str:
        return type(self).__name__


class Leaf(Place):
    """A tensor that the user made: the walk ends here, and the tensor's `.grad` receives the sum."""

    __slots__ = ("array", "tensor")

    def __init__(self, tensor: Tensor):
        self.order, self.shape, self.hooks = clock(), tensor._array.shape, None
        self.tensor, self.array = weakref.ref(tensor), tensor._array

    def name(self) -> str:
        return "AccumulateGrad"


class Node(Place):
    """One op that was run: its formula, the places (or constant values) of its inputs, its ways back.

    It holds no Tensor, and no value but constants and what the ways back close over.
    """

    __slots__ = ("code", "inputs", "instruction", "op", "static", "ways")
    op: Op
    inputs: Any  # for each argument, its place, or its value where it has none
    static: dict
    ways: Any  # for each argument, its way back, or None
    code: CodeType
    instruction: int

    @property
    def line(self) -> Line:
        """Where in the user's code the op was called."""
        return Line(self.code, self.instruction)

    @property
    def next_functions(self) -> tuple:
        """PyTorch's view of the graph: (place, 0) for each input, (None, 0) for a constant."""
        return tuple((x if isinstance(x, Place) else None, 0) for x in self.inputs)

    def name(self) -> str:
        """As in PyTorch: `MulBackward0` of `mul`, `CubeBackward` of a Function called Cube."""
        own = "" if self.op.name[:1].isupper() else "0"
        return "".join(part[:1].upper() + part[1:] for part in self.op.name.split("_")) + "Backward" + own

    def __repr__(self) -> str:
        return f"<{self.op.name} at {self.line}>"


class Output(Place):
    """One of several values of a node, e.g. the indices of a sort."""

    __slots__ = ("index", "node")

    def __init__(self, node: Node, index: int, shape: tuple):
        self.order, self.shape, self.hooks, self.node, self.index = clock(), shape, None, node, index

    @property
    def op(self) -> Op:
        return self.node.op

    @property
    def next_functions(self) -> tuple:
        return self.node.next_functions

    def name(self) -> str:
        return self.node.name()


registry: dict[str, Op] = {}  # every op, by name
answers: dict[Any, Callable] = {}  # NumPy function -> what answers when it meets a Tensor


class Tensor:
    """An array that remembers how it was computed. `tinygrad_edu.Tensor` adds the methods."""

    _array: Any
    _place: Place | None = None
    _base: Tensor | None = None  # the tensor whose memory this one is a view of
    _views: set | None = None  # weak references to the views of this one
    grad: Tensor | None = None

    # The two protocols by which NumPy's own functions reach the ops (NEP 13, NEP 18).

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        if out is not None:
            raise TypeError(f"np.{ufunc.__name__}: out= would write past the graph; use the value that is returned, "
                            "or compute on .detach().numpy()")  # fmt: skip
        if method == "__call__":
            return _answer_to(ufunc, ufunc.__name__)(*inputs, **options)
        return _answer_to((ufunc, method), f"{ufunc.__name__}.{method}")(*inputs, **options)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        return _answer_to(function, function.__name__)(*args, **options)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._place is not None:
            raise RuntimeError("a tensor that requires grad does not turn into an array by itself, since its "
                               "derivative would be lost; use t.detach().numpy()")  # fmt: skip
        if mode.tracer is not None:
            mode.tracer.lift(self)
        return np.array(self._array, dtype=dtype, copy=copy)


def _answer_to(key: Any, name: str) -> Callable:
    try:
        return answers[key]
    except KeyError:
        raise TypeError(no_answer(name, registry)) from None
