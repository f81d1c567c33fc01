"""Python for what a slot holds: how the way into a program reaches the arrays and numbers of the step."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from .program import Value
from .recording import Recording
from .world import Slot


class Spoken:
    """Objects that generated code needs, under names of their own. `space` keeps them alive."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {}
        self._known: dict[int, str] = {}

    def of(self, value: Any, prefix: str = "o") -> str:
        if id(value) not in self._known:
            self._known[id(value)] = f"{prefix}{len(self.space)}"
            self.space[self._known[id(value)]] = value
        return self._known[id(value)]

    def copy(self) -> Spoken:
        other = Spoken()
        other.space, other._known = dict(self.space), dict(self._known)
        return other


class Reach:
    """Expressions for the slots and values of one recording."""

    def __init__(self, recording: Recording):
        self.recording, self.names = recording, Spoken()
        self._arguments = {name: f"argument{i}" for i, name in enumerate(recording.given)}  # none hides a name in here
        self.parameters = ", ".join(self._arguments.values())
        self.first_of: dict[int, Slot] = recording.world.firsts
        self.delivered = {d.slot.place for d in recording.deliveries}  # where the step itself puts other objects

    def expression(self, slot: Slot) -> str:
        """Python for what a slot holds."""
        if slot.kind == "argument":
            return self._arguments[slot.key]
        holder = self.holder(slot)
        if slot.kind == "attribute":
            own = getattr(slot.holder, "__dict__", {})
            if slot.key in own and holder in self.names.space:  # where __getattr__ is defined, this is twice as fast
                return f"{self.names.of(own, 'd')}[{slot.key!r}]"
            return f"{holder}.{slot.key}" if slot.key.isidentifier() else f"{holder}.__dict__[{slot.key!r}]"
        if slot.kind == "cell":
            return f"{holder}.cell_contents"
        return f"{holder}[{self.key(slot.key)}]"

    def holder(self, slot: Slot) -> str:
        """What holds the slot: an object of the world, or something that the caller gave."""
        first = self.first_of.get(id(slot.holder))
        if first is not None and (first.is_argument or self.passing(first)):
            return self.expression(first)
        return self.names.of(slot.holder)

    def passing(self, slot: Slot) -> bool:
        """Whether another object may stand in the slot at each call: a gradient, what an optimizer remembers, betas."""
        if type(slot.value) is tuple and (id(slot.value), "item", 0) in self.recording.settings:
            return True
        return (isinstance(slot.holder, Tensor) and slot.key == "grad") or self._remembered(slot)

    def _remembered(self, slot: Slot) -> bool:
        first = self.first_of.get(id(slot.holder))
        return first is not None and isinstance(first.holder, dict) and isinstance(first.key, Tensor)

    def key(self, key: Any) -> str:
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
        if slot.is_argument or self.passing(slot) or slot.place in self.delivered or "_array" not in vars(slot.value):
            return f"{expression}._array"
        return f"{self.names.of(slot.value.__dict__, 'd')}['_array']"  # compared by identity before
