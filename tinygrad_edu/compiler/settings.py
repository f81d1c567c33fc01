"""Python numbers that may change from call to call, arguments and the settings of optimizers: traced as Numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import Tensor
from ..optim.optimizer import Optimizer
from .program import Program, Value
from .traced import Number
from .tracer import Tracer
from .world import Slot, World


class Settings:
    """The numbers of param_groups, exchanged for Numbers while the step is traced."""

    def __init__(self, world: World, tracer: Tracer, program: Program):
        self.tracer, self.program, self.world = tracer, program, world
        self.exchanged: list[tuple[dict, Any, Any, Any]] = []

    def exchange(self) -> None:
        """Let the step find Numbers."""
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


def as_traced(x: Any, tracer: Tracer, name: str, program: Program) -> Any:
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
        slots = tracer.world.slots
        found = [(k, _within(v, slots.get((id(x), "item", k if isinstance(k, (str, int)) else id(k))), tracer, program))
                 for k, v in items]  # fmt: skip
        return dict(found) if isinstance(x, dict) else type(x)(v for _, v in found)
    return x
