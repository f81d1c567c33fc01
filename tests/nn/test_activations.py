"""Every activation: its function, its module, in place, and PyTorch's beside it."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn
from tinygrad_edu.autograd import grad

from .beside import same

# the module's name, its settings, the function's name
MODULES = [
    ("ReLU", {}, "relu"), ("ReLU6", {}, "relu6"), ("LeakyReLU", {}, "leaky_relu"),
    ("LeakyReLU", {"negative_slope": 0.3}, "leaky_relu"), ("ELU", {"alpha": 1.5}, "elu"),
    ("CELU", {"alpha": 0.7}, "celu"), ("SELU", {}, "selu"),
    ("GELU", {}, "gelu"), ("GELU", {"approximate": "tanh"}, "gelu"), ("SiLU", {}, "silu"),
    ("Mish", {}, "mish"), ("Softplus", {}, "softplus"), ("Softplus", {"beta": 3.0, "threshold": 5.0}, "softplus"),
    ("LogSigmoid", {}, "logsigmoid"), ("Softsign", {}, "softsign"), ("Tanhshrink", {}, "tanhshrink"),
    ("Hardtanh", {"min_val": -0.4, "max_val": 1.2}, "hardtanh"), ("Hardsigmoid", {}, "hardsigmoid"),
    ("Hardswish", {}, "hardswish"), ("Hardshrink", {"lambd": 0.8}, "hardshrink"), ("Softshrink", {}, "softshrink"),
    ("Threshold", {"threshold": 0.1, "value": 20.0}, "threshold"), ("GLU", {"dim": 0}, "glu"),
    ("Softmin", {"dim": 1}, "softmin"), ("Softmax", {"dim": 0}, "softmax"), ("LogSoftmax", {"dim": -1}, "log_softmax"),
    ("Sigmoid", {}, "sigmoid"), ("Tanh", {}, "tanh"), ("RReLU", {"lower": 0.2, "upper": 0.4}, "rrelu"),
    ("Identity", {}, None),
]  # fmt: skip
IN_PLACE = ["ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "SiLU", "Mish", "Hardtanh", "Hardsigmoid", "Hardswish",
            "Threshold", "RReLU"]  # fmt: skip
X = np.random.default_rng(0).normal(size=(4, 6)) * 3


@pytest.mark.parametrize(("name", "settings", "function"), MODULES)
def test_module_and_function_beside_pytorch(torch, name, settings, function):
    """Value, gradient, second gradient, repr."""
    ours, theirs = getattr(nn, name)(**settings).eval(), getattr(torch.nn, name)(**settings).eval()
    assert repr(ours) == repr(theirs)
    x, y = tg.tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    z, t = ours(x), theirs(y)
    same(z, t, "the value")
    if function:
        same(getattr(F, function)(x, **settings), t, "the function")
    first = grad((z * z).sum(), x, create_graph=True)[0]
    there = torch.autograd.grad((t * t).sum(), y, create_graph=True)[0]
    # PyTorch's settings are float32.
    np.testing.assert_allclose(first.detach().numpy(), there.detach().numpy(), rtol=1e-7, atol=1e-10)
    if first.requires_grad and not name.startswith("Hards"):  # PyTorch has none, or narrow numbers
        second = grad((first * first).sum(), x)[0]
        expected = torch.autograd.grad((there * there).sum(), y)[0]
        np.testing.assert_allclose(second.detach().numpy(), expected.numpy(), rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name):
    settings = {"threshold": 0.1, "value": 20.0} if name == "Threshold" else {}
    module, plain = getattr(nn, name)(**settings, inplace=True).eval(), getattr(nn, name)(**settings).eval()
    assert repr(module).endswith("inplace=True)") or name in ("Hardsigmoid", "Hardswish")
    x = tg.tensor(X, requires_grad=True)
    y = tg.tensor(X, requires_grad=True)
    z = x * 1.0
    result = module(z)
    assert result is z
    expected = plain(y)
    np.testing.assert_array_equal(z.detach().numpy(), expected.detach().numpy())
    z.sum().backward()
    expected.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.grad.numpy())


def test_numbers_that_are_known():
    x = tg.tensor([-1.0, 0.0, 1.0], dtype=np.float64)
    phi = 0.5 * (1 + math.erf(math.sqrt(0.5)))
    np.testing.assert_allclose(F.gelu(x).numpy(), [-(1 - phi), 0, phi], rtol=1e-14)
    np.testing.assert_allclose(F.mish(x).numpy()[2], math.tanh(math.log(1 + math.e)), rtol=1e-14)
    np.testing.assert_allclose(F.softplus(tg.tensor([1000.0])).numpy(), [1000.0])
    assert F.logsigmoid(tg.tensor([-1000.0])).item() == -1000
    assert F.hardshrink(tg.tensor([0.5, -0.5, 0.6])).tolist()[:2] == [0, 0]
    assert F.glu(tg.tensor([2.0, 0.0])).tolist() == [1.0]


def test_softmax2d(torch):
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 5))
    same(nn.Softmax2d()(tg.tensor(x)), torch.nn.Softmax2d()(torch.tensor(x)))
    np.testing.assert_allclose(nn.Softmax2d()(tg.tensor(x[0])).sum(0).numpy(), 1)
    with pytest.raises(ValueError, match="Softmax2d: expected input to be 3D or 4D, got shape"):
        nn.Softmax2d()(tg.ones(2, 3))


@pytest.mark.parametrize("slopes", [1, 6])
def test_prelu_learns_its_slope(torch, slopes):
    ours, theirs = nn.PReLU(slopes, 0.1, dtype=np.float64), torch.nn.PReLU(slopes, 0.1, dtype=torch.float64)
    assert repr(ours) == repr(theirs)
    x, y = tg.tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    z, t = ours(x), theirs(y)
    (z * z).sum().backward()
    (t * t).sum().backward()
    same([z, x.grad, ours.weight.grad], [t, y.grad, theirs.weight.grad])


def test_rrelu_draws_a_slope_for_each_number():
    tg.manual_seed(0)
    x = -tg.ones(1000, requires_grad=True)
    z = F.rrelu(x, 0.2, 0.6, training=True)
    slopes = -z.detach().numpy()
    assert slopes.min() >= 0.2 and slopes.max() <= 0.6 and slopes.std() > 0.1
    assert F.rrelu(tg.tensor([-1.0, 2.0]), 0.2, 0.6).tolist() == pytest.approx([-0.4, 2.0])
    layer = nn.RReLU(0.2, 0.6)
    assert layer(x).detach().numpy().std() > 0 and len(set(layer.eval()(x).tolist())) == 1


def test_gumbel_softmax():
    tg.manual_seed(0)
    logits = tg.tensor(np.log([[0.7, 0.2, 0.1]] * 4000), requires_grad=True)
    hard = F.gumbel_softmax(logits, tau=0.5, hard=True)
    np.testing.assert_allclose(hard.sum(-1).detach().numpy(), 1, atol=1e-6)
    np.testing.assert_allclose(hard.mean(0).detach().numpy(), [0.7, 0.2, 0.1], atol=0.03)
    assert set(np.unique(hard.detach().numpy().round(6))) == {0.0, 1.0}
    (hard * tg.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert np.abs(logits.grad.numpy()).max() > 0
    np.testing.assert_allclose(F.gumbel_softmax(logits[:5], dim=0).sum(0).detach().numpy(), 1)


def test_scores_of_nothing():
    assert F.softmax(tg.zeros(2, 0), -1).shape == F.log_softmax(tg.zeros(2, 0), -1).shape == (2, 0)
    assert tg.softmax(tg.tensor([1, 2]), 0, dtype=np.float64).dtype == np.float64


@pytest.mark.parametrize(("call", "kind", "text"), [
    (lambda x: F.gelu(x, approximate="no"), RuntimeError, "gelu: approximate must be 'none' or 'tanh', got 'no'"),
    (lambda x: F.softshrink(x, -1), RuntimeError, "lambda must be greater or equal to 0, but found to be -1"),
    (lambda x: F.hardtanh(x, 1, 0), ValueError, "min_val cannot be greater than max_val"),
    (lambda x: nn.Hardtanh(1, 0), ValueError, "min_val must not exceed max_val"),
    (lambda x: F.rrelu(x, 2, 1), RuntimeError, "lower must not exceed upper, got 2 and 1"),
    (lambda x: F.celu(x, 0), RuntimeError, "alpha cannot be 0"),
    (lambda x: F.glu(x, 1), RuntimeError, "dimension must be even, but dimension 1 is size 3"),
    (lambda x: F.glu(tg.tensor(1.0)), RuntimeError, "does not support 0-dimensional"),
    (lambda x: F.prelu(x, tg.ones(2)), RuntimeError, "one for each of 3 channels, got shape"),
])  # fmt: skip
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call(tg.ones(2, 3))
