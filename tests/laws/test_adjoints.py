"""Two ops that are each other's derivative: <A x, y> = <x, Aᵀ y>, exactly, on small whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import inplace
from tinygrad_edu.ops import index, shape

from . import draw, grammar
from .cases import CASES

OPS = grammar.load()


def whole(array, rng):
    """Small whole numbers in the shape of `array`, whose products and sums float64 holds exactly."""
    return rng.integers(-8, 9, array.shape).astype(np.float64)


# name: (the op A of x, with what is left of the call; its adjoint of y, with x at hand for its shape)
PAIRS = {
    "getitem": lambda y, x, *rest, index: OPS["index_add"].call(y, *rest, index=index, shape=x.shape),
    "index_add": lambda y, x, *rest, index, shape: OPS["getitem"].call(y, *rest, index=index),
    "broadcast_to": lambda y, x, *, shape: index.sum_to(y, shape=x.shape),
    "sum_to": lambda y, x, *, shape: index.broadcast_to(y, shape=x.shape),
    "gather": lambda y, x, at, *, dim: index.scatter_add_along(np.zeros_like(x), at, y, dim=dim),
    "unfold": lambda y, x, *, window, step=1: shape.fold(y, length=x.shape[-1], step=step),
    "fold": lambda y, x, *, length, step: shape.unfold(y, window=x.shape[-1], step=step),
    "diagonal": lambda y, x, *, offset, dim1=0, dim2=1: shape.diagonal_embed(
        y, offset=offset, dim1=dim1, dim2=dim2, shape=x.shape
    ),
    "diagonal_embed": lambda y, x, *, offset, dim1, dim2, shape: OPS["diagonal"].call(
        y, offset=offset, dim1=dim1, dim2=dim2
    ),
    "read_at": lambda y, x, *, at: inplace.write_at(np.zeros_like(x), y, at=at),
}


@pytest.mark.parametrize("name", sorted(PAIRS))
@given(data=st.data())
def test_adjoint(name, data):
    """<A x, y> = <x, Aᵀ y>."""
    call = data.draw(draw.calls(OPS[name]))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    x = whole(call.arrays[0], rng)
    rest = call.arrays[1:]
    image = OPS[name].call(x, *rest, **call.static)
    y = whole(image, rng)
    back = PAIRS[name](y, x, *rest, **call.static)
    assert back.shape == x.shape
    assert np.sum(image * y) == np.sum(x * back)


@pytest.mark.parametrize("name", sorted(PAIRS))
@given(data=st.data())
def test_the_way_back_is_the_adjoint(name, data):
    """And the op's own way back gives exactly that."""
    call = data.draw(draw.calls(OPS[name]))
    value, way, *_ = call.formula()
    y = whole(value, np.random.default_rng(data.draw(st.integers(0, 1000))))
    np.testing.assert_array_equal(way(y), PAIRS[name](y, call.arrays[0], *call.arrays[1:], **call.static))


@given(data=st.data())
def test_scatter_add_along_is_adjoint_to_gather_along_in_y(data):
    """<scatter(0, y), x> = <y, gather(x)>, also where the index repeats and is shorter than y."""
    call = data.draw(draw.calls(OPS["scatter_add"]))
    x, at, y = call.arrays
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    x, y = whole(x, rng), whole(y, rng)
    spread = index.scatter_add_along(np.zeros_like(x), at, y, **call.static)
    picked = index.gather_along(x, at, **call.static)
    assert np.sum(spread * x) == np.sum(y[tuple(map(slice, at.shape))] * picked)


@given(data=st.data())
def test_write_at_keeps_what_read_at_does_not_see(data):
    """A write puts y at its places and leaves the rest: read_at(write_at(x, y)) = y, and the rest is x's."""
    at = data.draw(st.sampled_from(CASES["write_at"]))(np.random.default_rng(0))[1]["at"]
    x, y = np.arange(12.0) + 1, -np.arange(at.size).reshape(at.shape) - 1.0
    z = inplace.write_at(x, y, at=at)
    np.testing.assert_array_equal(inplace.read_at(z, at=at), y)
    untouched = np.setdiff1d(np.arange(12), at)
    np.testing.assert_array_equal(z[untouched], x[untouched])
