"""Networks of four kinds, each with a cost, an optimizer and a batch, made anew from the same random numbers."""

from __future__ import annotations

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F


class Recurrent(nn.Module):
    """Says which of four kinds a sequence is of."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(3, 6, batch_first=True)
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        states, _ = self.cell(x)
        return self.head(states[:, -1])


class Attention(nn.Module):
    """Two inputs, a part that is used twice, and one that is not used at all."""

    def __init__(self):
        super().__init__()
        self.twice, self.unused = nn.Linear(5, 5), nn.Linear(5, 5)

    def forward(self, x, y):
        return self.twice(F.relu(self.twice(x))) @ y.T


def squares(outputs, wanted):
    return ((outputs - wanted) ** 2).sum() / len(outputs)


def digit():
    network = nn.Sequential(nn.Linear(784, 16), nn.Sigmoid(), nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 10),
                            nn.Sigmoid())
    return network, squares, optim.SGD(network.parameters(), lr=0.05), (torch.rand(1, 784), torch.eye(10)[3:4])


def convolution():
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                            nn.Dropout(0.5), nn.Linear(4 * 9, 5))
    batch = torch.randn(6, 1, 8, 8), torch.randint(0, 5, (6,))
    return network, nn.CrossEntropyLoss(), optim.Adam(network.parameters(), lr=0.01), batch


def recurrent():
    network = Recurrent()
    optimizer = optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    return network, F.cross_entropy, optimizer, (torch.randn(3, 5, 3), torch.tensor([0, 3, 1]))


def attention():
    network = Attention()
    inputs = torch.randn(4, 5), torch.randn(2, 5)
    return network, lambda outputs: outputs.square().mean(), optim.AdamW(network.parameters()), (inputs,)


ALL = digit, convolution, recurrent, attention


def made(kind, seed=0):
    """(network, cost, optimizer, batch); after one plain step, so that optimizers and statistics have a memory."""
    torch.manual_seed(seed)
    parts = kind()
    plain_step(*parts)
    return parts


def plain_step(network, cost, optimizer, batch):
    """What trace_step shows, without anybody looking."""
    inputs, *wanted = batch
    optimizer.zero_grad()
    outputs = network(*inputs) if isinstance(inputs, tuple) else network(inputs)
    value = cost(outputs, *wanted)
    value.backward()
    optimizer.step()
    return outputs, value
