"""Four small networks that learn drawn digits, well or with a mistake."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import tinygrad_edu as torch
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.data import draw_digits


def squares(outputs, wanted):
    return ((outputs - wanted) ** 2).sum() / len(outputs)


class Conv(nn.Module):
    """Activations called as functions: no module of theirs exists."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Conv2d(1, 6, 3), nn.Conv2d(6, 8, 3), nn.Linear(200, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.first(x)), 2)          # (n, 6, 13, 13)
        x = F.max_pool2d(F.relu(self.second(x)), 2)         # (n, 8, 5, 5)
        return self.last(x.flatten(1))


class Recurrent(nn.Module):
    """Reads an image row by row."""

    def __init__(self):
        super().__init__()
        self.lstm, self.last = nn.LSTM(28, 20, batch_first=True), nn.Linear(20, 10)

    def forward(self, x):
        return self.last(self.lstm(x)[0][:, -1])


def sigmoids():
    return nn.Sequential(nn.Linear(784, 16), nn.Sigmoid(), nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 10),
                         nn.Sigmoid())


def relus():
    return nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))


class Network(NamedTuple):
    made: Callable[[], nn.Module]
    cost_of: Callable[..., Any]
    optimizer: Callable[..., Any]
    rate: float
    shape: tuple
    batch: int
    steps: int


NETWORKS = {
    "sigmoids": Network(sigmoids, squares, optim.SGD, 0.5, (784,), 10, 400),
    "relus": Network(relus, F.cross_entropy, optim.SGD, 0.1, (784,), 20, 100),
    "adam": Network(relus, F.cross_entropy, optim.Adam, 1e-3, (784,), 20, 100),
    "conv": Network(Conv, F.cross_entropy, functools.partial(optim.SGD, momentum=0.9), 0.03, (1, 28, 28), 20, 80),
    "recurrent": Network(Recurrent, F.cross_entropy, optim.Adam, 0.01, (28, 28), 20, 60),
}


@functools.cache
def digits(count, seed):
    images, labels = draw_digits(count, seed)
    return np.float32(images / 255), labels


def batch_of(name, count, seed=0, scale=1.0):
    """(inputs, wanted, labels): the first digits, as a network reads them, and what its cost wants."""
    network, (images, labels) = NETWORKS[name], digits(2_000, seed)
    inputs = torch.from_numpy(images[:count].reshape(-1, *network.shape) * np.float32(scale))
    return inputs, torch.from_numpy(wanted_of(name, labels[:count])), labels[:count]


def wanted_of(name, labels):
    return np.eye(10, dtype=np.float32)[labels] if NETWORKS[name].cost_of is squares else labels


def detach_first(model):
    """Cut the first layer's weights off from the cost."""
    layer = next(m for m in model.modules() if isinstance(m, (nn.Linear, nn.Conv2d, nn.LSTM)))
    if isinstance(layer, nn.LSTM):
        layer.forward = lambda x, run=layer.forward: (run(x)[0].detach(), None)
    elif isinstance(layer, nn.Linear):
        layer.forward = lambda x: F.linear(x, layer.weight.detach(), layer.bias)
    else:
        layer.forward = lambda x: F.conv2d(x, layer.weight.detach(), layer.bias)


def train(name, mistake="", seed=0, after_step=None, steps=None):
    """Train, and say what a recorder found of it: (model, diagnosis)."""
    network = NETWORKS[name]
    torch.manual_seed(seed)
    model = network.made()
    if mistake == "detached":
        detach_first(model)
    rate = network.rate * {"high": 300, "low": 1 / 1000}.get(mistake, 1)
    optimizer = network.optimizer(model.parameters(), lr=rate)
    images, labels = digits(2_000, 0)
    scale = np.float32(255 if mistake == "pixels" else 1)
    if mistake == "order, shuffled":
        labels = np.roll(labels, 1)
    health, stream = viz.Health(model, network.cost_of), np.random.default_rng(seed)
    order = np.concatenate([stream.permutation(2_000) for _ in range(5)])
    for step in range(steps or network.steps):
        chosen = order[step * network.batch:(step + 1) * network.batch]
        own = labels[chosen]
        own = (own + 1) % 10 if mistake == "labels" else np.roll(own, 1) if mistake == "order" else own
        inputs = torch.from_numpy(images[chosen].reshape(-1, *network.shape) * scale)
        wanted = torch.from_numpy(wanted_of(name, own))
        if mistake != "zero_grad":
            optimizer.zero_grad()
        cost = network.cost_of(model(inputs), wanted)
        cost.backward()
        optimizer.step()
        health(cost, wanted)
        if after_step is not None:
            after_step(cost)
    inputs, _, known = batch_of(name, 400, seed=1, scale=scale)
    return model, health.diagnosis((inputs, known))
