"""A traced step is the plain step, to the last bit, and what it tells are the numbers of that step."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.explain import Step, trace_step
from tinygrad_edu.graph import mode
from tinygrad_edu.nn import functional as F

from .networks import ALL, Recurrent, convolution, digit, made, plain_step, recurrent


@pytest.fixture(autouse=True)
def _same_stream_afterwards():
    before = torch.get_rng_state()
    yield
    torch.set_rng_state(before)


@pytest.fixture
def digit_step():
    parts = made(digit)
    return (*parts, trace_step(*parts, picture=(28, 28)))


def bits(network, optimizer):
    """All that a step changes, to the last bit."""
    found = {name: t.numpy().tobytes() for name, t in network.state_dict().items()}
    for name, p in network.named_parameters():
        found[f"{name}.grad"] = None if p.grad is None else p.grad.numpy().tobytes()
    for number, memory in optimizer.state_dict()["state"].items():
        for key, value in memory.items():
            found[f"{number} {key}"] = value.numpy().tobytes() if isinstance(value, torch.Tensor) else value
    return found | {"random numbers": torch.get_rng_state().numpy().tobytes(), "training": network.training}


# ---- the step itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_the_step_leaves_what_a_plain_step_leaves(kind):
    parts = made(kind)
    plain_step(*parts)
    expected = bits(parts[0], parts[2])
    parts = made(kind)
    trace_step(*parts)
    assert bits(parts[0], parts[2]) == expected


@pytest.mark.parametrize("kind", ALL)
def test_its_numbers_are_those_of_the_plain_step(kind):
    parts = made(kind)
    before = {name: p.detach().numpy().copy() for name, p in parts[0].named_parameters()}
    outputs, value = plain_step(*parts)
    gradients = {name: p.grad for name, p in parts[0].named_parameters()}
    after = {name: p.detach().numpy().copy() for name, p in parts[0].named_parameters()}

    step = trace_step(*made(kind))
    np.testing.assert_array_equal(step.forward.outputs[0], outputs.detach().numpy())
    assert step.cost.value == step.again.before == value.item()
    assert [p.name for p in step.backward.parameters] == list(gradients)
    for told, update in zip(step.backward.parameters, step.update.parameters, strict=True):
        gradient = gradients[told.name]
        if gradient is None:
            assert told.gradient is None and told.largest == [] and update.length == 0
        else:
            np.testing.assert_array_equal(told.gradient, gradient.numpy())
            nudge = told.largest[0]
            assert abs(nudge.gradient) == np.abs(gradient.numpy()).max()
            assert gradient.numpy()[tuple(nudge.index)] == np.float32(nudge.gradient)
        np.testing.assert_array_equal(update.before, before[told.name])
        np.testing.assert_array_equal(update.after, after[told.name])
        moved = np.linalg.norm(after[told.name].astype(float) - before[told.name])
        assert update.length == pytest.approx(moved)
        assert update.ratio == pytest.approx(moved / np.linalg.norm(before[told.name].astype(float)))
        for move in update.largest:
            assert (move.old, move.new) == (before[told.name][tuple(move.index)], after[told.name][tuple(move.index)])


@pytest.mark.parametrize("kind", ALL)
def test_what_the_ways_back_brought_sums_to_each_gradient(kind):
    step = trace_step(*made(kind))
    for parameter in step.backward.parameters:
        came = [way.passed for way in step.backward.ways if way.to == parameter.name]
        assert bool(came) is (parameter.gradient is not None)
        if came:
            np.testing.assert_allclose(sum(came), parameter.gradient, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("kind", ALL)
def test_a_number_that_made_another_times_a_slope_is_that_other(kind):
    step = trace_step(*made(kind))
    for way in step.backward.ways:
        index = tuple(way.largest["index"])
        assert way.largest["value"] == way.passed[index] and abs(way.passed[index]) == np.abs(way.passed).max()
        if "came" in way.largest:
            assert way.largest["came"] * way.largest["slope"] == pytest.approx(way.largest["value"])
            assert way.largest["came"] in way.arrived


@pytest.mark.parametrize("kind", ALL)
def test_the_cost_again_is_that_of_the_same_batch_and_the_same_random_numbers(kind):
    parts = made(kind)
    stream = torch.get_rng_state()
    step = trace_step(*parts)
    network, cost, _, (inputs, *wanted) = parts
    torch.set_rng_state(stream)
    with torch.no_grad():
        outputs = network(*inputs) if isinstance(inputs, tuple) else network(inputs)
        assert step.again.after == cost(outputs, *wanted).item()
    assert step.again.change == step.again.after - step.again.before


def test_desires_are_the_gradient_of_the_cost_by_the_outputs_turned_around():
    network, cost, optimizer, (x, wanted) = made(digit)
    outputs = network(x)
    (slope,) = torch.autograd.grad(cost(outputs, wanted), outputs)
    step = trace_step(network, cost, optimizer, (x, wanted))
    np.testing.assert_array_equal(step.backward.desires, -slope.numpy())
    assert [want.by for want in step.backward.wants] == (-slope.numpy()[0]).tolist()
    three = step.backward.wants[3]
    assert three.by > 0 and re.fullmatch(r"the 3 wants up by \d\.\d+", three.text)
    assert all(want.by < 0 and " down by " in want.text for want in step.backward.wants if want.index != 3)


def test_the_terms_of_the_cost_are_squares_one_by_one(digit_step):
    (_, _, _, (_, wanted), step) = digit_step
    outputs = step.forward.outputs[0][0]
    assert step.cost.summed_by == "sum" and len(step.cost.terms) == 10
    for term, output, want in zip(step.cost.terms, outputs, wanted.numpy()[0], strict=True):
        assert (term.output, term.wanted) == (output, want)
        assert term.term == pytest.approx((output - want) ** 2, rel=1e-6)
    assert sum(term.term for term in step.cost.terms) == pytest.approx(step.cost.value, rel=1e-6)


def test_a_cost_that_is_no_sum_of_terms_shows_its_ops():
    step = trace_step(*made(recurrent))
    assert step.cost.terms == [] and step.cost.ops[-1].outputs[-1] == np.float32(step.cost.value)
    assert "cross_entropy" in [op.op for op in step.cost.ops]


# ---- what is told ------------------------------------------------------------------------------------------


def test_ops_and_layers_in_order(digit_step):
    step = digit_step[-1]
    assert [op.op for op in step.forward.ops] == ["linear", "sigmoid"] * 3
    assert [op.layer for op in step.forward.ops] == list("012345")
    assert step.forward.ops[2].inputs == ["op 1", "2.weight", "2.bias"]
    assert [(layer.name, layer.kind, layer.depth) for layer in step.forward.layers[:3]] == [
        ("", "Sequential", 0), ("0", "Linear", 1), ("1", "Sigmoid", 1)]
    assert step.forward.layers[0].ops == [0, 1, 2, 3, 4, 5] and step.forward.layers[3].ops == [2]
    np.testing.assert_array_equal(step.forward.layers[2].outputs[0], step.forward.ops[1].outputs[0])
    assert step.forward.tallest == step.forward.outputs[0].argmax()


def test_lines_are_the_users_and_of_our_layers_their_own():
    line = Recurrent.forward.__code__.co_firstlineno + 2
    assert trace_step(*made(recurrent)).forward.ops[-1].line == f"tests/explain/networks.py:{line}"
    step = trace_step(*made(digit))
    assert step.forward.ops[0].line.startswith("tinygrad_edu/nn/linear.py:")
    assert re.fullmatch(r"tests/explain/networks.py:\d+", step.cost.ops[0].line)
    sigmoid = next(way for way in step.backward.ways if way.op == "sigmoid")
    assert sigmoid.rule == "g * (z * (ONE[z.dtype] - z))"
    assert re.fullmatch(r"tinygrad_edu/ops/elementwise/\w+.py:\d+", sigmoid.rule_line)


def test_nudges_name_layer_neuron_and_pixel(digit_step):
    step = digit_step[-1]
    by_name = {p.name: p.largest[0] for p in step.backward.parameters}
    neuron, pixel = by_name["0.weight"].index
    assert by_name["0.weight"].text == f"neuron {neuron} of layer 0, from pixel {divmod(pixel, 28)}"
    neuron, source = by_name["2.weight"].index
    assert by_name["2.weight"].text == f"neuron {neuron} of layer 2, from neuron {source} of layer 1"
    assert by_name["4.bias"].text == f"bias of neuron {by_name['4.bias'].index[0]} of layer 4"
    kernel = trace_step(*made(convolution)).backward.parameters[0].largest[0]
    out, _, i, j = kernel.index
    assert kernel.text == f"kernel {out} of layer 0, on channel 0, at ({i}, {j})"


def test_printed_it_tells_all_four_phases(digit_step):
    text = str(digit_step[-1])
    step = digit_step[-1]
    for part in ("1  forward", "2  cost", "3  backward", "4  update", step.again.text, "13,002 numbers",
                 f"it says {step.forward.tallest}", "dL/dw = gᵀ x", step.backward.wants[3].text,
                 "SGD, learning rate 0.05", "the cost is 2."):
        assert part in text
    assert max(map(len, text.splitlines())) < 150
    page = step._repr_html_()
    assert page.count("<h3>") == 4 and step.again.text in page and "<script" not in page and "http" not in page
    assert page.count("fill-opacity=") == int((step.trace.inputs[0] > 0.02).sum())  # the pixels of the picture
    assert step.to_html("A step").startswith("<!doctype html>")


@pytest.mark.parametrize("kind", ALL)
def test_every_network_prints_draws_itself_and_is_json(kind):
    step = trace_step(*made(kind))
    assert step.again.text in str(step) and step.again.text in step._repr_html_()
    assert step.draw().svg.startswith("<svg")
    told = json.loads(json.dumps(step.to_json(), allow_nan=False))
    assert told["format"] == 1 and told["phases"] == ["forward", "cost", "backward", "update"]
    assert told["cost"]["value"] == step.cost.value and len(told["backward"]["ways"]) == len(step.backward.ways)


def test_json_holds_arrays_up_to_a_limit(digit_step):
    step = digit_step[-1]
    told = step.to_json()
    pixels = told["inputs"][0]
    assert pixels["shape"] == [1, 784] and pixels["dtype"] == "float32" and len(pixels["values"][0]) == 784
    weights = told["update"]["parameters"][0]["before"]
    assert weights["values"] is None and weights["shape"] == [16, 784]
    assert weights["norm"] == pytest.approx(np.linalg.norm(step.update.parameters[0].before), rel=1e-5)
    assert step.to_json(limit=20_000)["update"]["parameters"][0]["before"]["values"] is not None


def test_the_page_of_to_json_names_every_field(digit_step):
    def keys(x):
        found = set()
        if isinstance(x, dict):
            found |= set(x).union(*map(keys, x.values())) if "dtype" not in x else set(x)
        elif isinstance(x, list):
            found |= set().union(*map(keys, x))
        return found

    documented = set(re.findall(r'"(\w+)"', Step.to_json.__doc__))
    told = keys(digit_step[-1].to_json())
    assert told <= documented
    assert documented - told <= {"nan", "inf", "input"}  # which are values


def test_one_of_a_batch_is_shown():
    parts = made(convolution)
    step = trace_step(*parts, example=2, classes=["a", "b", "c", "d", "e"])
    assert [bar.value for bar in step.forward.bars] == step.forward.outputs[0][2].tolist()
    assert [bar.name for bar in step.forward.bars] == list("abcde")
    assert [want.by for want in step.backward.wants] == step.backward.desires[2].tolist()
    assert "example 2 of 6 is shown" in str(step)


# ---- steps that go wrong -----------------------------------------------------------------------------------


def test_a_step_that_is_too_long_says_so():
    network, cost, _, batch = made(digit)
    step = trace_step(network, lambda *x: cost(*x) * 1e-3 + network[0].bias.square().sum() * 100,
                      optim.SGD(network.parameters(), lr=1.0), batch)
    assert step.again.after > step.again.before and not step.again.better
    assert step.again.text.startswith("more wrong: ") and "smaller learning rate" in step.again.text


def test_no_step_at_all():
    network, cost, _, batch = made(digit)
    step = trace_step(network, cost, optim.SGD(network.parameters(), lr=0.0), batch)
    assert step.again.text.startswith("exactly as wrong as before") and step.update.length == 0


def test_not_a_number():
    network, cost, optimizer, (x, wanted) = made(digit)
    step = trace_step(network, cost, optimizer, (x * math.nan, wanted))
    assert step.again.text.startswith("no longer a number") and "nan" in str(step) and step._repr_html_()
    told = json.loads(json.dumps(step.to_json(), allow_nan=False))
    assert told["cost"]["value"] == "nan" and told["forward"]["bars"][0]["value"] == "nan"


def test_parameters_that_the_optimizer_does_not_hold():
    network, cost, _, batch = made(digit)
    step = trace_step(network, cost, optim.SGD(network[4].parameters(), lr=0.1), batch)
    assert [p.optimized for p in step.update.parameters] == [False] * 4 + [True] * 2
    assert "not in the optimizer" in str(step)


def test_a_cost_must_be_one_number():
    network, _, optimizer, batch = made(digit)
    with pytest.raises(ValueError, match=r"one number.*got shape \(1, 10\)"):
        trace_step(network, lambda outputs, wanted: outputs - wanted, optimizer, batch)
    assert mode.observer is None and all(not module._hooks for module in network.modules())
    lazy = nn.LazyLinear(2)
    with pytest.raises(ValueError, match="lazy layers that have seen no input"):
        trace_step(lazy, lambda outputs: outputs.sum(), optim.SGD(lazy.parameters(), lr=0.1), torch.ones(1, 3))
    with pytest.raises(IndexError, match="example must be one of 1"):
        trace_step(*made(digit), example=1)


def test_hooks_and_observers_are_left_as_they_were():
    network, cost, optimizer, batch = made(digit)
    seen = []
    network[0].register_forward_hook(lambda *_: seen.append(1))
    with torch.profiler.profile() as prof:
        inside = mode.observer
        trace_step(network, cost, optimizer, batch)
        assert mode.observer is inside
    assert len(network[0]._hooks) == 1 and network[1]._hooks is None
    assert {"linear", "backward: linear"} <= {event.key for event in prof.key_averages()}  # it saw the ops as well


def test_a_large_step_is_told_in_short():
    torch.manual_seed(0)
    network = nn.Sequential(*[nn.Linear(4, 4) for _ in range(120)])
    optimizer = optim.SGD(network.parameters(), lr=0.1)
    step = trace_step(network, F.mse_loss, optimizer, (torch.rand(2, 4), torch.rand(2, 4)))
    assert "… 80 more" in str(step) and len(step.to_json()["forward"]["ops"]) == 120


def test_an_op_that_mixes_its_numbers_names_no_single_slope():
    network = nn.Sequential(nn.Linear(3, 4), nn.LogSoftmax(-1))
    optimizer = optim.SGD(network.parameters(), lr=0.1)
    step = trace_step(network, F.nll_loss, optimizer, (torch.rand(1, 3), torch.tensor([2])))
    mixes = next(way for way in step.backward.ways if way.op == "log_softmax")
    assert mixes.arrived.shape == mixes.passed.shape and "came" not in mixes.largest
