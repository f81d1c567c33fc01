"""What the page shows around the run: the landscape with the walk on it, and single steps from start to finish."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.explain import trace_step
from tinygrad_edu.viz import Path, landscape

from ..datasets import Digits
from ..training import Training
from .packing import packed, rounded

IMAGES = 1000           # of the test images, on which the landscape's cost is taken
POINTS = 41             # of a plane, along each side
DOTS = 120              # of the walk
WAYS_BACK = 7           # shown of a step: those from the cost to the last layer's parameters

Cost = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def with_path(network: nn.Module, training: Training) -> Path:
    """The path that the training will have walked."""
    step, path = training.train_step, Path(network, most=DOTS)

    def noted(*batch: Any) -> Any:
        cost = step(*batch)
        path(cost)
        return cost

    training.train_step = noted
    return path


def scenery(network: nn.Module, cost: Cost, tests: Digits, path: Path, points: int = POINTS) -> dict[str, Any]:
    """Two planes with the walk on them, and the straight line from its start to its end."""
    some = Digits(tests.images[:IMAGES], tests.labels[:IMAGES], tests.name)
    batch = _batch(some)
    planes = {name: landscape(network, cost, batch, path=path, directions=name, points=points)
              for name in ("main", "random")}
    line = landscape(network, cost, batch, between=(path.settings[0], network))
    return rounded({"planes": {name: plane.as_dict() for name, plane in planes.items()}, "line": line.as_dict(),
                    "data": f"{len(some.labels):,} {tests.name}"}, 5)


# ---- single steps ------------------------------------------------------------------------------------------

def steps(start: nn.Module, network: nn.Module, cost: Cost, tests: Digits, outputs: Any, rate: float) -> list[Any]:
    """A messy digit on the network as it started, and one that the trained network misreads."""
    answers, sure = outputs.argmax(1), outputs.max(1)
    right, wrong = answers == tests.labels, answers != tests.labels
    threes = tests.labels == 3
    messy = _first(np.argsort(sure, kind="stable"), right & threes, threes, right)
    misread = _first(np.argsort(-sure, kind="stable"), wrong & threes, wrong)
    shown = [("The network as it began", start, messy), ("Now that it is trained", network, misread)]
    return [{"name": name, **_step(each, cost, tests, index, rate)} for name, each, index in shown if index is not None]


def _first(order: Any, *wanted: Any) -> int | None:
    """The first index in that order of the first kind of which there is one."""
    for kind in wanted:
        found = order[kind[order]]
        if found.size:
            return int(found[0])
    return None


def _step(network: nn.Module, cost: Cost, tests: Digits, index: int, rate: float) -> dict[str, Any]:
    """A step of a copy of the network on one image, in the parts that the page shows."""
    moved = copy.deepcopy(network)
    one = Digits(tests.images[index:index + 1], tests.labels[index:index + 1], tests.name)
    step = trace_step(moved, cost, optim.SGD(moved.parameters(), lr=rate), _batch(one), picture=(28, 28))
    told = step.to_json()
    leaves = [layer for layer in told["forward"]["layers"] if layer["kind"] != told["model"]]
    backward, update = told["backward"], told["update"]
    return rounded({
        "image": packed(one.images.reshape(-1)), "label": int(one.labels[0]),
        "layers": [{"kind": layer["kind"], "name": layer["name"], "values": layer["outputs"][0]["values"][0]}
                   for layer in leaves if layer["outputs"][0]["values"] is not None],
        "outputs": [bar["value"] for bar in told["forward"]["bars"]], "tallest": told["forward"]["tallest"],
        "cost": told["cost"]["value"], "terms": told["cost"]["terms"],
        "wants": backward["wants"], "nudges": backward["nudges"],
        "ways": [{"op": way["op"], "argument": way["argument"], "rule": way["rule"], "line": way["rule_line"],
                  "text": way["largest"]["text"]} for way in backward["ways"][:WAYS_BACK]],
        "pictured": _pictured(step.trace.backward.parameters),
        "optimizer": update["optimizer"], "rate": rate, "moves": update["moves"], "length": update["length"],
        "ratio": update["ratio"], "promised": update["promised"], "again": told["again"],
    })


def _pictured(parameters: Any) -> dict[str, Any] | None:
    """The nudges of the first layer's neuron that gets the strongest ones: one for each pixel."""
    gradient = parameters[0].gradient
    if gradient is None or gradient.ndim != 2 or gradient.shape[1] != 784:
        return None
    neuron = int(np.square(gradient).sum(1).argmax())
    return {"neuron": neuron, "nudges": packed(-gradient[neuron])}


def _batch(digits: Digits) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(digits.pixels()), torch.from_numpy(digits.wanted())
