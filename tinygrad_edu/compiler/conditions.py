"""What a recording relied on, as Python conditions that are compared at each call."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..graph import Tensor, mode
from ..nn.attributes import Attributes
from .program import Value
from .reach import Reach
from .recording import Recording
from .world import Slot, is_space


class Conditions:
    """`always` is compared at each call; `of_modules` holds for as long as no module's attribute is assigned."""

    def __init__(self, recording: Recording, reach: Reach):
        self.recording, self.reach = recording, reach
        inputs = (*recording.program.inputs, *recording.relied, *recording.program.states)
        self._read = {v.slot.place: v for v in inputs}
        self.of_modules: dict[str, None] = {}
        self._count = itertools.count()
        self.always = [c for c in dict.fromkeys(self._conditions()) if c not in self.of_modules]

    def all(self) -> str:
        return " and ".join([*self.of_modules, *self.always]) or "True"

    def _conditions(self) -> Iterator[str]:
        recording = self.recording
        mode_ = self.reach.names.of(mode)
        yield f"{mode_}.recording is {recording.grad_mode}"
        settings, delivered = recording.settings, self.reach.delivered
        for slot in recording.world.slots.values():
            value = self._read.get(slot.place)
            if value is not None and value.is_number:
                yield from self._of_number(slot, value)
            elif slot.place not in settings:
                conditions = list(self._of_slot(slot, slot.place in delivered))
                if isinstance(slot.holder, Attributes) and slot.place not in delivered and conditions:
                    self.of_modules[conditions[0]] = None
                yield from conditions
                yield from self._of_shared(slot)
        yield from self._apart()

    def _of_shared(self, slot: Slot) -> Iterator[str]:
        """A tensor of the same array as another one, whose value stands for both."""
        first = self.recording.world.sharing.get(slot.place)
        if first is not None and first.place in self._read and slot.place not in self.reach.delivered:
            array = self.reach.array(self._read[first.place])
            own = "._array" if isinstance(slot.value, Tensor) else ""
            yield f"{self.reach.expression(slot)}{own} is {array}"

    def _apart(self) -> Iterator[str]:
        """Arrays that were several are several again: what is written to one shows in no other."""
        given = [self.reach.array(v) for v in self._read.values() if v.kind == "input" and v.dtype is not None]
        if len(given) == 2:
            yield f"{given[0]} is not {given[1]}"
        elif len(given) > 2:
            yield f"len({{{', '.join(f'id({a})' for a in given)}}}) == {len(given)}"

    def _of_number(self, slot: Slot, value: Value) -> Iterator[str]:
        expression, tracer = self.reach.expression(slot), self.recording.tracer
        yield f"type({expression}) is {self.reach.names.of(type(slot.value))}"
        if value in tracer.fixed:
            yield f"{expression} == {tracer.fixed[value]!r}"
        elif value in tracer.truths:
            yield f"{expression}" if tracer.truths[value] else f"not {expression}"

    def _of_slot(self, slot: Slot, delivered: bool) -> Iterator[str]:
        value, expression = slot.value, self.reach.expression(slot)
        if value is None or value is True or value is False:
            yield f"{expression} is {value}"
        elif type(value) in (str, bytes):
            yield f"{expression} == {value!r}"
        elif isinstance(value, (int, float, complex, np.generic)):
            plain = type(value) is int or (type(value) is float and math.isfinite(value) and value != 0)
            same = f"{expression} == {value!r}" if plain else f"repr({expression}) == {repr(value)!r}"  # nan, -0.0
            name, kind = self.reach.names.of(value), self.reach.names.of(type(value))
            yield f"({expression} is {name} or type({expression}) is {kind} and {same})"
        elif self.reach.first_of.get(id(value), slot) is not slot:  # met before: still the same object
            yield f"{expression} is {self._same(value)}"
        elif isinstance(value, Tensor):
            yield from self._of_tensor(slot, value, expression, delivered)
        elif isinstance(value, np.ndarray):
            if slot.is_argument and slot.place in self._read:
                yield f"type({expression}) is {self.reach.names.of(np.ndarray)}"
                yield from self._of_array(expression, self._read[slot.place])
            elif not slot.is_argument:
                yield f"{expression} is {self.reach.names.of(value)}"
        elif (slot.is_argument or self.reach.passing(slot)) and type(value) in (list, tuple, dict):
            yield f"type({expression}) is {type(value).__name__}"
            yield f"len({expression}) == {self.recording.world.lengths[id(value)]}"
        elif isinstance(slot.holder, dict) and isinstance(slot.key, Tensor):  # what is remembered for a parameter
            yield f"{self.reach.holder(slot)}.get({self.reach.key(slot.key)}) is {self.reach.names.of(value)}"
            yield f"len({expression}) == {self.recording.world.lengths[id(value)]}"
        else:
            yield f"{expression} is {self.reach.names.of(value)}"
            if isinstance(value, (list, dict)) and not is_space(value):
                yield f"len({expression}) == {self.recording.world.lengths[id(value)]}"

    def _same(self, value: Any) -> str:
        reach, first = self.reach, self.reach.first_of[id(value)]
        return reach.expression(first) if first.is_argument or reach.passing(first) else reach.names.of(value)

    def _of_tensor(self, slot: Slot, value: Tensor, expression: str, delivered: bool) -> Iterator[str]:
        read = self._read.get(slot.place)
        if self.reach.passing(slot) and read is None:
            yield f"{expression} is not None"
        elif slot.is_argument or self.reach.passing(slot):
            yield f"isinstance({expression}, {self.reach.names.of(Tensor)})"
        elif not delivered:
            yield f"{expression} is {self.reach.names.of(value)}"
        if read is not None:
            if not (slot.is_argument or self.reach.passing(slot) or delivered) and "_place" in value.__dict__:
                place = f"{self.reach.names.of(value.__dict__, 'd')}['_place']"
            else:
                place = f"{expression}._place"
            if read.kind == "input":
                yield from self._of_array(f"{expression}._array", read)
            yield f"{place} is {'None' if self.recording.places.get(id(value)) is None else 'not None'}"

    def _of_array(self, expression: str, value: Value) -> Iterator[str]:
        dtype, array = self.reach.names.of(value.dtype), f"array_{next(self._count)}"  # read once: attributes cost
        yield f"({array} := {expression}).shape == {value.shape}"
        yield f"({array}.dtype is {dtype} or {array}.dtype == {dtype})"
        yield f"{array}.strides == {value.strides}"
