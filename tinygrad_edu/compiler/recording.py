"""One run of a step, written down: its program, what it relied on, and what it left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .program import Program, Value
from .tracer import Tracer
from .world import Slot, World


@dataclass
class Returned:
    """One leaf of what the step returns. kind: "output" (of the program), "same" (an object that was there),
    "delivered" (what is put into a slot) or "constant"."""

    kind: str
    what: Any = None
    graph: str = ""  # where the tensor stood in it: see leaving.py


@dataclass
class Delivery:
    """What is put into a slot after the program has run: an output, or None."""

    slot: Slot
    output: int | None
    kind: str  # "tensor", "none", "number", or "array": the tensor keeps standing there, with another array
    graph: str = ""  # where the tensor stood in it


@dataclass
class Recording:
    """A run of a step. Once the way into its program is written, `release` keeps little but the program."""

    program: Program
    world: World = field(repr=False)
    tracer: Tracer = field(repr=False)
    given: tuple[str, ...]  # the names of all arguments
    code: Any = None  # of the function
    template: Any = None
    deliveries: list[Delivery] = field(default_factory=list)
    result: Any = None
    grad_mode: bool = True
    relied: list[Value] = field(default_factory=list)  # inputs that were only compared
    settings: set = field(default_factory=set)
    grows: str = ""  # what the run has added to the world, so that it cannot be repeated as it is
    places: dict[int, Any] = field(default_factory=dict)  # where each tensor stood, by identity
    trained: set[tuple] = field(default_factory=set)  # the slots of tensors that required grad

    def release(self) -> None:
        """Let go of what the run touched: a batch, the traced graph, copies of the state, what it returned."""
        self.tracer.release()
        for value in self.program.inputs:
            value.slot = _without_value(value.slot)
        for delivery in self.deliveries:
            delivery.slot = _without_value(delivery.slot)
        self.template = _without_values(self.template)
        self.relied, self.places, self.result = [], {}, None
        del self.world, self.tracer


def leaves_of(template: Any) -> Iterator[Returned]:
    """What a step returns, one leaf after the other; named tuples are tuples here."""
    if isinstance(template, (list, tuple)):
        for item in template:
            yield from leaves_of(item)
    elif isinstance(template, dict):
        yield from leaves_of(tuple(template.values()))
    elif isinstance(template, Returned):
        yield template


def _without_value(slot: Slot) -> Slot:
    """A slot that says where something was found, not what; of a tensor that was given, not even where."""
    return slot._replace(value=None, holder=None if slot.is_argument else slot.holder)


def mapped(function: Callable, x: Any) -> Any:
    """A list, tuple, named tuple or dict of what the function makes of its parts; None for what is no nest."""
    if type(x) in (list, tuple):
        return type(x)(map(function, x))
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*map(function, x))
    return {key: function(item) for key, item in x.items()} if type(x) is dict else None


def _without_values(x: Any) -> Any:
    if (nest := mapped(_without_values, x)) is not None:
        return nest
    return Returned(x.kind, _without_value(x.what), x.graph) if x.kind == "same" else x
