"""nn.utils: gradients clipped, parameters as a vector; and parameters in lists and dictionaries."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

from .beside import double, same, train

RNG = np.random.default_rng(13)
N = RNG.normal


def with_gradients(torch=None):
    kind = tg if torch is None else torch
    rng = np.random.default_rng(1)
    ps = [kind.tensor(rng.normal(size=s), requires_grad=True) for s in ((3, 4), (5,), ())]
    for p in ps[:2]:
        p.grad = kind.tensor(rng.normal(size=tuple(p.shape)))
    return ps


@pytest.mark.parametrize("norm_type", [2, 1, 3.5, float("inf")])
@pytest.mark.parametrize("most", [0.5, 100.0])
def test_clip_grad_norm_beside_pytorch(torch, norm_type, most):
    ours, theirs = with_gradients(), with_gradients(torch)
    arrays = [p.grad.numpy() for p in ours[:2]]
    total = nn.utils.clip_grad_norm_(ours, most, norm_type)
    same(total, torch.nn.utils.clip_grad_norm_(theirs, most, norm_type))
    same([p.grad for p in ours[:2]], [p.grad for p in theirs[:2]])
    assert all(p.grad.numpy() is a for p, a in zip(ours, arrays, strict=False)) and ours[2].grad is None
    same(nn.utils.get_total_norm([p.grad for p in ours[:2]], norm_type),
         torch.nn.utils.get_total_norm([p.grad for p in theirs[:2]], norm_type))  # fmt: skip


def test_clip_grad_norm_by_hand():
    p = tg.zeros(2, requires_grad=True)
    p.grad = tg.tensor([3.0, 4.0])
    assert nn.utils.clip_grad_norm_(p, 1.0).item() == 5
    np.testing.assert_allclose(p.grad.numpy(), [0.6, 0.8], rtol=1e-6)
    nn.utils.clip_grad_norm_(p, 10.0)
    np.testing.assert_allclose(p.grad.numpy(), [0.6, 0.8], rtol=1e-6)
    nn.utils.clip_grads_with_norm_([p], 0.5, tg.tensor(1.0))
    np.testing.assert_allclose(p.grad.numpy(), [0.3, 0.4], rtol=1e-5)
    assert nn.utils.clip_grad_norm_([tg.zeros(2, requires_grad=True)], 1.0).item() == 0


def test_norms_that_are_no_numbers():
    p = tg.zeros(2, requires_grad=True)
    p.grad = tg.tensor([np.inf, 1.0])
    with pytest.raises(RuntimeError, match=r"The total norm of order 2\.0 for gradients .* is non-finite"):
        nn.utils.clip_grad_norm_(p, 1.0, error_if_nonfinite=True)
    assert p.grad.tolist() == [np.inf, 1.0]
    assert nn.utils.clip_grad_norm_(p, 1.0).item() == np.inf


def test_clip_grad_value(torch):
    ours, theirs = with_gradients(), with_gradients(torch)
    nn.utils.clip_grad_value_(ours, 0.3)
    torch.nn.utils.clip_grad_value_(theirs, 0.3)
    same([p.grad for p in ours[:2]], [p.grad for p in theirs[:2]])
    assert max(abs(p.grad.numpy()).max() for p in ours[:2]) == 0.3


def test_parameters_as_a_vector_and_back():
    net = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    before = [p.detach().numpy().copy() for p in net.parameters()]
    vector = nn.utils.parameters_to_vector(net.parameters())
    np.testing.assert_array_equal(vector.detach().numpy(), np.concatenate([p.ravel() for p in before]))
    (vector * vector).sum().backward()
    np.testing.assert_allclose(net[0].weight.grad.numpy(), 2 * before[0])
    nn.utils.vector_to_parameters(vector.detach() * 3, net.parameters())
    for p, b in zip(net.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), b * 3)
    assert all(p.is_leaf and p.requires_grad for p in net.parameters())
    with pytest.raises(TypeError, match="expected a tensor, but got: list"):
        nn.utils.vector_to_parameters([1.0], net.parameters())


def test_bilinear(torch):
    for bias in (True, False):
        ours, theirs = double(nn.Bilinear(3, 4, 2, bias)), double(torch.nn.Bilinear(3, 4, 2, bias))
        assert repr(ours) == repr(theirs)
        train(torch, ours, theirs, (N(size=(5, 2, 3)), N(size=(5, 2, 4))))
        train(torch, ours, theirs, (N(size=3), N(size=4)))
    with pytest.raises(RuntimeError, match=r"bilinear: .* got \(2, 3\), \(2, 5\) and \(2, 3, 4\)"):
        nn.Bilinear(3, 4, 2)(tg.ones(2, 3), tg.ones(2, 5))


class Many(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.ParameterList([tg.ones(2), tg.ones(2) * 2])
        self.named = nn.ParameterDict({"a": tg.ones(2), "b": nn.Parameter(tg.zeros(2))})

    def forward(self, x):
        return sum((x * p for p in self.rows), x * self.named["a"] + self.named["b"])


def test_parameters_in_lists_and_dictionaries():
    net = Many()
    names = ["rows.0", "rows.1", "named.a", "named.b"]
    assert [n for n, _ in net.named_parameters()] == names and list(net.state_dict()) == names
    net(tg.ones(3, 2)).sum().backward()
    optim.SGD(net.parameters(), lr=0.1).step()
    np.testing.assert_allclose(net.rows[1].detach().numpy(), 2 - 0.3, rtol=1e-6)
    assert "(1): Parameter containing: [torch.float32 of size 2]" in repr(net)


def test_a_parameter_list_is_a_list():
    rows = nn.ParameterList([tg.ones(1)])
    rows.append(tg.ones(2))
    rows += [tg.ones(3), 5]
    assert len(rows) == 4 and rows[-1] == 5 and [p.shape[0] for p in rows[:3]] == [1, 2, 3]
    assert type(rows[:2]) is nn.ParameterList
    rows[0] = tg.zeros(4)
    assert isinstance(rows[0], nn.Parameter) and rows.pop() == 5 and len(list(rows.parameters())) == 3
    with pytest.raises(IndexError, match="index 3 is out of range: the ParameterList has 3 values"):
        rows[3]
    with pytest.raises(TypeError, match="should be called with an iterable, but got Tensor"):
        rows.extend(tg.ones(3))


def test_a_parameter_dict_is_a_dictionary():
    d = nn.ParameterDict({"a": tg.ones(1)})
    d["b"] = tg.ones(2)
    assert list(d) == ["a", "b"] and "b" in d and len(d) == 2 and d.get("c") is None
    d.update({"a": tg.zeros(3)})
    assert d["a"].shape == (3,) and [k for k, _ in d.items()] == list(d.keys()) and len(d.values()) == 2
    assert d.setdefault("c", tg.ones(1)) is d["c"] and d.pop("c").shape == (1,)
    del d["a"]
    assert [n for n, _ in d.named_parameters()] == ["b"]
    d.clear()
    assert not len(d) and not list(d.parameters())
    with pytest.raises(KeyError):
        d["a"]
    with pytest.raises(TypeError, match="keys must be strings, got int"):
        d[1] = tg.ones(1)


@pytest.mark.parametrize(("shape", "groups"), [((4, 2, 3), 2), ((3, 5, 3, 3), 1), ((6, 2, 2, 3, 3), 3)])
def test_dirac(torch, shape, groups):
    ours, theirs = nn.init.dirac_(tg.ones(*shape), groups), torch.nn.init.dirac_(torch.ones(shape), groups)
    same(ours, theirs)
    with pytest.raises(ValueError, match="Only tensors with 3, 4, or 5 dimensions are supported"):
        nn.init.dirac_(tg.ones(2, 2))
    with pytest.raises(ValueError, match="dim 0 must be divisible by groups"):
        nn.init.dirac_(tg.ones(*shape), 5)


def test_pruning_says_what_to_do_instead():
    from tinygrad_edu.nn.utils import prune

    with pytest.raises(AttributeError, match=r"'l1_unstructured'\. A mask is a parametrization"):
        prune.l1_unstructured(nn.Linear(2, 2), "weight", 1)

    class Masked(nn.Module):
        def forward(self, weight):
            return weight * (weight.abs() > 0.5)

    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": np.array([[0.1, 2.0]]), "bias": np.zeros(1)})
    nn.utils.parametrize.register_parametrization(layer, "weight", Masked())
    assert layer(tg.ones(1, 2)).item() == 2
