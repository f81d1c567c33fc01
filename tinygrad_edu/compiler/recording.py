"""One run of a step, written down: its program, what it relied on, and what it left behind.

The run is real: when it returns, the model and the optimizer are where eager mode would have left them. When it
raises, they are as they were before.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import tracing
from ..graph import Leaf, Tensor, mode
from ..optim.optimizer import Optimizer
from .errors import CompileError
from .passes.spelling import takes_out
from .program import Origin, Program, Value
from .snapshot import Snapshot
from .traced import Number, Traced
from .tracer import Tracer, lower
from .world import MISSING, Slot, World
from .writable import own_what_is_written


@dataclass
class Returned:
    """One leaf of what the step returns. kind: "output" (of the program), "same" (an object that was there),
    "delivered" (what is put into a slot) or "constant"."""

    kind: str
    what: Any = None
    graph: bool = False  # the tensor had a place in the graph


@dataclass
class Delivery:
    """What is put into a slot after the program has run: an output, or None."""

    slot: Slot
    output: int | None
    kind: str  # "tensor", "none", "number", or "array": the tensor keeps standing there, with another array
    tensor: Any = None


@dataclass
class Recording:
    """A run of a step."""

    program: Program
    world: World
    tracer: Tracer
    arguments: tuple[str, ...]
    given: dict[str, Any]
    template: Any = None
    deliveries: list[Delivery] = field(default_factory=list)
    result: Any = None
    grad_mode: bool = True
    relied: list[Value] = field(default_factory=list)  # inputs that were only compared
    settings: set = field(default_factory=set)
    grows: str = ""  # what the run has added to the world, so that it cannot be repeated as it is
    places: dict[int, Any] = field(default_factory=dict)


def record(function: Callable, args: tuple, options: dict, check: Callable | None = None) -> Recording:
    """Run `function` once, writing down what it does. check(recording) may still refuse it, and undo the run."""
    names = arguments_of(function, args)
    world = World(function, args, options, names)
    tracer = Tracer(world)
    program = Program(name=_name(function), document=inspect.getdoc(function) or "")
    given = dict(zip(names, args, strict=True)) | options
    places = {id(v): v._place for v in world.holders if isinstance(v, Tensor)}
    recording = Recording(program, world, tracer, names, given, grad_mode=mode.recording, places=places)
    settings = _Settings(world, tracer, program)
    before = Snapshot(world)
    try:
        with settings, tracing(tracer):
            traced_args = tuple(_traced(x, tracer, slot_name, program) for x, slot_name in zip(args, names, strict=True))
            traced_options = {key: _traced(x, tracer, key, program) for key, x in options.items()}
            result = function(*traced_args, **traced_options)
        recording.settings = settings.places()
        settings.restore()
        _settle(recording, World(function, args, options, names), result, places, settings)
        if check is not None:
            check(recording)
    except BaseException:
        tracer.lower()
        before.restore()
        tracer.undo()
        raise
    return recording


def arguments_of(function: Callable, args: tuple) -> tuple[str, ...]:
    """Names for the positional arguments of a call."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][: len(args)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "argument")
    return (*names, *(f"{rest}_{i}" for i in range(len(args) - len(names))))


def _name(function: Callable) -> str:
    name = getattr(getattr(function, "func", function), "__name__", "step")
    return name if name.isidentifier() else "step"


class _Settings:
    """The numbers of param_groups, exchanged for Numbers while the step is traced."""

    def __init__(self, world: World, tracer: Tracer, program: Program):
        self.tracer, self.program, self.world = tracer, program, world
        self.exchanged: list[tuple[dict, Any, Any, Any]] = []

    def __enter__(self) -> None:
        for holder in {id(h): h for h in self.world.holders}.values():
            if isinstance(holder, Optimizer):
                for group in holder.param_groups:
                    for key, value in group.items():
                        if key == "params" or not _has_number(value):
                            continue
                        slot = self.world.slots.get((id(group), "item", key))
                        stand_in = self._number(value, slot)
                        self.exchanged.append((group, key, value, stand_in))
        for group, key, _, stand_in in self.exchanged:
            group[key] = stand_in

    def __exit__(self, *_: Any) -> None:
        pass

    def _number(self, value: Any, slot: Any) -> Any:
        if isinstance(value, (tuple, list)):
            inner = [self.world.slots.get((id(value), "item", i)) for i in range(len(value))]
            return type(value)(self._number(x, s) for x, s in zip(value, inner, strict=True))
        return _number(value, slot, self.tracer, self.program) if _is_number(value) else value

    def places(self) -> set:
        """The slots of the numbers that were exchanged: they are read, not compared."""
        return {v.slot.place for v in self.program.inputs if v.is_number}

    def restore(self) -> None:
        """Put the numbers back, where the step has not put others."""
        for group, key, value, stand_in in self.exchanged:
            if group.get(key) is stand_in:
                group[key] = value


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) or isinstance(value, (np.float64, np.float32, np.float16, np.integer))


def _has_number(value: Any) -> bool:
    return _is_number(value) or (type(value) in (tuple, list) and any(map(_is_number, value)))


def _number(value: Any, slot: Slot, tracer: Tracer, program: Program) -> Number:
    value = value.item() if isinstance(value, np.generic) else value
    named = Value("input", hint=slot.short_name)
    named.slot, named.array = slot, value
    program.inputs.append(named)
    return Number(value, named, tracer, (named,))


def _traced(x: Any, tracer: Tracer, name: str, program: Program) -> Any:
    """An argument as the traced step sees it."""
    slot = tracer.world.slots.get((id(None), "argument", name))
    return _within(x, slot, tracer, program)


def _within(x: Any, slot: Any, tracer: Tracer, program: Program) -> Any:
    if isinstance(x, Tensor):
        tracer.lift(x)
        return x
    if isinstance(x, np.ndarray):
        return tracer.traced(x)
    if _is_number(x):
        return _number(x, slot, tracer, program)
    if type(x) in (list, tuple, dict):
        items = x.items() if isinstance(x, dict) else enumerate(x)
        found = [(k, _within(v, tracer.world.slots.get((id(x), "item", k if isinstance(k, (str, int)) else id(k))),
                             tracer, program)) for k, v in items]  # fmt: skip
        return dict(found) if isinstance(x, dict) else type(x)(v for _, v in found)
    return x


# ------------------------------------------------------------------------------------ what the run left behind


def _settle(recording: Recording, after: World, result: Any, places: dict, settings: _Settings) -> None:
    """Find what the step has put where, and let every tensor hold its real array again."""
    tracer, world, program = recording.tracer, recording.world, recording.program
    program.lines, program.states, program.functions = tracer.lines, tracer.states, tracer.functions
    program.generators = [traced.named for traced in tracer.generators.values()]
    inputs = [t.named for t in tracer.known.values() if t.named.kind == "input"]
    program.inputs = inputs + program.inputs
    outputs: dict[Value, int] = {}

    def output(x: Any) -> int:
        named = x.named if type(x) in (Traced, Number) else tracer.traced(np.asarray(x), fresh=True).named
        return outputs.setdefault(named, len(outputs))

    delivered: dict[int, int] = {}
    made: list[Tensor] = []
    lifted = {id(tensor) for tensor in tracer.lifted}
    for place, slot in after.slots.items():
        if slot.kind == "argument":
            continue
        old = world.slots.get(place)
        new = slot.value
        if old is None and not _may_appear(slot, after):
            raise _lost(slot, "was added")
        if old is not None and new is old.value:
            _check_place(new, places, slot)
            if isinstance(new, Tensor) and world.firsts.get(id(new)) is old:
                first = tracer.known.get(id(_held(world, tracer, new)))
                if type(new._array) is Traced and new._array is not first and id(new) in lifted:
                    recording.deliveries.append(Delivery(old, output(new._array), "array", new))
            continue
        if old is not None and _same_plain(old.value, new):
            continue
        if isinstance(new, Tensor):
            if id(new) not in world.firsts:
                made.append(new)
            delivered[id(new)] = len(recording.deliveries)
            recording.deliveries.append(Delivery(slot, output(new._array), "tensor", new))
        elif new is None:
            recording.deliveries.append(Delivery(slot, None, "none"))
        elif type(new) is Number:
            recording.deliveries.append(Delivery(slot, output(new), "number"))
            slot.put(new.value)
        elif old is None and type(new) is dict and not any(isinstance(x, Tensor) for x in ()):
            recording.grows = slot.path
        else:
            raise _lost(slot, "was changed")
        if old is None and not (isinstance(slot.holder, Tensor) and slot.key == "grad"):
            recording.grows = slot.path
    for place, slot in world.slots.items():
        if place not in after.slots and slot.get() is MISSING:
            raise _lost(slot, "was removed")
    for traced in tracer.generators.values():
        if traced.named.slot.value.numpy is not traced.generator:
            raise CompileError("compile: a generator was seeded inside the step, which a program would not repeat; "
                               "seed it outside")  # fmt: skip

    templates: dict[int, Returned] = {}  # one for each tensor, however often it is returned

    def template(x: Any) -> Any:
        if type(x) in (list, tuple):
            return type(x)(template(item) for item in x)
        if type(x) is dict:
            return {key: template(item) for key, item in x.items()}
        if isinstance(x, Tensor):
            if id(x) in delivered:
                return Returned("delivered", delivered[id(x)])
            if id(x) in world.firsts:
                return Returned("same", world.firsts[id(x)])
            if id(x) not in templates:
                made.append(x)
                templates[id(x)] = Returned("output", output(x._array), x._place is not None)
            return templates[id(x)]
        if type(x) in (Traced, Number):
            return Returned("output", (output(x), type(x) is Number))
        return Returned("constant", x)

    recording.template = template(result)
    program.outputs = list(outputs)
    own_what_is_written(program)
    _check_shared_memory(recording)
    tracer.lower()
    for tensor in made:
        lower(tensor)
    for delivery in recording.deliveries:
        if isinstance(delivery.tensor, Tensor):
            lower(delivery.tensor)
    recording.result = _real(result)
    moving = {id(d.slot) for d in recording.deliveries if d.kind == "array"}
    for state in list(program.states):  # what stands elsewhere at each call is handed over at each call
        if (isinstance(state.slot.holder, Tensor) and state.slot.key == "grad") or id(state.slot) in moving:
            state.kind = "input"
            program.states.remove(state)
            program.inputs.append(state)
    read = {v for line in program.lines for v in line.values()} | set(program.outputs)
    relied = read | tracer.truths.keys() | tracer.fixed.keys()
    recording.relied = [v for v in program.inputs if v in relied and v not in read]
    program.inputs = [v for v in program.inputs if v in read]
    program.kept = _staying(recording)
    program.movable = _movable(recording)
    _find_cost(program)


def _movable(recording: Recording) -> set[Value]:
    """The states that may be laid side by side: what optimizers remember, number by number, for their parameters."""
    firsts = recording.world.firsts

    def is_remembered(slot: Slot) -> bool:
        kept = firsts.get(id(slot.holder))
        store = firsts.get(id(kept.holder)) if kept is not None and isinstance(kept.key, Tensor) else None
        return store is not None and isinstance(store.holder, Optimizer)

    return {v for v in recording.program.states if v.shape and v.size and is_remembered(v.slot)}


def _staying(recording: Recording) -> set[Value]:
    """The gradients that may stay in a buffer: nobody gets them but `.grad`, and the step does not read that first."""
    program = recording.program
    read = {v.slot.place for v in program.inputs}
    others = {d.output for d in recording.deliveries if not _is_gradient(d) or d.slot.place in read}
    others |= set(_outputs_of(recording.template))
    found = {d.output for d in recording.deliveries if _is_gradient(d)} - others
    buffered = {v for line in program.lines if takes_out(line) for v in line.results}
    return {v for v in (program.outputs[i] for i in found)
            if v in buffered and not v.is_view and v.shape and v.size}  # fmt: skip


def _is_gradient(delivery: Delivery) -> bool:
    return delivery.kind == "tensor" and isinstance(delivery.slot.holder, Tensor) and delivery.slot.key == "grad"


def _outputs_of(template: Any) -> Iterator[int]:
    """The outputs that the step returns itself."""
    if isinstance(template, (list, tuple)):
        for item in template:
            yield from _outputs_of(item)
    elif isinstance(template, dict):
        yield from _outputs_of(tuple(template.values()))
    elif isinstance(template, Returned) and template.kind == "output":
        yield template.what[0] if type(template.what) is tuple else template.what


def _held(world: World, tracer: Tracer, tensor: Tensor) -> Any:
    """The array that a tensor of the world held before the run."""
    for traced in tracer.known.values():
        slot = traced.named.slot
        if isinstance(slot, Slot) and slot.value is tensor:
            return traced.value
    return None


def _check_place(tensor: Any, places: dict, slot: Slot) -> None:
    if isinstance(tensor, Tensor) and id(tensor) in places and tensor._place is not places[id(tensor)]:
        if type(tensor._place) is Leaf and type(places[id(tensor)]) is Leaf:  # its .data was exchanged
            return
        raise CompileError(f"compile: {slot.path} stands elsewhere in the graph after the step than before it "
                           "(requires_grad_(), or a recorded write in place): do that outside, or under no_grad()")  # fmt: skip


def _may_appear(slot: Slot, after: World) -> bool:
    """Whether a new slot is one that a step may fill: a gradient, state of an optimizer, an attribute."""
    return (isinstance(slot.holder, Tensor) or isinstance(slot.holder, dict)
            or (slot.kind == "attribute" and not isinstance(slot.holder, (list, tuple))))  # fmt: skip


def _same_plain(old: Any, new: Any) -> bool:
    return type(old) is type(new) and isinstance(old, (int, float, str, bytes)) and old == new


def _lost(slot: Slot, what: str) -> CompileError:
    return CompileError(f"compile: {slot.path or slot.key} {what} by the step, and a program would not do that again.\n"
                        "Return what you need and keep it outside, or hold it in a tensor")  # fmt: skip


def _check_shared_memory(recording: Recording) -> None:
    """Two tensors that show the same memory in different ways are one state too many, once it is written to."""
    arrays = [(t.value, t.named) for t in recording.tracer.known.values() if t.named.kind in ("state", "input")]
    arrays = [(a, n) for a, n in arrays if a.size]
    if len({_root(a) for a, _ in arrays}) == len(arrays):
        return
    written = {line.writes.memory for line in recording.program.lines if line.writes is not None}
    for i, (a, named) in enumerate(arrays):
        for b, other in arrays[i + 1 :]:
            if (named in written or other in written) and np.may_share_memory(a, b):
                raise CompileError(f"compile: {named.slot.path} and {other.slot.path} share memory, and the step writes "
                                   "to it; use one of them, or clone() the other")  # fmt: skip


def _root(array: np.ndarray) -> int:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return id(array)


def _real(x: Any) -> Any:
    if type(x) in (list, tuple):
        return type(x)(_real(item) for item in x)
    if type(x) is dict:
        return {key: _real(item) for key, item in x.items()}
    return x.value if type(x) in (Traced, Number) else x


def _find_cost(program: Program) -> None:
    """Name the phase between the last module and the walk back "cost"."""
    last = -1
    origins: dict[int, Origin] = {}
    for i, line in enumerate(program.lines):
        if line.origin.phase == "backward":
            break
        origins[i] = line.origin
        if line.origin.module and line.origin.phase == "forward":
            last = i
    if last >= 0:
        for i, origin in origins.items():
            if i > last and origin.phase == "forward":
                origin.phase = "cost"
