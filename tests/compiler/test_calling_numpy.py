"""What a call of NumPy writes to may be given by position or by name: either way the program writes there."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CannotFollow

from .side_by_side import World, programs, run


def clipped(d, g):
    np.clip(d, -1.0, 1.0, d)


def clipped_by_a_method(d, g):
    d.clip(-1.0, 1.0, d)


def clipped_on_one_side(d, g):
    np.clip(d, min=-0.5, out=d)


def where(d, g):
    np.multiply(d, 2, out=d, where=g > 0)


def summed(d, g):
    np.sum(g, 0, None, d[:1], True)
    np.mean(g, 0, out=d[1:2], keepdims=True)
    np.add.reduce(g, 0, out=d[2], initial=3, where=g > 0)


def rounded(d, g):
    np.round(g, out=d)
    np.round(g[1:], 1, d[1:])


def joined(d, g):
    np.concatenate((g[2:], g[:2]), 0, d)
    np.concatenate((g[:1], g[2:]), out=d[:2], casting="no")


def multiplied(d, g):
    np.dot(g @ g.T, g, d)


def written(d, g):
    np.copyto(dst=d, src=g, where=g > 0)
    np.put_along_axis(d, np.argmax(g, axis=1, keepdims=True), values=5.0, axis=1)
    np.putmask(d, g > 1, 0.5)


class Custom(optim.Optimizer):
    """What a user may write: p ← p − d, after some call of NumPy that changes d."""

    def __init__(self, params, change):
        super().__init__(params, {})
        self.change = change

    def move(self, group, line):
        for p in group["params"]:
            state = self.state[p]
            if not state:
                state["d"] = p.detach() * 2
            d = state["d"]._array
            np.multiply(d, 1.5, d)
            self.change(d, p.grad._array)
            np.subtract(p._array, d, p._array)


def world(change):
    p = nn.Parameter(tg.randn(3, 4))
    made = World(p=p, opt=Custom([p], change))

    def step(x):
        made.opt.zero_grad()
        loss = ((p * x) ** 2).sum()
        loss.backward()
        made.opt.step()
        return loss

    made.step = step
    return made


def rows(i):
    return (tg.tensor(np.random.default_rng(i).normal(size=(3, 4)).astype(np.float32)),)


@pytest.mark.parametrize(
    "change", [clipped, clipped_by_a_method, clipped_on_one_side, where, summed, rounded, joined, multiplied, written],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_ways_of_saying_where_a_result_goes(change):
    ran = run(lambda: world(change), [rows(i) for i in range(6)])
    assert programs(ran.compiled)[1] >= 1


@pytest.mark.parametrize("change", [lambda d, g: np.nan_to_num(d, False), lambda d, g: np.nan_to_num(d, copy=False),
                                    lambda d, g: np.median(d, 0, None, True)])  # fmt: skip
def test_a_call_that_changes_what_it_reads_is_refused(change):
    with pytest.raises(CannotFollow, match="told to change what it reads"):
        tg.compile(world(change).step)(*rows(0))
