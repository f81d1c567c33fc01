import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.optim import blocks

SETTINGS = [
    {},
    {"weight_decay": 0.1},
    {"maximize": True},
    {"momentum": 0.9},
    {"momentum": 0.9, "dampening": 0.3},
    {"momentum": 0.9, "nesterov": True},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "maximize": True},
    {"momentum": 0.5, "dampening": 0.5, "weight_decay": 0.1},
]


def both(torch, shapes, dtype, **settings):
    """Our parameters after 6 steps, and PyTorch's."""
    rng = np.random.default_rng(0)
    starts = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    ours = [nn.Parameter(tg.tensor(a)) for a in starts]
    theirs = [torch.nn.Parameter(torch.tensor(a)) for a in starts]
    first, second = optim.SGD(ours, lr=0.1, **settings), torch.optim.SGD(theirs, lr=0.1, **settings)
    for step in range(6):
        for i, (p, q) in enumerate(zip(ours, theirs, strict=True)):
            g = rng.normal(size=p.shape).astype(dtype)
            p.grad, q.grad = (None, None) if i == step % 5 else (tg.tensor(g), torch.tensor(g))
        first.step()
        second.step()
    return [p.detach().numpy() for p in ours], [q.detach().numpy() for q in theirs]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_as_pytorch(torch, settings, dtype):
    ours, theirs = both(torch, [(3,), (4, 5), (), (2, 3, 2), (0, 3), (1,)], dtype, **settings)
    for p, q in zip(ours, theirs, strict=True):
        assert p.dtype == dtype
        near = {"rtol": 1e-12, "atol": 1e-12} if dtype == np.float64 else {"rtol": 1e-6, "atol": 2e-7}
        np.testing.assert_allclose(p, q, **near)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("shape", [(300, 257), (70001,), (1, 40000), (3, 2, 20000)])
def test_blocks_give_the_same_bits_as_the_whole(settings, shape, monkeypatch):
    results = []
    for block in (5000, 10**9):
        monkeypatch.setattr(blocks, "BLOCK", block)
        rng = np.random.default_rng(0)
        p = nn.Parameter(rng.normal(size=shape).astype(np.float32))
        opt = optim.SGD([p], lr=0.1, **settings)
        for _ in range(3):
            p.grad = tg.tensor(rng.normal(size=shape).astype(np.float32))
            opt.step()
        results.append(p.detach().numpy())
    np.testing.assert_array_equal(*results)


def test_one_step_by_hand():
    p = nn.Parameter(tg.tensor([1.0, 2.0]))
    opt = optim.SGD([p], lr=0.5, momentum=0.5)
    for wanted in ([0.5, 1.5], [-0.25, 0.75]):
        p.grad = tg.tensor([1.0, 1.0])
        opt.step()
        assert p.tolist() == wanted
    assert opt.state[p]["momentum_buffer"].tolist() == [1.5, 1.5]


def test_a_parameter_without_gradient_stays_and_the_gradient_is_left_alone():
    p, q = nn.Parameter(tg.ones(2)), nn.Parameter(tg.ones(2))
    q.grad = tg.tensor([3.0, 4.0])
    optim.SGD([p, q], lr=1.0, momentum=0.9, weight_decay=0.1).step()
    assert p.tolist() == [1, 1] and q.grad.tolist() == [3, 4] and p.grad is None


def test_the_memory_stays_and_views_see_the_step():
    p = nn.Parameter(tg.ones(2))
    view = p.detach()
    p.grad = tg.ones(2)
    optim.SGD([p], lr=1.0).step()
    assert view.tolist() == [0, 0] and p.is_leaf and p.requires_grad


def test_a_momentum_buffer_is_not_the_gradient_s_memory():
    p = nn.Parameter(tg.ones(2))
    opt = optim.SGD([p], lr=1.0, momentum=0.9)
    p.grad = tg.ones(2)
    opt.step()
    p.grad.fill_(5.0)
    assert opt.state[p]["momentum_buffer"].tolist() == [1, 1]


@pytest.mark.parametrize("order", ["CC", "CF", "FC", "FF"])
def test_any_memory_layout(order):
    rng = np.random.default_rng(0)
    a, g = rng.normal(size=(200, 150)).astype(np.float32), rng.normal(size=(200, 150)).astype(np.float32)
    p = nn.Parameter(tg.from_numpy(np.array(a, order=order[0])))
    p.grad = tg.from_numpy(np.array(g, order=order[1]))
    optim.SGD([p], lr=0.1, momentum=0.9).step()
    np.testing.assert_allclose(p.detach().numpy(), a - np.float32(0.1) * g, rtol=1e-6)


def test_a_step_between_forward_and_backward_is_caught_with_its_line():
    p = nn.Parameter(tg.ones(2))
    opt = optim.SGD([p], lr=1.0)
    p.grad = tg.ones(2)
    y = (p * p).sum()
    opt.step()
    with pytest.raises(RuntimeError, match=r"overwritten at .*test_sgd\.py"):
        y.backward()


def test_the_rate_may_be_a_tensor_or_change():
    p = nn.Parameter(tg.ones(1))
    opt = optim.SGD([p], lr=tg.tensor(0.5))
    p.grad = tg.ones(1)
    opt.step()
    assert p.tolist() == [0.5]
    opt.param_groups[0]["lr"] = 0.25
    opt.step()
    assert p.tolist() == [0.25]


def test_parameters_of_several_dtypes():
    p, q = nn.Parameter(tg.ones(1)), nn.Parameter(tg.ones(1).double())
    p.grad, q.grad = tg.ones(1), tg.ones(1).double()
    optim.SGD([p, q], lr=0.1).step()
    assert p.dtype == tg.float32 and q.dtype == tg.float64 and q.item() == 1 - 0.1


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"lr": -1}, "Invalid learning rate: -1"),
        ({"lr": float("nan")}, "Invalid learning rate: nan"),
        ({"momentum": -1}, "Invalid momentum value: -1"),
        ({"weight_decay": -1}, "Invalid weight_decay value: -1"),
        ({"nesterov": True}, "Nesterov momentum requires a momentum and zero dampening"),
        ({"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "Nesterov momentum requires a momentum and "
                                                                "zero dampening"),
        ({"differentiable": True}, "differentiable=True is not supported"),
    ],
)
def test_settings_that_cannot_be(settings, text):
    with pytest.raises(ValueError, match=text):
        optim.SGD([nn.Parameter(tg.ones(1))], **settings)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_running_off_to_infinity_is_quiet(momentum):
    p = nn.Parameter(tg.tensor([1e38, 1.0]))
    opt = optim.SGD([p], lr=10.0, momentum=momentum)
    for _ in range(2):
        p.grad = tg.tensor([-3e38, float("inf")])
        opt.step()
    assert p.tolist() == [float("inf"), float("-inf")]


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_a_gradient_of_another_shape_is_refused(momentum):
    p = nn.Parameter(tg.ones(2, 3))
    p.grad = tg.ones(3)
    with pytest.raises(RuntimeError, match=r"must have its parameter's shape \(2, 3\), got \(3,\)"):
        optim.SGD([p], lr=1.0, momentum=momentum).step()
    assert p.tolist() == [[1] * 3] * 2
