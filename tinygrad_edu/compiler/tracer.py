"""The tracer: while a step runs, it lifts what ops touch and writes each call of NumPy down as a line.

The engine hands every op to `Tracer.call` while this thread is traced. There each tensor's array becomes a `Traced`
around the same memory: state at its first touch, so that no op ever computes past the program. The formula then
runs as always.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import get_ident
from typing import Any

import numpy as np

from ..engine import raw
from ..gradients import backward, grad
from ..graph import Leaf, Node, Op, Output, Place, Tensor, mode
from ..memory import owner
from ..nn.module import Module
from ..ops.loss import check_target
from ..optim.optimizer import Optimizer
from .errors import CannotFollow, CompileError, users_place
from .program import GETITEM, SETITEM, WRITERS, Line, Origin, Value, function_of, replaced
from .traced import Number, Traced
from .world import World

_INTERNED = 4096  # constants of up to so many bytes are recognized by their bytes
CLASSES_CHECKED = ("cross_entropy", "nll_loss")  # their second argument: class numbers
_WALKS = {backward.__code__, grad.__code__}


class Tracer:
    """Writes one run of a step down. `lines` is what it wrote."""

    def __init__(self, world: World):
        self.world = world
        self.lines: list[Line] = []
        self.known: dict[int, Traced] = {}  # by the identity of the array that is held
        self.constants: dict[Any, Value] = {}
        self.states: list[Value] = []
        self.generators: dict[int, Any] = {}
        self.lifted: list[Tensor] = []
        self.before: list[tuple[np.ndarray, np.ndarray]] = []  # state arrays and what they held
        self.truths: dict[Value, bool] = {}  # numbers whose truth the step relied on
        self.fixed: dict[Value, Any] = {}  # numbers whose value it relied on
        self.functions: dict[str, Any] = {}
        self.checks: list[tuple[str, Value, int, int]] = []  # class numbers: of which op, where, how many, ignored
        self.at_place: dict[Any, Value] = {}
        self.origin = Origin()
        self.held = False  # the origin is set by an op, a way back or an optimizer
        self.walked = False  # a backward pass has been seen
        self.closed = False
        self.count = 0
        self.thread = get_ident()

    # ------------------------------------------------------------------------------------ ops

    def call(self, op: Op, args: tuple, static: dict) -> Any:
        """An op of the step: lift its tensors, run it, remember what its results are called."""
        for x in (*args, *static.values()):
            if isinstance(x, Tensor):
                self.lift(x)
        parameters = [self._path_of(x) for x in args if isinstance(x, Tensor)]
        self._check_classes(op, args, static)
        with self._from(self._origin_of(op.name, ", ".join(filter(None, parameters)))) as origin:
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
        if value is None and type(place) is Leaf and place.tensor() is not None:
            value = self.lift(place.tensor()).named
        self.walked = True
        back = Origin("backward", origin.op, origin.module, origin.parameters, origin.where, self._next())
        with self._from(back):
            before, mode.tracer = mode.tracer, None
            try:
                gradient = way(g)
            finally:
                mode.tracer = before
        if type(gradient) is Traced and gradient.named.kind == "result":
            if value is not None and (gradient.named.order >= back.number or gradient.named.gradient_of is None):
                gradient.named.gradient_of = value
        return gradient

    def _path_of(self, tensor: Tensor) -> str:
        slot = tensor._array.named.slot if type(tensor._array) is Traced else None
        return slot.path if slot is not None and tensor._array.named.kind == "state" else ""

    # ------------------------------------------------------------------------------------ where lines come from

    @contextmanager
    def _from(self, origin: Origin) -> Iterator[Origin]:
        before = self.origin, self.held
        self.origin, self.held = origin, True
        try:
            yield origin
        finally:
            self.origin, self.held = before

    def _next(self) -> int:
        self.count = max(self.count, len(self.lines))
        return len(self.lines)

    def _origin_of(self, name: str, parameters: str = "") -> Origin:
        """The phase and module that are running, read off Python's stack."""
        phase, module = "", ""
        frame: Any = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            if code in _WALKS:
                phase = "backward"
            elif code is Optimizer.step.__code__:
                phase = "update"
            elif code.co_name == "forward" and not module:
                owner_ = frame.f_locals.get("self")
                if isinstance(owner_, Module):
                    module = self.world.names.get(id(owner_), type(owner_).__name__)
                    if type(owner_).__module__.endswith("nn.loss"):
                        phase = phase or "cost"
            frame = frame.f_back
        if not phase:
            phase = "update" if self.walked and not mode.recording else "forward"
        self.walked = self.walked or phase == "backward"
        return Origin(phase, name, module, parameters, users_place(), self._next())

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
        with self._from(Origin("update", type(optimizer).__name__, where=users_place(), number=self._next())):
            yield

    # ------------------------------------------------------------------------------------ what comes in

    def lift(self, tensor: Tensor) -> Traced:
        """Let a tensor hold a traced array until the trace ends."""
        array = tensor._array
        if type(array) is Traced:
            return array
        traced = self.traced(array, fresh=True)
        tensor._array = traced
        self.lifted.append(tensor)
        if tensor._place is not None:
            self.at_place.setdefault(tensor._place, traced.named)
        return traced

    def traced(self, array: np.ndarray, fresh: bool = False) -> Traced:
        """The traced array around an array: an input, a state, or else a constant of the program.

        fresh: a tensor made inside the step, which may be written to.
        """
        found = self.known.get(id(array))
        if found is None:
            slot = self.world.arrays.get(id(array))
            if slot is None:
                named = self._constant(array, fresh)
            else:
                named = Value("input" if slot.is_argument else "state", array, slot.name)
                named.slot = slot
                if not slot.is_argument:
                    self.states.append(named)
                    self.before.append((array, array.copy()))
            found = self.known[id(array)] = Traced(array, named, self)
        return found

    def _constant(self, array: np.ndarray, fresh: bool = False) -> Value:
        key: Any = id(array)
        if array.nbytes <= _INTERNED and not fresh:
            key = array.dtype.str, array.shape, array.strides, array.tobytes()
        value = self.constants.get(key)
        if value is None:
            kept = array.copy() if array.flags.writeable and array.base is None else array
            value = self.constants[key] = Value("constant", kept, "constant")
            value.slot = users_place()
        return value

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

    def array_of_number(self, number: Number, dtype: Any) -> Traced:
        """A Python number that may change from call to call, as an array."""
        return self._line("np.asarray", np.asarray, (number, np.dtype(dtype)), {})

    def plain(self, x: Any) -> Any:
        return replaced(x, lambda leaf: leaf.value if type(leaf) in (Traced, Number) else leaf)

    def named(self, x: Any) -> Any:
        return replaced(x, self._name)

    def _name(self, leaf: Any) -> Any:
        if isinstance(leaf, Tensor):
            return self.lift(leaf).named
        if isinstance(leaf, np.generic):
            return self._constant(np.asarray(leaf))
        if isinstance(leaf, np.ndarray):
            return self.traced(leaf).named
        return leaf.named if type(leaf) in (Traced, Number) else leaf

    # ------------------------------------------------------------------------------------ lines

    def ufunc(self, ufunc: Any, method: str, args: tuple, out: Any, options: dict) -> Any:
        name = self._text(ufunc)
        if out is not None and type(out[0]) is Traced and out[0].scalar:
            out = None
        if method == "__call__":
            return self._line(name, ufunc, args, options, out)
        target = args[0] if method == "at" else None
        return self._line(f"{name}.{method}", getattr(ufunc, method), args, options, out, target)

    def function(self, function: Callable, args: tuple, options: dict) -> Any:
        name = self._text(function)
        out, target = None, args[0] if name in WRITERS else None
        if options.get("out") is not None:
            out = options["out"] if isinstance(options["out"], tuple) else (options["out"],)
            options = {key: x for key, x in options.items() if key != "out"}
        return self._line(name, function, args, options, out, target)

    def getitem(self, array: Traced, index: Any) -> Any:
        return self._line(GETITEM, lambda x, i: x[i], (array, index), {})

    def setitem(self, array: Traced, index: Any, value: Any) -> None:
        def assign(x: Any, i: Any, y: Any) -> None:
            x[i] = y

        self._line(SETITEM, assign, (array, index, value), {}, target=array)

    def number(self, name: str, function: Callable, args: tuple) -> Number:
        """Arithmetic of Python numbers."""
        value = function(*self.plain(args))
        sources = tuple(s for x in args if type(x) is Number for s in x.sources)
        named = Value("result", hint="number")
        self._append(Line(f"operator.{name}", self.named(args), {}, (named,), None, self._here(name)))
        return Number(value, named, self, sources)

    def _line(self, name: str, function: Callable, args: tuple, options: dict, out: Any = None,
              target: Any = None) -> Any:  # fmt: skip
        """Execute a call on the real arrays, and write it down."""
        if self.elsewhere():
            into = {} if out is None else {"out": self.plain(out)}
            return function(*self.plain(args), **self.plain(options), **into)
        if self.closed:
            raise CompileError("compile: a tensor made inside a compiled step was kept (in a list, an attribute?) and "
                               "used after it; return it from the step instead")  # fmt: skip
        origin = self._here(name)
        if out is not None:
            if len(out) != 1:
                raise CannotFollow(f"{name} with several out=", "use what it returns")
            target = out[0]
        if target is not None and type(target) is not Traced:
            target = self._writable(target)
        named_args, named_options = self.named(args), self.named(options)
        plain_args, plain_options = self.plain(args), self.plain(options)
        if out is not None:
            plain_options["out"] = target.value
        result = function(*plain_args, **plain_options)
        if target is not None:
            line = Line(name, named_args, named_options, (), target.named, origin)
            self._append(line)
            return out[0] if out is not None else result
        several = isinstance(result, (tuple, list))
        traced = [self._result(x, name, args, options) for x in (result if several else (result,))]
        self._append(Line(name, named_args, named_options, tuple(t.named for t in traced), None, origin, several))
        return type(result)(traced) if type(result) in (tuple, list) else tuple(traced) if several else traced[0]

    def elsewhere(self) -> bool:
        """Whether another thread asks, which meets the traced arrays of tensors that both use: it is not traced."""
        return get_ident() != self.thread

    def _here(self, name: str) -> Origin:
        return self.origin if self.held else self._origin_of(name.rpartition(".")[2])

    def _append(self, line: Line) -> None:
        for value in line.results:
            value.order = len(self.lines)
        self.lines.append(line)

    def _writable(self, array: Any) -> Traced:
        """A plain array that a traced value is written to: only one that outlives the step makes sense."""
        traced = self.traced(array)
        if traced.named.kind == "constant":
            raise CannotFollow("writing a traced value into a fresh plain array",
                               "make it with np.zeros_like(x, shape=...) of a traced x")  # fmt: skip
        return traced

    def _result(self, x: Any, name: str, args: tuple, options: dict) -> Traced:
        scalar = isinstance(x, np.generic)
        if scalar:
            x = np.asarray(x)
        if not isinstance(x, np.ndarray):
            raise CannotFollow(f"{name}, which gives {x!r} as a plain Python value",
                               "use a function that gives an array")  # fmt: skip
        named = Value("result", x, name.removeprefix("np.").replace(".", "_"), self._memory(x, args, options))
        named.gradient_of = _gradient_of(name, self.named(args))
        return Traced(x, named, self, scalar)

    def _memory(self, x: np.ndarray, args: tuple, options: dict) -> Value | None:
        """The value whose memory a result shows, if it is that of an argument."""
        mine = owner(x)
        for array in _arrays((args, tuple(options.values()))):
            held = array.value if type(array) is Traced else array
            if mine is owner(held):
                return (array if type(array) is Traced else self.traced(array)).named.memory
        return None

    def _text(self, function: Any) -> str:
        module = getattr(function, "__module__", None) or "numpy"
        name = f"np.{module[6:]}.{function.__name__}" if module.startswith("numpy.") else f"np.{function.__name__}"
        try:
            if function_of(name, self.functions) is function:
                return name
        except AttributeError:
            pass
        self.functions[function.__name__] = function
        return str(function.__name__)

    # ------------------------------------------------------------------------------------ numbers

    def relies_on_truth(self, number: Number) -> None:
        if number.sources == (number.named,):
            self.truths[number.named] = bool(number.value)
        else:
            self.relies_on_value(number)

    def relies_on_value(self, number: Number) -> None:
        for source in number.sources:
            self.fixed[source] = source.array

    # ------------------------------------------------------------------------------------ the end

    def lower(self) -> None:
        """Give all lifted tensors their arrays back."""
        self.closed = True
        for tensor in self.lifted:
            lower(tensor)

    def undo(self) -> None:
        """Put back what the arrays of the state held before."""
        for array, held in self.before:
            array[...] = held
        for traced in self.generators.values():
            traced.undo()


def lower(tensor: Any) -> None:
    """Let a tensor hold its real array again."""
    if type(tensor._array) is Traced:
        tensor._array = tensor._array.value
    if type(tensor._place) is Leaf and type(tensor._place.array) is Traced:
        tensor._place.array = tensor._array


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


def _arrays(x: Any) -> Iterator[Any]:
    if type(x) is Traced or isinstance(x, np.ndarray):
        yield x
    elif isinstance(x, (tuple, list)):
        for item in x:
            yield from _arrays(item)


def _gradient_of(function: str, args: tuple) -> Value | None:
    """What a sum of gradients is the gradient of."""
    if function not in ("np.add", "np.add.reduce"):
        return None
    found = {x.gradient_of for x in args if type(x) is Value}
    return found.pop() if len(found) == 1 else None
