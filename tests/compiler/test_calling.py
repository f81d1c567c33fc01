"""How a compiled step is made and called: decorators, methods, threads, steps inside steps."""

import copy
import functools
import threading

import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CompileError

from .side_by_side import programs, same
from .test_training import batch, network, training


def test_as_a_decorator():
    @tg.compile
    def one(x):
        """One."""
        return x + 1

    @tg.compile(check_every=2)
    def two(x):
        return x + 2

    assert one.__name__ == "one" and one.__doc__ == "One." and two.__name__ == "two" and two.__module__ == __name__
    with pytest.raises(CompileError):
        one.source  # noqa: B018
    for i in range(4):
        same(one(tg.ones(2) * i), tg.ones(2) * i + 1)
        same(two(tg.ones(2) * i), tg.ones(2) * i + 2)


class Trainer:
    def __init__(self, size):
        self.net = nn.Linear(size, 1)
        self.opt = optim.SGD(self.net.parameters(), lr=0.1)
        self.scale = 1.0
        self.log = []

    @tg.compile
    def step(self, x):
        """Once."""
        self.opt.zero_grad()
        loss = (self.net(x) * self.scale).square().mean()
        loss.backward()
        self.opt.step()
        return loss

    def __call__(self, x):
        return self.net(x) * self.scale


def test_as_a_method():
    trainers, plain = [Trainer(2) for _ in range(20)], [Trainer(2) for _ in range(20)]
    for a, b in zip(trainers, plain, strict=True):
        b.net.load_state_dict(a.net.state_dict())
    for i in range(4):
        for a, b in zip(trainers, plain, strict=True):
            a.log.append(i)
            a.scale = b.scale = 1.0 + (i > 2)
            x = tg.randn(3, 2)
            same(a.step(x).detach(), Trainer.step.function(b, x).detach())
            same(a.net, b.net)
    assert all(programs(a.step)[1] == 1 for a in trainers)
    assert "def " in trainers[0].step.source and trainers[0].step.__doc__ == "Once."
    same(Trainer.step(trainers[0], x).detach(), Trainer.step.function(plain[0], x).detach())
    twin = copy.deepcopy(trainers[1])
    assert twin.step is not trainers[1].step
    before = trainers[1].net.weight.detach().clone()
    twin.step(x)
    same(before, trainers[1].net.weight.detach())
    assert (twin.net.weight != trainers[1].net.weight).any()


def test_other_callables():
    net = network()
    trainer = Trainer(5)
    x, _ = batch(0)
    for function in (trainer, functools.partial(lambda scale, x: net(x) * scale, 2.0), lambda x: net(x) + 1,
                     functools.partial(net), net.forward, tg.relu):  # fmt: skip
        step = tg.compile(function)
        for i in range(4):
            same(step(x * i).detach(), function(x * i).detach())
        assert programs(step) == (1, 1)
    trainer.scale = 3.0
    step = tg.compile(trainer)
    for scale in (1.0, 2.0):
        trainer.scale = scale
        for _ in range(3):
            same(step(x).detach(), trainer(x).detach())


def test_a_step_inside_a_step_and_recursion():
    inner = tg.compile(lambda x: x * 2)

    @tg.compile
    def outer(x, n=3):
        return outer(inner(x), n=n - 1) if n > 0 else inner(x)

    for i in range(5):
        same(outer(tg.full((2,), float(i))), tg.full((2,), 16.0 * i))
        same(inner(tg.full((2,), float(i))), tg.full((2,), 2.0 * i))


def in_threads(*functions):
    errors = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]


def test_two_threads_call_one_step():
    total = nn.Parameter(tg.zeros(2, dtype=tg.float64))

    @tg.compile
    def step(x):
        with tg.no_grad():
            total.add_(x)
        return x * 2 + x.sum()

    def calls(start):
        for i in range(start, start + 50):
            same(step(tg.full((2,), float(i), dtype=tg.float64)), tg.full((2,), 4.0 * i, dtype=tg.float64))

    in_threads(lambda: calls(0), lambda: calls(50), lambda: calls(100))
    assert total.tolist() == [sum(range(150))] * 2


def test_an_eager_thread_beside_one_that_is_traced():
    world = training(optim.SGD)()
    inside, done = threading.Event(), threading.Event()

    @tg.compile
    def step(x, y):
        loss = world.step(x, y)
        inside.set()
        assert done.wait(10)
        return loss

    def other():
        assert inside.wait(10)
        try:
            x, _ = batch(1)
            own = tg.ones(3, requires_grad=True)
            (own * 2).sum().backward()
            assert own.grad.tolist() == [2, 2, 2]
            got = world.net(x)
            assert float(got.sum()) == got.detach().numpy().sum()
            if got.sum() > 3:
                pass
        finally:
            done.set()

    x, y = batch(0)
    in_threads(lambda: step(x, y), other)
    lines = len(step._programs[0].recording.program.lines)
    inside.clear(), done.set()
    step(x, y)
    assert len(step._programs[0].recording.program.lines) == lines


def test_named_results_come_back_as_such():
    x = tg.tensor([[1.0, 3.0, 2.0]])
    step = tg.compile(lambda x: (x.max(1), {"both": x.aminmax()}))
    for _ in range(3):
        largest, rest = step(x)
        assert largest.values.tolist() == [3.0] and largest.indices.tolist() == [1]
        assert rest["both"].min.item() == 1.0 and type(rest["both"]) is type(x.aminmax())
