"""A program on copies of everything that it touches: to time it without moving the model."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..graph import Tensor
from ..quiet import QUIET, reset_errors, set_errors
from .optimize import Optimized
from .program import Value
from .recording import Recording


def trial(optimized: Optimized, recording: Recording, source: str = "",
          space: dict[str, Any] | None = None) -> Callable:  # fmt: skip
    """A function that runs the program once, on copies of the state, and on arrays like those that were given.

    source: another spelling of the program, which may use what is in `space`.
    """
    program = optimized.program
    names: dict[str, Any] = {"np": np, **program.functions, **(space or {})}
    exec(source or optimized.source, names)
    states = [_array(v) for v in recording.program.states]
    rows = [states[those[0]] if len(those) == 1 else np.concatenate([states[i].reshape(-1) for i in those])
            for those in optimized.layout]  # fmt: skip
    fixed = [*rows, *map(_generator, recording.program.generators)]
    step, _ = names["make"](*fixed, *(v.array for v in program.constants()))
    inputs = [v.array if v.is_number else _array(v) for v in recording.program.inputs]

    def run() -> None:
        before = set_errors(QUIET)
        try:
            step(*inputs)
        finally:
            reset_errors(before)

    return run


def _array(value: Value) -> np.ndarray:
    held = value.slot.value
    array = held._array if isinstance(held, Tensor) else held
    if array is None or array.shape != value.shape:  # it is gone, or has moved on: anything of the same kind will do
        return _stand_in(value)
    return np.array(array, copy=True, order="K")


def _stand_in(value: Value) -> np.ndarray:
    """Ones, laid out like the value; of whole numbers zeros, which are an index into anything."""
    order = sorted(range(len(value.shape)), key=lambda i: -abs(value.strides[i]))
    laid = np.ones(tuple(value.shape[i] for i in order), value.dtype)
    if laid.dtype.kind in "iu":
        laid.fill(0)
    return laid.transpose(np.argsort(order)) if order else laid


def _generator(value: Value) -> np.random.Generator:
    return copy.deepcopy(value.slot.value.numpy)


def seconds(runs: Sequence[Callable], rounds: int = 5) -> list[float]:
    """The shortest time of each, taken in turn."""
    best = [float("inf")] * len(runs)
    for run in runs:
        run()
    for _ in range(rounds):
        for i, run in enumerate(runs):
            start = time.perf_counter()
            run()
            best[i] = min(best[i], time.perf_counter() - start)
    return best
