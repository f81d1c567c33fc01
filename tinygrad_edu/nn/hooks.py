"""Functions that a module calls before or after its forward, and when gradients come back.

Source:
https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from ..autograd.function import Function
from ..tensor import Tensor

_next_key = itertools.count().__next__


class Hook(NamedTuple):
    """What to call, whether before forward or after it, and whether it wants to see keyword arguments."""

    function: Callable
    before: bool
    with_kwargs: bool


class BackwardHook(NamedTuple):
    """What to call with the gradients of a module's inputs and outputs; before: with those of its outputs alone."""

    function: Callable
    before: bool = False


class RemovableHandle:
    """What registering a hook returns; `remove()`, or leaving its `with` block, takes the hook away."""

    def __init__(self, hooks: dict[int, Hook | BackwardHook], key: int):
        self._hooks, self.id = hooks, key

    def remove(self) -> None:
        """Call the hook no more. A second call does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def add(hooks: dict[int, Hook | BackwardHook], hook: Hook | BackwardHook, prepend: bool) -> RemovableHandle:
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


def run(module: Any, hooks: dict[int, Hook | BackwardHook], args: tuple, kwargs: dict[str, Any]) -> Any:
    """module.forward with the hooks around it. What a hook returns, unless None, replaces what it saw."""
    called = [hook for hook in hooks.values() if isinstance(hook, Hook)]  # a hook may remove itself
    backward = [hook for hook in hooks.values() if isinstance(hook, BackwardHook)]
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
    watch = _Watch(module, backward) if backward else None
    output = module.forward(*(watch.inputs(args) if watch else args), **kwargs)
    for function, before, with_kwargs in called:
        if not before:
            result = function(module, args, kwargs, output) if with_kwargs else function(module, args, output)
            if result is not None:
                output = result
    return watch.outputs(output) if watch else output


class _Seam(Function):
    """Passes tensors on; the gradients that come back are shown to a function, which returns what goes on."""

    @staticmethod
    def forward(ctx: Any, show: Callable, *tensors: Tensor) -> Any:
        ctx.show = show
        return tuple(t.detach() for t in tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return None, *ctx.show(grads)


class _Watch:
    """Sees the gradients on both sides of one call of a module, and shows them to its hooks."""

    def __init__(self, module: Any, hooks: list[BackwardHook]):
        self.module, self.hooks = module, hooks
        self.no_input: tuple | None = None  # the gradients of inputs where no input has one
        self.grad_output: tuple = ()

    def inputs(self, args: tuple) -> tuple:
        if not any(isinstance(x, Tensor) and x.requires_grad for x in args):
            self.no_input = (None,) * len(args)
            return args
        return _seamed(args, self._reached_inputs)

    def outputs(self, output: Any) -> Any:
        seamed = _seamed(output if isinstance(output, tuple) else (output,), self._reached_outputs)
        return seamed if isinstance(output, tuple) else seamed[0]

    def _reached_outputs(self, grads: tuple) -> tuple:
        for hook in self.hooks:
            if hook.before:
                grads = _replaced(grads, hook.function(self.module, grads))
        self.grad_output = grads
        if self.no_input is not None:
            self._reached_inputs(self.no_input)
        return grads

    def _reached_inputs(self, grads: tuple) -> tuple:
        for hook in self.hooks:
            if not hook.before:
                grads = _replaced(grads, hook.function(self.module, grads, self.grad_output))
        return grads


def _seamed(values: tuple, show: Callable) -> tuple:
    """The values, their tensors behind a seam; `show` sees a gradient for each value, None where it is no tensor."""
    places = [i for i, x in enumerate(values) if isinstance(x, Tensor)]

    def shown(grads: tuple) -> tuple:
        found = dict(zip(places, grads, strict=True))
        passed = show(tuple(map(found.get, range(len(values)))))
        return tuple(passed[i] for i in places)

    tensors = dict(zip(places, _Seam.apply(shown, *map(values.__getitem__, places)), strict=True))
    return tuple(tensors.get(i, x) for i, x in enumerate(values))


def _replaced(grads: tuple, result: Any) -> tuple:
    return grads if result is None else result if isinstance(result, tuple) else (result,)
