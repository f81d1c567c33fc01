import copy

import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim

MADE = {
    "step": lambda s, o: s.StepLR(o, 3, 0.5),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.9),
    "lambda": lambda s, o: s.LambdaLR(o, lambda epoch: 0.95**epoch),
    "lambdas": lambda s, o: s.LambdaLR(o, [lambda epoch: 1 / (epoch + 1), lambda epoch: epoch]),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, 5, 0.01),
}


def optimizer(library):
    ps = [library.nn.Parameter(library.ones(1)) for _ in range(2)]
    return library.optim.SGD([{"params": ps[:1]}, {"params": ps[1:], "lr": 0.3}], lr=0.1)


def rates(library, make, steps):
    opt = optimizer(library)
    scheduler = make(library.optim.lr_scheduler, opt)
    for _ in range(steps):
        assert [g["lr"] for g in opt.param_groups] == scheduler.get_last_lr()
        yield scheduler.get_last_lr()
        opt.step()
        scheduler.step()


@pytest.mark.parametrize("name", MADE)
def test_rates_as_pytorch(torch, name):
    for ours, theirs in zip(rates(tg, MADE[name], 13), rates(torch, MADE[name], 13), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", MADE)
def test_going_on_from_a_state_dict(name):
    wanted = list(rates(tg, MADE[name], 8))
    opt = optimizer(tg)
    scheduler = MADE[name](optim.lr_scheduler, opt)
    for _ in range(4):
        scheduler.step()
    saved = copy.deepcopy((opt.state_dict(), scheduler.state_dict()))
    assert "optimizer" not in saved[1]
    opt = optimizer(tg)
    scheduler = MADE[name](optim.lr_scheduler, opt)
    opt.load_state_dict(saved[0])
    scheduler.load_state_dict(saved[1])
    got = [scheduler.get_last_lr()]
    for _ in range(3):
        scheduler.step()
        got.append(scheduler.get_last_lr())
    assert got == wanted[4:]


def test_last_epoch_goes_on_too():
    opt = optimizer(tg)
    list(zip(range(3), rates_of(optim.lr_scheduler.ExponentialLR(opt, 0.5)), strict=False))
    with pytest.raises(KeyError, match="'initial_lr' is not specified"):
        optim.lr_scheduler.ExponentialLR(optimizer(tg), 0.5, last_epoch=3)
    again = optim.lr_scheduler.LambdaLR(opt, lambda epoch: epoch, last_epoch=3)
    assert again.last_epoch == 4 and again.get_last_lr() == pytest.approx([0.4, 1.2])


def rates_of(scheduler):
    while True:
        scheduler.step()
        yield scheduler.get_last_lr()


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda s, o: s.StepLR(3, 1), TypeError, "int is not an Optimizer"),
        (lambda s, o: s.StepLR(o, 0), ValueError, "step_size must be a whole number from 1 up, got 0"),
        (lambda s, o: s.CosineAnnealingLR(o, 0), ValueError, "T_max must be above 0, got 0"),
        (lambda s, o: s.LambdaLR(o, [abs]), ValueError, "Expected 2 lr_lambdas, but got 1"),
        (lambda s, o: s.LRScheduler(o), NotImplementedError, "LRScheduler defines no get_lr"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call(optim.lr_scheduler, optimizer(tg))
