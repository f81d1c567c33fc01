"""Schedulers beside PyTorch's, epoch by epoch, and by hand where PyTorch is not installed."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim

SCHEDULES = {
    "multiplicative": lambda s, o: s.MultiplicativeLR(o, lambda e: 0.9),
    "multistep": lambda s, o: s.MultiStepLR(o, [2, 5, 5], gamma=0.5),
    "constant": lambda s, o: s.ConstantLR(o, 0.25, 4),
    "linear": lambda s, o: s.LinearLR(o, 0.1, 0.8, 7),
    "polynomial": lambda s, o: s.PolynomialLR(o, 8, 2.0),
    "restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
    "restarts evenly": lambda s, o: s.CosineAnnealingWarmRestarts(o, 4),
    "one cycle": lambda s, o: s.OneCycleLR(o, 0.5, 20),
    "one cycle of three": lambda s, o: s.OneCycleLR(o, 0.5, epochs=4, steps_per_epoch=5, three_phase=True,
                                                    anneal_strategy="linear", pct_start=0.4),
    "cyclic": lambda s, o: s.CyclicLR(o, 0.01, 0.3, 3, 4),
    "cyclic halves": lambda s, o: s.CyclicLR(o, 0.01, 0.3, 3, mode="triangular2"),
    "cyclic fades": lambda s, o: s.CyclicLR(o, 0.01, 0.3, 3, mode="exp_range", gamma=0.9, cycle_momentum=False),
    "chained": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)]),
    "sequential": lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=4), s.ExponentialLR(o, 0.8),
                                                  s.StepLR(o, 2, 0.5)], [5, 9]),
    "warm up": lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.5, total_iters=3), s.CosineAnnealingLR(o, 10)], [3]),
}  # fmt: skip


def rates(framework, name, epochs=19):
    p = framework.zeros(1, requires_grad=True)
    q = framework.zeros(1, requires_grad=True)
    optimizer = framework.optim.SGD([{"params": [p]}, {"params": [q], "lr": 0.05}], lr=0.2, momentum=0.9)
    scheduler = SCHEDULES[name](framework.optim.lr_scheduler, optimizer)
    found = []
    for _ in range(epochs):
        found.append([(g["lr"], g["momentum"]) for g in optimizer.param_groups])
        assert scheduler.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
        optimizer.step()
        scheduler.step()
    return np.array(found, dtype=float)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", SCHEDULES)
def test_against_pytorch(name):
    torch = pytest.importorskip("torch")
    np.testing.assert_allclose(rates(tg, name), rates(torch, name), rtol=1e-9, atol=1e-12)


def of(make, epochs, **settings):
    optimizer = optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0, **settings)
    scheduler = make(optim.lr_scheduler, optimizer)
    found = []
    for _ in range(epochs):
        found.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return found


def test_by_hand():
    assert of(lambda s, o: s.MultiStepLR(o, [1, 3], 0.5), 5) == [1, 0.5, 0.5, 0.25, 0.25]
    assert of(lambda s, o: s.ConstantLR(o, 0.25, 2), 4) == [0.25, 0.25, 1, 1]
    assert of(lambda s, o: s.LinearLR(o, 0.5, 1.0, 2), 4) == [0.5, 0.75, 1, 1]
    assert of(lambda s, o: s.PolynomialLR(o, 4), 6) == [1, 0.75, 0.5, 0.25, 0, 0]
    found = of(lambda s, o: s.CosineAnnealingWarmRestarts(o, 2), 4)
    np.testing.assert_allclose(found, [1, 0.5, 1, 0.5])
    found = of(lambda s, o: s.OneCycleLR(o, 4.0, 5, pct_start=0.4, cycle_momentum=False, div_factor=4), 5)
    assert found[0] == 1 and found[1] == max(found) == 4 and found[-1] == pytest.approx(1e-4)
    assert of(lambda s, o: s.CyclicLR(o, 0, 1, 2, cycle_momentum=False), 6) == [0, 0.5, 1, 0.5, 0, 0.5]
    found = of(lambda s, o: s.SequentialLR(o, [s.ConstantLR(o, 0.5, 9), s.ExponentialLR(o, 0.5)], [2]), 5)
    assert found == [0.5, 0.5, 1, 0.5, 0.25]


MEASURES = [1.0, 0.9, 0.9, 0.91, 0.95, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]


@pytest.mark.parametrize("settings", [
    {"patience": 1, "factor": 0.5}, {"patience": 0, "cooldown": 2, "threshold": 0.2}, {"mode": "max", "patience": 2},
    {"patience": 0, "threshold_mode": "abs", "threshold": 0.3, "min_lr": 0.01},
])  # fmt: skip
def test_reduce_on_plateau_against_pytorch(settings):
    torch = pytest.importorskip("torch")

    def follow(framework):
        optimizer = framework.optim.SGD([framework.zeros(1, requires_grad=True)], lr=0.2)
        scheduler = framework.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        found = []
        for measure in MEASURES:
            scheduler.step(measure)
            found.append(scheduler.get_last_lr()[0])
        return found

    np.testing.assert_allclose(follow(tg), follow(torch), rtol=1e-12)


def test_reduce_on_plateau_by_hand():
    optimizer = optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    found = []
    for measure in [3.0, 2.0, 2.0, 2.0, 1.0]:
        scheduler.step(tg.tensor(measure))
        found.append(optimizer.param_groups[0]["lr"])
    assert found == [1, 1, 1, 0.5, 0.5]
    with pytest.raises(TypeError, match="the measure is needed"):
        scheduler.step()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", [n for n in SCHEDULES if "restarts" not in n])  # PyTorch does not count these
def test_steps_are_counted(name):
    torch = pytest.importorskip("torch")

    def counts(state):
        return [state.get("_step_count"), state["last_epoch"] if "_schedulers" not in state else None,
                [counts(inner) for inner in state.get("_schedulers", [])]]  # fmt: skip

    found = []
    for framework in (tg, torch):
        optimizer = framework.optim.SGD([framework.zeros(1, requires_grad=True)], lr=0.2, momentum=0.9)
        scheduler = SCHEDULES[name](framework.optim.lr_scheduler, optimizer)
        found.append([counts(scheduler.state_dict())])
        for _ in range(7):
            scheduler.step()
        found[-1].append(counts(scheduler.state_dict()))
    assert found[0] == found[1]


class Halving:
    """A rule that remembers something."""

    def __init__(self, base):
        self.base = base

    def __call__(self, epoch):
        return self.base**epoch


@pytest.mark.parametrize("kind", ["LambdaLR", "MultiplicativeLR"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_rules_in_a_state(kind):
    """Functions are not kept, attributes of objects are; a state of PyTorch's is taken."""
    torch = pytest.importorskip("torch")

    def made(framework, base):
        groups = [{"params": [framework.zeros(1, requires_grad=True)]} for _ in range(2)]
        optimizer = framework.optim.SGD(groups, lr=0.2)
        return getattr(framework.optim.lr_scheduler, kind)(optimizer, [lambda e: 0.5, Halving(base)])

    ours, theirs = made(tg, 0.5), made(torch, 0.5)
    ours.step()
    theirs.step()
    assert ours.state_dict()["lr_lambdas"] == theirs.state_dict()["lr_lambdas"] == [None, {"base": 0.5}]
    other = made(tg, 0.9)
    other.load_state_dict(theirs.state_dict())
    assert other.lr_lambdas[1].base == 0.5 and other.last_epoch == 1
    assert other.get_last_lr() == ours.get_last_lr()


@pytest.mark.parametrize("name", SCHEDULES)
def test_state_goes_on(name):
    """A scheduler made anew, with the state of one that was interrupted, goes on as that one would have."""
    def start():
        optimizer = optim.SGD([tg.zeros(1, requires_grad=True)], lr=0.2, momentum=0.9)
        return optimizer, SCHEDULES[name](optim.lr_scheduler, optimizer)

    optimizer, scheduler = start()
    for _ in range(6):
        scheduler.step()
    other, resumed = start()
    other.load_state_dict(optimizer.state_dict())
    resumed.load_state_dict(scheduler.state_dict())
    for _ in range(6):
        scheduler.step()
        resumed.step()
        assert optimizer.param_groups[0]["lr"] == other.param_groups[0]["lr"]
