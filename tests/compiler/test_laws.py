"""For every op: compiled equals eager to the bit, forward and every derivative, while it is traced and when it runs."""

import itertools

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

import tinygrad_edu as tg
from tests.laws import checks, draw, grammar
from tinygrad_edu.autograd import grad
from tinygrad_edu.compiler import CannotFollow

from .side_by_side import programs, same

OPS = grammar.load()
SHAPED_BY_VALUES = {"nonzero"}
CALLS = 4  # the first two are traced, the others run the program
quick = settings(max_examples=3, phases=(Phase.explicit, Phase.reuse, Phase.generate))


def derivatives(call, second):
    """A step that computes an op and its gradients, and the gradients of these."""
    def step(xs, gs):
        value = call.op.call(*xs, **call.static)
        values = value if type(value) is tuple else (value,)
        pairs = [(z, g) for z, g in zip(values, gs, strict=True) if g is not None and z.requires_grad]
        wanted = [xs[i] for i in call.wanted]
        if not pairs or not wanted:
            return values, ()
        found = grad(
            [z for z, _ in pairs], wanted, [g for _, g in pairs], create_graph=second, materialize_grads=True
        )  # fmt: skip
        again = [f for f in found if f.requires_grad] if second else []
        if again:
            found += grad(again, wanted, [f.detach() * 2 for f in again], materialize_grads=True)
        return values, found

    return step


def backward(call):
    """A step that adds to the gradients of its leaves."""
    def step(xs, gs):
        value = call.op.call(*xs, **call.static)
        for z, g in zip(value if type(value) is tuple else (value,), gs, strict=True):
            if g is not None and z.requires_grad:
                z.backward(g, retain_graph=True)
        return value

    return step


def arguments(call, rng, dtype=None):
    """The same call with other values at each time: tensors, and what arrives at the results."""
    for i in itertools.count():
        fresh = call.fresh(rng) if i else call
        gs = checks.weights(fresh.values(), rng)
        if dtype is not None:
            fresh, gs = fresh.as_dtype(dtype), [g if g is None else g.astype(dtype) for g in gs]
        yield lambda fresh=fresh, gs=gs: (checks.leaves(fresh), [None if g is None else tg.tensor(g) for g in gs])


def masked(call):
    return any(isinstance(x, np.ndarray) and x.dtype == bool for x in call.arrays) and call.op.name in (
        "getitem", "index_add", "setitem",
    )  # fmt: skip


def compare(step, make):
    compiled = tg.compile(step)
    for give, _ in zip(make, range(CALLS), strict=False):
        plain, traced = give(), give()
        same(step(*plain), compiled(*traced), "returned")
        same(plain, traced, "arguments")
    assert programs(compiled) == (1, 1)


@pytest.mark.parametrize("name", sorted(OPS.keys() - SHAPED_BY_VALUES))
def test_values_and_derivatives(name):
    @quick
    @given(call=draw.calls(OPS[name]))
    def look(call):
        assume(not masked(call))
        compare(derivatives(call, True), arguments(call, checks.rng_of(call)))

    look()


@pytest.mark.parametrize("name", sorted(OPS.keys() - SHAPED_BY_VALUES - {"astype"}))
def test_backward_in_single_precision(name):
    @quick
    @given(call=draw.calls(OPS[name]))
    def look(call):
        assume(not masked(call) and not call.static.get("dtype"))
        compare(backward(call), arguments(call, checks.rng_of(call), np.float32))

    look()


@pytest.mark.parametrize("name", sorted(n for n, op in OPS.items() if op.elementwise))
def test_arrays_of_no_and_of_empty_axes(name):
    @quick
    @given(call=draw.calls(OPS[name], smallest=0))
    def look(call):
        assume(any(x.size == 0 or x.ndim == 0 for x in call.arrays if isinstance(x, np.ndarray)))
        compare(derivatives(call, False), arguments(call, checks.rng_of(call)))

    look()


MASK = tg.tensor([[True, False, True], [False, True, True]])


@pytest.mark.parametrize("shaped", [
    lambda x, mask: tg.nonzero(x), lambda x, mask: x[mask], lambda x, mask: x.masked_select(mask),
    lambda x, mask: x[x > 0], lambda x, mask: tg.where(x > 0), lambda x, mask: np.unique(x),
    lambda x, mask: np.argwhere(x), lambda x, mask: x[mask.numpy()],
])  # fmt: skip
def test_shapes_that_depend_on_values_are_refused(shaped):
    step = tg.compile(lambda x, mask: shaped(x, mask).sum())
    with pytest.raises((CannotFollow, TypeError)) as error:
        step(tg.randn(2, 3), MASK)
    assert error.type is TypeError or "test_laws.py:" in str(error.value)
    assert tg.nonzero(MASK).shape == (4, 2)
