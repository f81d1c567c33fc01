"""draw_graph: the picture shows the graph, boxes do not overlap, and large graphs are folded."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_edu as torch
from tinygrad_edu import nn
from tinygrad_edu.explain import draw_graph, recording, trace_step
from tinygrad_edu.explain.layout import layout
from tinygrad_edu.explain.numbers import brief
from tinygrad_edu.utils.checkpoint import checkpoint

from .networks import ALL, digit, made

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _same_stream_afterwards():
    before = torch.get_rng_state()
    yield
    torch.set_rng_state(before)


def boxes(picture):
    """Of each box: its kind, its lines, and (left, top, right, bottom)."""
    found = []
    for group in ET.fromstring(picture.svg).iter(f"{SVG}g"):
        rect = {k: float(v) for k, v in group.find(f"{SVG}rect").attrib.items()}
        sides = rect["x"], rect["y"], rect["x"] + rect["width"], rect["y"] + rect["height"]
        lines = ["".join(text.itertext()) for text in group.findall(f"{SVG}text")]
        found.append((group.get("class"), lines, sides))
    return found


def arrows(picture):
    """Of each arrow: its first point and its last."""
    paths = [p.get("d") for p in ET.fromstring(picture.svg).findall(f"{SVG}path")]
    return [tuple(np.reshape([float(n) for n in re.findall(r"-?\d+", d)], (-1, 2))[[0, -1]]) for d in paths]


def check(picture):
    """What holds of every picture."""
    found = boxes(picture)
    assert picture.svg.startswith("<svg ") and len(found) == picture.boxes
    width, height = map(float, re.search(r'viewBox="0 0 (\d+) (\d+)"', picture.svg).groups())
    for (_, lines, a), (_, _, b) in itertools.combinations(found, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] or b[3] <= a[1], f"{lines} overlaps"
    for _, lines, (left, top, right, bottom) in found:
        assert left >= 0 and top >= 0 and right <= width and bottom <= height
        assert max(map(len, lines)) * 6.6 <= right - left, f"{lines} sticks out"
    for start, end in arrows(picture):
        assert start[1] < end[1]  # down
        for point, side in ((start, 3), (end, 1)):
            assert any(b[0] <= point[0] <= b[2] and abs(b[side] - point[1]) <= 3 for _, _, b in found)
    return picture


def test_a_small_graph_shows_op_shape_data_and_grad():
    x, w = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0], requires_grad=True)
    with recording(x=x, w=w):
        y = (x * w).sum()
        y.backward()
    picture = check(draw_graph(y))
    told = {(kind, *lines) for kind, lines, _ in boxes(picture)}
    assert told == {
        ("input", "x", "(2,)", "data 1  2"), ("parameter", "w", "(2,)", "data 3  4", "grad 1  2"),
        ("op", "mul", "(2,)", "data 3  8", "grad 1  1"), ("op", "sum", "a number", "data 11", "grad 1")}
    assert len(arrows(picture)) == 3 and repr(picture).startswith("<picture of a graph")
    assert picture._repr_svg_() == str(picture) == picture.svg


def test_without_a_recording_values_and_gradients_are_found_as_well():
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    a, b = (w * 2).split(1)
    y = (a * b).sum()
    picture = check(draw_graph(y))
    told = {lines[0]: lines[1:] for _, lines, _ in boxes(picture)}
    assert told["mul"] in (["(1,)", "data 48", "grad 1"], ["(2,)", "data 6  8", "grad 8  6"])
    assert told["leaf"] == ["(2,)", "data 3  4", "grad 16  12"] and w.grad is None
    y.backward()  # the graph is still there; when it has been walked, gradients inside it are not known any more
    told = {lines[0]: lines[1:] for _, lines, _ in boxes(check(draw_graph(y)))}
    assert told["leaf"] == ["(2,)", "data 3  4", "grad 16  12"] and told["sum"] == ["a number", "data 48"]


@pytest.mark.parametrize("kind", ALL)
def test_every_network(kind):
    network, cost, _, (inputs, *wanted) = made(kind)
    network.zero_grad()
    with recording(network):
        outputs = network(*inputs) if isinstance(inputs, tuple) else network(inputs)
        value = cost(outputs, *wanted)
        value.backward()
    for fold in (None, False, 1, 0):
        check(draw_graph(value, fold=fold))
    told = {lines[0]: lines for _, lines, _ in boxes(draw_graph(value, fold=False))}
    for name, parameter in network.named_parameters():
        if parameter.grad is not None and name in told:
            assert f"grad {brief(parameter.grad.numpy())}" in told[name]


def test_a_traced_step_draws_the_numbers_before_it():
    network, cost, optimizer, batch = made(digit)
    before = network[0].weight.detach().numpy().copy()
    step = trace_step(network, cost, optimizer, batch)
    told = {lines[0]: lines for _, lines, _ in boxes(check(step.draw()))}
    assert f"data {brief(before)}" in told["0.weight"] and "sigmoid 1" in told and "wanted" in told


def test_a_large_graph_is_folded_by_module():
    network = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0), 16)
    with recording(network):
        cost = network(torch.randn(3, 2, 8)).square().mean()
        cost.backward()
    picture = check(draw_graph(cost))
    assert picture.places > 500 and picture.boxes <= 25
    titles = [lines[0] for kind, lines, _ in boxes(picture) if kind == "module"]
    assert titles == [f"layers.{i} TransformerEncoderLayer" for i in range(16)]
    assert all(any(re.fullmatch(r"600 numbers, grad .* long", line) for line in lines)
               for kind, lines, _ in boxes(picture) if kind == "module")
    whole = check(draw_graph(cost, fold=False))
    assert whole.boxes >= whole.places > 500
    assert check(draw_graph(cost, most=400)).boxes <= 400


def test_a_large_graph_without_modules_is_folded_into_stretches():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x
    for _ in range(170):
        h = (h * x).tanh() + 1
    picture = check(draw_graph(h.sum()))
    assert picture.places > 500 and 5 <= picture.boxes <= 60
    assert any("again" in lines[0] for _, lines, _ in boxes(picture))  # x stands beside each who reads it


def test_colours_are_the_pages_own():
    svg = draw_graph(torch.ones(1, requires_grad=True) * 2).svg
    assert "fill: currentColor" in svg and "prefers-color-scheme: dark" in svg and "var(--graph-module" in svg
    assert not re.search(r'(?:fill|stroke)="#', svg)


def test_names_that_are_markup():
    x = torch.ones(1, requires_grad=True)
    with recording(**{"<b>&": x}):
        y = x * 2
    assert any(lines[0] == "<b>&" for _, lines, _ in boxes(draw_graph(y)))


def test_behind_a_checkpoint_values_are_not_known():
    x = torch.ones(3, requires_grad=True)
    y = checkpoint(torch.tanh, x, use_reentrant=False).sum()
    told = {lines[0]: lines[1:] for _, lines, _ in boxes(check(draw_graph(y)))}
    assert len(told) == 3 and told["leaf"][:2] == ["(3,)", "data 1  1  1"] and told["sum"][0] == "a number"


def test_saving(tmp_path):
    picture = draw_graph(torch.ones(1, requires_grad=True) * 2)
    picture.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == picture.svg


def test_what_can_be_drawn():
    with pytest.raises(RuntimeError, match="with a graph behind it expected, got one without"):
        draw_graph(torch.ones(2))
    assert check(draw_graph(torch.ones(2, requires_grad=True))).boxes == 1  # a leaf alone


# ---- the layout alone --------------------------------------------------------------------------------------


def test_a_tree_is_laid_out_without_crossings():
    things = list("abcdefg")
    links = [("a", "e"), ("c", "e"), ("b", "f"), ("d", "f"), ("e", "g"), ("f", "g")]
    placed = layout(things, links, dict.fromkeys(things, 10.0), 5)
    rows = [list(layer) for layer in placed.layers]
    assert {frozenset(rows[0][:2]), frozenset(rows[0][2:])} == {frozenset("ac"), frozenset("bd")}
    assert placed.at["g"] == pytest.approx((placed.at["e"] + placed.at["f"]) / 2)


def test_an_arrow_that_skips_a_layer_bends_around():
    placed = layout(list("abc"), [("a", "b"), ("b", "c"), ("a", "c")], dict.fromkeys("abc", 10.0), 5)
    assert [len(route) for route in placed.routes] == [2, 2, 3]
    bend = placed.routes[2][1]
    assert abs(placed.at[bend] - placed.at["b"]) >= 10
