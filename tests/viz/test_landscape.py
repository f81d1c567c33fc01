"""The landscape, the path on it, and their pictures."""

import io
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

import tinygrad_edu as torch
from tinygrad_edu import nn, viz
from tinygrad_edu.viz import drawing
from tinygrad_edu.viz.directions import main_directions, on_plane, random_directions
from tinygrad_edu.viz.setting import Dials

from .networks import NETWORKS, batch_of, squares


def made(name="sigmoids", seed=0):
    torch.manual_seed(seed)
    return NETWORKS[name].made()


def bits(model):
    return [t.numpy(force=True).tobytes() for t in (*model.parameters(), *model.buffers())]


class Two(nn.Module):
    """Two numbers, whose cost is 3a² + b."""

    def __init__(self, a=2.0, b=5.0):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.tensor([a])), nn.Parameter(torch.tensor([b]))

    def forward(self, x):
        return 3 * self.a**2 + self.b + 0 * x


def given(outputs, wanted):
    return outputs.mean()


NOTHING = (torch.zeros(1), torch.zeros(1))


# ---- the heights -------------------------------------------------------------------------------------------

def test_a_landscape_that_is_known():
    found = viz.landscape(Two(), given, NOTHING, directions=([1, 0], [0, 1]), points=5, span=2.0)
    a, b = 2 + found.x[None, :], 5 + found.y[:, None]
    assert found.x.tolist() == found.y.tolist() == [-2, -1, 0, 1, 2]
    assert np.allclose(found.cost, 3 * a**2 + b) and found.here == 17.0 and found.directions == "given"


def test_a_line_that_is_known():
    found = viz.landscape(Two(), given, NOTHING, between=([0, 0], Two(a=2.0, b=4.0)), points=7)
    assert np.allclose(found.x, np.linspace(-0.25, 1.25, 7))
    assert np.allclose(found.cost, 3 * (2 * found.x) ** 2 + 4 * found.x)
    assert "no hill" in str(found)
    hill = viz.landscape(Two(), lambda o, w: -o.mean(), NOTHING, between=([-1, 0], {"a": np.ones(1), "b": np.zeros(1)}))
    assert hill.cost.max() == 0.0 and "a hill of 3" in str(hill)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_middle_is_the_model_itself_and_it_stays_as_it_is(name):
    model, (inputs, wanted, _) = made(name), batch_of(name, 50)
    before, stream = bits(model), torch.get_rng_state()
    found = viz.landscape(model, NETWORKS[name].cost_of, (inputs, wanted), points=5)
    assert found.cost[2, 2] == found.here == NETWORKS[name].cost_of(model(inputs), wanted).item()
    assert (np.delete(found.cost.ravel(), 12) != found.here).all()
    assert bits(model) == before and torch.equal(stream, torch.get_rng_state()) and model.training
    assert found.numbers == sum(p.numel() for p in model.parameters()) and found.examples == 50


def test_an_error_leaves_the_model_as_it_was():
    model, (inputs, wanted, _) = made(), batch_of("sigmoids", 10)
    before, calls = bits(model), []

    def fails(outputs, wanted):
        calls.append(bits(model))
        if len(calls) == 7:
            raise KeyboardInterrupt
        return squares(outputs, wanted)

    with pytest.raises(KeyboardInterrupt):
        viz.landscape(model, fails, (inputs, wanted), points=5)
    assert bits(model) == before and calls[-1] != before and torch.is_grad_enabled()


def test_a_graph_from_before_stays_good():
    model, (inputs, wanted, _) = made(), batch_of("sigmoids", 10)
    cost = squares(model(inputs), wanted)
    expected = torch.autograd.grad(cost, list(model.parameters()), retain_graph=True)
    viz.landscape(model, squares, (inputs, wanted), points=3)
    again = torch.autograd.grad(cost, list(model.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(expected, again, strict=True))
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("training", [False, True])
def test_batch_statistics_and_dropout_are_put_back(training):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 1)).eval()
    model[3].train()
    x = torch.rand(20, 4)
    before, stream = bits(model), torch.get_rng_state()
    found = viz.landscape(model, squares, (x, torch.rand(20, 1)), points=3, training=training)
    stream_after = torch.get_rng_state()
    assert bits(model) == before and [m.training for m in model] == [False, False, False, True, False]
    torch.set_rng_state(stream)
    torch.rand(20, 1)
    assert torch.equal(stream_after, torch.get_rng_state())
    assert found.cost[1, 1] == found.here           # the same dropout everywhere


def test_what_stands_still_is_not_moved():
    model, (inputs, wanted, _) = made(), batch_of("sigmoids", 10)
    model[0].requires_grad_(False)
    found = viz.landscape(model, squares, (inputs, wanted), points=3)
    assert found.numbers == 13_002 - 784 * 16 - 16


# ---- directions --------------------------------------------------------------------------------------------

def test_random_directions_are_as_long_as_each_neuron():
    model = made("conv")
    dials = Dials(model)
    one, other = random_directions(dials, dials.read(), seed=3)
    for own, part in zip(model.parameters(), dials.parts(one), strict=True):
        own = own.numpy(force=True)
        rows = (lambda x: x.reshape(len(x), -1)) if own.ndim > 1 else (lambda x: x.reshape(1, -1))
        assert np.allclose(np.linalg.norm(rows(own), axis=1), np.linalg.norm(rows(part), axis=1), rtol=1e-5)
    assert abs(one @ other) < 0.1 * np.linalg.norm(one) * np.linalg.norm(other)
    assert np.array_equal(one, random_directions(dials, dials.read(), seed=3)[0])
    assert not np.array_equal(one, random_directions(dials, dials.read(), seed=4)[0])


def test_main_directions_hold_a_flat_path():
    stream = np.random.default_rng(0)
    flat = stream.normal(size=(9, 2)) @ np.linalg.qr(stream.normal(size=(30, 2)))[0].T
    origin = flat[-1]
    plane = main_directions(flat, origin)
    assert np.allclose(plane @ plane.T, np.eye(2))
    places, share = on_plane(flat, origin, plane)
    assert share == pytest.approx(1) and np.allclose(places @ plane + origin, flat) and (places[0] >= 0).all()
    bent = flat.copy()
    bent[3] += stream.normal(size=30)
    left = bent - origin
    along = np.linalg.svd(left)[1] ** 2
    assert on_plane(bent, origin, main_directions(bent, origin))[1] == pytest.approx(along[:2].sum() / along.sum())


# ---- the path ----------------------------------------------------------------------------------------------

def walked(name="sigmoids", steps=60, **options):
    model, (inputs, wanted, _) = made(name), batch_of(name, 40)
    path = viz.Path(model, **options)
    for _ in range(steps):                          # a loop without an optimizer
        cost = NETWORKS[name].cost_of(model(inputs), wanted)
        for p, g in zip(model.parameters(), torch.autograd.grad(cost, list(model.parameters())), strict=True):
            p.data -= 0.2 * g
        path(cost)
    return model, path, (inputs, wanted)


def test_a_path_begins_before_the_first_step_and_is_bounded():
    model, path, _ = walked(most=10)
    assert path.steps == list(range(0, 61, 8)) and path.taken == 60 and path.every == 8
    assert np.array_equal(path.settings[0], Dials(made()).read())
    assert np.isnan(path.costs[0]) and np.diff(path.costs[1:]).max() < 0
    assert "8 settings of 13,002 numbers" in repr(path)
    assert viz.Path(model, megabytes=0.2).most == 4
    with pytest.raises(ValueError, match="megabytes"):
        viz.Path(model, megabytes=0.01)
    with pytest.raises(ValueError, match="most"):
        viz.Path(model, most=1)


@pytest.mark.parametrize("name", ["sigmoids", "conv", "recurrent"])
def test_a_walk_on_its_own_plane(name):
    model, path, data = walked(name, steps=30, every=4)
    found = viz.landscape(model, NETWORKS[name].cost_of, data, path=path, points=5)
    walk = found.walk
    assert found.directions == "main" and walk.steps == [0, 4, 8, 12, 16, 20, 24, 28, 30]
    assert 0.9 < walk.share <= 1 and abs(walk.x[-1]) + abs(walk.y[-1]) < 1e-9
    assert walk.cost[-1] == walk.height[-1] == found.here
    assert walk.cost[0] == pytest.approx(NETWORKS[name].cost_of(made(name)(data[0]), data[1]).item(), rel=1e-6)
    assert found.x[0] < walk.x.min() and walk.x.max() < found.x[-1] and walk.y.max() < found.y[-1]
    assert np.interp(0, found.x, found.cost[np.abs(found.y).argmin()]) == pytest.approx(found.here, rel=0.2)


def test_a_walk_seen_from_random_directions_hardly_moves():
    model, path, data = walked(steps=30)
    found = viz.landscape(model, squares, data, path=path, directions="random", points=5)
    assert found.walk.share < 0.05 and "hold" in str(found) and found.x.tolist() == [-1, -0.5, 0, 0.5, 1]


# ---- what is shown -----------------------------------------------------------------------------------------

def test_json():
    model, path, data = walked(steps=12)
    found = viz.landscape(model, squares, data, path=path, points=5)
    found.cost[1, 2] = np.nan
    figures = json.loads(found.json())
    assert set(figures) == {"kind", "directions", "x", "y", "cost", "here", "walk", "numbers", "examples", "says"}
    assert figures["kind"] == "plane" and figures["cost"][1][2] is None and figures["cost"][0][1] == found.cost[0, 1]
    assert set(figures["walk"]) == {"steps", "x", "y", "cost", "height", "share"}
    assert any("mislead" in s or "way around" in s for s in figures["says"]) and "not finite" in str(found)
    line = viz.landscape(model, squares, data, between=(path.settings[0], model), points=5)
    assert set(json.loads(line.json())) == {"kind", "x", "cost", "numbers", "examples", "says"}


def test_pictures_are_whole_and_in_place():
    model, path, data = walked(steps=12)
    for found in (viz.landscape(model, squares, data, path=path, points=9),
                  viz.landscape(model, squares, data, between=(path.settings[0], model), points=9)):
        root = ET.fromstring(found.svg())
        width, height = (float(x) for x in root.get("viewBox").split()[2:])
        drawn = " ".join(path.get("d") for path in root.iter("{http://www.w3.org/2000/svg}path"))
        places = [float(x) for x in re.findall(r"-?[\d.]+", drawn)]
        assert places and min(places) >= 0
        assert max(places[::2]) <= width and max(places[1::2]) <= height
        page = found._repr_html_()
        assert found.svg() in page and "way around" in page and "http" not in page.replace("http://www.w3.org", "")


def test_costs_that_are_not_finite_are_grey():
    cost = np.array([[1.0, np.inf], [np.nan, 2.0]])
    levels, steps = drawing.heights(cost)
    assert drawing.colours(levels)[0, 1].tolist() == drawing.colours(levels)[1, 0].tolist() == [128] * 3
    assert steps[0] == 1 and steps[-1] == 2 and levels[0, 0] == 0 and levels[1, 1] == 1
    plane = viz.landscape(Two(), lambda o, w: float("nan"), NOTHING, points=3, directions=([1, 0], [0, 1]))
    line = viz.landscape(Two(), lambda o, w: float("nan"), NOTHING, between=([0, 0], [1, 1]))
    assert "none of 9" in str(plane) and "not finite" in str(line)
    assert ET.fromstring(plane.svg()) is not None and ET.fromstring(line.svg()) is not None


def test_png():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(drawing.png(pixels)))), pixels)


def test_contours_lie_at_their_height():
    rows, columns = np.mgrid[:6, :7]
    for levels in (1.0 * columns, 2.0 * rows + columns, np.hypot(rows - 2.2, columns - 3.1)):
        pieces = drawing.contours(levels, 2.3)
        assert pieces
        for point in np.concatenate([np.stack(ends) for ends in pieces]):
            (column, row), (right, below) = np.floor(point).astype(int), np.ceil(point).astype(int)
            corners = levels[[row, row, below, below], [column, right, column, right]]
            assert corners.min() - 1e-9 <= 2.3 <= corners.max() + 1e-9
    assert np.allclose([p[0] for ends in drawing.contours(1.0 * columns, 2.3) for p in ends], 2.3)


# ---- misuse ------------------------------------------------------------------------------------------------

def test_misuse():
    model, path, data = walked(steps=3)
    for error, match, options in [
        (ValueError, "without a path", {"directions": "main"}),
        (ValueError, "directions", {"directions": "pca"}),
        (ValueError, "one line", {"directions": (path.settings[0], path.settings[0])}),
        (ValueError, "13,002 numbers in a row", {"between": (np.zeros(3), model)}),
        (ValueError, "lacks", {"between": ({}, model)}),
        (ValueError, "got both", {"between": (model, model), "path": path}),
        (TypeError, "Path", {"path": path.settings}),
        (ValueError, "another model", {"path": viz.Path(Two())}),
        (ValueError, "straight line", {"path": viz.Path(model)}),
    ]:
        with pytest.raises(error, match=match):
            viz.landscape(model, squares, data, points=3, **options)
    with pytest.raises(TypeError, match="a batch"):
        viz.landscape(model, squares, data[0])
    with pytest.raises(TypeError, match="a model"):
        viz.landscape(lambda x: x, squares, data)
    with pytest.raises(ValueError, match="one number"):
        viz.landscape(model, lambda o, w: o, data)
