"""What a compiled step keeps alive, and calls whose arrays lie in memory that the step writes to."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CompileError

from .side_by_side import programs, same
from .test_training import batch, network

SEEN = []


@pytest.fixture(autouse=True)
def no_collector():
    """What is gone here is gone by itself, at once."""
    SEEN.clear()
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def look(*things):
    """Refer weakly to what only exists inside the step, out of the compiler's sight."""
    globals()["SE" + "EN"] += [weakref.ref(x) for x in things]


def alive(*references):
    return [r() for r in references if r() is not None]


# ---------------------------------------------------------------------------------------- what is kept


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam])
def test_neither_batch_nor_graph_outlives_a_call(kind):
    net = network()
    opt = kind(net.parameters(), lr=0.01)

    @tg.compile
    def step(x, y):
        opt.zero_grad()
        hidden = net[0](x)
        look(hidden, hidden._array, getattr(hidden._array, "value", hidden._array), hidden._place)
        loss = F.cross_entropy(net[2](net[1](hidden)), y)
        loss.backward()
        opt.step()
        return loss, {"hidden": hidden.relu()}

    for i in range(5):
        x, y = batch(i)
        given = [weakref.ref(t) for t in (x, x._array, y, y._array)]
        loss, parts = step(x, y)
        del x, y
        assert not alive(*given), f"call {i}: the batch"
        assert len(SEEN) == 4 * min(i + 1, 3) and not alive(*SEEN), f"call {i}: the graph"
        assert loss.requires_grad and parts["hidden"].requires_grad
        results = [weakref.ref(t._array) for t in (loss, parts["hidden"])]
        del loss, parts
        assert not alive(*results), f"call {i}: what it returned"
    assert "slowest lines" in str(step.explain(profile=True)) and "def step" in step.source


def test_a_nested_batch_is_let_go():
    step = tg.compile(lambda pair, named: pair[0] * named["y"] + pair[1][0])
    for i in range(4):
        arrays = [np.full(3, i + k, np.float32) for k in range(3)]
        wanted = arrays[0] * arrays[2] + arrays[1]
        given = [weakref.ref(a) for a in arrays]
        result = step((tg.from_numpy(arrays[0]), [arrays[1]]), {"y": tg.from_numpy(arrays[2])})
        same(result, tg.from_numpy(wanted))
        del arrays
        assert not alive(*given)


def test_an_earlier_program_is_kept_without_its_batch():
    p = nn.Parameter(tg.ones(3))
    step = tg.compile(lambda x, scale: (p * x * scale).sum())
    for n in (1, 2, 3, 1, 2, 3, 1, 2, 3):
        x = tg.ones(n, 3)
        reference = weakref.ref(x._array)
        same(step(x, 0.5 + n).detach(), tg.tensor(3 * n * (0.5 + n)))
        del x
        assert not alive(reference)
    assert programs(step) == (3, 3)


# ---------------------------------------------------------------------------------------- what leaves


def kept(world, loss):
    world["last"] = loss


@pytest.mark.parametrize("leave", [None, kept])
def test_backward_on_what_left_a_traced_step_says_what_to_do(leave):
    net, world = network(), {"last": None}

    @tg.compile
    def step(x):
        loss = net(x).sum()
        if leave is None:
            return loss, loss.detach()
        leave(world, loss)

    for i in range(5):
        result = step(batch(i)[0])
        loss = world["last"] if leave else result[0]
        assert loss.requires_grad and not loss.is_leaf and (leave or not result[1].requires_grad)
        with pytest.raises(RuntimeError, match="compiled step"):
            loss.backward()
        with pytest.raises(RuntimeError, match="compiled step"):
            (loss * 2).backward()


def test_a_leaf_that_a_step_makes_is_a_leaf_outside():
    step = tg.compile(lambda x: (x * 2).detach().requires_grad_())
    for i in range(5):
        leaf = step(tg.full((2,), float(i)))
        assert leaf.requires_grad and leaf.is_leaf
        (leaf * 3).sum().backward()
        assert leaf.grad.tolist() == [3.0, 3.0] and leaf.tolist() == [2.0 * i] * 2


def test_a_view_that_leaves_a_traced_step_is_on_its_own():
    step = tg.compile(lambda x: (x * 2)[1:])
    for i in range(4):
        part = step(tg.full((3,), float(i)))
        part.add_(1)
        assert part._base is None and part.tolist() == [2.0 * i + 1] * 2


def test_a_gradient_of_what_leaves_is_not_lost_in_silence():
    @tg.compile
    def step(x):
        hidden = x * 2
        hidden.retain_grad()
        (hidden * hidden).sum().backward()
        return hidden

    with pytest.raises(CompileError, match=r"\.grad"):
        step(tg.ones(2, requires_grad=True))


# ---------------------------------------------------------------------------------------- memory that is shared


def stepper():
    p = nn.Parameter(tg.arange(6.0).reshape(2, 3))

    def step(x):
        y = (p * x).sum()
        with tg.no_grad():
            p.mul_(0.5)
            p.add_(x)
        return y

    return p, tg.compile(step)


SHOWN = {
    "the same array": lambda p: p.data, "detached": lambda p: p.detach(), "a view": lambda p: p.data.view(2, 3),
    "a row": lambda p: p.data[1], "the array itself": lambda p: p._array, "a row of the array": lambda p: p._array[1],
}  # fmt: skip


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("calls", [1, 2, 5])
def test_an_argument_that_shows_a_parameter_that_is_written(shown, calls):
    p, step = stepper()
    q, plain = stepper()
    for i in range(calls):
        x = tg.full((3,) if "row" in shown else (2, 3), 0.5 * i)
        given = x.numpy() if "array" in shown and "same" not in shown else x
        same(step(given).detach(), plain.function(given).detach())
    before = p.detach().clone()
    try:
        got = step(SHOWN[shown](p))
    except CompileError as error:
        assert "share memory" in str(error)
        same(before, p.detach())
    else:
        same(got.detach(), plain.function(SHOWN[shown](q)).detach())
        same(p, q)
    for i in range(4):  # and the program still runs
        if shown == "the same array":
            x = tg.full((2, 3), 0.25 * i)
            with tg.no_grad():
                q.copy_(p.detach())
            same(step(x).detach(), plain.function(x).detach())
            same(p, q)


def test_parts_of_one_batch_are_no_misfit():
    _, step = stepper()
    data = tg.randn(10, 2, 3)
    for i in range(10):
        step(data[i])
    assert programs(step) == (1, 1)


def test_a_part_of_the_memory_that_a_parameter_is_a_part_of():
    memory = tg.arange(12.0)
    p = nn.Parameter(memory[:6])

    @tg.compile
    def step(x):
        with tg.no_grad():
            p.add_(x)

    for _ in range(4):
        step(memory[6:])
    assert programs(step) == (1, 1) and p.tolist() == [24.0, 29.0, 34.0, 39.0, 44.0, 49.0]
    with pytest.raises(CompileError, match="share memory"):
        step(memory[3:9])
    step(memory[6:])
    assert programs(step) == (1, 1)


def test_views_among_the_arguments_one_of_them_written():
    def plain(x, y):
        x += 1
        return y * 2

    step = tg.compile(plain)
    for _ in range(5):
        a, b = tg.zeros(4), tg.ones(4)
        same(step(a, b), tg.ones(4) * 2)
    memory = tg.zeros(8)
    same(step(memory[:4], memory[4:]), tg.zeros(4))
    for x, y in ((memory[:4], memory[2:6]), (memory[2:6], memory[:4]), (a, a.view(4)), (a.view(4), a)):
        before = memory.clone()
        with pytest.raises(CompileError, match="share memory"):
            step(x, y)
        same(before, memory)
    same(step(tg.zeros(4), tg.ones(4)), tg.ones(4) * 2)


def test_an_argument_written_that_shows_a_parameter_that_is_read():
    p = nn.Parameter(tg.ones(2, 3))

    @tg.compile
    def step(x):
        x += 1
        return (p * 2).detach()

    for _ in range(4):
        same(step(tg.zeros(2, 3)), tg.ones(2, 3) * 2)
    with pytest.raises(CompileError, match="share memory"):
        step(p.data.view(2, 3))
    assert p.tolist() == [[1.0] * 3] * 2


def test_two_tensors_of_one_array_are_one_only_while_they_are():
    p = nn.Parameter(tg.ones(3))
    times, other = tg.compile(lambda x: (p * x).detach()), tg.compile(lambda x, y: x * 2 + y)
    for i in range(8):
        x = p.data if i % 4 < 2 else tg.full((3,), float(i))
        same(times(x), p.detach() * x)
        y = x.detach() if i % 3 else x + 1
        same(other(x, y), x * 2 + y)


def test_memory_that_states_come_to_share():
    p, q = nn.Parameter(tg.ones(4)), nn.Parameter(tg.ones(4))

    @tg.compile
    def step(x):
        with tg.no_grad():
            p.add_(x)
            q.mul_(2)

    for _ in range(4):
        step(tg.ones(4))
    assert p.tolist() == [5.0] * 4 and q.tolist() == [16.0] * 4
    memory = tg.zeros(6)
    p.data, q.data = memory[:4], memory[2:]
    with pytest.raises(CompileError, match="share memory"):
        step(tg.ones(4))
    p.data = tg.zeros(4)
    step(tg.ones(4))
    assert p.tolist() == [1.0] * 4
