"""RMSprop and its kin, and L-BFGS: against PyTorch, against their formulas said a second time, and compiled."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.side_by_side import programs, run, trained
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CannotFollow

CASES = {
    "rmsprop": ("RMSprop", {}),
    "rmsprop centered": ("RMSprop", {"centered": True, "momentum": 0.9, "weight_decay": 0.1, "maximize": True}),
    "rmsprop momentum": ("RMSprop", {"momentum": 0.5, "alpha": 0.9, "eps": 1e-3}),
    "adagrad": ("Adagrad", {}),
    "adagrad decay": ("Adagrad", {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    "adadelta": ("Adadelta", {}),
    "adadelta decay": ("Adadelta", {"rho": 0.5, "weight_decay": 0.1, "lr": 0.3, "maximize": True}),
    "adamax": ("Adamax", {}),
    "adamax decay": ("Adamax", {"betas": (0.7, 0.9), "weight_decay": 0.1, "eps": 1e-3}),
    "nadam": ("NAdam", {}),
    "nadam decoupled": ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1}),
    "rprop": ("Rprop", {}),
    "rprop short": ("Rprop", {"lr": 0.2, "etas": (0.3, 1.5), "step_sizes": (1e-3, 0.3), "maximize": True}),
    "asgd": ("ASGD", {}),
    "asgd averaged": ("ASGD", {"lambd": 0.1, "alpha": 0.6, "t0": 3, "weight_decay": 0.1, "lr": 0.2, "maximize": True}),
    "adafactor": ("Adafactor", {}),
    "adafactor decay": ("Adafactor", {"lr": 0.3, "beta2_decay": -0.5, "eps": (1e-3, 1e-2), "d": 1.5,
                                      "weight_decay": 0.1, "maximize": True}),
    "radam": ("RAdam", {}),
    "radam decoupled": ("RAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "betas": (0.8, 0.9)}),
}


def first(framework, dtype):
    rng = np.random.default_rng(0)
    return [framework.tensor(rng.normal(size=s).astype(dtype), requires_grad=True) for s in ((3, 4), (4,), ())]


def steps(framework, params, optimizer, count):
    for i in range(count):
        optimizer.zero_grad()
        loss = sum(((p - 0.3 * i) ** 2 * (p + 2)).sum() for p in params)
        loss.backward()
        optimizer.step()
    return [p.detach().numpy() for p in params]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_against_pytorch(name, dtype):
    torch = pytest.importorskip("torch")
    kind, settings = CASES[name]
    mine, theirs = first(tg, dtype), first(torch, dtype)
    ours, reference = getattr(optim, kind)(mine, **settings), getattr(torch.optim, kind)(theirs, **settings)
    found, expected = steps(tg, mine, ours, 12), steps(torch, theirs, reference, 12)
    rtol = 2e-5 if dtype is np.float32 else 1e-6 if kind == "NAdam" else 1e-12
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)
    state, other = ours.state_dict(), reference.state_dict()
    assert state["param_groups"][0].keys() <= other["param_groups"][0].keys() | {"fused"}
    for number, kept in other["state"].items():
        assert state["state"][number].keys() == kept.keys()
        for key, value in kept.items():
            np.testing.assert_allclose(state["state"][number][key].numpy(), np.asarray(value), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["Adam", "NAdam", "ASGD", "Adafactor"])
@pytest.mark.parametrize("default", ["float16", "float32", "float64"])
def test_steps_are_counted_in_double_where_that_is_the_default(kind, default):
    torch = pytest.importorskip("torch")
    found = []
    for framework in (tg, torch):
        framework.set_default_dtype(getattr(framework, default))
        try:
            p = framework.ones(2, dtype=framework.float32, requires_grad=True)
            optimizer = getattr(framework.optim, kind)([p], lr=0.1)
            steps(framework, [p], optimizer, 2)
            found.append({key: str(value.numpy().dtype) for key, value in optimizer.state[p].items()})
        finally:
            framework.set_default_dtype(framework.float32)
    assert found[0] == found[1]


def test_parameters_without_numbers():
    for kind in ("ASGD", "Adafactor"):
        params = [tg.zeros(*size, requires_grad=True) for size in ((0,), (3, 0), (2,))]
        optimizer = getattr(optim, kind)(params, lr=tg.tensor(0.1))
        sum(p.sum() for p in params).backward()
        optimizer.step()
        assert params[2].detach().abs().min() > 0 and params[1].shape == (3, 0)


def test_settings_out_of_range():
    p = tg.ones(2, requires_grad=True)
    for settings in ({"lr": -1}, {"beta2_decay": 0.1}, {"eps": (-1.0, 1e-3)}, {"eps": (None, -1.0)}, {"d": 0.5}):
        with pytest.raises(ValueError, match="should be"):
            optim.Adafactor([p], **settings)
    with pytest.raises(ValueError, match="learning rate"):
        optim.ASGD([p], lr=-1)
    with pytest.raises(NotImplementedError, match="use Adam"):
        optim.SparseAdam([p])


def by_hand(kind, p, gradients):
    """The formulas again, number by number, at their default settings."""
    m = v = u = 0.0
    product = 1.0
    for t, slope in enumerate(gradients, 1):
        g = slope(p)
        if kind == "RMSprop":
            v = 0.99 * v + 0.01 * g * g
            p -= 0.01 * g / (v**0.5 + 1e-8)
        elif kind == "Adagrad":
            v += g * g
            p -= 0.01 * g / (v**0.5 + 1e-10)
        elif kind == "Adadelta":
            v = 0.9 * v + 0.1 * g * g
            d = (u + 1e-6) ** 0.5 / (v + 1e-6) ** 0.5 * g
            u = 0.9 * u + 0.1 * d * d
            p -= d
        elif kind == "Adamax":
            m, u = 0.9 * m + 0.1 * g, max(0.999 * u, abs(g) + 1e-8)
            p -= 0.002 / (1 - 0.9**t) * m / u
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            if kind == "NAdam":
                now, after = (0.9 * (1 - 0.5 * 0.96 ** (n * 0.004)) for n in (t, t + 1))
                product *= now
                ahead = after * m / (1 - product * after) + (1 - now) * g / (1 - product)
                p -= 0.002 * ahead / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
            else:
                most = 2 / 0.001 - 1
                known = most - 2 * t * 0.999**t / (1 - 0.999**t)
                step = 0.001 * m / (1 - 0.9**t)
                if known > 5:
                    r = ((known - 4) * (known - 2) * most / ((most - 4) * (most - 2) * known)) ** 0.5
                    step *= r * (1 - 0.999**t) ** 0.5 / (v**0.5 + 1e-8)
                p -= step
    return p


@pytest.mark.parametrize("kind", ["RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam"])
def test_the_formula(kind):
    p = tg.tensor(1.5, dtype=np.float64, requires_grad=True)
    optimizer = getattr(optim, kind)([p])
    for i in range(9):
        optimizer.zero_grad()
        ((p - 0.1 * i) ** 2).backward()
        optimizer.step()
    expected = by_hand(kind, 1.5, [lambda p, i=i: 2 * (p - 0.1 * i) for i in range(9)])
    np.testing.assert_allclose(p.item(), expected, rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_a_compiled_step_gives_the_same_bits(name):
    kind, settings = CASES[name]

    def make():
        net = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))
        opt = getattr(optim, kind)(net.parameters(), **settings)

        return trained(net, opt)

    def batch(i):
        rng = np.random.default_rng(i)
        return tg.tensor(rng.normal(size=(6, 5)).astype(np.float32)), tg.tensor(rng.integers(0, 3, 6))

    world = run(make, [batch(i) for i in range(6)], "ccec")
    assert programs(world.compiled)[1] == 1


def test_blocks_give_the_same_bits(monkeypatch):
    def trained():
        p = tg.tensor(np.random.default_rng(0).normal(size=(7, 5)), requires_grad=True)
        optimizer = optim.RMSprop([p], momentum=0.9, centered=True)
        return steps(tg, [p], optimizer, 3)[0]

    whole = trained()
    monkeypatch.setattr("tinygrad_edu.optim.blocks.BLOCK", 10)
    np.testing.assert_array_equal(trained(), whole)


def test_state_goes_through_a_state_dict():
    params = first(tg, np.float64)
    optimizer = optim.NAdam(params)
    steps(tg, params, optimizer, 3)
    copies = [tg.tensor(p.detach().numpy(), requires_grad=True) for p in params]
    other = optim.NAdam(copies)
    other.load_state_dict(optimizer.state_dict())
    for a, b in zip(steps(tg, params, optimizer, 3), steps(tg, copies, other, 3), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)  # the product of the momenta comes back in double, as in PyTorch


@pytest.mark.parametrize(("call", "text"), [
    (lambda p: optim.RMSprop(p, lr=-1), "Invalid learning rate: -1"),
    (lambda p: optim.Adagrad(p, lr_decay=-1), "Invalid lr_decay value"),
    (lambda p: optim.Adadelta(p, rho=2), "Invalid rho value"),
    (lambda p: optim.Adamax(p, betas=(0.9, 1)), "Invalid beta parameter at index 1"),
    (lambda p: optim.NAdam(p, momentum_decay=-1), "Invalid momentum_decay value"),
    (lambda p: optim.RAdam(p, differentiable=True), "differentiable=True is not supported"),
])  # fmt: skip
def test_errors(call, text):
    with pytest.raises(ValueError, match=text):
        call([tg.zeros(2, requires_grad=True)])


# ---------------------------------------------------------------------------------------------- L-BFGS


def rosenbrock(p):
    return ((1 - p[:-1]) ** 2).sum() + 100 * ((p[1:] - p[:-1] ** 2) ** 2).sum()


def descend(framework, kind, **settings):
    p = framework.tensor(np.array([-1.2, 1.0, 0.5]), requires_grad=True)
    optimizer = kind([p], **settings)
    losses = []

    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(p)
        loss.backward()
        return loss

    for _ in range(6):
        losses.append(optimizer.step(closure).item())
    return losses, p.detach().numpy(), optimizer


SETTINGS = [
    {"lr": 0.1, "max_iter": 5}, {"line_search_fn": "strong_wolfe", "history_size": 4}, {"lr": 0.02, "max_eval": 7},
]  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS, ids=repr)
def test_lbfgs_against_pytorch(settings):
    torch = pytest.importorskip("torch")
    losses, p, ours = descend(tg, optim.LBFGS, **settings)
    expected, q, theirs = descend(torch, torch.optim.LBFGS, **settings)
    np.testing.assert_allclose(losses, expected, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(p, q, rtol=1e-6)
    state, other = (o.state_dict()["state"][0] for o in (ours, theirs))
    assert state["func_evals"] == other["func_evals"] and state["n_iter"] == other["n_iter"]


def test_lbfgs_finds_the_valley():
    losses, p, _ = descend(tg, optim.LBFGS, line_search_fn="strong_wolfe")
    assert losses[-1] < 1e-9
    np.testing.assert_allclose(p, 1, atol=1e-4)


def test_lbfgs_on_a_straight_slope_walks_on():
    p = tg.zeros(1, requires_grad=True)
    optimizer = optim.LBFGS([p], max_iter=3, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (4 * p).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert np.isfinite(p.item()) and p.item() < -1


def test_lbfgs_refuses():
    p = tg.zeros(2, requires_grad=True)
    with pytest.raises(ValueError, match="per-parameter options"):
        optim.LBFGS([{"params": [p]}, {"params": [tg.zeros(1, requires_grad=True)]}])
    with pytest.raises(TypeError, match="a closure expected"):
        optim.LBFGS([p]).step()
    optimizer = optim.LBFGS([p])

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with pytest.raises(CannotFollow, match="LBFGS"):
        tg.compile(lambda: optimizer.step(closure))()
