"""Weights in other coordinates, beside PyTorch's: the same names, numbers and steps."""

import copy

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

from .beside import train

X = np.random.default_rng(17).normal(size=(4, 5))

KINDS = {
    "weight_norm": lambda nn: nn.utils.weight_norm,
    "spectral_norm": lambda nn: nn.utils.spectral_norm,
    "parametrized weight_norm": lambda nn: nn.utils.parametrizations.weight_norm,
    "parametrized spectral_norm": lambda nn: nn.utils.parametrizations.spectral_norm,
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_beside_pytorch(torch, name, dim):
    ours = KINDS[name](nn)(nn.Linear(5, 3, dtype=np.float64), dim=dim)
    theirs = KINDS[name](torch.nn)(torch.nn.Linear(5, 3, dtype=torch.float64), dim=dim)
    train(torch, ours, theirs, (X,))
    train(torch, ours.eval(), theirs.eval(), (X,))


@pytest.mark.parametrize("kind", [nn.utils.weight_norm, nn.utils.parametrizations.weight_norm])
def test_the_weight_is_the_same_at_first_and_its_length_is_learned(kind):
    layer = nn.Linear(5, 3, dtype=np.float64)
    before, x = layer.weight.detach().numpy().copy(), tg.tensor(X)
    expected = layer(x).detach().numpy()
    assert kind(layer) is layer
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, rtol=1e-12)
    g = next(p for n, p in layer.named_parameters() if n.endswith(("weight_g", "original0")))
    np.testing.assert_allclose(g.detach().numpy()[:, 0], np.linalg.norm(before, axis=1))
    with tg.no_grad():
        g *= 2
    bias = layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(x).detach().numpy() - bias, 2 * (expected - bias), rtol=1e-12)


@pytest.mark.parametrize("kind", [nn.utils.spectral_norm, nn.utils.parametrizations.spectral_norm])
def test_the_weight_stretches_by_one(kind):
    tg.manual_seed(0)
    layer, x = kind(nn.Linear(5, 3)), tg.randn(2, 5)
    for _ in range(50):
        layer(x)
    largest = np.linalg.svd(layer.weight.detach().numpy())[1][0]
    assert largest == pytest.approx(1, abs=1e-4)
    layer.eval()
    np.testing.assert_array_equal(layer(x).detach().numpy(), layer(x).detach().numpy())


def test_removed():
    x = tg.tensor(X)
    for put, take in [
        (nn.utils.weight_norm, nn.utils.remove_weight_norm), (nn.utils.spectral_norm, nn.utils.remove_spectral_norm),
        (nn.utils.parametrizations.weight_norm, lambda m: nn.utils.parametrize.remove_parametrizations(m, "weight")),
    ]:  # fmt: skip
        layer = put(nn.Linear(5, 3, dtype=np.float64)).eval()
        before = layer(x).detach().numpy()
        take(layer)
        assert type(layer) is nn.Linear and sorted(n for n, _ in layer.named_parameters()) == ["bias", "weight"]
        np.testing.assert_allclose(layer(x).detach().numpy(), before, rtol=1e-12)
        with pytest.raises(ValueError, match=r"not found|does not have a parametrization"):
            take(layer)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT


class Doubled(nn.Module):
    def forward(self, x):
        return x * 2

    def right_inverse(self, x):
        return x / 2


def test_a_parametrization_of_ones_own():
    layer, parametrize = nn.Linear(3, 3), nn.utils.parametrize
    parametrize.register_parametrization(layer, "weight", Symmetric())
    np.testing.assert_array_equal(layer.weight.detach().numpy(), layer.weight.mT.detach().numpy())
    assert parametrize.is_parametrized(layer, "weight") and not parametrize.is_parametrized(layer, "bias")
    parametrize.register_parametrization(layer, "weight", Doubled())
    layer.weight.sum().backward()
    assert layer.parametrizations.weight.original.grad.tolist() == [[2, 4, 4], [0, 2, 4], [0, 0, 2]]
    with pytest.raises(RuntimeError, match="Symmetric does not implement right_inverse"):
        layer.weight = tg.ones(3, 3)
    other = nn.utils.parametrize.register_parametrization(nn.Linear(2, 2), "weight", Doubled())
    other.weight = tg.ones(2, 2)
    assert other.parametrizations.weight.original.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    twin = copy.deepcopy(other)
    twin.weight = tg.zeros(2, 2)
    assert other.weight.tolist() == [[1, 1], [1, 1]] and twin.weight.tolist() == [[0, 0], [0, 0]]
    parametrize.remove_parametrizations(other, "weight", leave_parametrized=False)
    assert other.weight.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_twice_is_refused():
    with pytest.raises(RuntimeError, match="Cannot register two weight_norm hooks on the same parameter weight"):
        layer = nn.utils.weight_norm(nn.Linear(2, 2))
        layer.weight = nn.Parameter(tg.ones(2, 2))
        nn.utils.weight_norm(layer)
    with pytest.raises(ValueError, match="Expected n_power_iterations to be positive"):
        nn.utils.spectral_norm(nn.Linear(2, 2), n_power_iterations=0)
