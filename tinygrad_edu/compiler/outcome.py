"""What a traced run left behind: what it returned, what it put where, and whether a program could do all that again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..graph import Leaf, Tensor
from ..memory import owner
from ..optim.optimizer import Optimizer
from .errors import CompileError
from .leaving import outside, standing
from .passes.layout import takes_out
from .program import Origin, Program, Value
from .recording import Delivery, Recording, Returned, leaves_of, mapped
from .traced import Number, Traced
from .tracer import Tracer
from .world import MISSING, Slot, World
from .writable import own_what_is_written
from .writer import lower


class Outcome:
    """Compares the world before and after a run, and writes what it finds into the recording."""

    def __init__(self, recording: Recording, after: World):
        self.recording, self.after = recording, after
        self.world, self.tracer, self.program = recording.world, recording.tracer, recording.program
        self.outputs: dict[Value, int] = {}
        self.delivered: dict[int, int] = {}  # a tensor: the delivery that puts it somewhere
        self.made: list[Tensor] = []  # tensors of the step that outlive it
        self.moved: list[Tensor] = []  # tensors that were there, and stand in another slot now
        self.templates: dict[int, Returned] = {}  # one for each tensor, however often it is returned

    def settle(self, result: Any) -> None:
        """Find what the step has put where, and let every tensor hold its real array again."""
        recording, tracer, program = self.recording, self.tracer, self.program
        program.lines, program.states, program.functions = tracer.lines, tracer.states, tracer.functions
        program.generators = [traced.named for traced in tracer.generators.values()]
        program.inputs = [t.named for t in tracer.known.values() if t.named.kind == "input"] + program.inputs
        self._check_generators()
        self._compare()
        recording.template = self._template(result)
        program.outputs = list(self.outputs)
        own_what_is_written(program)
        _check_shared_memory(recording)
        tracer.lower()
        for tensor in (*self.made, *self.moved):
            lower(tensor)
        for tensor in self.made:
            outside(tensor)
        recording.result = _real(result)
        self._sort_inputs()
        places = recording.places
        recording.trained = {s.place for s in self.world.slots.values() if places.get(id(s.value)) is not None}
        program.kept = _staying(recording)
        program.movable = _movable(recording)
        _find_cost(program)

    def _check_generators(self) -> None:
        for traced in self.tracer.generators.values():
            if traced.named.slot.value.numpy is not traced.generator:
                raise CompileError("compile: a generator was seeded inside the step, which a program would not repeat; "
                                   "seed it outside")  # fmt: skip

    def _output(self, x: Any) -> int:
        """The place of a value among the program's outputs."""
        named = x.named if type(x) in (Traced, Number) else self.tracer.traced(np.asarray(x), fresh=True).named
        return self.outputs.setdefault(named, len(self.outputs))

    # ------------------------------------------------------------------------------------ what it put where

    def _compare(self) -> None:
        """Find the slots that hold something else than before."""
        lifted = {id(tensor) for tensor in self.tracer.lifted}
        for place, slot in self.after.slots.items():
            old, new = self.world.slots.get(place), slot.value
            if slot.kind == "argument" or (old is not None and new is not old.value and _same_plain(old.value, new)):
                continue
            if old is None and isinstance(slot.holder, Tensor) and id(slot.holder) not in self.world.firsts:
                _check_own_gradient(slot.holder)
            elif old is None and not _may_appear(slot):
                raise _lost(slot, "was added")
            elif old is not None and new is old.value:
                self._compare_kept(old, slot, lifted)
            else:
                self._deliver(old, slot)
        for place, slot in self.world.slots.items():
            if place not in self.after.slots and slot.get() is MISSING:
                raise _lost(slot, "was removed")

    def _compare_kept(self, old: Slot, slot: Slot, lifted: set[int]) -> None:
        """The same object stands there: it may hold another array."""
        tensor = slot.value
        _check_place(tensor, self.recording.places, slot)
        if isinstance(tensor, Tensor) and self.world.firsts.get(id(tensor)) is old:
            first = self.tracer.known.get(id(_held(self.tracer, tensor)))
            array = tensor._array
            if type(array) is Traced and array is not first and id(tensor) in lifted:
                self.recording.deliveries.append(Delivery(old, self._output(array), "array"))

    def _deliver(self, old: Slot | None, slot: Slot) -> None:
        """Another object stands there."""
        new, deliveries = slot.value, self.recording.deliveries
        if isinstance(new, Tensor):
            is_new = id(new) not in self.world.firsts
            (self.made if is_new else self.moved).append(new)
            graph = standing(new) if is_new else ""
            self.delivered[id(new)] = len(deliveries)
            deliveries.append(Delivery(slot, self._output(new._array), "tensor", graph))
        elif new is None:
            deliveries.append(Delivery(slot, None, "none"))
        elif type(new) is Number:
            deliveries.append(Delivery(slot, self._output(new), "number"))
            slot.put(new.value)
        elif old is not None or type(new) is not dict:
            raise _lost(slot, "was changed")
        if old is None and not (isinstance(slot.holder, Tensor) and slot.key == "grad"):
            self.recording.grows = slot.path

    # ------------------------------------------------------------------------------------ what it returned

    def _template(self, x: Any) -> Any:
        if (nest := mapped(self._template, x)) is not None:
            return nest
        if isinstance(x, Tensor):
            return self._of_tensor(x)
        if type(x) in (Traced, Number):
            return Returned("output", (self._output(x), type(x) is Number))
        return Returned("constant", x)

    def _of_tensor(self, x: Tensor) -> Returned:
        if id(x) in self.delivered:
            return Returned("delivered", self.delivered[id(x)])
        if id(x) in self.world.firsts:
            return Returned("same", self.world.firsts[id(x)])
        if id(x) not in self.templates:
            _check_own_gradient(x)
            self.made.append(x)
            self.templates[id(x)] = Returned("output", self._output(x._array), standing(x))
        return self.templates[id(x)]

    # ------------------------------------------------------------------------------------ what it read

    def _sort_inputs(self) -> None:
        """What stands elsewhere at each call is handed over at each call; what is not read is compared alone."""
        recording, program = self.recording, self.program
        moving = {id(d.slot) for d in recording.deliveries if d.kind == "array"}
        for state in list(program.states):
            if (isinstance(state.slot.holder, Tensor) and state.slot.key == "grad") or id(state.slot) in moving:
                state.kind = "input"
                program.states.remove(state)
                program.inputs.append(state)
        read = {v for line in program.lines for v in line.values()} | set(program.outputs)
        relied = read | self.tracer.truths.keys() | self.tracer.fixed.keys()
        recording.relied = [v for v in program.inputs if v in relied and v not in read]
        program.inputs = [v for v in program.inputs if v in read]


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
    found = {d.output for d in recording.deliveries if d.output is not None and _is_gradient(d)} - others
    buffered = {v for line in program.lines if takes_out(line) for v in line.results}
    return {v for v in (program.outputs[i] for i in found)
            if v in buffered and not v.is_view and v.shape and v.size}  # fmt: skip


def _is_gradient(delivery: Delivery) -> bool:
    """Whether it is the .grad of a tensor, with no graph of its own."""
    slot = delivery.slot
    return delivery.kind == "tensor" and not delivery.graph and isinstance(slot.holder, Tensor) and slot.key == "grad"


def _outputs_of(template: Any) -> Iterator[int]:
    """The outputs that the step returns itself."""
    for x in leaves_of(template):
        if x.kind == "output":
            yield x.what[0] if type(x.what) is tuple else x.what


def _held(tracer: Tracer, tensor: Tensor) -> Any:
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
                           "(requires_grad_(), or a recorded write in place): do that outside, or under "
                           "no_grad()")  # fmt: skip


def _may_appear(slot: Slot) -> bool:
    """Whether a new slot is one that a step may fill: a gradient, state of an optimizer, an attribute."""
    is_attribute = slot.kind == "attribute" and not isinstance(slot.holder, (list, tuple))
    return is_attribute or isinstance(slot.holder, (Tensor, dict))


def _same_plain(old: Any, new: Any) -> bool:
    return type(old) is type(new) and isinstance(old, (int, float, str, bytes)) and old == new


def _check_own_gradient(tensor: Tensor) -> None:
    """A tensor that the step made leaves without its .grad."""
    if tensor.grad is not None:
        raise CompileError("compile: a tensor that the step made leaves it together with its .grad, which a program "
                           "would not fill again.\nReturn its .grad, and the tensor itself as detach()")  # fmt: skip


def _lost(slot: Slot, what: str) -> CompileError:
    return CompileError(f"compile: {slot.path or slot.key} {what} by the step, and a program would not do that again.\n"
                        "Return what you need and keep it outside, or hold it in a tensor")  # fmt: skip


def _check_shared_memory(recording: Recording) -> None:
    """Two tensors that show the same memory in different ways are one state too many, once it is written to."""
    arrays = [(t.value, t.named) for t in recording.tracer.known.values() if t.named.kind in ("state", "input")]
    arrays = [(a, n) for a, n in arrays if a.size]
    if len({id(owner(a)) for a, _ in arrays}) == len(arrays):
        return
    written = {line.writes.memory for line in recording.program.lines if line.writes is not None}
    for i, (a, named) in enumerate(arrays):
        for b, other in arrays[i + 1 :]:
            if (named in written or other in written) and np.may_share_memory(a, b):
                raise CompileError(f"compile: {named.slot.path} and {other.slot.path} share memory, and the step "
                                   "writes to it; use one of them, or clone() the other")  # fmt: skip


def _real(x: Any) -> Any:
    if (nest := mapped(_real, x)) is not None:
        return nest
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
