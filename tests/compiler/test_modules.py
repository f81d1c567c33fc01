"""What PyTorch's programs compile: a module whose graph is walked outside. The numbers are eager mode's."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def network():
    tg.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))


def trained(net, x):
    tg.manual_seed(1)
    optimizer, losses = tg.optim.Adam(net.parameters()), []
    for _ in range(5):
        loss = net(x).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_a_module_learns_as_without():
    x = tg.randn(6, 4)
    plain, inner = network(), network()
    wrapped = tg.compile(inner, mode="reduce-overhead", fullgraph=True, dynamic=False, backend="inductor")
    assert isinstance(wrapped, nn.Module) and trained(wrapped, x) == trained(plain, x)
    for (name, a), b in zip(wrapped.state_dict().items(), plain.state_dict().values(), strict=True):
        assert name.startswith("_orig_mod.") and np.array_equal(a.numpy(), b.numpy())
    wrapped.eval()
    assert not inner.training
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = wrapped.nothing


def test_a_module_is_a_program_without_grad():
    net, x = network().eval(), tg.randn(6, 4)
    wrapped = tg.compile(net)
    with tg.no_grad():
        for _ in range(4):
            assert np.array_equal(wrapped(x).numpy(), net(x).numpy())
    assert "np.dot" in wrapped.source


def test_what_no_program_can_follow_runs_as_it_is():
    class Branching(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    wrapped = tg.compile(Branching())
    with tg.no_grad():
        assert [wrapped(tg.tensor([x])).item() for x in (1.0, -2.0, 3.0)] == [1, 2, 3]


def test_disabled():
    def step():
        return 1

    assert tg.compile(step, disable=True) is step and tg.compile(disable=True)(step) is step
