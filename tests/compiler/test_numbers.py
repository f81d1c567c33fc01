"""Python numbers: those that are handed over are inputs, all others are compared at each call."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CompileError
from tinygrad_edu.optim import lr_scheduler

from .side_by_side import World, programs, run, same
from .test_training import batch, training

SCALE = 2.0
TABLE = {"a": [1.0, 2.0]}


class Config:
    scale = 1.0
    other = 5


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam, optim.AdamW])
def test_a_learning_rate_that_changes_compiles_nothing_anew(kind):
    def by_hand(world, i):
        world.opt.param_groups[0]["lr"] = [0.1 / (i + 1), np.float64(0.1) / (i + 1)][i > 10]

    world = run(training(kind), batch, "c", lambda w, i: by_hand(w, min(i, 10)))
    assert programs(world.compiled)[1] == 1
    run(training(kind), batch, "cce", by_hand)

    def make():
        world = training(kind)()
        world.schedules = [lr_scheduler.StepLR(world.opt, 3, 0.5), lr_scheduler.CosineAnnealingLR(world.opt, 20)]
        return world

    def scheduled(world, i):
        if i:
            world.schedules[i % 2].step()

    world = run(make, batch, "c", scheduled)
    assert programs(world.compiled)[1] == 1


def test_other_settings_may_change_too():
    def between(world, i):
        group = world.opt.param_groups[0]
        group["weight_decay"] = [0, 0.1, 0.2][i // 7]
        group["betas"] = (0.9, 0.99 - i / 100)
        group["eps"] = 1e-8 * (i + 1)

    world = run(training(optim.Adam, weight_decay=0), batch, "c", between)
    assert programs(world.compiled)[1] == 2

    def turned(world, i):
        world.opt.param_groups[0]["nesterov"] = i >= 10

    world = run(training(optim.SGD, momentum=0.9), batch, "c", turned)
    assert programs(world.compiled)[1] == 2


def test_the_first_step_and_the_others_are_different_programs():
    world = training(optim.Adam)()
    step = tg.compile(world.step)
    seen = []
    for i in range(5):
        step(*batch(i))
        seen.append(programs(step))
    assert seen[0] == (1, 0) and seen[1] == (2, 0) and seen[2] == seen[4] == (2, 1)


def test_numbers_among_the_arguments_are_inputs():
    step = tg.compile(lambda x, a, b: (x * a + b, a * 2 + b, [a / 3, -b, abs(b), a**2, b // 2, b % 3], tg.tensor(a),
                                       tg.full((2,), a), tg.full((2,), b), a - x))
    plain = step.function
    for i in range(6):
        x, a, b = tg.full((3,), 1.0 + i), 0.3 * i - 1, i + 1
        same(step(x, a, b), plain(x, a, b))
        assert [type(v) for v in step(x, a, b)[2]] == [type(v) for v in plain(x, a, b)[2]]
    assert programs(step) == (1, 1)
    same(step(x, 2, 3), plain(x, 2, 3))
    same(step(x, np.float32(0.1), np.int64(3)), plain(x, np.float32(0.1), np.int64(3)))


def test_a_number_that_decides_is_compared():
    def function(x, epoch, n=2):
        if epoch > 3:
            x = x * 2
        for k in range(n):
            x = x + k
        return x if epoch else -x

    step = tg.compile(function)
    for epoch in range(8):
        for n in (1, 3):
            for _ in range(3):
                x = tg.full((2,), float(epoch))
                same(step(x, epoch, n), function(x, epoch, n))
                same(step(x, epoch, n=n), function(x, epoch, n=n))


def changing(change):
    return pytest.param(change, id=change.__name__)


def free_variable(i, world):
    world.set_scale(i)


def attribute(i, world):
    world.holder.scale = i


def global_number(i, world):
    global SCALE
    SCALE = i


def in_a_class(i, world):
    Config.scale = i


def in_a_table(i, world):
    TABLE["a"][1] = i


def default_of_a_helper(i, world):
    helper.__defaults__ = (i,)


def attribute_of_a_module(i, world):
    world.net.scale = i


def of_a_helper_object(i, world):
    world.nested.inner.factor = i


def helper(x, by=1.0):
    return x * by * SCALE


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = 1.0

    def forward(self, x):
        return helper(x) * self.scale * Config.scale


class Nested:
    def __init__(self):
        self.inner = type("Inner", (), {"factor": 1.0, "unused": 1})()
        self.inner.factor = 1.0

    def apply(self, x):
        return self._twice(x) + self.factor

    @property
    def factor(self):
        return self.inner.factor

    def _twice(self, x):
        return x * self.inner.factor * 2


@pytest.mark.parametrize("change", [
    changing(f) for f in (free_variable, attribute, global_number, in_a_class, in_a_table, default_of_a_helper,
                          attribute_of_a_module, of_a_helper_object)
])  # fmt: skip
@pytest.mark.parametrize("kinds", [(1.0, 2.0), (2, 2.0), (0.0, -0.0), (1, True)])
def test_a_change_outside_compiles_again(change, kinds):
    scale = 1.0
    world = World(net=Scaled(), nested=Nested())
    world.holder = type("Holder", (), {})()
    world.holder.scale = 1.0

    def set_scale(value):
        nonlocal scale
        scale = value

    world.set_scale = set_scale

    def function(x):
        y = world.nested.apply(world.net(x)) * scale * world.holder.scale
        return y + TABLE["a"][1] * x, 1 / (scale or tg.ones(1))

    step = tg.compile(function)
    for dtype in (tg.float32, tg.int64):
        x = tg.tensor([1, -2], dtype=dtype)
        for value in kinds * 3:
            change(value, world)
            for _ in range(3):
                same(step(x), function(x))
    change(1.0, world)


def test_fresh_random_arrays_and_counters_are_refused():
    calls = []

    def noisy(x):
        return x + tg.from_numpy(np.random.rand(2))

    def counted(x):
        return x * next(counter)

    counter = iter(range(100))
    for function in (noisy, counted):
        step = tg.compile(function)
        step(tg.ones(2))
        with pytest.raises(CompileError, match=r"test_numbers.py:\d+"):
            step(tg.ones(2))
    assert not calls


def test_python_side_effects_are_refused_and_undone():
    history, count, holder = [], 0, Nested()
    table = {"n": 0}
    p = nn.Parameter(tg.ones(2))

    def update():
        with tg.no_grad():
            p.mul_(2)

    def appended(x):
        update()
        history.append(x.sum())
        return x

    def nonlocally(x):
        nonlocal count
        update()
        count += 1
        return x

    def attributed(x):
        update()
        holder.inner.factor = holder.inner.factor + 1
        return x

    def tabled(x):
        update()
        table["n"] += 1
        return x

    def removed(x):
        update()
        del table["n"]
        return x

    for function in (appended, nonlocally, attributed, tabled, removed):
        step = tg.compile(function)
        for _ in range(2):
            with pytest.raises(CompileError):
                step(tg.ones(2))
            assert history == [] and count == 0 and holder.inner.factor == 1.0 and table == {"n": 0}
            assert p.tolist() == [1, 1]


def test_scheduler_inside_a_step_is_refused():
    world = training(optim.SGD)()
    schedule = lr_scheduler.StepLR(world.opt, 1)

    def step(x, y):
        world.step(x, y)
        schedule.step()

    compiled = tg.compile(step)
    before = [p.detach().clone() for p in world.net.parameters()]
    with pytest.raises(CompileError, match="schedule"):
        compiled(*batch(0))
    same(before, [p.detach() for p in world.net.parameters()])
    assert schedule.last_epoch == 0 and world.opt.param_groups[0]["lr"] == 0.1
