"""Whether ops are recorded: context managers that are decorators too, each thread with a mode of its own.

Source: https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from .graph import mode


class _GradMode(contextlib.ContextDecorator):
    """Sets the mode on entry and puts the former one back on exit, also when an error passes through."""

    def __init__(self, recording: bool):
        self.recording = recording
        self.before: list[bool] = []

    def __enter__(self) -> None:
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *_: object) -> None:
        mode.recording = self.before.pop()

    def __call__(self, function: Any) -> Any:
        if not inspect.isgeneratorfunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        def generator(*args: Any, **options: Any) -> Iterator:
            steps = function(*args, **options)
            while True:  # the mode holds inside the generator, not in the loop that draws from it
                with self._recreate_cm():
                    try:
                        item = next(steps)
                    except StopIteration as end:
                        return end.value
                yield item

        return generator

    def _recreate_cm(self) -> _GradMode:  # a decorated function may run in several threads at once
        return _GradMode(self.recording)


class no_grad(_GradMode):
    """Nothing computed inside is recorded: `with no_grad():`, `@no_grad()` or `@no_grad`."""

    def __new__(cls, function: Callable | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function: Callable | None = None):
        super().__init__(False)


class enable_grad(_GradMode):
    """What is computed inside is recorded, also within `no_grad`."""

    def __new__(cls, function: Callable | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function: Callable | None = None):
        super().__init__(True)


class inference_mode(_GradMode):
    """As `no_grad` (PyTorch's faster variant of it; here both are equally fast and make the same tensors)."""

    def __new__(cls, mode: bool | Callable = True) -> Any:
        return cls()(mode) if callable(mode) else super().__new__(cls)

    def __init__(self, mode: bool = True):
        super().__init__(not mode)
        self.outer: list[bool] = []

    def __enter__(self) -> None:
        super().__enter__()
        self.outer.append(mode.inference)
        mode.inference = not self.recording

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        mode.inference = self.outer.pop()

    def _recreate_cm(self) -> inference_mode:
        return inference_mode(not self.recording)


class set_grad_enabled(_GradMode):
    """Record or do not, from this call on; as a context manager, until its end."""

    def __init__(self, mode_: bool):
        super().__init__(bool(mode_))
        self.before.append(mode.recording)
        mode.recording = self.recording

    def __enter__(self) -> None:
        mode.recording = self.recording

    def __call__(self, function: Any) -> Any:
        mode.recording = self.before.pop()  # as a decorator it changes nothing by itself
        return super().__call__(function)


def is_grad_enabled() -> bool:
    """Whether ops are being recorded in this thread."""
    return mode.recording


def is_inference_mode_enabled() -> bool:
    """Whether this thread is within `inference_mode`."""
    return mode.inference
