"""What optimizers with a state of their own share: settings checked, arrays kept, one formula run in blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import memory
from .blocks import in_blocks
from .optimizer import Optimizer, counting_dtype, remembered, scalar, with_gradients


class Blockwise(Optimizer):
    """An optimizer whose formula treats every number alike. A subclass names what it keeps, and defines `formula`.

    keeps: names of the arrays like the parameter that stand in its state, zeros before the first step.
    """

    keeps: tuple[str, ...] = ()
    counts = True  # whether the state counts steps, under "step" (0-d)

    def __init__(self, params: Iterable, settings: dict[str, Any], *, maximize: bool, foreach: Any, capturable: Any,
                 differentiable: bool):  # fmt: skip
        if differentiable:
            raise ValueError(f"{type(self).__name__}: differentiable=True is not supported; take "
                             "grad(..., create_graph=True), and compute the formula as new tensors")  # fmt: skip
        shared = {"maximize": maximize, "foreach": foreach, "differentiable": differentiable}
        shared |= {} if capturable is None else {"capturable": capturable}  # one optimizer has it not
        super().__init__(params, {**settings, **shared})

    def kept(self, group: dict[str, Any]) -> tuple[str, ...]:
        """The names that this group's settings ask for."""
        return self.keeps

    def fresh(self, group: dict[str, Any], key: str) -> float:
        """What an array of the state is filled with before the first step."""
        return 0.0

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        """What the formula needs besides arrays, in double: settings, and what follows from the step count t."""
        raise NotImplementedError

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        """Move p, in place; s and t are arrays to compute in."""
        raise NotImplementedError

    def move(self, group: dict[str, Any], line: memory.Line) -> None:
        """The formula, for each parameter of the group that has a gradient."""
        names, one = self.kept(group), scalar(1, np.float32)
        for p, array, g in with_gradients(group):
            state = self.state[p]
            new = not state
            arrays = [remembered(state, name, array) for name in names]
            if new:
                for name, fresh in zip(names, arrays, strict=True):
                    if self.fresh(group, name):
                        fresh[...] = self.fresh(group, name)
            count = None
            if self.counts:
                count = remembered(state, "step", array, shape=(), dtype=counting_dtype(group))
                np.add(count, one, count)
            t = None if count is None else np.astype(count, np.float64)
            values = self.numbers(group, t, state)
            numbers = tuple(scalar(x, array.dtype) for x in values)
            decay = scalar(group.get("weight_decay", 0), array.dtype)
            for part, slope, *kept_parts, s, u in in_blocks(array, g, *arrays, scratch=2):
                if group["maximize"]:
                    slope = -slope
                if group.get("weight_decay") and not group.get("decoupled_weight_decay"):
                    slope = slope + decay * part
                self.formula(group, part, slope, tuple(kept_parts), numbers, s, u)
            memory.wrote(array, line)


def nonnegative(**settings: Any) -> None:
    """ValueError, as PyTorch words it, where a setting is negative."""
    names = {"lr": "learning rate", "eps": "epsilon value", "weight_decay": "weight_decay value",
             "momentum": "momentum value", "alpha": "alpha value", "lr_decay": "lr_decay value",
             "momentum_decay": "momentum_decay value", "rho": "rho value",
             "initial_accumulator_value": "initial_accumulator_value value"}  # fmt: skip
    for key, value in settings.items():
        if not value >= 0:
            raise ValueError(f"Invalid {names[key]}: {value}; it must not be negative")


def fractions(betas: tuple) -> None:
    """ValueError where a beta is not in [0, 1)."""
    for index, beta in enumerate(betas):
        if not 0 <= beta < 1:
            raise ValueError(f"Invalid beta parameter at index {index}: {beta}; it must be at least 0 and below 1")
