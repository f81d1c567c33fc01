"""vmap: beside the loop that a person would write, and PyTorch's refusals."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.func import functional_call, grad, vmap


def test_axes_and_nests():
    a, b = tg.randn(3, 4), tg.randn(4, 3)
    assert tg.vmap(tg.dot, (0, 1))(a, b).tolist() == [a[i].dot(b[:, i]).item() for i in range(3)]
    assert vmap(lambda x: x * 2, out_dims=1)(a).tolist() == (a * 2).T.tolist()
    both = vmap(lambda x, y: {"s": x["p"] + y, "t": (x["q"], y * 0)}, ({"p": 0, "q": None}, 0))
    found = both({"p": a, "q": b}, a)
    assert found["s"].tolist() == (a + a).tolist() and found["t"][0].shape == (3, 4, 3)
    k = tg.tensor([1.0, 2, 3])
    assert vmap(lambda x, k=None: x * k)(a, k=k).tolist() == (a * k[:, None]).tolist()
    outer = vmap(vmap(tg.mul, (None, 0)), (0, None))(tg.arange(3.0), tg.arange(4.0))
    assert outer.tolist() == tg.outer(tg.arange(3.0), tg.arange(4.0)).tolist()
    assert vmap(lambda x: (x.sum(), x), out_dims=(0, 1))(a)[1].shape == (4, 3)


def test_gradients_for_each_example():
    net, x, y = nn.Linear(3, 2), tg.randn(5, 3), tg.randn(5, 2)
    parameters = {k: p.detach() for k, p in net.named_parameters()}

    def loss(parameters, x, y):
        return ((functional_call(net, parameters, (x,)) - y) ** 2).sum()

    each = vmap(grad(loss), (None, 0, 0))(parameters, x, y)
    for i in range(5):
        net.zero_grad()
        ((net(x[i]) - y[i]) ** 2).sum().backward()
        np.testing.assert_allclose(each["weight"][i].numpy(), net.weight.grad.numpy(), rtol=1e-5)
    leaf = x.clone().requires_grad_()
    (g,) = tg.autograd.grad(vmap(lambda row: (row * row).sum())(leaf).sum(), leaf)
    np.testing.assert_allclose(g.numpy(), 2 * x.numpy())


def test_randomness():
    x = tg.zeros(4)
    with pytest.raises(RuntimeError, match="vmap: the function draws random numbers"):
        vmap(lambda x: x + tg.rand(()))(x)
    same = vmap(lambda x: x + tg.rand(()), randomness="same")(x)
    different = vmap(lambda x: x + tg.rand(()), randomness="different")(x)
    assert len(set(same.tolist())) == 1 and len(set(different.tolist())) == 4
    tg.manual_seed(0)
    first = tg.rand(2).tolist()
    tg.manual_seed(0)
    vmap(lambda x: x + tg.rand(()), randomness="same")(x)
    assert tg.rand(()).item() == first[1], "as if one call had drawn"
    with pytest.raises(RuntimeError, match="randomness must be"):
        vmap(lambda x: x, randomness="some")


@pytest.mark.parametrize(("call", "text"), [
    (lambda: vmap(tg.add)(tg.zeros(2), tg.zeros(3)), "axes of one length"),
    (lambda: vmap(tg.add, (0, None, 0))(tg.zeros(2), tg.zeros(3)), "in_dims has 3 entries for 2 arguments"),
    (lambda: vmap(tg.neg, None)(tg.zeros(2)), "at least one axis"),
    (lambda: vmap(tg.neg, 2)(tg.zeros(2)), "axis 2 to map over does not exist"),
    (lambda: vmap(lambda x, k: x)(tg.zeros(2), 3), "a tensor expected where in_dims is 0, got int"),
    (lambda: vmap(lambda x: 3)(tg.zeros(2)), "must return tensors, got int"),
    (lambda: vmap(lambda x: (x, x), out_dims=(0,))(tg.zeros(2)), "out_dims has 1 entries for 2 results"),
    (lambda: vmap(tg.neg)(tg.zeros(0)), "length 0"),
])  # fmt: skip
def test_refusals(call, text):
    with pytest.raises(ValueError, match=text):
        call()
