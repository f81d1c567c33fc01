import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

MODULES = [
    lambda nn: nn.Sigmoid(),
    lambda nn: nn.Tanh(),
    lambda nn: nn.ReLU(),
    lambda nn: nn.Softmax(dim=1),
    lambda nn: nn.Softmax(dim=0),
    lambda nn: nn.LogSoftmax(dim=-1),
]


@pytest.mark.parametrize("make", MODULES)
def test_values_and_gradients_as_pytorch(torch, make):
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.normal(size=(4, 5)), [[0, -0.0, 30, -30, 90]]]).astype(np.float32)
    g = rng.normal(size=x.shape).astype(np.float32)
    ours, theirs = tg.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, z = make(nn)(ours), make(torch.nn)(theirs)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-5, atol=1e-7)
    y.backward(tg.tensor(g))
    z.backward(torch.tensor(g))
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-5, atol=1e-7)
    assert repr(make(nn)) == repr(make(torch.nn))


def test_relu_in_place():
    x = tg.tensor([-1.0, 2.0])
    y = nn.ReLU(inplace=True)(x)
    assert y is x and x.tolist() == [0, 2]
    w = tg.tensor([-1.0, 2.0], requires_grad=True)
    nn.ReLU(inplace=True)(w * 3).sum().backward()
    assert w.grad.tolist() == [0, 3]
    with pytest.raises(RuntimeError, match="a leaf that requires grad"):
        nn.ReLU(inplace=True)(w)


def test_softmax_without_dim_warns():
    with pytest.warns(UserWarning, match=r"Implicit dimension choice for softmax.*dim=1"):
        y = nn.Softmax()(tg.ones(2, 4))
    assert y.tolist() == [[0.25] * 4] * 2
    with pytest.raises(IndexError, match=r"softmax: the tensor has no axis 2, its shape is \(2, 4\)"):
        nn.Softmax(dim=2)(tg.ones(2, 4))
