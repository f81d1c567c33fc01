"""Functions that a place in the graph calls when its gradient is complete."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from .engine import constant
from .graph import Place, Tensor
from .memory import clock


class Hooks:
    """What is called when a place's gradient is complete, in the order of registration; the keeper comes last."""

    def __init__(self) -> None:
        self.functions: dict[int, Callable] = {}
        self.after: dict[int, Callable] = {}
        self.keeper: Any = None

    def add(self, hook: Callable) -> Handle:
        handle = Handle(self.functions)
        self.functions[handle.number] = hook
        return handle

    def add_after(self, hook: Callable) -> Handle:
        """One to call with the leaf once its `.grad` is there."""
        handle = Handle(self.after)
        self.after[handle.number] = hook
        return handle

    def retain(self, tensor: Tensor) -> None:
        self.keeper = weakref.ref(tensor)

    def __call__(self, g: Any) -> Any:
        raw = not isinstance(g, Tensor)
        for hook in list(self.functions.values()):
            result = hook(constant(g) if raw else g)
            if result is not None:
                if not isinstance(result, Tensor) or result._array.shape != np.shape(g):
                    raise RuntimeError(f"hook: a hook returns None or a gradient of shape {np.shape(g)}, "
                                       f"got {result!r}")  # fmt: skip
                g = result._array if raw else result
        tensor = self.keeper() if self.keeper is not None else None
        if tensor is not None:
            kept = constant(np.copy(g)) if raw else g
            tensor.grad = kept if tensor.grad is None else tensor.grad + kept
        return g.copy() if raw and self.functions else g  # a hook may have kept g


class Handle:
    def __init__(self, functions: dict[int, Callable]):
        self._functions, self.number = functions, clock()

    def remove(self) -> None:
        """Call the hook no more."""
        self._functions.pop(self.number, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def hooks_of(place: Place) -> Hooks:
    if place.hooks is None:
        place.hooks = Hooks()
    return place.hooks
