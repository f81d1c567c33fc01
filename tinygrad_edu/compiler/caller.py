"""The way into a program: Python written for one recording, that compares what the step relied on, hands its inputs
over, and delivers what comes out.

It is generated, like the program itself, because it runs at every step and would else cost more than the network.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from sys import getrefcount
from typing import Any

import numpy as np

from ..engine import constant
from ..graph import Leaf, Node, Op, Tensor, mode
from ..memory import Write, clock, log, users_line, wrote
from ..nn.attributes import Attributes, changes
from ..ops.loss import check_target
from ..quiet import QUIET, reset_errors, set_errors
from .program import Value
from .recording import Recording
from .world import Slot, is_space

MISFIT: Any = type("Misfit", (), {"__repr__": lambda self: "<misfit>"})()
MOVED: Any = type("Moved", (), {"__repr__": lambda self: "<moved>"})()


class Names:
    """Objects that generated code needs, under names of their own."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {}
        self._known: dict[int, str] = {}

    def of(self, value: Any, prefix: str = "o") -> str:
        if id(value) not in self._known:
            self._known[id(value)] = f"{prefix}{len(self.space)}"
            self.space[self._known[id(value)]] = value
        return self._known[id(value)]


class Caller:
    """What is generated for one recording. `fits` compares, `call` compares and runs."""

    def __init__(self, recording: Recording):
        self.recording, self.names = recording, Names()
        self._arguments = {name: f"argument{i}" for i, name in enumerate(recording.given)}  # none hides a name in here
        self.parameters = ", ".join(self._arguments.values())
        self._first_of: dict[int, Slot] = recording.world.firsts
        self._delivered = {d.slot.place for d in recording.deliveries}  # where the step itself puts other objects
        self.of_modules: dict[str, None] = {}  # conditions that hold for as long as no module's attribute is assigned
        self.conditions = [c for c in dict.fromkeys(self._conditions()) if c not in self.of_modules]

    # ------------------------------------------------------------------------------------ expressions

    def expression(self, slot: Slot) -> str:
        """Python for what a slot holds."""
        if slot.kind == "argument":
            return self._arguments[slot.key]
        holder = self._holder(slot)
        if slot.kind == "attribute":
            own = getattr(slot.holder, "__dict__", {})
            if slot.key in own and holder in self.names.space:  # where __getattr__ is defined, this is twice as fast
                return f"{self.names.of(own, 'd')}[{slot.key!r}]"
            return f"{holder}.{slot.key}" if slot.key.isidentifier() else f"{holder}.__dict__[{slot.key!r}]"
        if slot.kind == "cell":
            return f"{holder}.cell_contents"
        return f"{holder}[{self._key(slot.key)}]"

    def _holder(self, slot: Slot) -> str:
        """What holds the slot: an object of the world, or something that the caller gave."""
        first = self._first_of.get(id(slot.holder))
        if first is not None and (first.is_argument or self._passing(first)):
            return self.expression(first)
        return self.names.of(slot.holder)

    def _passing(self, slot: Slot) -> bool:
        """Whether another object may stand in the slot at each call: a gradient, what an optimizer remembers, betas."""
        if type(slot.value) is tuple and (id(slot.value), "item", 0) in self.recording.settings:
            return True
        return (isinstance(slot.holder, Tensor) and slot.key == "grad") or self._remembered(slot)

    def _remembered(self, slot: Slot) -> bool:
        first = self._first_of.get(id(slot.holder))
        return first is not None and isinstance(first.holder, dict) and isinstance(first.key, Tensor)

    def _key(self, key: Any) -> str:
        return repr(key) if isinstance(key, (str, int, bool)) else self.names.of(key)

    def array(self, value: Value) -> str:
        """Python for the array, number or generator behind an input, a state."""
        slot = value.slot
        expression = self.expression(slot)
        if value.is_number:
            return expression if type(slot.value) in (int, float) else f"{expression}.item()"
        if value.kind == "generator":
            return f"{expression}.numpy"
        if not isinstance(slot.value, Tensor):
            return expression
        if slot.is_argument or self._passing(slot) or slot.place in self._delivered or "_array" not in vars(slot.value):
            return f"{expression}._array"
        return f"{self.names.of(slot.value.__dict__, 'd')}['_array']"  # compared by identity before

    # ------------------------------------------------------------------------------------ conditions

    def _conditions(self) -> Iterator[str]:
        recording = self.recording
        mode_ = self.names.of(mode)
        yield f"{mode_}.recording is {recording.grad_mode}"
        inputs = (*recording.program.inputs, *recording.relied, *recording.program.states)
        self._read = {v.slot.place: v for v in inputs}
        settings = recording.settings
        delivered = self._delivered
        for slot in recording.world.slots.values():
            value = self._read.get(slot.place)
            if value is not None and value.is_number:
                yield from self._of_number(slot, value)
            elif slot.place not in settings:
                conditions = list(self._of_slot(slot, slot.place in delivered))
                if isinstance(slot.holder, Attributes) and slot.place not in delivered and conditions:
                    self.of_modules[conditions[0]] = None
                yield from conditions
        yield from self._apart()

    def _apart(self) -> Iterator[str]:
        """Arrays that were several are several again: what is written to one shows in no other."""
        given = [self.array(v) for v in self._read.values() if v.kind == "input" and v.dtype is not None]
        if len(given) == 2:
            yield f"{given[0]} is not {given[1]}"
        elif len(given) > 2:
            yield f"len({{{', '.join(f'id({a})' for a in given)}}}) == {len(given)}"

    def _of_number(self, slot: Slot, value: Value) -> Iterator[str]:
        expression, tracer = self.expression(slot), self.recording.tracer
        yield f"type({expression}) is {self.names.of(type(slot.value))}"
        if value in tracer.fixed:
            yield f"{expression} == {tracer.fixed[value]!r}"
        elif value in tracer.truths:
            yield f"{expression}" if tracer.truths[value] else f"not {expression}"

    def _of_slot(self, slot: Slot, delivered: bool) -> Iterator[str]:
        value, expression = slot.value, self.expression(slot)
        if value is None or value is True or value is False:
            yield f"{expression} is {value}"
        elif type(value) in (str, bytes):
            yield f"{expression} == {value!r}"
        elif isinstance(value, (int, float, complex, np.generic)):
            plain = type(value) is int or (type(value) is float and math.isfinite(value) and value != 0)
            same = f"{expression} == {value!r}" if plain else f"repr({expression}) == {repr(value)!r}"  # nan, -0.0
            yield (f"({expression} is {self.names.of(value)} or type({expression}) is {self.names.of(type(value))} and "
                   f"{same})")  # fmt: skip
        elif self._first_of.get(id(value), slot) is not slot:  # met before: still the same object
            yield f"{expression} is {self._same(value)}"
        elif isinstance(value, Tensor):
            yield from self._of_tensor(slot, value, expression, delivered)
        elif isinstance(value, np.ndarray):
            if slot.is_argument and slot.place in self._read:
                yield f"type({expression}) is {self.names.of(np.ndarray)}"
                yield from self._of_array(expression, self._read[slot.place])
            elif not slot.is_argument:
                yield f"{expression} is {self.names.of(value)}"
        elif (slot.is_argument or self._passing(slot)) and type(value) in (list, tuple, dict):
            yield f"type({expression}) is {type(value).__name__}"
            yield f"len({expression}) == {self.recording.world.lengths[id(value)]}"
        elif isinstance(slot.holder, dict) and isinstance(slot.key, Tensor):  # what is remembered for a parameter
            yield f"{self._holder(slot)}.get({self._key(slot.key)}) is {self.names.of(value)}"
            yield f"len({expression}) == {self.recording.world.lengths[id(value)]}"
        else:
            yield f"{expression} is {self.names.of(value)}"
            if isinstance(value, (list, dict)) and not is_space(value):
                yield f"len({expression}) == {self.recording.world.lengths[id(value)]}"

    def _same(self, value: Any) -> str:
        first = self._first_of[id(value)]
        return self.expression(first) if first.is_argument or self._passing(first) else self.names.of(value)

    def _of_tensor(self, slot: Slot, value: Tensor, expression: str, delivered: bool) -> Iterator[str]:
        read = self._read.get(slot.place)
        if self._passing(slot) and read is None:
            yield f"{expression} is not None"
        elif slot.is_argument or self._passing(slot):
            yield f"isinstance({expression}, {self.names.of(Tensor)})"
        elif not delivered:
            yield f"{expression} is {self.names.of(value)}"
        if read is not None:
            if not (slot.is_argument or self._passing(slot) or delivered) and "_place" in value.__dict__:
                place = f"{self.names.of(value.__dict__, 'd')}['_place']"
            else:
                place = f"{expression}._place"
            if read.kind == "input":
                yield from self._of_array(f"{expression}._array", read)
            yield f"{place} is {'None' if self.recording.places.get(id(value)) is None else 'not None'}"

    def _of_array(self, expression: str, value: Value) -> Iterator[str]:
        yield f"{expression}.shape == {value.shape}"
        yield f"{expression}.dtype == {self.names.of(value.dtype)}"
        yield f"{expression}.strides == {value.strides}"

    # ------------------------------------------------------------------------------------ the code

    def fits(self) -> Any:
        """A function that tells whether all that the recording relied on is as it was."""
        space = dict(self.names.space)
        exec(f"def fits({self.parameters}):\n    return {self._all()}", space)
        return space["fits"]

    def _all(self) -> str:
        return " and ".join([*self.of_modules, *self.conditions]) or "True"

    def bind(self, make: Any, staying: list[int], layout: list[list[int]]) -> Any:
        """The function that runs the program on the arrays that the state has now."""
        recording, program = self.recording, self.recording.program
        names = Names()
        names.space, names._known = dict(self.names.space), dict(self.names._known)
        self_names, self.names = self.names, names
        try:
            states = [eval(self.array(v), names.space) for v in program.states]
            generators = [eval(self.array(v), names.space) for v in program.generators]
            run, kept = make(*self._laid_out(states, layout, names), *generators)
            still = [f"{self.array(v)} is {names.of(a, 'a')}" for v, a in zip(program.states, states, strict=True)]
            still += [f"{self.array(v)} is {names.of(g, 'g')}" for v, g in zip(program.generators, generators, strict=True)]
            lazy = self._lazy(staying, kept)
            code = self._code(names, run, still, states, lazy)
        finally:
            self.names = self_names
        space = names.space
        exec(compile(code, f"<the way into {program.name}>", "exec"), space)
        self.code = code
        return space["call"]

    def _laid_out(self, states: list, layout: list[list[int]], names: Names) -> list:
        """The arrays that `make` takes. States that it wants side by side are moved there, unless they are."""
        given = []
        for those in layout:
            if len(those) == 1:
                given.append(states[those[0]])
                continue
            flat = side_by_side([states[i] for i in those])
            start = 0
            for i in those:
                part = flat[start : start + states[i].size].reshape(states[i].shape)
                start += part.size
                if part.ctypes.data != states[i].ctypes.data:
                    states[i] = part
                    eval(self.expression(self.recording.program.states[i].slot), names.space)._array = part
            given.append(flat)
        return given

    def _lazy(self, staying: list[int], kept: tuple) -> dict[int, LazyGradient]:
        """For each delivery of a gradient that stays in a buffer, the tensor that copies it when it is looked at."""
        buffers = dict(zip(staying, kept, strict=True))
        return {i: LazyGradient(buffers[d.output]) for i, d in enumerate(self.recording.deliveries) if d.output in buffers}

    def _code(self, names: Names, run: Any, still: list[str], states: list, lazy: dict[int, LazyGradient]) -> str:
        recording, program = self.recording, self.recording.program
        given = ", ".join(self.array(v) for v in program.inputs)
        staying = {recording.deliveries[i].output for i in lazy}
        outputs = [f"r{i}" for i in range(len(program.outputs)) if i not in staying]
        self._made: dict[int, str] = {}  # names of the tensors that are returned
        names.space.update(run=run, MISFIT=MISFIT, MOVED=MOVED, constant=constant, asarray=np.asarray, log=log,
                           clock=clock, set_errors=set_errors, reset_errors=reset_errors, QUIET=QUIET,
                           partial_state=_partial_state, wrote=wrote, owned_node=_returned, users_line=users_line)  # fmt: skip
        written = {line.writes.memory for line in program.lines if line.writes is not None}
        writes = []
        for value, array in zip(program.states, states, strict=True):
            if value in written:
                wrote(array)
                writes.append(f"{names.of(_entry(array), 'w')}.time = now")
        for value in program.inputs:
            if value in written:
                writes.append(f"wrote({self.array(value)})")
        body = [
            "try:",
            "    if seen != changes[0]:",
            f"        if not ({' and '.join(self.of_modules) or 'True'}):",
            "            return MISFIT",
            "        seen = changes[0]",
            f"    if not ({' and '.join(self.conditions) or 'True'}):",
            "        return MISFIT",
            "except (AttributeError, LookupError, TypeError, ValueError):",
            "    return MISFIT",
            *([f"if not ({' and '.join(still)}):", "    return MOVED"] if still else []),
            *self._checked(names),
            *self._handed_over(names, lazy),
            "before = set_errors(QUIET)",
            "try:",
            f"    {''.join(f'{r}, ' for r in outputs)}{'= ' if outputs else ''}run({given})",
            "except BaseException as error:",
            "    partial_state(error)",
            "    raise",
            "finally:",
            "    reset_errors(before)",
            *(["now = log.newest = clock()", *writes] if writes else []),
            *self._deliveries(lazy),
            f"return {self._returned(self.recording.template)}",
        ]
        names.space.update(changes=changes, seen=-1)
        shared = [f"global {', '.join(['seen', *(f't{i}' for i in lazy)])}"]
        return "\n".join([f"def call({self.parameters}):", *("    " + line for line in (*shared, *body))])

    def _tensor(self, output: int) -> str:
        shape = self.recording.program.outputs[output].shape
        return f"constant(asarray(r{output}))" if shape in ((), None) else f"constant(r{output})"

    def _checked(self, names: Names) -> Iterator[str]:
        """Class numbers that come in are checked before anything changes, as eager mode does."""
        names.space["check_classes"] = _check_classes
        for op, value, classes, ignored in dict.fromkeys(self.recording.tracer.checks):
            yield f"check_classes({op!r}, {self.array(value)}, {classes}, {ignored})"

    def _handed_over(self, names: Names, lazy: dict[int, LazyGradient]) -> Iterator[str]:
        """Before the buffers are written to again: whoever still holds a gradient takes a copy along."""
        names.space["getrefcount"] = getrefcount
        for i, gradient in lazy.items():
            holder = names.of(gradient, "lazy")
            names.space[f"t{i}"] = gradient.new()
            yield f"{self.expression(self.recording.deliveries[i].slot)} = None"
            yield f"if getrefcount(t{i}) > 2 or '_pending' not in t{i}.__dict__: t{i} = {holder}.renewed(t{i})"

    def _deliveries(self, lazy: dict[int, LazyGradient]) -> Iterator[str]:
        for i, delivery in enumerate(self.recording.deliveries):
            place = self.expression(delivery.slot)
            if i in lazy:
                yield f"{place} = t{i}"
            elif delivery.kind == "none":
                yield f"{place} = None"
            elif delivery.kind == "number":
                yield f"{place} = r{delivery.output}"
            elif delivery.kind == "array":
                yield f"{place}.data = {self._tensor(delivery.output or 0)}"
            else:
                yield f"{place} = t{i} = {self._tensor(delivery.output or 0)}"

    def _returned(self, x: Any) -> str:
        if type(x) is tuple:
            return f"({''.join(self._returned(item) + ', ' for item in x)})"
        if type(x) is list:
            return f"[{', '.join(map(self._returned, x))}]"
        if type(x) is dict:
            return f"{{{', '.join(f'{self._key(k)}: {self._returned(v)}' for k, v in x.items())}}}"
        if x.kind == "constant":
            return self.names.of(x.what)
        if x.kind == "same":
            return self.expression(x.what)
        if x.kind == "delivered":
            return f"t{x.what}"
        if type(x.what) is tuple:
            return f"r{x.what[0]}" if x.what[1] else f"asarray(r{x.what[0]})"
        if id(x) in self._made:  # returned twice
            return self._made[id(x)]
        name = self._made[id(x)] = f"made{len(self._made)}"
        return f"({name} := {f'owned_node({self._tensor(x.what)})' if x.graph else self._tensor(x.what)})"


def side_by_side(arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays as one flat array: the one that they lie in already, one behind another, or else a copy."""
    base, total = arrays[0].base, sum(a.size for a in arrays)
    if isinstance(base, np.ndarray) and base.ndim == 1 and base.dtype == arrays[0].dtype and base.flags.c_contiguous:
        place = start = (arrays[0].ctypes.data - base.ctypes.data) // base.itemsize
        for array in arrays:
            if array.base is not base or array.ctypes.data != base.ctypes.data + place * base.itemsize:
                break
            place += array.size
        else:
            return base[start : start + total]
    return np.concatenate([a.reshape(-1) for a in arrays])


class LazyGradient:
    """A gradient that stays in its buffer until somebody looks at it.

    Its tensor has no array yet, but knows where to copy one from. Before the buffer is written to again, a tensor
    that others still hold makes its copy, and a new tensor takes its place.
    """

    def __init__(self, buffer: np.ndarray):
        self.buffer = buffer

    def new(self) -> Any:
        tensor = constant(None)
        del tensor._array
        tensor._pending = partial(self.buffer.copy, "K")  # the axes in the same order
        return tensor

    def renewed(self, tensor: Any) -> Any:
        tensor._array  # noqa: B018 (reading it makes the copy)
        return self.new()


def _check_classes(op: str, target: np.ndarray, classes: int, ignored: int) -> None:
    """Raise as eager mode does for class numbers out of range: as unsigned numbers, negative ones are too high as well."""
    whole = target if target.dtype.kind == "u" else target.view(f"u{target.itemsize}")
    if target.size and np.maximum.reduce(whole, None) >= classes:
        check_target(op, np.empty((target.size, classes)), target.reshape(-1), ignored)


def _entry(array: Any) -> Write:
    from ..memory import owner

    return log.writes[id(owner(array))]


def _partial_state(error: BaseException) -> None:
    error.add_note("compile: the program stopped midway, so that parameters and optimizer state may be half updated; "
                   "load the last saved state before going on")  # fmt: skip


def _no_way_back(g: Any) -> Any:
    raise RuntimeError("backward: the graph behind this tensor lies inside a compiled step, which keeps none; call "
                       "backward() inside the step, or do not compile the forward pass")  # fmt: skip


_STEP = Op(lambda x: (x, _no_way_back), "compiled step", False, None, False, False)
_INSIDE = constant(np.zeros(()))
_INSIDE._place = Leaf(_INSIDE)


def _returned(tensor: Any) -> Any:
    """A tensor that requires grad, as in eager mode, but whose graph is not there: backward() says so."""
    node = Node()
    node.op, node.inputs, node.static, node.ways = _STEP, [_INSIDE._place], {}, (_no_way_back,)
    node.shape, node.hooks, node.order = tensor._array.shape, None, clock()
    node.code, node.instruction = users_line()
    tensor._place = node
    return tensor
