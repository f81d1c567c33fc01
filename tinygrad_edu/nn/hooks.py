"""Functions that a module calls before or after its forward.

Source:
https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

_next_key = itertools.count().__next__


class Hook(NamedTuple):
    """What to call, whether before forward or after it, and whether it wants to see keyword arguments."""

    function: Callable
    before: bool
    with_kwargs: bool


class RemovableHandle:
    """What registering a hook returns; `remove()`, or leaving its `with` block, takes the hook away."""

    def __init__(self, hooks: dict[int, Hook], key: int):
        self._hooks, self.id = hooks, key

    def remove(self) -> None:
        """Call the hook no more. A second call does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def add(hooks: dict[int, Hook], hook: Hook, prepend: bool) -> RemovableHandle:
    """Enter a hook behind the others, or in front of them."""
    if not callable(hook.function):
        raise TypeError(f"a hook must be callable, got {type(hook.function).__name__}")
    key = _next_key()
    others = dict(hooks)
    hooks[key] = hook
    if prepend:
        for other in others:  # a dict keeps the order of entering: let the others enter again
            hooks[other] = hooks.pop(other)
    return RemovableHandle(hooks, key)


def run(module: Any, hooks: dict[int, Hook], args: tuple, kwargs: dict[str, Any]) -> Any:
    """module.forward with the hooks around it. What a hook returns, unless None, replaces what it saw."""
    called = tuple(hooks.values())  # a hook may remove itself
    for function, before, with_kwargs in called:
        if before and with_kwargs:
            result = function(module, args, kwargs)
            if result is not None:
                if not (isinstance(result, tuple) and len(result) == 2):
                    raise RuntimeError("forward pre-hook with kwargs: None or a pair (args, kwargs) expected "
                                       f"as its result, got {result!r}")  # fmt: skip
                args, kwargs = result
        elif before:
            result = function(module, args)
            if result is not None:
                args = result if isinstance(result, tuple) else (result,)
    output = module.forward(*args, **kwargs)
    for function, before, with_kwargs in called:
        if not before:
            result = function(module, args, kwargs, output) if with_kwargs else function(module, args, output)
            if result is not None:
                output = result
    return output
