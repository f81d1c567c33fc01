"""Optimizers and layers with state: compiled steps, and eager ones between them, leave what eager ones leave."""

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim

from .side_by_side import World, programs, run, trained

OPTIMIZERS = {
    "sgd": (optim.SGD, {}),
    "sgd decay": (optim.SGD, {"weight_decay": 0.1}),
    "sgd maximize": (optim.SGD, {"maximize": True}),
    "sgd momentum": (optim.SGD, {"momentum": 0.9}),
    "sgd dampening": (optim.SGD, {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    "sgd nesterov": (optim.SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "maximize": True}),
    "adam": (optim.Adam, {}),
    "adam decay": (optim.Adam, {"weight_decay": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    "adam amsgrad": (optim.Adam, {"amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    "adam tensors": (optim.Adam, {"lr": tg.tensor(0.02), "betas": (tg.tensor(0.8), tg.tensor(0.9))}),
    "adamw": (optim.AdamW, {}),
    "adamw amsgrad": (optim.AdamW, {"amsgrad": True, "maximize": True, "weight_decay": 0.3}),
}  # fmt: skip
PATTERNS = ["c", "ce", "ecc", "cce", "cccccceeee"]


def network(dtype=np.float32):
    return nn.Sequential(nn.Linear(5, 4, dtype=dtype), nn.ReLU(), nn.Linear(4, 3, bias=False, dtype=dtype))


def training(kind=optim.SGD, dtype=np.float32, **settings):
    """A world that trains a small network."""
    def make():
        net = network(dtype)
        opt = kind(net.parameters(), **{"lr": 0.1, **settings})

        return trained(net, opt)

    return make


def batch(i, n=6, dtype=np.float32):
    rng = np.random.default_rng(i)
    return tg.tensor(rng.normal(size=(n, 5)).astype(dtype)), tg.tensor(rng.integers(0, 3, n))


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_optimizers(name, pattern):
    kind, settings = OPTIMIZERS[name]
    world = run(training(kind, **settings), batch, pattern)
    assert programs(world.compiled)[1] == 1


@pytest.mark.parametrize("name", ["sgd nesterov", "adam amsgrad", "adamw"])
def test_double_precision(name):
    kind, settings = OPTIMIZERS[name]
    run(training(kind, np.float64, **settings), lambda i: batch(i, dtype=np.float64))


class Normalize(nn.Module):
    """Batch norm as a user writes it: statistics bound anew, or written into."""

    def __init__(self, features, in_place):
        super().__init__()
        self.in_place = in_place
        self.weight = nn.Parameter(tg.ones(features))
        self.register_buffer("mean", tg.zeros(features))
        self.register_buffer("var", tg.ones(features))
        self.register_buffer("count", tg.tensor(0))

    def forward(self, x):
        if not self.training:
            return (x - self.mean) / (self.var + 1e-5).sqrt() * self.weight
        mean, var = x.mean(0), x.var(0)
        with tg.no_grad():
            if self.in_place:
                self.mean.mul_(0.9).add_(0.1 * mean)
                self.var += 0.1 * (var - self.var)
                self.count += 1
            else:
                self.mean = 0.9 * self.mean + 0.1 * mean.detach()
                self.var = 0.9 * self.var + 0.1 * var.detach()
                self.count = self.count + 1
        return (x - mean) / (var + 1e-5).sqrt() * self.weight


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_running_statistics(in_place, pattern):
    def make():
        net = nn.Sequential(nn.Linear(5, 4), Normalize(4, in_place), nn.Tanh(), nn.Linear(4, 3))
        opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.5)

        return trained(net, opt)

    def between(world, i):
        world.net.train(i % 7 < 5)

    run(make, batch, pattern)
    run(make, batch, pattern, between)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("own", [True, False])
def test_masks_drawn_in_the_step(pattern, own):
    def make():
        net = network()
        generator = tg.Generator().manual_seed(3) if own else None
        opt = optim.Adam(net.parameters(), lr=0.1)

        def step(x, y):
            opt.zero_grad()
            x = x * (tg.rand(x.shape, generator=generator) < 0.8) / 0.8
            x = x * tg.bernoulli(tg.full(x.shape, 0.9), generator=generator)
            x = x + 0.1 * tg.randn(6, 5, generator=generator) + tg.randn_like(x, generator=generator)
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
            return loss

        return World(net=net, opt=opt, step=step, generator=generator)

    world = run(make, batch, pattern)
    assert programs(world.compiled)[1] == 1


DRAWS = {
    "rand half": lambda x: tg.rand(3, dtype=np.float16),
    "rand double": lambda x: tg.rand(3, dtype=np.float64),
    "randn half": lambda x: tg.randn(2, 3, dtype=np.float16),
    "rand_like": lambda x: tg.rand_like(x),
    "randint": lambda x: tg.randint(0, 10, (4,)),
    "randint double": lambda x: tg.randint(10, (4,), dtype=np.float64),
    "randperm": lambda x: tg.randperm(7),
    "normal": lambda x: tg.normal(x, 2.0),
    "normal of a deviation": lambda x: tg.normal(0.5, x.abs()),
    "normal of numbers": lambda x: tg.normal(0.5, 2.0, (3, 2)),
    "bernoulli": lambda x: tg.bernoulli(x.sigmoid()),
    "bernoulli p": lambda x: tg.bernoulli(x, 0.3),
    "multinomial": lambda x: tg.multinomial(x.exp(), 2),
    "multinomial with replacement": lambda x: tg.multinomial(x.exp(), 20, replacement=True),
    "shuffled": lambda x: x[tg.randperm(x.shape[0])],
    "uniform_": lambda x: nn.init.uniform_(x.clone(), -1, 1),
    "normal_": lambda x: nn.init.normal_(x.clone()),
    "kaiming_uniform_": lambda x: nn.init.kaiming_uniform_(x.clone()),
    "xavier_normal_": lambda x: nn.init.xavier_normal_(x.clone()),
    "constant_": lambda x: nn.init.constant_(x.clone(), 3.0),
}


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers(name):
    def make():
        return World(step=lambda x: DRAWS[name](x))

    world = run(make, [(tg.tensor(np.random.default_rng(i).normal(size=(4, 3))),) for i in range(5)])
    assert programs(world.compiled) == (1, 1)
