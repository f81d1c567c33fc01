"""The landscape: the cost as a height over settings of the dials, along a line or over a plane.

What is measured is the model itself, called on the data once for each point; no formula of it stands here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..creation import from_numpy
from ..grad_mode import no_grad
from ..nn.module import Module
from ..random import get_rng_state, set_rng_state
from ..tensor import Tensor
from . import drawing
from .directions import given_directions, main_directions, on_plane, random_directions
from .path import Path
from .setting import Dials, as_before

SPAN = 1.0  # of a plane of random directions: every neuron's weights, once over and back
MARGIN = 0.25  # around a walk, as a share of its width
MOST_DOTS = 200  # of a walk whose true cost is computed


@dataclass
class Walk:
    """A path on a plane: after `steps` steps it stands at (x, y), as seen straight from above.

    cost: what the network there truly costs. height: the plane's cost below it. share: how much of the path's squared
    distance from the end lies in the plane.
    """

    steps: list[int]
    x: NDArray
    y: NDArray
    cost: NDArray
    height: NDArray
    share: float


class _Shown:
    """What both kinds of landscape can do: print, draw themselves, turn into JSON."""

    def as_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    def svg(self) -> str:
        raise NotImplementedError

    def says(self) -> list[str]:
        raise NotImplementedError

    def json(self) -> str:
        """`as_dict` as text; a cost that is not finite is null."""
        return json.dumps(self.as_dict(), allow_nan=False)

    def __str__(self) -> str:
        return "\n".join(self.says())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return drawing.page(self.svg(), self.says())


@dataclass(repr=False)
class Line(_Shown):
    """The cost on the straight line from one setting (0) to another (1), and beyond both.

    as_dict():
        {"kind": "line", "x": [p numbers], "cost": [p], "numbers": how many the model learns, "examples": how many the
        cost is taken over, "says": [sentences]}
    """

    x: NDArray
    cost: NDArray
    numbers: int
    examples: int

    def as_dict(self) -> dict[str, Any]:
        return {"kind": "line", "x": _numbers(self.x), "cost": _numbers(self.cost), "numbers": self.numbers,
                "examples": self.examples, "says": self.says()}  # fmt: skip

    def svg(self) -> str:
        """The cost as a curve."""
        return drawing.line(self)

    def says(self) -> list[str]:
        """What is seen, and how it can mislead."""
        if not np.isfinite(self.cost).any():
            return ["The cost is not finite anywhere on the line."]
        start, end = (float(np.interp(place, self.x, self.cost)) for place in (0, 1))
        between = self.cost[(self.x >= 0) & (self.x <= 1)]
        hill = float(np.max(between)) - max(start, end)
        return [
            f"From one setting of {self.numbers:,} numbers (cost {start:.4g}) straight to another (cost {end:.4g}), "
            f"over {self.examples:,} examples"
            + (f", there is a hill of {hill:.3g} between." if hill > 0.01 * np.ptp(between) else ", there is no hill "
                                                                                                 "between."),
            "A line is one direction of very many: a hill on it may have a way around, and a smooth slope along it "
            "does not say that the training, which follows the gradient, went or could go there.",
        ]  # fmt: skip


@dataclass(repr=False)
class Landscape(_Shown):
    """The cost over a plane through the model's setting, which is the point (0, 0).

    as_dict():
        {"kind": "plane", "directions": "random", "main" (of the path) or "given", "x": [p numbers], "y": [q numbers],
        "cost": [q rows of p: cost[row][column] is at (x[column], y[row])], "here": the cost at (0, 0),
        "walk": null or {"steps": [k], "x": [k], "y": [k], "cost": [k true costs], "height": [k costs of the plane],
        "share": 0 to 1}, "numbers": how many the model learns, "examples": how many the cost is taken over,
        "says": [sentences]}
    A cost that is not finite is null.
    """

    directions: str
    x: NDArray
    y: NDArray
    cost: NDArray
    here: float
    walk: Walk | None
    numbers: int
    examples: int

    def as_dict(self) -> dict[str, Any]:
        walk = self.walk and {
            "steps": self.walk.steps, "x": _numbers(self.walk.x), "y": _numbers(self.walk.y),
            "cost": _numbers(self.walk.cost), "height": _numbers(self.walk.height), "share": self.walk.share,
        }  # fmt: skip
        return {"kind": "plane", "directions": self.directions, "x": _numbers(self.x), "y": _numbers(self.y),
                "cost": [_numbers(row) for row in self.cost], "here": _number(self.here), "walk": walk,
                "numbers": self.numbers, "examples": self.examples, "says": self.says()}  # fmt: skip

    def svg(self) -> str:
        """The plane as a map: colours and contours for the cost, a line for the walk."""
        return drawing.plane(self)

    def says(self) -> list[str]:
        """What is seen, and how it can mislead."""
        finite = self.cost[np.isfinite(self.cost)]
        if not finite.size:
            return [f"At none of {self.cost.size:,} settings is the cost finite."]
        lowest = np.where(np.isfinite(self.cost), self.cost, np.inf).argmin()
        row, column = divmod(int(lowest), len(self.x))
        ways = {"random": "random directions, as long in each neuron as its own weights",
                "main": "the two main directions of the walk", "given": "the two directions given"}  # fmt: skip
        said = [f"{len(self.y)} × {len(self.x)} settings along {ways[self.directions]}: the cost over "
                f"{self.examples:,} examples is {self.here:.4g} at the model's own, {finite.min():.4g} at the lowest "
                f"point ({self.x[column]:.3g}, {self.y[row]:.3g}), {finite.max():.4g} at the highest."]  # fmt: skip
        if finite.size < self.cost.size:
            said.append(f"At {self.cost.size - finite.size:,} of them it is not finite: they are left grey.")
        if self.walk is not None:
            walk = self.walk
            apart = np.abs(walk.cost - walk.height).max()
            said.append(f"The plane holds {100 * walk.share:.2g} % of the walk's squared distance from its end. Where "
                        f"the walk leaves the plane, the map is not its height: they are up to {apart:.3g} "
                        "apart.")  # fmt: skip
        said.append(f"A plane is two directions of {self.numbers:,}: a wall on it may have a way around, what looks "
                    "like a bowl may fall away in a direction that is not shown, and another pair of directions shows "
                    "another landscape. Of itself it says nothing about images that are not among these "
                    "examples.")  # fmt: skip
        return said


def landscape(
    model: Module,
    cost: Callable[..., Any],
    data: Sequence[Any],
    *,
    path: Path | None = None,
    directions: Any = None,
    between: tuple[Any, Any] | None = None,
    points: int | None = None,
    span: float = SPAN,
    seed: int = 0,
    training: bool = False,
) -> Any:
    """The cost over a plane through the model's setting, a `Landscape`; or along a line between two, a `Line`.

    data: one batch, the model's inputs and last what is wanted. Measured is cost(model(*inputs), wanted), a number.
    directions: "random", each neuron's part as long as its own weights; "main", the two along which the path mostly
    went; or two settings (rows of numbers, state_dicts, models), which are then the directions. Default: "main" with a
    path, else "random". path: is walked on the plane, whichever it is, up to the model's setting of now.
    between: two settings; the line from the one to the other, a quarter beyond both.
    points: along each axis, 51 of a plane and 101 of a line. span: how far a plane reaches along random and given
    directions; along main ones it holds the path. seed: of the random directions.
    training: in training mode (batch statistics, dropout, the same at every point) instead of evaluation mode.

    Nothing is recorded, and afterwards the model is as before to the last bit, also after an error.
    Errors: TypeError and ValueError for what is no model, batch, path or setting.
    Source: Goodfellow et al. 2015, https://arxiv.org/abs/1412.6544 (lines); Li et al. 2018,
    https://arxiv.org/abs/1712.09913 (planes).
    """
    dials = Dials(model)
    height = _Height(model, dials, cost, data, training)
    if between is not None:
        if path is not None or directions is not None:
            raise ValueError("landscape: a line (between) or a plane (path, directions) expected, got both")
        start, end = (dials.of(one).astype(np.float64) for one in between)
        x = np.linspace(-MARGIN, 1 + MARGIN, points or 101)
        with as_before(model), no_grad():
            heights = np.array([height(start + t * (end - start)) for t in x])
        return Line(x, heights, dials.count, height.examples)

    here = dials.read()
    origin = here.astype(np.float64)
    settings, steps = _walked(dials, path, here)
    directions = directions if directions is not None else "random" if path is None else "main"
    kind = directions if isinstance(directions, str) else "given"
    if kind == "main" and path is not None:
        plane = main_directions(settings, origin)
    elif kind == "random":
        plane = random_directions(dials, origin, seed)
    elif kind == "given" and not isinstance(directions, str):
        plane = given_directions(dials, directions)
    else:
        raise ValueError(f"landscape: directions=\"random\", \"main\" with a path, or two settings expected, got "
                         f"{directions!r}" + (" without a path" if kind == "main" else ""))  # fmt: skip
    places, share = on_plane(settings, origin, plane) if path is not None else (np.zeros((1, 2)), 1.0)
    x, y = (_axis(along, span if kind != "main" else 0.0, points or 51) for along in places.T)
    with as_before(model), no_grad():
        heights = np.array([[height(origin + a * plane[0] + b * plane[1]) for a in x] for b in y])
        own = height(here)
        walk = None if path is None else Walk(
            steps, places[:, 0], places[:, 1], np.array([height(s) for s in settings]),
            np.array([height(origin + place @ plane) for place in places]), share)  # fmt: skip
    return Landscape(kind, x, y, heights, own, walk, dials.count, height.examples)


class _Height:
    """The cost at a setting. It leaves the model there."""

    def __init__(self, model: Module, dials: Dials, cost: Callable, data: Any, training: bool) -> None:
        if not isinstance(data, (tuple, list)) or len(data) < 2:
            raise TypeError("a batch expected, (inputs, wanted) or (input, input, ..., wanted), got "
                            f"{type(data).__name__}")  # fmt: skip
        self.model, self.dials, self.cost, self.training = model, dials, cost, training
        *self.inputs, self.wanted = (from_numpy(x) if isinstance(x, np.ndarray) else x for x in data)
        self.examples = len(self.wanted) if np.ndim(self.wanted) else 1
        self.stream = get_rng_state()

    def __call__(self, setting: NDArray) -> float:
        self.model.train(self.training)
        self.dials.write(setting)
        if self.training:
            set_rng_state(self.stream)  # the same dropout everywhere
        found = self.cost(self.model(*self.inputs), self.wanted)
        if isinstance(found, Tensor) and found.numel() != 1:
            raise ValueError(f"a cost that is one number expected, got the shape {tuple(found.shape)}; take the mean?")
        return float(found)


def _walked(dials: Dials, path: Path | None, here: NDArray) -> tuple[NDArray, list[int]]:
    """(k, numbers) the path's settings up to that of now, at most so many, and after how many steps each came."""
    if path is None:
        return here[None], [0]
    if not isinstance(path, Path):
        raise TypeError(f"landscape: a viz.Path expected, got {type(path).__name__}")
    settings, steps = path.settings, path.steps
    if settings.shape[1] != dials.count:
        raise ValueError(f"landscape: the path's settings have {settings.shape[1]:,} numbers, the model's "
                         f"{dials.count:,}; was it recorded on another model?")  # fmt: skip
    if not np.array_equal(settings[-1], here):
        settings, steps = np.vstack([settings, here]), [*steps, path.taken]
    if len(steps) > MOST_DOTS:
        kept = np.unique(np.linspace(0, len(steps) - 1, MOST_DOTS).round().astype(int))
        settings, steps = settings[kept], [steps[i] for i in kept]
    return settings, steps


def _axis(along: NDArray, span: float, points: int) -> NDArray:
    """Places along a direction: all of the walk, with a margin; or as far as `span` to both sides, if that is more."""
    low, high = min(float(along.min()), 0.0), max(float(along.max()), 0.0)
    margin = MARGIN * (high - low)
    if not span:
        return np.linspace(low - margin, high + margin, points)
    reach = max(span, -low + margin if low else 0.0, high + margin if high else 0.0)
    return np.linspace(-reach, reach, points)


def _number(x: Any) -> float | None:
    return float(x) if np.isfinite(x) else None


def _numbers(row: NDArray) -> list[float | None]:
    return [_number(x) for x in row]
