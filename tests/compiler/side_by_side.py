"""Two worlds made alike, one eager and one with a compiled step, and a comparison of all that they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.compiler.traced import Number, Traced
from tinygrad_edu.graph import Leaf, mode
from tinygrad_edu.nn import Module
from tinygrad_edu.nn import functional as F
from tinygrad_edu.optim import Optimizer


class World:
    """What a step closes over, under names: modules, optimizers, tensors, generators. `step` is the step."""

    def __init__(self, **held: Any):
        self.__dict__.update(held)


def trained(net: Module, opt: Optimizer) -> World:
    """A world whose step trains a classifier on a batch."""
    def step(x, y):
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        return loss

    return World(net=net, opt=opt, step=step)


def held(x: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All tensors, arrays, numbers and generator states in a nest, with their paths."""
    if isinstance(x, World):
        x = {key: value for key, value in vars(x).items() if key != "step"}
    if isinstance(x, Module):
        for name, t in x.state_dict(keep_vars=True).items():
            yield from held(t, f"{path}.{name}")
        for name, module in x.named_modules():
            yield f"{path}.{name}.training", module.training
    elif isinstance(x, Optimizer):
        yield from held(x.state_dict(), path)
    elif isinstance(x, tg.Generator):
        yield path, repr(x.numpy.bit_generator.state)
    elif isinstance(x, tg.Tensor):
        assert isinstance(x._array, np.ndarray), f"{path}: no array, but {type(x._array)}"
        assert type(x._place) is not Leaf or isinstance(x._place.array, np.ndarray), f"{path}: a leaf of a traced array"
        yield path, x.detach().numpy()
        yield f"{path}.requires_grad", x.requires_grad
        yield from held(x.grad, f"{path}.grad")
    elif isinstance(x, dict):
        for key, value in x.items():
            yield from held(value, f"{path}.{key}")
    elif isinstance(x, (list, tuple)):
        yield f"{path}.type", type(x)
        for i, value in enumerate(x):
            yield from held(value, f"{path}.{i}")
    else:
        assert type(x) not in (Traced, Number), f"{path}: {type(x)}"
        yield path, x


def same(a: Any, b: Any, what: str = "") -> None:
    """Both hold the same, to the bit."""
    a, b = list(held(a, what)), list(held(b, what))
    assert [path for path, _ in a] == [path for path, _ in b]
    for (path, x), (_, y) in zip(a, b, strict=True):
        if isinstance(x, np.ndarray):
            assert x.dtype == y.dtype and x.shape == y.shape, f"{path}: {x.dtype} {x.shape}, {y.dtype} {y.shape}"
            assert steps(x) == steps(y), f"{path}: laid out as {x.strides} and {y.strides}"
            assert np.ascontiguousarray(x).tobytes() == np.ascontiguousarray(y).tobytes(), f"{path}:\n{x}\n{y}"
        else:
            plain = isinstance(x, (int, float, str, type, type(None), np.generic))
            assert x == y if plain and x == x else type(x) is type(y), f"{path}: {x} and {y}"


def steps(x: np.ndarray) -> list[int]:
    """The strides that mean something."""
    return [s for s, n in zip(x.strides, x.shape, strict=True) if n > 1 and x.size]


def seeded(make: Callable) -> World:
    tg.manual_seed(0)
    return make()


def run(make: Callable, calls: Any, compiled: str = "", between: Callable | None = None, **options: Any) -> Any:
    """Call the step of two worlds with each of `calls` (a list of argument tuples, or a function of the call's number),
    in one of them compiled; `compiled` says which calls are ("c") and which are eager ("e"), by turns. After each call
    both worlds, and what was returned, must be the same. Returns the compiled world."""
    eager, other = seeded(make), seeded(make)
    step = tg.compile(other.step, **options)
    stream = tg.get_rng_state()
    arguments = calls if callable(calls) else lambda i: calls[i]
    count = 20 if callable(calls) else len(calls)
    for i in range(count):
        if between is not None:
            between(eager, i)
            between(other, i)
        tg.set_rng_state(stream)
        expected = eager.step(*arguments(i))
        after = tg.get_rng_state()
        tg.set_rng_state(stream)
        is_compiled = not compiled or compiled[i % len(compiled)] == "c"
        got = (step if is_compiled else other.step)(*arguments(i))
        assert mode.tracer is None
        same(expected, got, f"call {i}: returned")
        same(eager, other, f"call {i}: ")
        same(after, tg.get_rng_state(), f"call {i}: the stream of random numbers")
        stream = after
    other.compiled = step
    return other


def programs(step: Any) -> tuple[int, int]:
    """How many programs are kept, and how many of them run."""
    return len(step._programs), sum(variant.confirmed for variant in step._programs)
