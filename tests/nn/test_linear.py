import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, random


def test_formula():
    layer, x = nn.Linear(3, 2), tg.randn(4, 5, 3)
    w, b = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(x).detach().numpy(), x.numpy() @ w.T + b, rtol=1e-5, atol=1e-6)
    layer = nn.Linear(3, 2, bias=False, dtype=tg.float64, device="cpu")
    assert layer.bias is None and layer.weight.dtype == tg.float64
    assert repr(layer) == "Linear(in_features=3, out_features=2, bias=False)"


def test_values_and_gradients_as_pytorch(torch):
    ours, theirs = nn.Linear(7, 5), torch.nn.Linear(7, 5)
    with torch.no_grad():
        theirs.weight.copy_(torch.from_numpy(ours.weight.detach().numpy()))
        theirs.bias.copy_(torch.from_numpy(ours.bias.detach().numpy()))
    x = np.random.default_rng(0).normal(size=(4, 7)).astype(np.float32)
    y = ours(tg.tensor(x))
    np.testing.assert_allclose(y.detach().numpy(), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-5, atol=1e-6)
    (y * y).sum().backward()
    (theirs(torch.tensor(x)) ** 2).sum().backward()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_initial_numbers():
    random.manual_seed(0)
    layer = nn.Linear(100, 1000)
    for p in layer.parameters():
        a = p.detach().numpy()
        assert np.abs(a).max() <= 0.1 and np.abs(a).max() > 0.099 and abs(a.mean()) < 0.005
        assert abs(a.std() - 0.1 / np.sqrt(3)) < 0.002
    random.manual_seed(0)
    np.testing.assert_array_equal(nn.Linear(100, 1000).weight.detach().numpy(), layer.weight.detach().numpy())


def test_sizes_of_zero():
    assert nn.Linear(0, 3)(tg.ones(2, 0)).shape == (2, 3) and nn.Linear(3, 0)(tg.ones(2, 3)).shape == (2, 0)
    assert nn.Linear(3, 2)(tg.ones(0, 3)).shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: nn.Linear(-1, 2), ValueError, "Linear: in_features must not be negative, got -1"),
        (lambda: nn.Linear(2.0, 2), TypeError, "Linear: in_features must be a whole number, got 2.0"),
        (lambda: nn.Linear(2, True), TypeError, "Linear: out_features must be a whole number, got True"),
        (lambda: nn.Linear(2, 2, dtype=tg.int64), TypeError, "Linear: parameters need a floating dtype"),
        (lambda: nn.Linear(2, 2, device="cuda"), RuntimeError, "the only device here is 'cpu', got 'cuda'"),
        (lambda: nn.Linear(2, 3)(tg.ones(4, 3)), ValueError, r"linear: .*expected \(..., 2\), got \(4, 3\)"),
        (lambda: nn.Linear(2, 3)(tg.ones(4, 2).double()), TypeError, "linear: the tensors must have one "
                                                                     "dtype"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_identity():
    x = tg.ones(2)
    assert nn.Identity(54, unused=0.1)(x) is x
