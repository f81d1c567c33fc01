"""The laws, each a function of one call of an op, that raises where the op breaks it.

Derivatives are compared along a random direction: <∇L, v> against (L(x + hv) − L(x − hv)) / 2h and its
refinement with 2h, where L = <g, op(x)> with a random g.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume

from tests.readers import Traced, plain
from tinygrad_edu import engine
from tinygrad_edu.autograd import grad
from tinygrad_edu.tensor import Tensor, tensor

from .draw import Call

STEP = 2e-4


def rng_of(call: Call) -> np.random.Generator:
    """Random numbers that depend on nothing but the call."""
    total = sum(abs(float(np.sum(x))) for x in call.arrays if hasattr(x, "dtype"))
    return np.random.default_rng(int(total * 1e6) % 2**32 if math.isfinite(total) else 0)


def weights(values: tuple, rng: np.random.Generator) -> list:
    """A random g for each floating value, None for the others."""
    return [signs_and_sizes(z.shape, 0.5, 1.5, rng) if z.dtype.kind == "f" else None for z in values]


def signs_and_sizes(shape: tuple, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.uniform(low, high, shape) * rng.choice([-1, 1], shape))


def weighted(gs: list, values: tuple) -> tuple[float, float]:
    """<g, values>, and the size of its terms, by which its rounding errors are judged."""
    terms = [g * z for g, z in zip(gs, values, strict=True) if g is not None]
    return sum(float(np.sum(t)) for t in terms), sum(float(np.sum(np.abs(t))) for t in terms)


def leaves(call: Call) -> list:
    """The arguments as tensors; the floating ones require grad."""
    arrays = enumerate(call.arrays)
    return [tensor(x, requires_grad=i in call.wanted) if isinstance(x, np.ndarray) else x for i, x in arrays]


def gradients(call: Call, gs: list, create_graph: bool = False, xs: list | None = None) -> list:
    """dL/dx for each floating argument, by the engine; zeros where L does not depend on it."""
    xs = leaves(call) if xs is None else xs
    value = call.op.call(*xs, **call.static)
    pairs = [(z, g) for z, g in zip(value if type(value) is tuple else (value,), gs, strict=True) if g is not None]
    pairs = [(z, g) for z, g in pairs if z.requires_grad]
    wanted = [xs[i] for i in call.wanted]
    if not pairs or not wanted:
        return [tensor(np.zeros(x.shape, x.dtype)) for x in wanted]
    return list(grad(
        [z for z, _ in pairs], wanted, [g for _, g in pairs], create_graph=create_graph, materialize_grads=True
    ))  # fmt: skip


def directions(shapes: list, rng: np.random.Generator) -> list:
    return [signs_and_sizes(s, 0.3, 1.0, rng) for s in shapes]


def difference(loss: Callable, x: np.ndarray, v: np.ndarray) -> tuple[float, float]:
    """dL/dx along v by differences, and the size of L. A call at whose edge lies a kink is drawn anew."""
    def quotient(h):
        (up, size), (down, _) = loss(x + h * v), loss(x - h * v)
        return (up - down) / (2 * h), size
    (one, size), (two, _), (half, _) = quotient(STEP), quotient(2 * STEP), quotient(STEP / 2)
    fine, coarse = (4 * half - one) / 3, (4 * one - two) / 3
    assume(abs(fine - coarse) <= 1e-7 * abs(fine) + 1e-8 * (1 + size))
    return coarse, size


def agree(what: str, analytic: float, numeric: float, size: float, relative: float = 1e-6) -> None:
    bound = relative * max(abs(analytic), abs(numeric)) + 2e-10 * (1 + size)
    assert abs(analytic - numeric) <= bound, f"{what}: {analytic!r} by its way back, {numeric!r} by differences"


def gradient(call: Call) -> None:
    """The gradient by each floating argument agrees with central differences."""
    rng, values = rng_of(call), call.values()
    assume(all(z.dtype != np.float32 for z in values))  # a cast to float32: too coarse for differences
    gs = weights(values, rng)
    found = gradients(call, gs)
    for i, way in zip(call.wanted, found, strict=True):
        x, v = call.arrays[i], directions([call.arrays[i].shape], rng)[0]
        assert way.shape == x.shape and way.dtype == x.dtype
        numeric, size = difference(lambda moved, i=i: weighted(gs, call.with_array(i, moved).values()), x, v)
        agree(f"{call.op.name} by {name_of(call, i)}", float(np.sum(way.numpy() * v)), numeric, size)


def second(call: Call) -> None:
    """The gradient of <w, gradient> by the arguments and by g agrees with differences of the gradient."""
    rng, values = rng_of(call), call.values()
    assume(all(z.dtype != np.float32 for z in values))
    gs = weights(values, rng)
    ws = directions([call.arrays[i].shape for i in call.wanted], rng)
    xs = leaves(call)
    g_leaves = [None if g is None else tensor(g, requires_grad=True) for g in gs]
    firsts = gradients(call, g_leaves, create_graph=True, xs=xs)
    for way, again in zip(firsts, gradients(call, gs), strict=True):
        np.testing.assert_allclose(way.detach().numpy(), again.numpy(), rtol=1e-12, atol=1e-12)
    recorded = [(f, w) for f, w in zip(firsts, ws, strict=True) if f.requires_grad]

    def loss(moved_xs: Call, moved_gs: list) -> tuple[float, float]:
        return weighted(ws, tuple(f.numpy() for f in gradients(moved_xs, moved_gs)))

    wanted = [xs[i] for i in call.wanted] + [g for g in g_leaves if g is not None]
    if recorded:
        found = grad([f for f, _ in recorded], wanted, [w for _, w in recorded], materialize_grads=True)
    else:
        found = tuple(tensor(np.zeros(x.shape)) for x in wanted)
    for position, way in zip(call.wanted, found, strict=False):
        x, v = call.arrays[position], directions([call.arrays[position].shape], rng)[0]
        numeric, size = difference(lambda m, i=position: loss(call.with_array(i, m), gs), x, v)
        what = f"{call.op.name}, second derivative by {name_of(call, position)}"
        agree(what, float(np.sum(way.numpy() * v)), numeric, size)
    at = [k for k, g in enumerate(gs) if g is not None]
    for k, way in zip(at, found[len(call.wanted) :], strict=True):
        v = directions([gs[k].shape], rng)[0]
        numeric, size = difference(lambda m, k=k: loss(call, [*gs[:k], m, *gs[k + 1 :]]), gs[k], v)
        agree(f"{call.op.name}, its gradient by g", float(np.sum(way.numpy() * v)), numeric, size)


def name_of(call: Call, i: int) -> str:
    return call.op.positional[i] if i < len(call.op.positional) else f"argument {i}"


def same_bits(a: Any, b: Any) -> None:
    """Both have one dtype, one shape and the same bits (all nans are one)."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype, f"dtype {a.dtype} and {b.dtype}"
    assert a.shape == b.shape, f"shape {a.shape} and {b.shape}"
    np.testing.assert_array_equal(a, b)
    if a.dtype.kind == "f":
        np.testing.assert_array_equal(np.signbit(a), np.signbit(b), "the sign of a zero differs")


def g_for(value: Any, gs: list) -> Any:
    return tuple(gs) if type(value) is tuple else gs[0]


def traced(call: Call) -> None:
    """A traced array reads the formula, forward and every way back, to the same bits as a plain one."""
    log: list = []
    value, *ways = call.formula()
    gs = weights(call.values(), rng_of(call))
    with np.errstate(all="ignore"):
        arrays = (Traced(x, log) if hasattr(x, "dtype") else x for x in call.arrays)
        seen, *seen_ways = call.op.formula(*arrays, **call.static)
        pairs = zip(value, seen, strict=True) if type(value) is tuple else [(value, seen)]
        for z, t in pairs:
            assert type(t) is Traced, f"{call.op.name}: the value was computed outside the program"
            same_bits(z, plain(t))
        for way, seen_way in zip(ways, seen_ways, strict=True):
            assert (way is None) == (seen_way is None)
            if way is not None:
                t = seen_way(g_for(value, [None if g is None else Traced(g, log) for g in gs]))
                assert type(t) is Traced, f"{call.op.name}: a way back left the program"
                same_bits(way(g_for(value, gs)), plain(t))


def reader_tensor(call: Call) -> None:
    """Tensors read the formula and its ways back to the same numbers."""
    value, *ways = call.formula()
    gs = weights(call.values(), rng_of(call))
    before, engine.mode.reviving = engine.mode.reviving, True
    try:
        with np.errstate(all="ignore"):
            seen, *seen_ways = call.op.formula(*leaves(call), **call.static)
            for z, t in zip(value, seen, strict=True) if type(value) is tuple else [(value, seen)]:
                close(z, t, call.op.name)
            for way, seen_way in zip(ways, seen_ways, strict=True):
                if way is not None:
                    t = seen_way(g_for(value, [None if g is None else tensor(g) for g in gs]))
                    close(way(g_for(value, gs)), t, f"{call.op.name}, a way back")
    finally:
        engine.mode.reviving = before


def close(z: Any, t: Any, what: str) -> None:
    assert isinstance(t, Tensor), f"{what}: no Tensor, the derivative of it is lost"
    assert t.dtype == z.dtype, f"{what}: dtype {t.dtype}, {z.dtype} on plain arrays"
    np.testing.assert_allclose(t.detach().numpy(), z, rtol=1e-12, atol=1e-12, err_msg=what)


def linear_in_g(call: Call) -> None:
    """way(2 g − h / 2) = 2 way(g) − way(h) / 2."""
    value, *ways = call.formula()
    rng = rng_of(call)
    gs, hs = weights(call.values(), rng), weights(call.values(), rng)
    both = [None if g is None else 2 * g - h / 2 for g, h in zip(gs, hs, strict=True)]
    for way in ways:
        if way is not None:
            a, b, c = (way(g_for(value, x)) for x in (gs, hs, both))
            np.testing.assert_allclose(c, 2 * a - b / 2, rtol=1e-11, atol=1e-11)


def kept_and_needed(call: Call) -> tuple[set, set]:
    """Pairs (way back, argument): the argument is kept alive by the way back; the way back gives something else for
    other values of that argument. Argument -1 stands for any floating array the way back closes over."""
    kept, needed = set(), set()
    value, *ways = call.formula()
    g = g_for(value, weights(call.values(), rng_of(call)))
    rng = np.random.default_rng(7)
    others = {i: [call.fresh(rng, [i]).formula()[1:] for _ in range(3)] for i in call.floats}
    for k, way in enumerate(ways):
        if way is None:
            continue
        here = way(g)
        for i, redrawn in others.items():
            if any(not np.array_equal(here, w[k](g)) for w in redrawn):
                needed |= {(k, i), (k, -1)}
        for array in engine._saved(way):
            kept |= {(k, i) for i in call.floats if np.may_share_memory(array, call.arrays[i])}
            if array.dtype.kind == "f":
                kept.add((k, -1))
    return kept, needed


def unchanged_and_pure(call: Call) -> None:
    """The arguments and g stay as they were, and a second run gives the same bits."""
    before = [np.copy(x) for x in call.arrays]
    runs = []
    for _ in range(2):
        value, *ways = call.formula()
        gs = weights(call.values(), rng_of(call))
        kept = [None if g is None else g.copy() for g in gs]
        found = [way(g_for(value, gs)) for way in ways if way is not None]
        runs.append([*(value if type(value) is tuple else (value,)), *found])
        for g, k in zip(gs, kept, strict=True):
            assert g is None or np.array_equal(g, k), f"{call.op.name} changed g"
    for x, b in zip(call.arrays, before, strict=True):
        assert np.array_equal(x, b), f"{call.op.name} changed its arguments"
    for a, b in zip(*runs, strict=True):
        same_bits(a, b)
