"""The tracer: what the engine asks while a step runs.

The engine hands every op to `Tracer.call` while this thread is traced. There each tensor's array is lifted into the
trace, so that no op ever computes past the program. The formula then runs as always, and the writer writes down what
it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from ..engine import raw
from ..graph import Leaf, Node, Op, Output, Place, Tensor, mode
from ..ops.loss import check_target
from .errors import CannotFollow, users_place
from .program import Line, Origin, Value
from .traced import Traced
from .world import World
from .writer import Writer

CLASSES_CHECKED = ("cross_entropy", "nll_loss")  # their second argument: class numbers


class Tracer(Writer):
    """A writer that follows ops, ways back, optimizers and random numbers."""

    def __init__(self, world: World):
        super().__init__(world)
        self.generators: dict[int, TracedGenerator] = {}
        self.checks: list[tuple[str, Value, int, int]] = []  # class numbers: of which op, where, how many, ignored

    # ------------------------------------------------------------------------------------ ops

    def call(self, op: Op, args: tuple, static: dict) -> Any:
        """An op of the step: lift its tensors, run it, remember what its results are called."""
        for x in (*args, *static.values()):
            if isinstance(x, Tensor):
                self.lift(x)
        parameters = [self._path_of(x) for x in args if isinstance(x, Tensor)]
        self._check_classes(op, args, static)
        origin = self.origins.of(op.name, len(self.lines), ", ".join(filter(None, parameters)))
        with self.origins.set(origin):
            before, mode.tracer = mode.tracer, None
            try:
                results = op.call(*args, **static)
            finally:
                mode.tracer = before
        for result in results if type(results) is tuple else (results,):
            array = raw(result)
            if type(array) is Traced:
                array.scalar = False  # the engine makes an array of it
            if type(array) is Traced and array.named.kind == "result" and array.named.order >= origin.number:
                array.named.hint = op.name
            if isinstance(result, Tensor) and result._place is not None:
                self._wrap(result._place, origin)
                self.at_place[result._place] = array.named
        return results

    def _check_classes(self, op: Op, args: tuple, static: dict) -> None:
        """Class numbers are checked as in eager mode; those that come in from outside, at each call."""
        if op.name not in CLASSES_CHECKED or len(args) < 2 or not all(isinstance(x, Tensor) for x in args[:2]):
            return
        scores, target = (self.lift(x) for x in args[:2])
        ignored = static.get("ignore_index", -100)
        check_target(op.name, scores.value, target.value, ignored)
        if target.named.memory.kind == "input" and target.size == target.named.memory.size:
            self.checks.append((op.name, target.named.memory, scores.shape[1], ignored))

    def _wrap(self, place: Any, origin: Origin) -> None:
        """Let the ways back of a new node say whose gradient they compute."""
        node = place.node if type(place) is Output else place
        if type(node) is Node and node.ways is not None and not any(type(way) is partial for way in node.ways):
            node.ways = tuple(
                way if way is None or not isinstance(x, Place) else partial(self._back, origin, x, way)
                for x, way in zip(node.inputs, node.ways, strict=False)  # a formula may return more than were given
            )

    def _back(self, origin: Origin, place: Any, way: Callable, g: Any) -> Any:
        """One way back, run by the walk."""
        value = self.at_place.get(place)
        tensor = place.tensor() if type(place) is Leaf else None
        if value is None and tensor is not None:
            value = self.lift(tensor).named
        self.origins.walked = True
        back = Origin("backward", origin.op, origin.module, origin.parameters, origin.where, len(self.lines))
        with self.origins.set(back):
            before, mode.tracer = mode.tracer, None
            try:
                gradient = way(g)
            finally:
                mode.tracer = before
        if value is not None and type(gradient) is Traced and gradient.named.kind == "result":
            named = gradient.named
            if named.order >= back.number or named.gradient_of is None:
                named.gradient_of = value
        return gradient

    def _path_of(self, tensor: Tensor) -> str:
        slot = tensor._array.named.slot if type(tensor._array) is Traced else None
        return slot.path if slot is not None and tensor._array.named.kind == "state" else ""

    @contextmanager
    def update(self, optimizer: Any) -> Iterator[None]:
        """The step of an optimizer: its tensors are lifted, and its lines carry its name."""
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                settings = [x for v in group.values() for x in (v if isinstance(v, tuple) else (v,))]
                for tensor in (p, p.grad, *optimizer.state.get(p, {}).values(), *settings):
                    if isinstance(tensor, Tensor):
                        self.lift(tensor)
        name = type(optimizer).__name__
        with self.origins.set(Origin("update", name, where=users_place(), number=len(self.lines))):
            yield

    # ------------------------------------------------------------------------------------ generators, and refusals

    def generator(self, generator: Any) -> Any:
        """NumPy's generator behind one of ours, writing down what is drawn."""
        slot = self.world.generators.get(id(generator))
        if slot is None:
            return generator.numpy  # made inside the step: what it draws is constant
        if id(generator) not in self.generators:
            value = Value("generator", hint="generator")
            value.slot = slot
            self.generators[id(generator)] = TracedGenerator(generator.numpy, value, self)
        return self.generators[id(generator)]

    def seeded(self, generator: Any) -> None:
        """A generator is asked where it stands, or set elsewhere: only one that the step makes itself may be."""
        if id(generator) in self.world.generators:
            raise CannotFollow("seeding a generator, or asking for its state",
                               "do that outside of the compiled step; inside, a stream only goes on")  # fmt: skip

    def requires_grad(self, tensor: Tensor) -> None:
        """A tensor is asked to require grad, or not to any more: only one that the step makes itself may be."""
        if id(tensor) in self.world.firsts:
            raise CannotFollow("requires_grad_() on a tensor that outlives the step",
                               "call it outside of the compiled step, or use detach() for a part of it")  # fmt: skip

    # ------------------------------------------------------------------------------------ the end

    def undo(self) -> None:
        super().undo()
        for traced in self.generators.values():
            traced.undo()

    def release(self) -> None:
        super().release()
        self.generators.clear()


class TracedGenerator:
    """A generator of NumPy's that writes down what is drawn from it."""

    def __init__(self, generator: np.random.Generator, named: Value, tracer: Tracer):
        self.generator, self.named, self.tracer = generator, named, tracer
        self.before = generator.bit_generator.state

    def __getattr__(self, name: str) -> Any:
        tracer, method = self.tracer, getattr(self.generator, name)

        def draw(*args: Any, **options: Any) -> Traced:
            value = np.asarray(method(*tracer.plain(args), **tracer.plain(options)))
            traced = Traced(value, Value("result", value, name), tracer)
            line = Line(f"generator.{name}", (self.named, *tracer.named(args)), tracer.named(options),
                        (traced.named,), None, tracer._here(name), effect=True)  # fmt: skip
            tracer._append(line)
            return traced

        return draw

    def undo(self) -> None:
        self.generator.bit_generator.state = self.before
