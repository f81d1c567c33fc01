"""explain: the paths by which a gradient arrived are all there are, and they sum to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as torch
from tinygrad_edu import nn
from tinygrad_edu.explain import explain, recording

from .networks import ALL, Recurrent, made

UNARY = ("sin", "tanh", "exp", "square")
BINARY = ("add", "mul", "sub")


@pytest.fixture(autouse=True)
def _same_stream_afterwards():
    before = torch.get_rng_state()
    yield
    torch.set_rng_state(before)


def leaf(*values):
    return torch.tensor(values if len(values) > 1 else values[0], requires_grad=True)


# ---- known paths -------------------------------------------------------------------------------------------


def test_two_paths_with_their_contributions():
    x = leaf(3.0)
    with recording(x=x):
        y = x * 5 + x.square()
        y.backward()
    told = explain(x)
    assert told.every_path and told.count == 2 and told.exact and told.agrees and told.off_by == 0
    assert sorted(p.contribution.item() for p in told.paths) == [5.0, 6.0] and told.grad == x.grad.item() == 11
    assert [[hop.op for hop in p.hops] for p in told.paths] == [["add", "square"], ["add", "mul"]]
    line = test_two_paths_with_their_contributions.__code__.co_firstlineno + 3
    assert {hop.line for p in told.paths for hop in p.hops} == {f"tests/explain/test_paths.py:{line}"}
    assert "x a number: a gradient arrived by 2 paths" in str(told) and "the same, to the last bit" in str(told)


def test_paths_are_told_apart_behind_a_place_where_they_met():
    x = leaf(2.0)
    with recording(x=x):
        h = x * 3
        (h.sin() + h * 7).backward()
    told = explain(x)
    assert told.every_path and len(told.paths) == 2
    np.testing.assert_allclose(sorted(p.contribution for p in told.paths), sorted([3 * np.cos(6.0), 21.0]), rtol=1e-6)


def test_an_argument_that_is_broadcast_and_several_values_of_an_op():
    x, w = leaf(1.0, 2.0), leaf(3.0)
    with recording(x=x, w=w):
        a, b = x.split(1)
        (a * b * w + (x * w).sum() + b.exp()).sum().backward()
    for tensor, count in ((x, 4), (w, 2)):
        told = explain(tensor)
        assert told.every_path and told.count == len(told.paths) == count and told.agrees
        np.testing.assert_allclose(sum(p.contribution for p in told.paths), tensor.grad.numpy(), rtol=1e-6)


def test_a_tensor_inside_the_graph():
    x = leaf(2.0)
    with recording():
        h = x.square()
        h.retain_grad()
        (h * h).backward()
    told = explain(h)
    assert told.name == "the result of op 0 (square)" and [p.contribution.item() for p in told.paths] == [4, 4]
    assert told.exact and told.grad == 8
    with recording():
        h = x.square()
        (h * h).backward()
    assert explain(h).grad is None and "retain_grad()" in str(explain(h))


def test_a_graph_that_is_kept():
    x = leaf(2.0)
    y = x * x * x
    told = explain(x, y)
    assert told.exact and told.count == 3 and told.together == 12 and x.grad is None
    y.backward()  # it is still there
    assert x.grad.item() == 12


# ---- they sum to .grad, and it says so ---------------------------------------------------------------------


OPS = st.tuples(st.sampled_from(UNARY + BINARY), st.integers(0, 50), st.integers(0, 50))


@given(st.lists(OPS, min_size=1, max_size=9))
def test_the_paths_of_any_graph_sum_to_the_gradient(ops):
    x = torch.tensor([0.3, -0.7], dtype=torch.float64, requires_grad=True)
    paths = [1]  # from x to each tensor
    with recording(x=x):
        tensors = [x]
        for name, i, j in ops:
            i, j = i % len(tensors), j % len(tensors)
            if name in UNARY:
                tensors.append(getattr(tensors[i].tanh(), name)())
            else:
                tensors.append(getattr(torch, name)(tensors[i].tanh(), tensors[j].tanh()))
            paths.append(paths[i] + (paths[j] if name in BINARY else 0))
        tensors[-1].sum().backward()
    told = explain(x, most=20)
    assert told.count == paths[-1] and told.every_path is (paths[-1] <= 20) and told.agrees
    np.testing.assert_allclose(sum(p.contribution for p in told.paths), x.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(told.together, x.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ALL)
def test_the_gradients_of_networks(kind):
    network, cost, _, (inputs, *wanted) = made(kind)
    network.zero_grad()
    with recording(network):
        outputs = network(*inputs) if isinstance(inputs, tuple) else network(inputs)
        cost(outputs, *wanted).backward()
    for name, parameter in network.named_parameters():
        told = explain(parameter)
        assert told.name == name
        if parameter.grad is None:
            assert told.paths == [] and "no gradient arrived" in str(told)
        else:
            assert told.agrees, str(told)
            together = sum(p.contribution for p in told.paths)
            np.testing.assert_allclose(together, parameter.grad.numpy(), rtol=1e-4, atol=1e-7)


def test_too_many_paths_become_what_came_by_each_op():
    x = leaf(1.0)
    with recording(x=x):
        h = x
        for _ in range(40):
            h = h + h.sin()
        h.backward()
    told = explain(x)
    assert not told.every_path and told.count == 2**40 and len(told.paths) == 2 and told.exact
    assert "1,099,511,627,776 paths led there, too many to list" in str(told)


def test_several_walks_and_a_gradient_zeroed_between_them():
    x = leaf(2.0)
    with recording(x=x):
        (x * 3).backward()
        x.square().backward()
    assert explain(x).exact and explain(x).grad == 7 and explain(x).count == 2
    with recording(x=x):
        (x * 3).backward()
        x.grad = None
        x.square().backward()
    assert explain(x).exact and explain(x).grad == 4 and explain(x).count == 1


def test_it_says_so_where_they_do_not_sum_to_it():
    x = leaf(2.0)
    with recording(x=x):
        (x * 3).backward()
    x.grad += 1
    told = explain(x)
    assert not told.agrees and not told.exact and told.off_by == 1 and "NOT the same, by 1" in str(told)


def test_a_hook_that_changes_a_gradient_on_the_way():
    x = leaf(2.0)
    with recording(x=x):
        h = x.square()
        h.register_hook(lambda g: g * 2)
        (h.sin() + h).backward()
    told = explain(x)  # the paths would not sum to it; what arrived does
    assert not told.every_path and told.exact and "a hook or a later write" in str(told)


def test_what_a_step_has_overwritten_becomes_arrivals():
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    with recording(network):
        network(torch.ones(1, 2)).sum().backward()
        optimizer.step()
    told = explain(network[0].weight)
    assert not told.every_path and told.exact
    assert explain(network[1].bias).every_path


def test_of_a_traced_step_the_paths_are_still_known():
    from tinygrad_edu.explain import trace_step

    network, cost, optimizer, batch = made(ALL[0])
    step = trace_step(network, cost, optimizer, batch)
    now = network[4].weight.detach().numpy().copy()
    told = step.explain(network[0].weight)
    assert told.every_path and told.exact
    assert [hop.layer for hop in told.paths[0].hops[-6:]] == list("543210")
    np.testing.assert_array_equal(network[4].weight.detach().numpy(), now)


def test_what_can_be_explained():
    with pytest.raises(RuntimeError, match="a tensor that requires grad expected, got one that does not"):
        explain(torch.ones(2))
    with pytest.raises(RuntimeError, match="got int"):
        explain(3)
    x = leaf(1.0)
    assert "no gradient arrived" in str(explain(x))
    told = explain(x, x * 2).to_json()
    assert told["count"] == 1 and told["paths"][0]["contribution"]["values"] == 2.0
    assert told["paths"][0]["hops"][0]["op"] == "mul" and "<pre>" in explain(x)._repr_html_()


def test_recurrent_paths_go_back_through_time():
    network = Recurrent()
    network.cell = nn.RNN(3, 6, batch_first=True)
    x = torch.randn(2, 4, 3)
    with recording(network, input=x):
        network(x).sum().backward()
    told = explain(network.cell.weight_hh_l0)
    assert told.agrees and len(told.paths) == 1 + 2 + 3 + 4  # each moment, by its own state and by all later ones
    told = [path for path in told.paths if path.contribution.any()]  # only the last state was used
    assert len({len(path.hops) for path in told}) == len(told) == 3  # ever longer; before the first there was nothing


def test_derivatives_of_derivatives():
    x = leaf(3.0)
    with recording(x=x):
        (slope,) = torch.autograd.grad(x * x * x, x, create_graph=True)
        slope.backward()  # 3x², so 6x
    told = explain(x)
    assert told.agrees and told.grad == 18


def test_written_in_place():
    network = nn.Linear(2, 2)
    with recording(network):
        y = network(torch.ones(3, 2))
        y.mul_(2)
        y.sum().backward()
    assert explain(network.bias).exact and explain(network.bias).grad.tolist() == [6, 6]
