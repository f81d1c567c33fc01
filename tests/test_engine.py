"""The engine's promises, one test each: recording, the walk, saved values, NumPy's protocols, copies, user's ops."""

from __future__ import annotations

import copy
import functools
import gc
import multiprocessing
import operator
import pickle
import sys
import threading
import warnings
import weakref

import numpy as np
import pytest

from tinygrad_edu import (
    Tensor,
    enable_grad,
    from_dlpack,
    from_numpy,
    grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    op,
    registry,
    set_grad_enabled,
    sigmoid,
    sort,
    tensor,
    zeros,
)  # fmt: skip
from tinygrad_edu.graph import Place, answers
from tinygrad_edu.ops.order import max_along


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="parity with PyTorch needs it installed")


def leaf(*values, dtype=np.float64):
    return tensor(values if len(values) != 1 else values[0], dtype=dtype, requires_grad=True)


def same(tensor_, expected, **options):
    assert isinstance(tensor_, Tensor)
    np.testing.assert_allclose(tensor_.detach().numpy(), expected, **{"rtol": 1e-12, **options})


def here():
    """The line that calls."""
    return sys._getframe(1).f_lineno


# ------------------------------------------------------------------------------------------------ the walk


@pytest.mark.parametrize("step", [lambda y: y + 1, lambda y: y * 1.0, lambda y: y.view(2), lambda y: sort(y)[0]])
def test_a_chain_of_100_000_ops_walks_back_and_is_destroyed_without_recursion(step):
    x = leaf(1.0, 2.0)
    y = x
    for _ in range(100_000):
        y = step(y)
    y.sum().backward()
    same(x.grad, [1, 1])
    walked = weakref.ref(y)
    del y
    assert walked() is None


def test_a_chain_of_100_000_ops_dies_without_having_been_walked():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    last = weakref.ref(y)
    del y
    assert last() is None and x.grad is None


def test_a_deep_chain_walks_back_twice_with_create_graph():
    x = leaf(1.0)
    y = x * x
    for _ in range(5_000):
        y = y + 1
    (first,) = grad(y, x, create_graph=True)
    (second,) = grad(first, x)
    same(first, 2.0)
    same(second, 2.0)


def test_a_diamond():
    x = leaf(3.0)
    a = x * 2
    (a * a + a).backward()  # 4x² + 2x
    same(x.grad, 8 * 3 + 2)


def test_a_wide_diamond_visits_each_node_once():
    x, calls = leaf(1.0), []
    y = x
    for _ in range(40):  # 2^40 paths
        y = y + y
    y.register_hook(lambda g: calls.append(1))
    y.backward()
    same(x.grad, 2.0**40)
    assert calls == [1]


def test_a_tensor_used_twice_in_one_op():
    x = leaf(3.0, 4.0)
    (x * x).sum().backward()
    same(x.grad, [6, 8])
    x.grad = None
    (x - x).sum().backward()
    same(x.grad, [0, 0])
    x.grad = None
    np.concatenate([x, x, 2 * x]).sum().backward()
    same(x.grad, [4, 4])


def test_branches_of_different_length_and_unused_branches():
    x, unused = leaf(2.0), leaf(1.0)
    long = x
    for _ in range(50):
        long = long * 1.0
    _ = unused * x
    (long * x + x).backward()
    same(x.grad, 5.0)
    assert unused.grad is None


def test_several_outputs_of_one_op():
    x = leaf(3.0, 1.0, 2.0)
    values, order = sort(x)
    assert values.requires_grad and not order.requires_grad
    (values * tensor([1.0, 10.0, 100.0], dtype=np.float64)).sum().backward()
    same(x.grad, [100, 1, 10])
    x.grad = None
    value, _ = max_along(x, dim=0)
    (value * 2 + value).backward()
    same(x.grad, [3, 0, 0])


def test_a_second_walk_raises_and_says_what_to_do():
    x = leaf(2.0)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match=r"mul.*already walked.*retain_graph=True") as error:
        y.backward()
    assert __file__ in str(error.value)
    same(x.grad, 4.0)


def test_a_second_walk_over_ops_that_saved_nothing_passes():
    x = leaf(2.0, 3.0)
    y = (x + x - 1).reshape(2, 1).sum()
    y.backward()
    y.backward()
    same(x.grad, [4, 4])


def test_retain_graph_lets_walk_again():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    same(x.grad, 8.0)
    with pytest.raises(RuntimeError, match="retain_graph"):
        y.backward()


def test_a_freed_part_of_a_shared_graph_raises():
    x = leaf(2.0, 3.0)
    shared = x.exp()
    (shared * 2).sum().backward()
    with pytest.raises(RuntimeError, match="exp"):
        (shared * 3).sum().backward()


def test_what_is_freed_does_not_depend_on_what_was_walked_before(scratch):
    @op(elementwise=True)
    def power(x, *, n):
        if n == 0:
            return np.ones_like(x), lambda g: np.zeros_like(g)
        return x**n, lambda g: g * (n * x ** (n - 1))

    power(leaf(2.0), n=0).backward()
    y = power(leaf(2.0, 3.0), n=2).sum()
    y.backward()
    with pytest.raises(RuntimeError, match=r"power.*already walked"):
        y.backward()


def test_saved_values_are_freed_by_the_walk():
    x = tensor(np.ones(1000), requires_grad=True)
    middle = x * 2
    y = (middle * middle).sum()
    saved = weakref.ref(middle._array)
    del middle
    assert saved() is not None
    y.backward()
    assert saved() is None


def test_a_graph_holds_only_what_its_ways_back_need():
    x = tensor(np.ones(1000), requires_grad=True)
    middle = x + 1
    y = middle + 1
    alive = weakref.ref(middle._array)
    del middle
    assert alive() is None and y.requires_grad


# ----------------------------------------------------------------------------------------------- gradients


def _apart(*tensors):
    arrays = [t._array for t in tensors]
    return not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_of_two_leaves_are_never_one_array(create_graph):
    a, b, c = leaf(np.ones((2, 3))), leaf(np.ones(6)), leaf(np.ones((3, 2)))
    g = tensor(np.ones(6))
    y = a.view(6) + b + c.T.reshape(6)
    y.backward(g, create_graph=create_graph)
    assert _apart(a.grad, b.grad, c.grad, g)
    a.grad.detach()[:] = 7.0
    same(b.grad, np.ones(6))
    same(g, np.ones(6))
    results = grad((a + c.T.reshape(2, 3)).sum(), [a, c, a], create_graph=create_graph)
    assert _apart(*results)


def test_every_gradient_can_be_written_to():
    for create_graph in (False, True):
        a, b = leaf(np.ones((2, 3))), leaf(np.ones(3))
        (a.sum() + b.expand(2, 3).sum()).backward(create_graph=create_graph)
        with no_grad():
            a.grad.zero_()
            b.grad.add_(1)
        same(a.grad, np.zeros((2, 3)))
        same(b.grad, [3, 3, 3])


def test_a_gradient_is_not_the_array_that_was_passed_in():
    x = leaf(1.0, 2.0)
    g = np.array([1.0, 1.0])
    x.backward(g)
    x.grad.zero_()
    assert g.tolist() == [1, 1]
    x.grad = None
    (x * 1.0).backward(tensor(g))
    x.grad.zero_()
    assert g.tolist() == [1, 1]


def test_accumulation_rebinds_and_does_not_write():
    x = leaf(1.0)
    (x * 2).backward()
    first = x.grad
    (x * 3).backward()
    same(first, 2.0)
    same(x.grad, 5.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_gradients_have_the_dtype_of_their_leaf(dtype):
    x = tensor([1.0, 2.0], dtype=dtype, requires_grad=True)
    other = tensor([1.0, 2.0], dtype=np.float64, requires_grad=True)
    y = (x * other).sum() + (x * np.array([1, 2])).mean() * 2 + x.sigmoid().max() ** 2 + (np.float64(2) * x).std()
    y.backward()
    assert x.grad.dtype == dtype and other.grad.dtype == np.float64
    y = sum((x.exp(), x * 3, 1 / x, x**2, x.sum() * np.float64(3), x.norm() * 2))
    assert y.dtype == dtype
    y.sum().backward()
    assert x.grad.dtype == dtype


def test_integer_leaves_are_refused():
    for data in ([1, 2], [True], np.array([1], np.uint8)):
        with pytest.raises(RuntimeError, match="floating"):
            tensor(data, requires_grad=True)
    with pytest.raises(RuntimeError, match="floating"):
        tensor([1]).requires_grad_()
    assert not (leaf(1.0) * 2).long().requires_grad
    assert not (leaf(1.0) > 0).requires_grad


# --------------------------------------------------------------------------------- no cycle keeps a graph alive


def _count():
    return sum(issubclass(type(o), (Tensor, Place)) for o in gc.get_objects())


def _plain(w, x):
    ((x @ w).tanh() ** 2).sum().backward()


def _create_graph(w, x):
    (first,) = grad((x @ w).tanh().sum(), w, create_graph=True)
    (first * first).sum().backward()


def _backward_create_graph(w, x):
    (x @ w).tanh().sum().backward(create_graph=True)


def _hooks(w, x):
    y = (x @ w).tanh()
    handle = y.register_hook(lambda g: g * 2)
    w.register_hook(lambda g: g * 2).remove()
    y.retain_grad()
    y.sum().backward()
    assert handle is not None and y.grad is not None


def _views(w, x):
    y = x @ w
    parts = [y[i] for i in range(3)] + [y.T, y.view(-1), w.view(-1), w[0]]
    sum(p.sum() for p in parts).backward()


def _in_place(w, x):
    y = x @ w
    part = y[0]
    part *= 2
    y[1:] += part
    y.mul_(y)
    out = zeros(3, 2, dtype=np.float64)
    for i in range(3):
        out[i] = y[i].sum()
    out.sum().backward()


def _update(w, x):
    ((x @ w) ** 2).sum().backward()
    w.data += -0.01 * w.grad
    with no_grad():
        w -= 0.01 * w.grad
        w[0] *= 0.5
        w.view(-1)[0] = 1


def _not_walked(w, x):
    (x @ w).tanh().split(1)


def _error(w, x):
    try:
        (x @ w) @ w @ w
    except ValueError as error:
        error.__traceback__ = None  # a traceback holds its frames, and those hold it


def _copies(w, x):
    copy.deepcopy(w)
    pickle.loads(pickle.dumps(w))


@pytest.mark.parametrize("step", [
    _plain, _create_graph, _backward_create_graph, _hooks, _views, _in_place, _update, _not_walked, _error,
    _copies,
])  # fmt: skip
def test_a_training_loop_without_a_garbage_collector_does_not_grow(step):
    w, x = leaf(np.ones((2, 2)) * 0.1), tensor(np.ones((3, 2)))

    def run():
        w.grad = None
        step(w, x)
        w.grad = None
        w.requires_grad_(False).requires_grad_()

    run()
    gc.collect()
    gc.disable()
    try:
        before, everything = _count(), len(gc.get_objects())
        for _ in range(30):
            run()
        assert _count() <= before
        assert len(gc.get_objects()) < everything + 30
    finally:
        gc.enable()


def test_a_graph_dies_with_its_last_tensor():
    x = leaf(1.0)
    gc.disable()
    try:
        y = (x * 2).exp()
        node = weakref.ref(y.grad_fn)
        z = y.sum()
        del y
        assert node() is not None
        del z
        assert node() is None
    finally:
        gc.enable()


def test_a_dead_leaf_receives_nothing_and_does_no_harm():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    gone = weakref.ref(x)
    del x
    assert gone() is None
    z.backward()
    same(y.grad, 2.0)


# ---------------------------------------------------------------------------------------------- grad modes


def test_no_grad_records_nothing():
    x = leaf(1.0)
    with no_grad():
        assert not is_grad_enabled()
        y = x * 2
        assert not y.requires_grad and y.grad_fn is None and y.is_leaf
    assert is_grad_enabled() and (x * 2).requires_grad


@pytest.mark.parametrize("mode, expected", [(no_grad, False), (enable_grad, True), (inference_mode, False)])
def test_modes_decorate_with_and_without_parentheses(mode, expected):
    @mode
    def bare():
        """Says so."""
        return is_grad_enabled()

    @mode()
    def called():
        return is_grad_enabled()

    for outer in (True, False):
        with set_grad_enabled(outer):
            assert bare() is expected and called() is expected
            assert is_grad_enabled() is outer
    assert bare.__name__ == "bare" and bare.__doc__ == "Says so."


def test_set_grad_enabled_in_its_three_uses():
    set_grad_enabled(False)
    assert not is_grad_enabled()
    set_grad_enabled(True)
    with set_grad_enabled(False):
        assert not is_grad_enabled()
        with set_grad_enabled(True):
            assert is_grad_enabled()
        assert not is_grad_enabled()
    assert is_grad_enabled()

    @set_grad_enabled(False)
    def off():
        return is_grad_enabled()

    assert is_grad_enabled(), "decorating a function changes nothing by itself"
    assert off() is False and is_grad_enabled()


def test_inference_mode_takes_a_flag():
    with no_grad(), inference_mode(False):
        assert is_grad_enabled()
    with inference_mode(True):
        assert not is_grad_enabled()

    @inference_mode(mode=False)
    def on():
        return is_grad_enabled()

    with no_grad():
        assert on()


def test_whether_it_is_inference_mode():
    def on():
        return is_inference_mode_enabled()

    assert not on()
    with inference_mode():
        assert on() and inference_mode(on)()
        with inference_mode(False):
            assert not on() and is_grad_enabled()
        with no_grad():
            assert on()
    with no_grad():
        assert not on() and inference_mode(on)() and not inference_mode(mode=False)(on)()

    @inference_mode()
    def steps():
        yield on()

    assert list(steps()) == [True] and not on()


def test_modes_are_put_back_after_an_error():
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert is_grad_enabled()

    @no_grad
    def fails():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert is_grad_enabled()
    with pytest.raises(RuntimeError):
        leaf(1.0, 2.0).backward()
    assert is_grad_enabled()


def test_one_mode_object_nests_in_itself_and_a_decorated_function_recurses():
    off = no_grad()
    with off, enable_grad(), off:
        assert not is_grad_enabled()
    assert is_grad_enabled()

    @no_grad()
    def down(n):
        assert not is_grad_enabled()
        return n and down(n - 1)

    assert down(5) == 0 and is_grad_enabled()


def test_a_decorated_generator_holds_the_mode_inside_only():
    @no_grad()
    def draw():
        yield is_grad_enabled()
        yield is_grad_enabled()
        return 7

    seen = []
    for inside in draw():
        seen.append((inside, is_grad_enabled()))
    assert seen == [(False, True), (False, True)]
    assert is_grad_enabled()


def test_threads_have_modes_of_their_own():
    x = leaf(2.0)
    inside, go = threading.Event(), threading.Event()
    found = {}

    def off():
        with no_grad():
            inside.set()
            go.wait(5)
            found["off"] = (x * 2).requires_grad

    def on():
        inside.wait(5)
        found["on"] = (x * 2).requires_grad
        y = x * x
        (found["grad"],) = grad(y, x)
        go.set()

    threads = [threading.Thread(target=f) for f in (off, on)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found["off"] is False and found["on"] is True and is_grad_enabled()
    same(found["grad"], 4.0)


def test_threads_walk_their_own_graphs_at_once():
    results = {}

    def work(seed):
        x = tensor(np.random.default_rng(seed).standard_normal(50), requires_grad=True)
        for _ in range(100):
            x.grad = None
            (x.exp() * x).sum().backward()
        results[seed] = np.allclose(x.grad.numpy(), (np.exp(x.data.numpy()) * (1 + x.data.numpy())))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == dict.fromkeys(range(4), True)


# --------------------------------------------------------------------------------- .data, detach, saved values


def test_data_and_detach_share_memory():
    p = leaf(1.0, 2.0)
    assert np.shares_memory(p.data.numpy(), p.detach().numpy())
    p.data[0] = 5
    same(p, [5, 2])
    assert not p.data.requires_grad and p.requires_grad and p.is_leaf


def test_the_lecture_idiom():
    p = leaf(1.0, 2.0)
    (p * p).sum().backward()
    before = p.grad_fn, id(p)
    p.data += -0.1 * p.grad
    same(p, [0.8, 1.6])
    assert (p.grad_fn, id(p)) == before and p.requires_grad and p.is_leaf
    p.data = p.data - 0.1 * p.grad
    same(p, [0.6, 1.2])
    p.grad = None
    (p * p).sum().backward()
    same(p.grad, [1.2, 2.4])


def test_data_written_between_two_parts_of_a_graph_is_still_one_leaf():
    x = leaf(2.0)
    first = x * 2
    x.data += 1
    second = x * 3
    same(grad(first + second, x)[0], 5.0)


def test_data_of_a_result_cannot_be_exchanged():
    y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match="leaf"):
        y.data = np.zeros(())


_writes = {
    "data": lambda x, part: x.data.__setitem__(0, 9.0),
    "detach": lambda x, part: x.detach().add_(1),
    "view of detach": lambda x, part: x.detach().view(-1)[0].fill_(3),
    "no_grad": lambda x, part: no_grad(lambda: x.mul_(2))(),
    "no_grad setitem": lambda x, part: no_grad(lambda: x.__setitem__(0, 3))(),
    "copy_": lambda x, part: no_grad(lambda: x.copy_(tensor([5.0, 5.0])))(),
    "a view taken before": lambda x, part: no_grad(lambda: part.zero_())(),
}


@pytest.mark.parametrize("write", _writes.values(), ids=_writes)
def test_a_saved_value_that_was_overwritten_raises_with_both_lines(write):
    x = leaf(1.0, 2.0)
    part = x[:1]
    y = (x * x).sum(); saved = here()  # noqa: E702
    write(x, part)
    with pytest.raises(RuntimeError) as error:
        y.backward()
    text = str(error.value)
    assert "mul" in text and "(2,)" in text
    assert f"saved by mul at {__file__}:{saved}" in text
    assert f"overwritten at {__file__}:{write.__code__.co_firstlineno}" in text
    assert x.grad is None


def test_the_lines_of_an_in_place_op_on_the_graph():
    x = leaf(1.0, 2.0)
    y = x * 3
    z = (
        y.exp()
        * y)  # fmt: skip
    y[0] = 5.0; written = here()  # noqa: E702
    with pytest.raises(RuntimeError, match=f"overwritten at .*:{written}"):
        z.sum().backward()


@pytest.mark.parametrize("write", _writes.values(), ids=_writes)
def test_a_write_that_no_derivative_minds_passes(write):
    x = leaf(1.0, 2.0)
    part = x[:1]
    y = (x + 3).sum() + x.reshape(2, 1).mean()
    write(x, part)
    y.backward()
    same(x.grad, [1.5, 1.5])


def test_only_the_way_back_that_is_needed_minds():
    x, c = leaf(1.0, 2.0), tensor([3.0, 4.0], dtype=np.float64)
    y = (x * c).sum()
    with no_grad():
        x.zero_()  # the way back to c would need x; nobody asks for it
    y.backward()
    same(x.grad, [3, 4])


def test_a_constant_that_was_overwritten_raises():
    x, c = leaf(1.0, 2.0), tensor([3.0, 4.0], dtype=np.float64)
    y = (x * c).sum()
    c += 1
    with pytest.raises(RuntimeError, match=r"mul.*overwritten"):
        y.backward()


def test_a_result_that_its_op_saved_minds_too():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y += 1
    with pytest.raises(RuntimeError, match=r"exp.*overwritten"):
        y.sum().backward()
    y = x.exp()
    z = y + 1  # out of place: as the message says
    z.sum().backward()
    same(x.grad, np.exp([1, 2]))


def test_a_write_after_backward_or_before_the_op_is_free():
    x = leaf(1.0, 2.0)
    with no_grad():
        x.add_(1)
    (x * x).sum().backward()
    with no_grad():
        x.add_(1)
    same(x.grad, [4, 6])


def test_a_write_is_caught_by_create_graph_as_well():
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    x.data[0] = 7
    with pytest.raises(RuntimeError, match="overwritten"):
        grad(y, x, create_graph=True)


# ------------------------------------------------------------------------------------ derivatives of any order


def _derivatives(f, x, order):
    values = []
    y = f(x)
    for _ in range(order):
        (y,) = grad(y.sum(), x, create_graph=True)
        values.append(y)
    return values


@pytest.mark.parametrize("f, closed", [
    (lambda x: x**4, [lambda a: 4 * a**3, lambda a: 12 * a**2, lambda a: 24 * a, lambda a: 24 + 0 * a]),
    (lambda x: x.sin(), [np.cos, lambda a: -np.sin(a), lambda a: -np.cos(a), np.sin]),
    (lambda x: x.exp(), [np.exp] * 4),
    (lambda x: 1 / x, [lambda a: -1 / a**2, lambda a: 2 / a**3, lambda a: -6 / a**4, lambda a: 24 / a**5]),
    (lambda x: x.log(), [lambda a: 1 / a, lambda a: -1 / a**2, lambda a: 2 / a**3, lambda a: -6 / a**4]),
    (lambda x: (x * x).reshape(3, 1).T * 1, [lambda a: 2 * a, lambda a: 2 + 0 * a, lambda a: 0 * a, lambda a: 0 * a]),
])  # fmt: skip
def test_derivatives_up_to_the_fourth(f, closed):
    a = np.array([0.5, 1.5, 2.0])
    found = _derivatives(lambda x: f(x) + 0 * x**5, leaf(a), 4)
    for derivative, expected in zip(found, closed, strict=True):
        np.testing.assert_allclose(derivative.detach().numpy(), expected(a), rtol=1e-10, atol=1e-10)


def test_third_derivatives_agree_with_pytorch(torch):
    rng = np.random.default_rng(0)
    x, w, b = rng.standard_normal((3, 4)), rng.standard_normal((4, 2)), rng.standard_normal(2)

    def third(library, x, w, b, autograd_grad):
        y = library.sigmoid(library.tanh(x @ w + b)).sum()
        for _ in range(2):
            gx, gw = autograd_grad(y, (x, w), create_graph=True)
            y = (gx * gx).sum() + (gw**3).sum()
        return autograd_grad(y, (x, w, b))

    class Ours:
        sigmoid, tanh = staticmethod(sigmoid), np.tanh

    ours = third(Ours, *(leaf(a) for a in (x, w, b)), grad)
    theirs = third(torch, *(torch.tensor(a, requires_grad=True) for a in (x, w, b)), torch.autograd.grad)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-11, atol=1e-13)


def test_backward_with_create_graph_gives_gradients_that_can_be_walked():
    x = leaf(3.0)
    (x**3).backward(create_graph=True)
    assert x.grad.requires_grad and not x.grad.is_leaf
    first = x.grad
    x.grad = None
    first.backward()
    same(x.grad, 18.0)


def test_a_penalty_on_the_gradient():
    x, w = leaf(1.0, 2.0), leaf(3.0, -1.0)
    y = ((x * w).tanh()).sum()
    (gx,) = grad(y, x, create_graph=True)
    ((gx * gx).sum() + y).backward()
    a, c = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    t, s = np.tanh(a * c), 1 - np.tanh(a * c) ** 2
    same(w.grad, 2 * (c * s) * (s + c * (-2 * t * s) * a) + s * a, rtol=1e-10)


def test_values_that_died_are_computed_again():
    x = leaf(0.3, 0.7)
    y = ((x.exp() * 2).sin() + 1).log().sum()  # nothing in between is alive
    first, second = _derivatives(lambda x: ((x.exp() * 2).sin() + 1).log(), x, 2)
    step = 1e-5
    a = x.detach().numpy()

    def slope(a):
        return np.cos(2 * np.exp(a)) * 2 * np.exp(a) / (np.sin(2 * np.exp(a)) + 1)

    same(first, slope(a), rtol=1e-10)
    same(second, (slope(a + step) - slope(a - step)) / (2 * step), rtol=1e-6)
    same(grad(y, x)[0], slope(a), rtol=1e-10)


# ------------------------------------------------------------------------------------------------- grad()


def test_grad_leaves_dot_grad_alone():
    x = leaf(2.0)
    (g,) = grad(x * x, x)
    same(g, 4.0)
    assert x.grad is None and not g.requires_grad


def test_grad_of_several_outputs_with_grad_outputs():
    x = leaf(2.0, 3.0)
    y, z = x * x, x * 10
    (g,) = grad([y, z], [x], [tensor([1.0, 0.0], dtype=np.float64), np.array([0.5, 2.0])])
    same(g, [4 + 5, 20])
    same(grad([(x * x).sum(), x.sum()], x)[0], [5, 7])
    same(grad(x * x, x, tensor([1.0, 2.0], dtype=np.float64))[0], [4, 12])
    with pytest.raises(ValueError, match=r"2 for 1|one gradient per tensor"):
        grad(x * x, x, [np.ones(2), np.ones(2)])


def test_grad_with_respect_to_what_is_no_leaf():
    x = leaf(2.0)
    y = x * x
    z = y * y
    gy, gx, gz = grad(z, [y, x, z])
    same(gy, 8.0)
    same(gx, 32.0)
    same(gz, 1.0)


def test_grad_of_an_unused_input():
    x, unused = leaf(2.0), leaf(np.ones((2, 3)))
    y = x * x
    with pytest.raises(RuntimeError, match="allow_unused"):
        grad(y, [x, unused], retain_graph=True)
    gx, none = grad(y, [x, unused], allow_unused=True, retain_graph=True)
    same(gx, 4.0)
    assert none is None
    gx, zero = grad(y, [x, unused], materialize_grads=True)
    same(zero, np.zeros((2, 3)))


def test_grad_frees_only_what_it_walked():
    x, w = leaf(2.0), leaf(3.0)
    y = x.exp() * w.exp()
    grad(y, w)  # the branch of x was not walked
    with pytest.raises(RuntimeError, match="retain_graph"):
        grad(y, w)
    z = x.exp() * w.exp()
    grad(z, w, retain_graph=True)
    same(grad(z, x)[0], np.exp(5))


def test_grad_refuses_what_it_cannot_answer():
    x, c = leaf(1.0, 2.0), tensor([1.0, 2.0])
    with pytest.raises(RuntimeError, match="single number"):
        grad(x * 2, x)
    with pytest.raises(RuntimeError, match="does not require grad"):
        grad(x.sum(), c)
    with pytest.raises(RuntimeError, match="does not require grad"):
        grad(c.sum(), x)
    with pytest.raises(TypeError):
        grad(x.sum(), 3.0)
    with pytest.raises(ValueError, match=r"\(2,\)"):
        grad(x * 2, x, tensor(np.ones(3)))


# ----------------------------------------------------------------------------------------------- backward()


def test_backward_with_a_gradient():
    x = leaf(1.0, 2.0)
    (x * x).backward(np.array([1.0, 10.0]))
    same(x.grad, [2, 40])
    with pytest.raises(ValueError, match="shape"):
        (x * x).backward(np.ones(3))
    with pytest.raises(RuntimeError, match=r"\(2,\).*sum"):
        (x * x).backward()


def test_backward_accumulates():
    x = leaf(1.0, 2.0)
    for _ in range(3):
        (x * x).sum().backward()
    same(x.grad, [6, 12])


def test_backward_to_chosen_inputs():
    x, w = leaf(2.0), leaf(3.0)
    y = x * w
    z = y * w
    z.backward(inputs=[x, y], retain_graph=True)
    same(x.grad, 9.0)
    same(y.grad, 3.0)
    assert w.grad is None
    z.backward(inputs=w)
    same(w.grad, 12.0)


def test_backward_on_a_leaf_and_on_what_has_no_graph():
    x = leaf(2.0)
    x.backward()
    same(x.grad, 1.0)
    with pytest.raises(RuntimeError, match=r"no_grad.*requires_grad=True"):
        tensor(2.0).backward()
    with no_grad():
        y = x * 2
    with pytest.raises(RuntimeError, match="requires_grad"):
        y.backward()


def test_backward_works_inside_no_grad():
    x = leaf(2.0)
    y = x * x
    with no_grad():
        y.backward()
    same(x.grad, 4.0)
    assert not x.grad.requires_grad


def test_a_leaf_frozen_after_the_forward_pass_receives_nothing():
    x, w = leaf(2.0), leaf(3.0)
    y = x * w
    x.requires_grad_(False)
    y.backward()
    assert x.grad is None
    same(w.grad, 2.0)


# --------------------------------------------------------------------------------------- hooks and retain_grad


def test_retain_grad():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad and not x.retains_grad
    (y * 3).backward()
    same(y.grad, 3.0)
    assert not y.grad.requires_grad
    assert y.grad._array is not x.grad._array
    x.retain_grad()  # a leaf keeps its gradient anyway
    with pytest.raises(RuntimeError, match="require"):
        tensor(1.0).retain_grad()


def test_without_retain_grad_an_interior_tensor_has_none():
    x = leaf(2.0)
    y = x * x
    y.backward()
    assert y.grad is None and not y.retains_grad


def test_hooks_run_in_order_and_see_what_the_former_returned():
    x = leaf(2.0)
    y = x * x
    seen = []
    y.register_hook(lambda g: seen.append(("a", g.item())))
    y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: seen.append(("b", g.item())))
    y.backward()
    assert seen == [("a", 1.0), ("b", 10.0)]
    same(x.grad, 40.0)


def test_hooks_on_a_leaf_see_the_whole_gradient_once():
    x = leaf(2.0)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    x.register_hook(lambda g: -g)
    (x * x + x).backward()
    assert seen == [5.0]
    same(x.grad, -5.0)


def test_a_removed_hook_is_silent():
    x, seen = leaf(2.0), []
    handle = x.register_hook(lambda g: seen.append(1))
    with x.register_hook(lambda g: seen.append(2)):
        (x * 1).backward()
    handle.remove()
    handle.remove()
    (x * 1).backward()
    assert seen == [1, 2]


def test_hooks_whose_handles_were_dropped_all_run():
    x, seen = leaf(2.0), []
    for i in range(10):
        x.register_hook(lambda g, i=i: seen.append(i))
    (x * 1).backward()
    assert seen == list(range(10))


def test_a_hook_must_return_a_gradient_of_the_right_shape():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"hook.*\(2,\)"):
        (x * 1).sum().backward()
    with pytest.raises(RuntimeError, match="does not require grad"):
        tensor(1.0).register_hook(print)


def test_hooks_with_create_graph_are_part_of_the_graph():
    x = leaf(2.0)
    y = x * x
    y.register_hook(lambda g: g * x)  # dL/dy = x, so dL/dx = 2x²
    (first,) = grad(y, x, create_graph=True)
    same(first, 8.0)
    same(grad(first, x)[0], 8.0)


def test_hooks_reach_grad_and_retained_gradients():
    x = leaf(2.0)
    y = x * x
    y.register_hook(lambda g: g * 10)
    y.retain_grad()
    gy, gx = grad(y * 1, [y, x])
    same(gy, 10.0)
    same(gx, 40.0)
    same(y.grad, 10.0)


def test_what_a_hook_keeps_is_not_the_gradient_itself():
    x, kept = leaf(2.0, 3.0), []
    x.register_hook(kept.append)
    (x * x).sum().backward()
    x.grad.zero_()
    same(kept[0], [4, 6])


def test_hooks_on_one_of_several_outputs():
    x = leaf(3.0, 1.0)
    values, _ = sort(x)
    values.register_hook(lambda g: g * 10)
    values.sum().backward()
    same(x.grad, [10, 10])


# --------------------------------------------------------------------------------------- the graph, looked at


def test_is_leaf_grad_fn_and_next_functions():
    x, c = leaf(2.0), tensor(3.0, dtype=np.float64)
    y = x * c
    z = y + x
    assert x.is_leaf and c.is_leaf and not y.is_leaf
    assert x.grad_fn is None and c.grad_fn is None
    assert z.grad_fn.op.name == "add" and y.grad_fn.name() == "MulBackward0"
    (first, _), (second, _) = z.grad_fn.next_functions
    assert first is y.grad_fn and second.name() == "AccumulateGrad"
    (place, _), (constant, _) = y.grad_fn.next_functions
    assert place is second and constant is None
    assert sort(leaf(2.0, 1.0))[0].grad_fn.name() == "SortBackward0"
    assert "mul" in repr(y.grad_fn) and __file__ in repr(y.grad_fn)


def test_requires_grad_can_be_switched_on_leaves_only():
    x = tensor([1.0])
    x.requires_grad = True
    assert x.requires_grad and x.is_leaf
    y = x * 2
    y.requires_grad_()  # it does already
    with pytest.raises(RuntimeError, match=r"mul.*detach"):
        y.requires_grad = False
    x.requires_grad_(False)
    assert not (x * 2).requires_grad


def test_detach_underscore():
    x = leaf(1.0, 2.0)
    y = (x * 2).detach_()
    assert not y.requires_grad and y.is_leaf
    with pytest.raises(RuntimeError, match="view"):
        (x * 2)[0].detach_()


# ------------------------------------------------------------------------------------- NumPy's two protocols


@pytest.mark.parametrize("f, expected", [
    (lambda t: np.tanh(t), lambda a: 1 - np.tanh(a) ** 2),
    (lambda t: np.float32(2) * t, lambda a: 2 + 0 * a),
    (lambda t: np.float64(2) * t, lambda a: 2 + 0 * a),
    (lambda t: t * np.float64(2), lambda a: 2 + 0 * a),
    (lambda t: np.array([2.0, 3.0]) * t, lambda a: np.array([2.0, 3.0])),
    (lambda t: t * np.array([2.0, 3.0]), lambda a: np.array([2.0, 3.0])),
    (lambda t: np.array([2.0, 3.0]) - t, lambda a: -1 + 0 * a),
    (lambda t: np.array([2.0, 3.0]) / t, lambda a: -np.array([2.0, 3.0]) / a**2),
    (lambda t: np.array([2.0, 3.0]) ** t, lambda a: np.log([2.0, 3.0]) * np.array([2.0, 3.0]) ** a),
    (lambda t: np.array([[1.0, 2.0], [3.0, 4.0]]) @ t, lambda a: np.array([4.0, 6.0])),
    (lambda t: t @ np.array([[1.0, 2.0], [3.0, 4.0]]), lambda a: np.array([3.0, 7.0])),
    (lambda t: np.concatenate([t, np.zeros(2), t]), lambda a: 2 + 0 * a),
    (lambda t: np.stack([t, t * 2]), lambda a: 3 + 0 * a),
    (lambda t: np.where(np.array([True, False]), t, 0.0), lambda a: np.array([1.0, 0.0])),
    (lambda t: np.where(t > 1, t * 3, t), lambda a: np.where(a > 1, 3.0, 1.0)),
    (lambda t: np.add.reduce(t), lambda a: 1 + 0 * a),
    (lambda t: np.multiply.reduce(t), lambda a: a[::-1]),
    (lambda t: np.add.accumulate(t), lambda a: np.array([2.0, 1.0])),
    (lambda t: np.sum(t, axis=0), lambda a: 1 + 0 * a),
    (lambda t: np.mean(t, 0, keepdims=True), lambda a: 0.5 + 0 * a),
    (lambda t: np.linalg.norm(t), lambda a: a / np.linalg.norm(a)),
    (lambda t: np.einsum("i,i->", t, t), lambda a: 2 * a),
    (lambda t: np.clip(t, 0, 1.2), lambda a: (a < 1.2) * 1.0),
    (lambda t: np.expand_dims(t, 0).reshape(-1), lambda a: 1 + 0 * a),
    (lambda t: np.maximum(t, 1.0), lambda a: (a > 1) * 1.0),
    (lambda t: np.copy(t), lambda a: 1 + 0 * a),
    (lambda t: np.dot(t, t), lambda a: 2 * a),
    (lambda t: np.outer(t, t), lambda a: 2 * a.sum() + 0 * a),
    (lambda t: np.power(t, 3), lambda a: 3 * a**2),
    (lambda t: np.pad(t, 1), lambda a: 1 + 0 * a),
    (lambda t: np.sort(t)[:1], lambda a: np.array([1.0, 0.0])),
    (lambda t: np.std(t), lambda a: (a - a.mean()) / (2 * a.std())),
])  # fmt: skip
def test_numpys_functions_record(f, expected):
    a = np.array([0.5, 1.5])
    x = leaf(a)
    y = f(x)
    assert isinstance(y, Tensor) and y.requires_grad and y.dtype == np.float64
    y.sum().backward()
    same(x.grad, expected(a))


def test_numpys_functions_on_a_tensor_without_grad_return_tensors():
    t = tensor([1.0, 2.0])
    assert isinstance(np.exp(t), Tensor) and np.exp(t).dtype == np.float32
    assert np.shape(t) == (2,) and np.ndim(t) == 1 and np.size(t) == 2
    assert isinstance(np.zeros_like(t), Tensor) and isinstance(np.isnan(t), Tensor)


def test_out_is_refused():
    t, array = leaf(1.0, 2.0), np.zeros(2)
    for call in (
        lambda: np.add(t, 1, out=array),
        lambda: np.add(array, 1, out=t),
        lambda: operator.iadd(array, t),
        lambda: np.add.reduce(t, out=np.zeros(())),
    ):
        with pytest.raises(TypeError, match=r"out=.*past the graph"):
            call()
    assert array.tolist() == [0, 0]


def test_an_unknown_numpy_function_is_refused_with_what_is_nearest():
    t = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match=r"np\.nancumsum met a tensor.*nearest: .*sum.*\n.*op\(np\.nancumsum\)"):
        np.nancumsum(t)
    with pytest.raises(TypeError, match=r"np\.gcd.*no op answers"):
        np.gcd(t, t)
    with pytest.raises(TypeError, match="no op answers"):
        np.multiply.at(t, [0], 1)
    with pytest.raises(TypeError, match="no op answers"):
        np.subtract.outer(t, t)


def test_arrays_of_tensors():
    t = tensor([1.0, 2.0])
    assert np.asarray(t).tolist() == [1, 2] and np.array(t, dtype=np.float64).dtype == np.float64
    assert np.shares_memory(np.asarray(t), t.numpy()) and not np.shares_memory(np.array(t), t.numpy())
    assert np.array([t, t]).tolist() == [[1, 2], [1, 2]]
    with pytest.raises(ValueError):
        np.asarray(tensor([1.0, 2.0]), dtype=np.float64, copy=False)
    for convert in (np.asarray, np.array, lambda t: np.array([t, t]), lambda t: np.zeros(2).__setitem__(..., t)):
        with pytest.raises(RuntimeError, match=r"\.detach\(\)\.numpy\(\)"):
            convert(leaf(1.0, 2.0))
    with pytest.raises(RuntimeError, match=r"\.detach\(\)\.numpy\(\)"):
        leaf(1.0).numpy()
    assert leaf(1.0, 2.0).numpy(force=True).tolist() == [1, 2]


def test_numpy_shares_memory():
    t = tensor([1.0, 2.0])
    t.numpy()[0] = 7
    assert t.tolist() == [7, 2]
    array = np.zeros(2)
    from_numpy(array)[0] = 3
    assert array.tolist() == [3, 0]


def test_dlpack_with_numpy():
    t = tensor([1.0, 2.0])
    array = np.from_dlpack(t)
    assert np.shares_memory(array, t.numpy())
    back = from_dlpack(np.arange(3.0))
    assert isinstance(back, Tensor) and back.tolist() == [0, 1, 2]
    with pytest.raises(BufferError, match="detach"):
        np.from_dlpack(leaf(1.0))


def test_dlpack_with_pytorch(torch):
    t = tensor([[1.0, 2.0], [3.0, 4.0]])
    theirs = torch.from_dlpack(t)
    theirs[0, 0] = 9
    assert t.tolist() == [[9, 2], [3, 4]]
    ours = from_dlpack(torch.arange(4.0))
    assert ours.tolist() == [0, 1, 2, 3] and ours.dtype == np.float32


# -------------------------------------------------------------------------------------------- copies, pickles


class Special(Tensor):
    """A subclass with something of its own."""


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_leaves_are_copied_whole(duplicate):
    x = Special([1.0, 2.0], requires_grad=True)
    x.note = {"a": [1]}
    (x * x).sum().backward()
    y = duplicate(x)
    assert type(y) is Special and y.requires_grad and y.is_leaf and y.note == {"a": [1]} and y.note is not x.note
    same(y.grad, [2, 4])
    assert not np.shares_memory(y._array, x._array) and not np.shares_memory(y.grad._array, x.grad._array)
    (y * 3).sum().backward()
    same(y.grad, [5, 7])
    same(x.grad, [2, 4])
    assert not duplicate(tensor([1])).requires_grad and duplicate(tensor([1])).dtype == np.int64
    transposed = tensor(np.arange(6.0).reshape(2, 3)).T
    same(duplicate(transposed), transposed.numpy())


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickle.dumps], ids=["copy", "pickle"])
def test_results_are_not_copied(duplicate):
    y = leaf(1.0, 2.0) * 2
    with pytest.raises(RuntimeError, match=r"leaves.*mul.*detach"):
        duplicate(y)


def test_deepcopy_keeps_what_is_shared_shared():
    x = leaf(1.0)
    first, second = copy.deepcopy([x, x])
    assert first is second


def test_tensors_travel_between_processes():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        back, total = pool.map(copy.copy, [x, tensor([3])])
    assert back.requires_grad and total.tolist() == [3]
    same(back, [1, 2])
    same(back.grad, [2, 4])


# -------------------------------------------------------------------------------------------- ops of the user


@pytest.fixture
def scratch():
    """What a test registers is forgotten again."""
    names, functions, methods = dict(registry), dict(answers), set(vars(Tensor))
    yield
    for kept, now in ((names, registry), (functions, answers)):
        now.clear()
        now.update(kept)
    for name in set(vars(Tensor)) - methods:
        delattr(Tensor, name)


def test_an_op_of_the_users_own_in_five_lines(scratch):
    @op(elementwise=True, promote="float", method="softsign")
    def softsign(x):
        """z = x / (1 + |x|)"""
        def dx(g): return g / (1 + np.abs(x)) ** 2
        return x / (1 + np.abs(x)), dx

    a = np.array([-2.0, 0.5, 3.0])
    x = leaf(a)
    first, second = _derivatives(lambda x: x.softsign(), x, 2)
    same(first, 1 / (1 + abs(a)) ** 2)
    same(second, -2 * np.sign(a) / (1 + abs(a)) ** 3)
    assert softsign(np.array([1.0])).tolist() == [0.5], "on arrays it is plain NumPy"
    assert softsign(tensor([1])).dtype == np.float32
    assert softsign.__doc__ and softsign.__name__ == "softsign" and registry["softsign"].formula
    assert leaf(1.0).softsign().grad_fn.op.name == "softsign"


def test_an_op_that_answers_for_a_numpy_function(scratch):
    @op(np.cosh, elementwise=True, name="my_cosh")
    def cosh(x):
        def dx(g): return g * np.sinh(x)
        return np.cosh(x), dx

    assert np.cosh(leaf(1.0)).grad_fn.op.name == "my_cosh"


@pytest.mark.parametrize("keep", [
    lambda x: lambda g, x=x: 2 * g * x,
    lambda x: functools.partial(lambda x, g: 2 * g * x, x),
    lambda x: (lambda kept: lambda g: 2 * g * kept["x"])({"x": x}),
    lambda x: (lambda kept: lambda g: 2 * g * kept[0][0])([[x]]),
])  # fmt: skip
def test_saved_values_are_seen_wherever_a_way_back_keeps_them(scratch, keep):
    @op(elementwise=True)
    def squared(x):
        return x * x, keep(x)

    x = leaf(1.0, 2.0)
    y = squared(x).sum()
    x.data[0] = 5
    with pytest.raises(RuntimeError, match=r"squared.*overwritten"):
        y.backward()


def test_saved_values_are_seen_in_closures_of_closures(scratch):
    @op(elementwise=True)
    def squared(x):
        def double(g): return 2 * g * x
        def dx(g): return double(g)
        return x * x, dx

    x = leaf(1.0, 2.0)
    y = squared(x).sum()
    x.data[0] = 5
    with pytest.raises(RuntimeError, match=r"squared.*overwritten"):
        y.backward()


def test_an_op_with_static_arguments_and_two_values(scratch):
    @op()
    def scaled(x, y, *, by=2.0, back=False):
        def dx(g): return by * (g[0] if g[0] is not None else 0 * g[1])
        def dy(g): return by * (g[1] if g[1] is not None else 0 * g[0])
        return (x * by, y * by), dx, dy

    x, y = leaf(1.0), leaf(2.0)
    first, second = scaled(x, y, by=3.0)
    grads = grad(first + second, [x, y])
    same(grads[0], 3.0)
    same(grads[1], 3.0)
    same(grad(scaled(x, y)[1], [x, y])[0], 0.0)
    with pytest.raises(TypeError, match="scaled: no argument 'bye'; it takes x, y, by, back"):
        scaled(x, y, bye=1)
    with pytest.raises(TypeError, match="scaled: argument 'y' is missing"):
        scaled(x)
    with pytest.raises(TypeError, match="scaled: at most 4 arguments, got 5"):
        scaled(x, y, 1, 2, 3)
    with pytest.raises(TypeError, match="scaled: argument 'by' was given twice"):
        scaled(x, y, 1.0, by=2.0)
    with pytest.raises(TypeError, match=r"scaled: by is a fixed setting.*detach"):
        scaled(x, y, by=leaf(2.0))


def test_a_way_back_of_a_wrong_shape_raises_and_names_the_op(scratch):
    @op()
    def total(x):
        def dx(g): return g
        return np.sum(x), dx

    with pytest.raises(RuntimeError, match=r"total: a way back.*expected \(2,\), got \(\).*formula of total"):
        total(leaf(1.0, 2.0)).backward()

    @op(elementwise=True)
    def odd(x):
        def dx(g): return np.stack([g, g, g])[:, :1]
        return x * 2, dx

    with pytest.raises(RuntimeError, match="odd: a way back"):
        odd(leaf(1.0, 2.0)).sum().backward()


def test_a_formula_with_the_wrong_number_of_ways_back_raises(scratch):
    @op()
    def few(x, y):
        return x * y, lambda g: g * y

    @op()
    def many(x):
        return x * 2, lambda g: g * 2, lambda g: g

    @op()
    def none(x):
        return x * 2

    @op()
    def several(x, y):
        return (x * y, x), lambda g: g[0] * y

    x = leaf(1.0, 2.0, 3.0)
    for call in (lambda: few(x, x), lambda: many(x), lambda: none(x), lambda: several(x, x), lambda: none(x.detach())):
        with pytest.raises(TypeError, match=r"^(few|many|none|several): a formula returns"):
            call()


def test_ways_back_that_are_not_needed_do_not_run(scratch):
    calls = []

    @op(elementwise=True)
    def noted(x, y):
        def dx(g):
            calls.append("x")
            return g * y
        def dy(g):
            calls.append("y")
            return g * x
        return x * y, dx, dy

    noted(leaf(1.0), tensor(2.0, dtype=np.float64)).backward()
    assert calls == ["x"]
    x, y = leaf(1.0), leaf(2.0)
    grad(noted(x, y), y)
    assert calls == ["x", "y"]


def test_a_gradient_is_summed_over_broadcast_axes():
    x, y = leaf(np.ones((3, 1))), leaf(np.ones((2, 1, 4)))
    (x * y).sum().backward()
    same(x.grad, np.full((3, 1), 8))
    same(y.grad, np.full((2, 1, 4), 3))
    z = leaf(1.0)
    (z + np.ones((2, 3))).sum().backward()
    same(z.grad, 6.0)


# ------------------------------------------------------------------------------------------------- quietness


@pytest.mark.parametrize("settings", [{}, {"all": "raise"}, {"all": "warn"}])
def test_ops_are_quiet_forward_and_backward(settings):
    zero, big = leaf(0.0, 1.0, dtype=np.float32), leaf(1e30, 200.0, dtype=np.float32)
    with warnings.catch_warnings(), np.errstate(**settings):
        warnings.simplefilter("error")
        before = np.geterr()
        for f in (
            lambda: zero.log(), lambda: zero / zero, lambda: 1 / zero, lambda: big.exp(), lambda: big * big,
            lambda: zero.sqrt(), lambda: zero**-1, lambda: zero.log().sigmoid(), lambda: big.sum() * 1e30,
            lambda: (zero / zero).max() + zero.norm(), lambda: big * np.float64(1e300), lambda: tensor([1e300]) + zero,
            lambda: (big * np.array([1e300, 1.0])).to(np.float32), lambda: big.to(np.float16), lambda: zero.std(),
        ):  # fmt: skip
            y = f()
            grad(y.sum(), [zero, big], create_graph=True, allow_unused=True)
            f().sum().backward()
        (big.exp() * tensor([float("nan"), 1])).long()
        tensor([0.0, 1.0])[tensor([0.0, 1.0]) > 0].fill_(1e300)
        x = tensor([1.0, 2.0])
        x[0] = np.float64(1e300)
        x += tensor([1e300, 0])
        x.copy_(np.array([1e300, 0.0]))
        assert np.geterr() == before


def test_the_users_numpy_settings_stay_as_they_were_after_an_error():
    with np.errstate(divide="raise", over="warn"):
        before = np.geterr()
        with pytest.raises(ValueError):
            leaf(1.0, 2.0) @ leaf(1.0, 2.0, 3.0)
        x = leaf(1.0, 2.0)
        y = x * x
        x.data += 1
        with pytest.raises(RuntimeError):
            y.sum().backward()
        assert np.geterr() == before
        with pytest.raises(FloatingPointError):
            np.ones(1) / np.zeros(1)


def test_seterr_of_the_user_still_holds_for_arrays():
    old = np.seterr(divide="raise")
    try:
        (leaf(1.0) / 0.0).backward()
        with pytest.raises(FloatingPointError):
            np.ones(1) / np.zeros(1)
        assert np.geterr()["divide"] == "raise"
    finally:
        np.seterr(**old)


# --------------------------------------------------------------------------------------------- agreement with PyTorch


def _network(library, x, w1, b1, w2, tanh):
    hidden = tanh(x @ w1 + b1)
    scores = hidden @ w2
    return ((scores - scores.mean()) ** 2).sum() + (hidden * hidden).mean() + scores.max()


def test_a_network_agrees_with_pytorch(torch):
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(s).astype(np.float32) for s in ((5, 4), (4, 3), (3,), (3, 2))]
    ours = [tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, z = _network(None, *ours, np.tanh), _network(None, *theirs, torch.tanh)
    y.backward()
    z.backward()
    assert y.item() == pytest.approx(z.item(), rel=1e-5)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_the_line_of_an_op_called_from_c():
    x = leaf(1.0, 2.0)
    y = functools.reduce(operator.mul, [x, x, x]); line = here()  # noqa: E702
    assert f"{__file__}:{line}" in repr(y.grad_fn)
