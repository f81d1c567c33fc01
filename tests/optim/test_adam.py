import copy
import inspect
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.optim import blocks

SHAPES = [(3,), (4, 5), (), (2, 3, 2), (0, 3), (1,)]
SETTINGS = [
    {},
    {"betas": (0.5, 0.9)},
    {"betas": (0.0, 0.0)},
    {"eps": 1e-3},
    {"weight_decay": 0.1},
    {"weight_decay": 0.0},
    {"amsgrad": True},
    {"maximize": True},
    {"amsgrad": True, "maximize": True, "weight_decay": 0.05, "betas": (0.8, 0.99)},
]
NAMES = ["Adam", "AdamW"]
NEAR = {np.float32: {"rtol": 1e-6, "atol": 1e-6}, np.float64: {"rtol": 1e-12, "atol": 1e-12}}


def starts(shapes, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def parameters(library, arrays):
    return [library.nn.Parameter(library.tensor(a)) for a in arrays]


def run(opt, library, ps, steps, seed=1, after=None):
    """Steps with random gradients, of which one parameter has none now and then; `after` is called behind each."""
    rng = np.random.default_rng(seed)
    for step in range(steps):
        for i, p in enumerate(ps):
            g = rng.normal(size=tuple(p.shape)).astype(p.detach().numpy().dtype)
            p.grad = None if i == step % 7 else library.tensor(g)
        opt.step()
        if after is not None:
            after()


def values(ps):
    return [p.detach().numpy().copy() for p in ps]


def assert_near(ours, theirs, dtype):
    for p, q in zip(values(ours), values(theirs), strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p, q, **NEAR[dtype])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_as_pytorch(torch, name, settings, dtype):
    ours, theirs = (parameters(lib, starts(SHAPES, dtype)) for lib in (tg, torch))
    first, second = (getattr(lib.optim, name)(ps, lr=0.03, **settings) for lib, ps in ((tg, ours), (torch, theirs)))
    run(first, tg, ours, 20)
    run(second, torch, theirs, 20)
    assert_near(ours, theirs, dtype)
    for p, q in zip(ours, theirs, strict=True):
        assert set(first.state[p]) == set(second.state[q])
        for key, kept in second.state[q].items():
            mine = first.state[p][key].numpy()
            assert str(mine.dtype) == str(kept.dtype).removeprefix("torch.")
            np.testing.assert_allclose(mine, kept.numpy(), **NEAR[dtype])


def test_adam_with_decoupled_decay_is_adamw(torch):
    ours, same, theirs = (parameters(lib, starts(SHAPES, np.float64)) for lib in (tg, tg, torch))
    settings = {"lr": 0.1, "weight_decay": 0.2}
    run(optim.Adam(ours, decoupled_weight_decay=True, **settings), tg, ours, 5)
    run(optim.AdamW(same, **settings), tg, same, 5)
    run(torch.optim.Adam(theirs, decoupled_weight_decay=True, **settings), torch, theirs, 5)
    assert_near(ours, theirs, np.float64)
    for p, q in zip(values(ours), values(same), strict=True):
        np.testing.assert_array_equal(p, q)


@pytest.mark.parametrize("name", NAMES)
def test_groups_and_a_scheduler_as_pytorch(torch, name):
    results = []
    for lib in (tg, torch):
        ps = parameters(lib, starts([(3,), (2, 2), (4,)], np.float64))
        groups = [{"params": ps[:1], "betas": (0.5, 0.8)}, {"params": ps[1:2], "lr": 0.2, "amsgrad": True},
                  {"params": ps[2:], "weight_decay": 0.3, "eps": 0.01}]  # fmt: skip
        opt = getattr(lib.optim, name)(groups, lr=0.1)
        scheduler = lib.optim.lr_scheduler.ExponentialLR(opt, 0.8)
        run(opt, lib, ps, 20, after=scheduler.step)
        results.append(ps)
    assert_near(*results, np.float64)


def test_the_first_steps_by_hand():
    p = nn.Parameter(tg.tensor([1.0, -2.0]).double())
    opt = optim.Adam([p], lr=0.5, betas=(0.5, 0.75), eps=0.0)
    p.grad = tg.tensor([4.0, -0.25]).double()
    opt.step()  # m̂ = g, v̂ = g²: the first step is lr long, however large the gradient
    np.testing.assert_allclose(p.tolist(), [0.5, -1.5], rtol=1e-15)
    assert opt.state[p]["step"].item() == 1 and opt.state[p]["exp_avg"].tolist() == [2, -0.125]
    p.grad = tg.tensor([0.0, 0.0]).double()
    opt.step()  # m = [1, …], 1 − β₁² = 3/4; v = [3, …], 1 − β₂² = 7/16
    np.testing.assert_allclose(p.tolist()[0], 0.5 - 0.5 * (1 / 0.75) / (3 / 0.4375) ** 0.5, rtol=1e-15)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("shape", [(300, 257), (70001,), (3, 2, 20000)])
def test_blocks_give_the_same_bits_as_the_whole(name, settings, shape, monkeypatch):
    results = []
    for block in (5000, 10**9):
        monkeypatch.setattr(blocks, "BLOCK", block)
        ps = parameters(tg, starts([shape], np.float32))
        run(getattr(optim, name)(ps, lr=0.1, **settings), tg, ps, 3)
        results.append(values(ps)[0])
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("settings", [{}, {"amsgrad": True, "weight_decay": 0.1}], ids=str)
@pytest.mark.parametrize("through", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_going_on_from_a_state_dict_gives_the_same_bits(name, settings, through):
    ps = parameters(tg, starts(SHAPES, np.float32))
    opt = getattr(optim, name)(ps, lr=0.1, **settings)
    run(opt, tg, ps, 4)
    qs = parameters(tg, values(ps))
    other = getattr(optim, name)(qs, lr=7.0)
    other.load_state_dict(through(opt.state_dict()))
    run(opt, tg, ps, 4, seed=2)
    run(other, tg, qs, 4, seed=2)
    for p, q in zip(ps, qs, strict=True):
        np.testing.assert_array_equal(p.tolist(), q.tolist())
        assert other.state[q]["step"].item() == opt.state[p]["step"].item() > 4


def test_a_deep_copy_goes_on_by_itself():
    ps = parameters(tg, starts(SHAPES, np.float32))
    opt = optim.AdamW(ps, lr=0.1, amsgrad=True)
    run(opt, tg, ps, 3)
    other, qs = copy.deepcopy((opt, ps))
    kept = values(qs)
    run(opt, tg, ps, 3, seed=2)
    for q, before in zip(values(qs), kept, strict=True):
        np.testing.assert_array_equal(q, before)
    run(other, tg, qs, 3, seed=2)
    for p, q in zip(values(ps), values(qs), strict=True):
        np.testing.assert_array_equal(p, q)


# ------------------------------------------------------------------------------------ state_dict and PyTorch


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("amsgrad", [False, True])
def test_state_dict_looks_as_pytorch_s(torch, name, amsgrad):
    found = []
    for lib in (tg, torch):
        ps = parameters(lib, [np.ones(2), np.ones(())])
        opt = getattr(lib.optim, name)([{"params": ps[:1], "betas": (0.5, 0.5)}, {"params": ps[1:]}], amsgrad=amsgrad)
        assert opt.state_dict()["state"] == {}
        (ps[0] * 3).sum().backward()
        opt.step()
        state = opt.state_dict()
        state["state"] = {n: {key: (str(t.dtype).split(".")[-1], tuple(t.shape)) for key, t in kept.items()}
                          for n, kept in state["state"].items()}  # fmt: skip
        found.append(state)
    assert found[0] == found[1]
    assert repr(getattr(optim, name)(parameters(tg, [np.ones(1)]))) == repr(
        getattr(torch.optim, name)(parameters(torch, [np.ones(1)]))
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("amsgrad", [False, True])
def test_going_on_from_pytorch_and_back(torch, name, amsgrad):
    theirs = parameters(torch, starts(SHAPES, np.float64))
    second = getattr(torch.optim, name)(theirs, lr=0.05, weight_decay=0.1, amsgrad=amsgrad)
    run(second, torch, theirs, 8)

    ours = parameters(tg, values(theirs))
    first = getattr(optim, name)(ours)
    first.load_state_dict(second.state_dict())
    run(first, tg, ours, 5, seed=2)
    run(second, torch, theirs, 5, seed=2)
    assert_near(ours, theirs, np.float64)

    again = parameters(torch, values(ours))
    third = getattr(torch.optim, name)(again)
    state = first.state_dict()
    for kept in state["state"].values():
        kept.update({key: torch.tensor(t.numpy()) for key, t in kept.items()})
    third.load_state_dict(state)
    run(third, torch, again, 5, seed=3)
    run(second, torch, theirs, 5, seed=3)
    assert_near(again, theirs, np.float64)


def test_a_step_that_was_saved_as_a_number():
    (p,) = parameters(tg, [np.ones(2)])
    opt = optim.Adam([p])
    kept = {"step": 3, "exp_avg": tg.ones(2), "exp_avg_sq": tg.ones(2)}
    opt.load_state_dict({"state": {0: kept}, "param_groups": [{"params": [0]}]})
    p.grad = tg.ones(2).double()
    opt.step()
    assert opt.state[p]["step"].item() == 4 and opt.state[p]["step"].dtype == tg.float32
    assert opt.state[p]["exp_avg"].dtype == tg.float64 and kept["exp_avg"].tolist() == [1, 1]


def test_adamw_decouples_whatever_it_loads(torch):
    for lib in (tg, torch):
        ps = parameters(lib, [np.ones(2)])
        opt = lib.optim.AdamW(ps)
        opt.load_state_dict(lib.optim.Adam(ps).state_dict())
        assert opt.param_groups[0]["decoupled_weight_decay"] is True


# -------------------------------------------------------------------------------------------- parameters


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_without_gradient_stays_and_has_no_state(name):
    p, q = parameters(tg, [np.ones(2), np.ones(2)])
    q.grad = tg.tensor([3.0, 4.0]).double()
    opt = getattr(optim, name)([p, q], weight_decay=0.1)
    opt.step()
    assert p.tolist() == [1, 1] and q.grad.tolist() == [3, 4] and q.tolist() != [1, 1]
    assert p not in opt.state and list(opt.state_dict()["state"]) == [1]


@pytest.mark.parametrize("settings", [{}, {"maximize": True, "weight_decay": 0.1}], ids=str)
def test_the_gradient_is_left_alone_and_the_memory_stays(settings):
    (p,) = parameters(tg, [np.ones(3)])
    view, p.grad = p.detach(), tg.tensor([1.0, -2.0, 3.0]).double()
    optim.Adam([p], lr=0.1, **settings).step()
    assert p.grad.tolist() == [1, -2, 3] and view.tolist() == p.tolist() != [1, 1, 1]
    assert p.is_leaf and p.requires_grad


@pytest.mark.parametrize("order", ["CC", "CF", "FC", "FF"])
def test_any_memory_layout(order):
    a, g = starts([(20, 15), (20, 15)], np.float32)
    results = []
    for orders in ("CC", order):
        p = nn.Parameter(tg.from_numpy(np.array(a, order=orders[0])))
        p.grad = tg.from_numpy(np.array(g, order=orders[1]))
        optim.AdamW([p], lr=0.1).step()
        results.append(p.detach().numpy())
    np.testing.assert_array_equal(*results)


def test_parameters_of_several_dtypes(torch):
    results = []
    for lib in (tg, torch):
        ps = parameters(lib, [np.ones(2, np.float32), np.ones(2), np.ones(1, np.float32)])
        run(lib.optim.AdamW(ps, lr=0.1), lib, ps, 4)
        results.append(values(ps))
    assert [p.dtype for p in results[0]] == [np.float32, np.float64, np.float32]
    for p, q in zip(*results, strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-6)


def test_tensors_among_the_settings_as_pytorch(torch):
    results = []
    for lib in (tg, torch):
        for lr in (lib.tensor(0.125), lib.tensor([0.125])):
            ps = parameters(lib, starts(SHAPES, np.float32))
            opt = lib.optim.AdamW(ps, lr=lr, betas=(lib.tensor(0.5), lib.tensor(0.75)), weight_decay=0.5)
            run(opt, lib, ps, 4)
            results.append(ps)
    assert_near(results[0], results[2], np.float32)
    for p, q in zip(values(results[0]), values(results[1]), strict=True):
        np.testing.assert_array_equal(p, q)


def test_a_rate_that_changes():
    (p,) = parameters(tg, [np.zeros(1)])
    opt = optim.Adam([p], lr=0.5, eps=0.0)
    for lr, wanted in ((0.5, -0.5), (0.25, -0.75)):
        opt.param_groups[0]["lr"] = lr
        p.grad = tg.tensor([1.0]).double()
        opt.step()
        assert p.item() == pytest.approx(wanted, rel=1e-12)


def test_amsgrad_may_be_asked_for_later():
    (p,) = parameters(tg, [np.zeros(1)])
    opt = optim.Adam([p])
    for amsgrad in (False, True):
        opt.param_groups[0]["amsgrad"] = amsgrad
        p.grad = tg.tensor([1.0]).double()
        opt.step()
    assert opt.state[p]["max_exp_avg_sq"].tolist() == opt.state[p]["exp_avg_sq"].tolist()


def test_huge_gradients_are_quiet_and_scaled_before_they_are_squared():
    (p,) = parameters(tg, [np.zeros(3, np.float32)])
    opt = optim.Adam([p], lr=0.5)
    p.grad = tg.tensor([1e20, 0.0, float("inf")])
    opt.step()
    np.testing.assert_allclose(p.tolist(), [-0.5, 0, float("nan")], rtol=1e-6)


def test_a_step_between_forward_and_backward_is_caught_with_its_line():
    (p,) = parameters(tg, [np.ones(2)])
    opt = optim.Adam([p])
    p.grad = tg.ones(2).double()
    y = (p * p).sum()
    opt.step()
    with pytest.raises(RuntimeError, match=r"overwritten at .*test_adam\.py"):
        y.backward()


@pytest.mark.parametrize("shape", [(3,), (3, 2), (1, 2, 3), (1, 3)])
def test_a_gradient_of_another_shape_is_refused(shape):
    p = nn.Parameter(tg.ones(2, 3))
    p.grad = tg.ones(*shape)
    opt = optim.Adam([p])
    with pytest.raises(RuntimeError, match=r"must have its parameter's shape \(2, 3\), got \("):
        opt.step()
    assert p.tolist() == [[1] * 3] * 2 and not opt.state


# ---------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_pytorch_s(torch, name):
    ours, theirs = (inspect.signature(getattr(lib.optim, name)).parameters for lib in (tg, torch))
    assert [(p.name, p.kind, p.default) for p in ours.values()] == [
        (p.name, p.kind, p.default) for p in theirs.values()
    ]


WRONG = [
    ({"lr": -1.0}, "Invalid learning rate: -1.0"),
    ({"lr": float("nan")}, "Invalid learning rate: nan"),
    ({"eps": -1e-8}, "Invalid epsilon value: -1e-08"),
    ({"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
    ({"betas": (0.9, -0.1)}, "Invalid beta parameter at index 1: -0.1"),
    ({"betas": (0, 0.9)}, "betas must be either both floats or both Tensors"),
    ({"weight_decay": -1}, "Invalid weight_decay value: -1"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("settings", "text"), WRONG)
def test_settings_that_cannot_be(name, settings, text):
    with pytest.raises(ValueError, match=text):
        getattr(optim, name)([nn.Parameter(tg.ones(1))], **settings)


@pytest.mark.parametrize(("settings", "text"), WRONG)
def test_pytorch_says_so_too(torch, settings, text):
    with pytest.raises(ValueError, match=text):
        torch.optim.Adam([torch.nn.Parameter(torch.ones(1))], **settings)


def test_settings_that_cannot_be_here():
    p = nn.Parameter(tg.ones(1))
    with pytest.raises(ValueError, match=r"Tensor lr must be 1-element, got shape \(2,\)"):
        optim.Adam([p], lr=tg.ones(2))
    with pytest.raises(ValueError, match=r"Tensor betas\[1\] must be 1-element, got shape \(2,\)"):
        optim.Adam([p], betas=(tg.tensor(0.5), tg.zeros(2)))
    with pytest.raises(ValueError, match="AdamW: differentiable=True is not supported"):
        optim.AdamW([p], differentiable=True)
