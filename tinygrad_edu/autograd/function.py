"""`Function`: an op with a derivative of one's own, as PyTorch has it. `tinygrad_edu.op` needs less of it.

Source: https://docs.pytorch.org/docs/stable/notes/extending.html#extending-torch-autograd
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from sys import _getframe
from typing import Any, cast

import numpy as np

from ..engine import array_of, constant
from ..grad_mode import no_grad
from ..graph import Node, Op, Output, Place, Tensor, mode
from ..memory import clock, users_frame


class Context:
    """What `forward` hands to `backward`: saved tensors, and any attribute that is set on it."""

    needs_input_grad: tuple[bool, ...] = ()

    def __init__(self) -> None:
        self._saved: tuple = ()
        self._without: tuple = ()
        self._materialize = True
        self._graph: Any = None  # how a saved tensor looks while the way back is recorded

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs or outputs (or None) for backward; writing into them in between is noticed."""
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple:
        """What was saved; on the graph again, where derivatives of derivatives are asked for."""
        return tuple(map(self._graph, self._saved)) if self._graph is not None else self._saved

    saved_variables = saved_tensors

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """These outputs have no derivative."""
        self._without = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (or else None) for outputs that nobody used."""
        self._materialize = value

    def mark_dirty(self, *_: Tensor) -> None:
        """RuntimeError: forward must not write into its inputs."""
        raise RuntimeError("Function.mark_dirty: a Function that writes into its inputs is not supported here; return "
                           "a new tensor")  # fmt: skip


class Function:
    """Subclass it with two static methods, and call `.apply(...)`.

        class Square(Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x

            @staticmethod
            def backward(ctx, g):
                (x,) = ctx.saved_tensors
                return g * 2 * x

    forward: the value, a tensor or several; nothing inside is recorded. backward: dL/dargument for each argument of
    forward (None for what has none), from dL/doutput for each output. With a third method, setup_context(ctx, inputs,
    output), forward takes no ctx. What backward computes with ops has a derivative again.
    """

    _op: Op

    @staticmethod
    def forward(*args: Any, **options: Any) -> Any:
        """What the function computes."""
        raise NotImplementedError("a Function defines the static methods forward and backward")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> None:
        """What backward will need, where forward takes no ctx."""

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """dL/dargument for each argument of forward."""
        raise NotImplementedError("a Function that is differentiated defines the static method backward")

    vjp = backward

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Compute, and leave a node on the graph."""
        return _Call(cls, args).outputs(users_frame(_getframe(1)))


class _Call:
    """One call of a Function."""

    def __init__(self, function: type[Function], args: tuple):
        self.function, self.args = function, args
        self.ctx = Context()
        self.ctx.needs_input_grad = tuple(isinstance(x, Tensor) and x._place is not None for x in args)
        self.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]

    def outputs(self, frame: Any) -> Any:
        ctx, function, args = self.ctx, self.function, self.args
        for i in self.places:
            array_of(args[i])
        with no_grad():
            if function.setup_context is not Function.setup_context:
                value = function.forward(*args)
                function.setup_context(ctx, args, value)
            else:
                value = function.forward(ctx, *args)
        several = isinstance(value, tuple)
        values = value if several else (value,)
        if not mode.recording or not any(ctx.needs_input_grad):
            return value
        node = object.__new__(Node)
        node.op, node.static, node.hooks = _op_of(function), {"call": self}, None
        node.inputs = [x._place if x._place is not None else x._array for x in map(args.__getitem__, self.places)]
        node.code, node.instruction, node.order = frame.f_code, frame.f_lasti, clock()
        self.shapes = [v._array.shape if isinstance(v, Tensor) else None for v in values]
        node.shape = (len(values),) if several else values[0]._array.shape
        self.node, self.several = weakref.ref(node), several
        self.found: tuple = (None, ())
        results = []
        for index, v in enumerate(values):
            if isinstance(v, Tensor) and v._array.dtype.kind == "f" and not any(v is x for x in ctx._without):
                place: Place = Output(node, index, v._array.shape) if several else node
                results.append(constant(v._array, place))
            else:
                results.append(v)
        self.arrays = [v._array if isinstance(v, Tensor) else v for v in values]
        self.types = [v._array.dtype if isinstance(v, Tensor) else None for v in values]
        self._remember(values)
        node.ways = self.ways(None)
        self.args = tuple(None if isinstance(x, Tensor) else x for x in args)  # the places are the node's
        return tuple(results) if several else results[0]

    def _remember(self, values: Sequence) -> None:
        """What each saved tensor is: the i-th input, an output at a place, or something made inside."""
        roles: list = []
        for x in self.ctx._saved:
            role: Any = None
            if isinstance(x, Tensor):
                role = next((("input", k) for k, i in enumerate(self.places) if self.args[i] is x), None)
                if role is None:
                    index = next((i for i, v in enumerate(values) if v is x), None)
                    role = None if index is None else ("output", index)
            roles.append(role)
        self.roles = roles
        # Detached: no cycle by way of the node.
        kept = [cast(Any, x).detach() if isinstance(x, Tensor) else x for x in self.ctx._saved]
        self.ctx._saved = tuple(kept)
        self.saved_arrays = [x._array for x in kept if isinstance(x, Tensor)]

    def ways(self, revived: Sequence | None) -> tuple:
        """A way back for each tensor among the arguments. revived: the inputs, on the graph."""
        return tuple(partial(self._way, k, revived, self.saved_arrays) for k in range(len(self.places)))

    def _way(self, k: int, revived: Sequence | None, _saved: list, g: Any) -> Any:
        if self.found[0] is not g:
            self.found = (g, self._backward(revived, g))
        found = self.found[1][k]
        if found is None:
            place = self.node().inputs[k]  # type: ignore[union-attr]
            return np.zeros(place.shape)
        return found if revived is not None else found._array

    def _backward(self, revived: Sequence | None, g: Any) -> list:
        ctx = self.ctx
        gs = list(g) if self.several else [g]
        for i, x in enumerate(gs):
            if x is None and ctx._materialize and self.shapes[i] is not None:
                x = np.zeros(self.shapes[i], self.types[i])
            gs[i] = x if x is None or isinstance(x, Tensor) else constant(x)
        if revived is not None:
            roles = dict(zip(map(id, ctx._saved), self.roles, strict=True))
            ctx._graph = partial(self._on_graph, roles, revived)
        try:
            found = self.function.backward(ctx, *gs)
        finally:
            ctx._graph = None
        found = found if isinstance(found, (tuple, list)) else (found,)
        if len(found) < len(self.args) or any(x is not None for x in found[len(self.args) :]):
            raise RuntimeError(f"{self.function.__name__}.backward: one gradient for each of {len(self.args)} "
                               f"arguments of forward expected, got {len(found)}")  # fmt: skip
        return [found[i] for i in self.places]

    def _on_graph(self, roles: dict, revived: Sequence, x: Any) -> Any:
        role = roles.get(id(x))
        if role is None:
            return x
        kind, k = role
        if kind == "input":
            return revived[k]
        node = self.node()
        place = node if not self.several else Output(node, k, self.shapes[k])  # type: ignore[arg-type]
        return constant(x._array, place)


def _formula(*xs, call):  # type: ignore[no-untyped-def]
    """A Function's value again, and ways back that are recorded: what derivatives of derivatives ask for."""
    value = tuple(call.arrays) if call.several else call.arrays[0]
    tensors = [x if isinstance(x, Tensor) else constant(x) for x in xs]
    return value, *call.ways(tensors)


def _op_of(function: type[Function]) -> Op:
    """What the engine knows of a Function: its name."""
    if "_op" not in vars(function):
        function._op = Op(_formula, function.__name__, True, None, False, False)
    return function._op


class _Once(Function):
    """Passes tensors on, and raises where they are differentiated."""

    @staticmethod
    def forward(ctx: Any, *tensors: Any) -> Any:
        return tuple(None if t is None else t.detach() for t in tensors)

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


def once_differentiable(backward: Callable) -> Callable:
    """Decorates a backward that is not made of ops: its result cannot be differentiated again, and says so."""

    @functools.wraps(backward)
    def call(ctx: Any, *gs: Any) -> Any:
        with no_grad():
            found = backward(ctx, *gs)
        if not mode.recording:
            return found
        several = isinstance(found, tuple)
        listed = found if several else (found,)
        marked = [None if t is None else t.detach().requires_grad_() for t in listed]
        marked = list(_Once.apply(*marked))
        return tuple(marked) if several else marked[0]

    return call


FunctionCtx = BackwardCFunction = Context
