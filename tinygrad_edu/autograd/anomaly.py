"""Where nan comes from: while this is on, a way back that gives nan raises, and names its op, its line and more.

Source: https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import observing, raw
from ..graph import mode
from ..memory import users_line


class _Watch:
    """Runs ops and ways back, and looks at what they give. first: the first op whose value was not finite."""

    def __init__(self, inner: Any):
        self.inner, self.first = inner, ""

    def forward(self, op: Any, call: Callable, args: tuple, static: dict) -> Any:
        before, mode.observer = mode.observer, self.inner
        try:
            result = call(*args, **static)
        finally:
            mode.observer = before
        if not self.first and not _finite(result) and _finite(args):
            self.first = f"the first value that was not finite came from {op.name} at {users_line()}: {_bad(result)}"
        return result

    def backward(self, node: Any, place: Any, way: Callable, g: Any) -> Any:
        before, mode.observer = mode.observer, self.inner
        try:
            gradient = way(g)
        finally:
            mode.observer = before
        array = raw(gradient)
        if isinstance(array, np.ndarray) and np.isnan(array).any():
            number = node.inputs.index(place)
            came_in = "" if _finite(g) else "; nan or inf had arrived there already"
            raise RuntimeError(f"{node.op.name}: its derivative by argument {number} is nan, at index {_bad(gradient)}"
                               f"{came_in}\n  computed by {node.op.name} at {node.line}"
                               + (f"\n  {self.first}" if self.first else ""))  # fmt: skip
        return gradient


def _arrays(x: Any) -> list:
    if isinstance(x, (tuple, list)):
        return [a for part in x for a in _arrays(part)]
    array = raw(x)
    return [array] if isinstance(array, np.ndarray) and array.dtype.kind == "f" else []


def _finite(x: Any) -> bool:
    return all(np.isfinite(array).all() for array in _arrays(x))


def _bad(x: Any) -> str:
    """Where the first number that is not finite is, and which."""
    array = next(a for a in _arrays(x) if not np.isfinite(a).all())
    at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    return f"{at or '()'}, a {array[at]} of shape {array.shape}"


class detect_anomaly:
    """While the block runs, RuntimeError for the first way back that gives nan.

    It names the op and the line where it was called, the index, and the op in the forward pass whose value was the
    first that was not finite. Looking costs time: leave it off otherwise.
    """

    def __init__(self, check_nan: bool = True):
        self.check_nan = check_nan
        warnings.warn("Anomaly Detection has been enabled. It looks at every number, which takes time; leave it off "
                      "when you have found the nan", stacklevel=2)  # fmt: skip

    def __enter__(self) -> None:
        self.block: Any = observing(_Watch(mode.observer) if self.check_nan else mode.observer)
        self.block.__enter__()

    def __exit__(self, *error: Any) -> None:
        self.block.__exit__(*error)


class set_detect_anomaly:
    """Watch (or not) from here on; as a context manager, until its end."""

    def __init__(self, mode: bool, check_nan: bool = True):
        while not mode and _switched:
            _switched.pop().__exit__(None, None, None)
        self.on = bool(mode)
        if self.on:
            block: Any = observing(_Watch(None))
            block.__enter__()
            _switched.append(block)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        if self.on and _switched:
            _switched.pop().__exit__(None, None, None)


_switched: list = []


def is_anomaly_enabled() -> bool:
    """Whether ways back are being watched in this thread."""
    return isinstance(mode.observer, _Watch)
