"""What ran, written down while it runs: each op with its layer and line, each way back with what it passed on.

The engine lets an observer run its ops and ways back; this one runs them and keeps copies of what they gave. It
computes nothing itself, so the numbers and the bits are those of the same program without it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np

from ..engine import _sum_to, observing, raw
from ..graph import Leaf, Node, Op, Output, Place, Tensor, mode
from ..memory import Line, ours
from ..nn.module import Module


@dataclass
class Call:
    """An op that ran. args: for each argument, where it came from, as `Recording.source` says."""

    number: int
    op: Op
    phase: str
    layer: str  # the module's dotted name, "" for the model itself or none
    line: str  # file:line of the user's code
    args: list[str]
    settings: dict[str, Any]
    values: list[np.ndarray]  # copies of what it gave
    arguments: list[Any]  # the arrays that it read
    node: Node | None


@dataclass
class Arrival:
    """A way back that ran: it took the gradient g of a node, and passed one on to the place of an argument."""

    walk: int
    node: Node
    place: Place
    argument: int
    way: Callable
    g: Any
    passed: np.ndarray  # summed over the axes that were broadcast, as the walk does


@dataclass
class Layer:
    """A call of a module, and the numbers of the ops that ran in it."""

    name: str
    module: Module
    depth: int
    inputs: list[np.ndarray]
    outputs: list[np.ndarray] = field(default_factory=list)
    ops: list[int] = field(default_factory=list)


class Recording:
    """A context manager; while it is open, this thread's ops and ways back are entered here.

    model: its modules and parameters are called by their names. named: other tensors with a name.
    """

    def __init__(self, model: Module | None = None, **named: Tensor):
        self.model, self.phase = model, ""
        self.outermost: CodeType | None = (
            None  # a function of ours that calls the model; the user's line lies inside it
        )
        self.calls: list[Call] = []
        self.arrivals: list[Arrival] = []
        self.layers: list[Layer] = []
        self.names: dict[int, str] = {id(t._array): name for name, t in named.items()}
        self.modules: dict[str, Module] = {}
        self._open: list[Layer] = []
        self._made: dict[int, int] = {}  # array -> the number of the call that made it
        self._kept: list[Any] = [t._array for t in named.values()]  # alive, so that no other array takes its id
        self._of: dict[Node, Call] = {}
        self._walk, self._seen, self._order = 0, set[Any](), 0
        if model is not None:
            self.modules = dict(model.named_modules())
            for name, tensor in (*model.named_parameters(), *model.named_buffers()):
                self.names[id(tensor._array)] = name
                self._kept.append(tensor._array)

    # ------------------------------------------------------------------------------------ from when to when

    def __enter__(self) -> Recording:
        self.inner = mode.observer
        self._block = contextlib.ExitStack()
        self._block.enter_context(observing(self))
        self._block.enter_context(self._following())
        return self

    def __exit__(self, *error: Any) -> None:
        self._block.__exit__(*error)
        _newest[0] = self

    @contextlib.contextmanager
    def _following(self) -> Iterator[None]:
        """Let each module say when it begins and ends."""
        had = [(module, module._hooks) for module in self.modules.values()]
        names = {id(module): name for name, module in self.modules.items()}

        def begins(module: Module, args: tuple) -> None:
            self._open.append(
                Layer(names[id(module)], module, len(self._open), [x.copy() for x in _arrays(args)])
            )
            self.layers.append(self._open[-1])

        def ends(module: Module, args: tuple, output: Any) -> None:
            self._open.pop().outputs = [x.copy() for x in _arrays(output)]

        handles = []
        for module in self.modules.values():
            handles += [module.register_forward_pre_hook(begins), module.register_forward_hook(ends)]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
            for module, hooks in had:
                if hooks is None:
                    module._hooks = None
            self._open.clear()

    # ------------------------------------------------------------------------------------ what the engine asks

    def forward(self, op: Op, call: Callable, args: tuple, static: dict) -> Any:
        line = self._line(sys._getframe(1))
        sources = [self.source(x) for x in args]
        before, mode.observer = mode.observer, self.inner
        try:
            result = call(*args, **static)
        finally:
            mode.observer = before
        tensors = [x for x in (result if isinstance(result, tuple) else (result,)) if isinstance(x, Tensor)]
        if not tensors:
            return result
        place = tensors[0]._place
        node = place.node if isinstance(place, Output) else place if isinstance(place, Node) else None
        entry = Call(len(self.calls), op, self.phase, self._open[-1].name if self._open else "", line, sources,
                     dict(static), [x._array.copy() for x in tensors], [raw(x) for x in args], node)  # fmt: skip
        self.calls.append(entry)
        for layer in self._open:
            layer.ops.append(entry.number)
        for x in tensors:
            self._made[id(x._array)] = entry.number
            self._kept.append(x._array)
        if node is not None:
            self._of[node] = entry
        return result

    def _line(self, frame: Any) -> str:
        """The user's line that called; in a model made of our layers alone, the layer's own."""
        layer = None
        while (
            frame.f_back is not None and frame.f_code is not self.outermost and ours(frame.f_code.co_filename)
        ):
            if layer is None and isinstance(frame.f_locals.get("self"), Module):
                layer = frame
            frame = frame.f_back
        if frame.f_code is self.outermost and layer is not None:
            frame = layer
        return short(str(Line(frame.f_code, frame.f_lasti)))

    def backward(self, node: Node, place: Place, way: Callable, g: Any) -> Any:
        before, mode.observer = mode.observer, self.inner
        try:
            gradient = way(g) if self.inner is None else self.inner.backward(node, place, way, g)
        finally:
            mode.observer = before
        if node.order > self._order or way in self._seen:  # a walk goes from the newest to the oldest, once
            self._walk, self._seen = self._walk + 1, set()
        self._order = node.order
        self._seen.add(way)
        last = self.arrivals[-1] if self.arrivals else None
        if last is not None and (last.node is not node or last.walk != self._walk):
            last = None
        argument = next((i for i, w in enumerate(node.ways or ()) if w is way), None)
        if argument is None:  # made anew for create_graph: the next argument that stands at this place
            after = -1 if last is None else last.argument
            argument = next(i for i, x in enumerate(node.inputs) if x is place and i > after)
        kept, passed = copied(g) if last is None else last.g, summed(node, place, gradient)
        self.arrivals.append(Arrival(self._walk, node, place, argument, way, kept, passed))
        return gradient

    # ------------------------------------------------------------------------------------ what can be asked of it

    def source(self, x: Any) -> str:
        """Where an argument came from: a name, "op 3", a number, or what it looks like."""
        if isinstance(x, Tensor):
            name = self.names.get(id(x._array))
            made = self._made.get(id(x._array))
            return name or (f"op {made}" if made is not None else f"tensor {x._array.shape}")
        if isinstance(x, np.ndarray):
            return self.names.get(id(x), f"array {x.shape}")
        return str(x) if isinstance(x, (int, float, bool, type(None))) else type(x).__name__

    def call_of(self, node: Any) -> Call | None:
        """The op that left this node, if it ran while the recording was open."""
        return self._of.get(node)

    def maker(self, source: str) -> Call | None:
        """The call behind "op 3"."""
        return self.calls[int(source[3:])] if source.startswith("op ") else None

    def name_of(self, place: Place) -> str:
        """What stands at a place: a parameter's name, or its op."""
        if isinstance(place, Leaf):
            return self.names.get(id(place.array), f"leaf {place.shape}")
        call = self.call_of(place.node if isinstance(place, Output) else place)
        return place.op.name if call is None else f"op {call.number}"  # type: ignore[attr-defined]

    def gradient_at(self, place: Place | None) -> Any:
        """What arrived at a place in the last walk that came by, complete; None where no gradient did."""
        for a in reversed(self.arrivals):
            if a.node is place:
                return a.g
            if isinstance(place, Output) and a.node is place.node:
                return a.g[place.index]
        came = [a for a in self.arrivals if a.place is place]
        return None if not came else total([a.passed for a in came if a.walk == came[-1].walk])


def recording(model: Module | None = None, **named: Tensor) -> Recording:
    """While the block runs, what the engine does is written down, for `explain` and `draw_graph`.

        with recording(model) as seen:
            cost = cost_of(model(x), wanted)
            cost.backward()
        print(explain(model[0].weight))

    model: its modules and parameters are called by their names; x=tensor: other tensors with a name.
    The newest recording is kept; it holds the values of its ops.
    """
    return Recording(model, **named)


_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
_newest: list[Recording] = [Recording()]


def newest() -> Recording:
    """The recording that was closed last."""
    return _newest[0]


def total(terms: list) -> Any:
    """A sum in the walk's order: from the first to the last."""
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def summed(node: Node, place: Place, gradient: Any) -> np.ndarray:
    """What the walk delivers at a place of what a way back gave: a copy, summed over the axes that were broadcast."""
    array = np.array(raw(gradient))
    return array if array.shape == place.shape else np.asarray(_sum_to(array, place.shape, node.op))


def copied(g: Any) -> Any:
    """A gradient, or a tuple of them with None for what nobody used, as arrays of its own."""
    if isinstance(g, (tuple, list)):
        return [None if x is None else np.array(raw(x)) for x in g]
    return np.array(raw(g))


def short(line: str) -> str:
    """A line of code without the name of the current folder, or of the one that the package lies in."""
    return line.removeprefix(_ROOT).removeprefix(os.getcwd() + os.sep)


def _arrays(x: Any) -> list[np.ndarray]:
    if isinstance(x, Tensor):
        return [x._array]
    if isinstance(x, dict):
        x = x.values()
    return (
        [a for part in x for a in _arrays(part)] if isinstance(x, (tuple, list)) or hasattr(x, "values") else []
    )
