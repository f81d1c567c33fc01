"""What cannot be followed is refused with the user's line and a way out, and leaves everything as it was."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CannotFollow, CompileError
from tinygrad_edu.graph import mode

from .side_by_side import same
from .test_training import batch, network, training


class Keeper:
    def __init__(self):
        self.kept = []


def branch(w, loss):
    if loss > 3:
        return loss


def loop(w, loss):
    while loss < 3:
        loss = loss * 2


def both(w, loss):
    return loss and loss


def formatted(w, loss):
    return f"{loss:.3f}"


def printed(w, loss):
    print(loss)


def hidden(w, loss):
    getattr(w, "ke" + "pt").append(loss)
    return float(loss)


REFUSED = {
    "if": branch, "while": loop, "and": both, "format": formatted,
    "item": lambda w, loss: loss.item(), "float": lambda w, loss: float(loss), "int": lambda w, loss: int(loss),
    "bool": lambda w, loss: bool(loss), "numpy": lambda w, loss: loss.detach().numpy(),
    "tolist": lambda w, loss: loss.tolist(), "asarray": lambda w, loss: np.asarray(loss.detach()),
    "max of two": lambda w, loss: max(loss, loss * 2), "in": lambda w, loss: loss in [loss * 2],
    "index": lambda w, loss: [1, 2, 3][loss.long()], "range": lambda w, loss: range(loss.long()),
    "mask": lambda w, loss: w.net[0].weight[w.net[0].weight > 0],
    "nonzero": lambda w, loss: tg.nonzero(w.net[0].weight),
    "requires_grad": lambda w, loss: w.net[0].weight.requires_grad_(False),
    "seed": lambda w, loss: tg.manual_seed(0), "state": lambda w, loss: tg.get_rng_state(),
    "allclose": lambda w, loss: loss.allclose(loss),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("at", [0, 3])
def test_refused_with_the_line_and_a_way_out(name, at):
    world, twin = training(optim.Adam)(), training(optim.Adam)()
    twin.net.load_state_dict(world.net.state_dict())

    def step(x, y, last):
        world.opt.zero_grad()
        loss = F.cross_entropy(world.net(x), y) + tg.rand(()) * 0
        loss.backward()
        world.opt.step()
        return REFUSED[name](world, loss) if last else loss

    compiled = tg.compile(step)
    for i in range(at):
        compiled(*batch(i), False)
        twin.step(*batch(i))
    stream = tg.get_rng_state()
    places = [(p, p._array, p._place, p.grad) for p in world.net.parameters()]
    state = list(world.opt.state.items())
    with pytest.raises(CannotFollow, match=r"test_refusals.py:\d+") as error:
        compiled(*batch(at), True)
    assert len(str(error.value).splitlines()) >= 3, "no way out is given"
    for p, array, place, grad in places:
        assert p._array is array and p._place is place and p.grad is grad
    assert [(p, s) for p, s in world.opt.state.items()] == state or not at
    same([twin.net, twin.opt], [world.net, world.opt], "after")
    same(stream, tg.get_rng_state())
    assert mode.tracer is None
    twin.step(*batch(9))
    world.step(*batch(9))
    same([twin.net, twin.opt], [world.net, world.opt], "eager afterwards")


def test_iterating_over_an_array():
    step = tg.compile(lambda x: sum(row for row in x))
    with pytest.raises(CannotFollow, match="test_refusals"):
        step(np.ones((2, 2)))
    same(tg.compile(lambda x: sum(row.sum() for row in x))(tg.ones(2, 3)), tg.tensor(6.0))


@pytest.mark.parametrize("at", [0, 1, 4])
def test_an_error_of_the_users(at):
    world, twin = training(optim.Adam)(), training(optim.Adam)()
    twin.net.load_state_dict(world.net.state_dict())

    def step(x, y, fail):
        loss = world.step(x, y)
        world.net[0].weight.grad = None
        if fail:
            raise ValueError("mine")
        return loss

    compiled = tg.compile(step)
    for i in range(at):
        compiled(*batch(i), False)
        twin.step(*batch(i))
        twin.net[0].weight.grad = None
    with pytest.raises(ValueError, match="mine"):
        compiled(*batch(7), True)
    same([twin.net, twin.opt], [world.net, world.opt])
    assert mode.tracer is None


def test_an_error_while_the_program_runs_says_that_state_is_partial():
    table = nn.Parameter(tg.ones(4, 2))

    @tg.compile
    def step(i):
        with tg.no_grad():
            table.mul_(2)
        return table[i].sum()

    for _ in range(3):
        step(tg.tensor([0, 1]))
    with pytest.raises(IndexError) as error:
        step(tg.tensor([0, 9]))
    assert any("half updated" in note for note in error.value.__notes__)
    assert mode.tracer is None and float((table * 1).sum()) == 16 * 8


def test_class_numbers_are_checked_before_anything_changes():
    for reduction in ("mean", "none"):
        for shift in (99, -1):
            world = training(optim.SGD)()
            step = tg.compile(world.step)
            for i in range(5):
                x, y = batch(i)
                wrong = y.clone()
                wrong[1] = shift
                before = [p.detach().clone() for p in world.net.parameters()]
                with pytest.raises(IndexError) as eager:
                    F.cross_entropy(world.net(x), wrong, reduction=reduction)
                with pytest.raises(IndexError) as compiled:
                    step(x, wrong)
                assert str(eager.value) == str(compiled.value)
                assert not getattr(compiled.value, "__notes__", ())
                same(before, [p.detach() for p in world.net.parameters()])
                wrong[1] = -100
                step(x, wrong)


class Hidden:
    def __setattr__(self, name, value):
        STORE[name] = value


def test_a_tensor_kept_by_an_operator_is_seen():
    hidden = Hidden()

    @tg.compile
    def step(x):
        hidden.last = x * 2
        return x

    for i in range(5):
        step(tg.full((2,), float(i)))
        same(STORE["last"], tg.full((2,), 2.0 * i))
    assert [v.confirmed for v in step._programs] == [True, False]
    STORE.clear()


def test_a_tensor_kept_out_of_sight_cannot_be_used_later():
    @tg.compile
    def step(x):
        y = x * 2
        globals()["STO" + "RE"]["last"] = y
        return y + 1

    step(tg.ones(2))
    with pytest.raises(CompileError, match="return it"):
        STORE.pop("last") + 1


STORE = {}


def test_pickling_and_copying():
    step = tg.compile(training(optim.SGD)().step)
    for use in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="state_dict"):
            use(step)


def test_check_every():
    world = training(optim.Adam)()
    twin = training(optim.Adam)()
    twin.net.load_state_dict(world.net.state_dict())
    secret = Keeper()

    def step(x, y):
        loss = world.step(x, y)
        return loss * getattr(secret, "fac" + "tor", 1.0)

    compiled = tg.compile(step, check_every=3)
    for i in range(9):
        same(twin.step(*batch(i)).detach(), compiled(*batch(i)).detach())
        same([twin.net, twin.opt], [world.net, world.opt])
    secret.factor = 2.0
    compiled(*batch(9))
    compiled(*batch(10))
    with pytest.raises(CompileError, match="what it returned"):
        compiled(*batch(11))
    for i in (9, 10, 11):
        twin.step(*batch(i))
    same([twin.net, twin.opt], [world.net, world.opt], "the program's state")


def test_check_every_names_the_tensor():
    net = network()
    secret = Keeper()

    @tg.compile(check_every=1)
    def step(x):
        with tg.no_grad():
            net[2].weight += getattr(secret, "fac" + "tor", 1.0)
            return net(x) * tg.rand(1)

    for i in range(4):
        step(batch(i)[0])
    secret.factor = 2.0
    with pytest.raises(CompileError, match=r"2\.weight|what it returned"):
        step(batch(0)[0])
