"""Less memory for more time: a part of a network that forgets its values, and computes them again on the way back.

Source: https://docs.pytorch.org/docs/stable/checkpoint.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import _getframe
from typing import Any

import numpy as np

from ..engine import _reachable, constant, walk
from ..grad_mode import enable_grad, no_grad
from ..graph import Leaf, Node, Op, Output, Place, Tensor, mode
from ..memory import clock, users_frame
from ..random import get_rng_state, set_rng_state


def checkpoint(function: Callable, *args: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True,
               context_fn: Any = None, determinism_check: str = "default", debug: bool = False,
               **kwargs: Any) -> Any:  # fmt: skip
    """function(*args, **kwargs), of whose inner values none is kept: the way back computes them again.

    preserve_rng_state: random numbers (dropout) are the same the second time. The function must compute the same
    twice. There is no second derivative. use_reentrant chooses between PyTorch's two implementations, and is ignored.
    Errors: RuntimeError where the function uses a tensor that was computed outside, and is not an argument.
    """
    if not mode.recording or mode.tracer is not None:  # a compiled step plans its memory itself
        return function(*args, **kwargs)
    return _Segment(function, args, kwargs, preserve_rng_state).outputs(users_frame(_getframe(1)))


class _Segment:
    """One call: how to run it again, and the places that its gradient goes to."""

    def __init__(self, function: Callable, args: tuple, kwargs: dict, preserve: bool):
        self.function, self.kwargs = function, kwargs
        self.args = tuple(constant(x._array, x._place) if isinstance(x, Tensor) else x for x in args)
        self.rng = get_rng_state() if preserve else None
        self.found: tuple = (None, {})

    def run(self) -> tuple[Any, list]:
        """What the function gives, recorded from leaves that stand for the arguments; and these."""
        inputs = [constant(x._array) if isinstance(x, Tensor) else x for x in self.args]
        for x, given in zip(inputs, self.args, strict=True):
            if isinstance(x, Tensor) and given._place is not None:
                x._place = Leaf(x)
        with enable_grad():
            return self.function(*inputs, **self.kwargs), inputs

    def outputs(self, frame: Any) -> Any:
        start = clock()
        value, inputs = self.run()
        self.several = isinstance(value, (tuple, list))
        values = list(value) if self.several else [value]
        recorded = [v._place for v in values if isinstance(v, Tensor) and v._place is not None]
        if not recorded:
            return value
        own = {x._place: given._place for x, given in zip(inputs, self.args, strict=True) if isinstance(x, Tensor)}
        outside: list[Place] = []
        for place in _reachable(recorded):
            if type(place) is Leaf and place not in own:
                outside.append(place)
            elif type(place) in (Node, Output) and place.order < start:
                raise RuntimeError(f"checkpoint: the function uses a tensor that {place.op.name} computed outside of "
                                   "it; pass it as an argument")  # fmt: skip
        self.parameters = outside
        node = object.__new__(Node)
        node.op, node.static, node.hooks = _OP, {"segment": self}, None
        self.given = [i for i, x in enumerate(self.args) if isinstance(x, Tensor) and x._place is not None]
        node.inputs = [*(self.args[i]._place for i in self.given), *outside]
        node.code, node.instruction, node.order = frame.f_code, frame.f_lasti, clock()
        node.shape = (len(values),) if self.several else values[0]._array.shape
        node.ways = tuple(_way(self, k) for k in range(len(node.inputs)))
        results = []
        for i, v in enumerate(values):
            if isinstance(v, Tensor) and v._place is not None:
                place = Output(node, i, v._array.shape) if self.several else node
                results.append(constant(v._array, place))
            else:
                results.append(v)
        return type(value)(results) if self.several else results[0]

    def gradient(self, k: int, g: Any) -> Any:
        if self.found[0] is not g:
            self.found = (g, self._again(g))
        return self.found[1][k]

    def _again(self, g: Any) -> list:
        """Run the function once more, and walk back through what it recorded."""
        state = get_rng_state()
        if self.rng is not None:
            set_rng_state(self.rng)
        try:
            value, inputs = self.run()
        finally:
            set_rng_state(state)
        pairs = list(zip(value, g, strict=True)) if self.several else [(value, g)]
        roots = [(v._place, x) for v, x in pairs if isinstance(v, Tensor) and v._place is not None and x is not None]
        wanted = [*(inputs[i]._place for i in self.given), *self.parameters]
        with no_grad():
            found = walk(roots, set(wanted))
        return [found[place] if place in found else np.zeros(place.shape) for place in wanted]


def _way(segment: _Segment, k: int) -> Callable:
    return lambda g: segment.gradient(k, g)


def _formula(*xs, segment):  # type: ignore[no-untyped-def]
    """What derivatives of derivatives would ask for."""
    raise RuntimeError("checkpoint: there is no second derivative through a checkpoint; compute this part without it")


_OP = Op(_formula, "checkpoint", True, None, False, False)


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None,
                          preserve_rng_state: bool = True) -> Any:  # fmt: skip
    """A sequence of modules in `segments` parts, each but the last a checkpoint."""
    layers: Sequence = list(functions.children()) if hasattr(functions, "children") else list(functions)
    size = max(len(layers) // segments, 1)

    def part(start: int, end: int) -> Callable:
        def run(x: Any) -> Any:
            for layer in layers[start:end]:
                x = layer(x)
            return x

        return run

    end = 0
    for number in range(segments - 1):
        start, end = number * size, (number + 1) * size
        input = checkpoint(part(start, end), input, preserve_rng_state=preserve_rng_state)
    return part(end, len(layers))(input)
