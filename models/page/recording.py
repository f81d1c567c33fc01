"""A training run looked at while it trains: what the page shows of it, at each epoch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import tinygrad_edu as torch
from tinygrad_edu import nn
from tinygrad_edu.nn.utils import parameters_to_vector

from ..datasets import Digits
from ..training import Training
from .packing import packed, rounded

MOST_KEPT = 16                  # epochs at which the whole network is kept
MOST_NUMBERS = 400_000          # weights and biases of all kept networks together: 2.1 MB as text
WORST = 12                      # images shown at each kept epoch

Outputs = NDArray[np.float32]


class Look(NamedTuple):
    """How the network did on the test images after so many epochs; `weights` where it is kept."""

    epoch: int
    learning_rate: float | None
    training_cost: float | None
    cost: float
    accuracy: float
    confusion: NDArray[np.uint16]               # (10, 10) how many of each digit (row) were read as each (column)
    worst: list[dict[str, Any]]                 # the most confidently misread, the surest first
    weights: NDArray[np.float32] | None


class Recording:
    """Looks at a network before its training, and after each epoch.

    reads(network) is (n, 10), the outputs for the test images; cost_of(outputs, wanted) how wrong they are.
    """

    def __init__(self, network: nn.Module, tests: Digits, epochs: int,
                 reads: Callable[[], Outputs], cost_of: Callable[..., torch.Tensor]) -> None:
        self.network, self.tests, self.reads, self.cost_of = network, tests, reads, cost_of
        count = sum(parameter.numel() for parameter in network.parameters())
        self.kept = kept_epochs(epochs, min(MOST_KEPT, MOST_NUMBERS // count))
        self.looks: list[Look] = []

    def look(self, training: Training) -> None:
        """Called before the training, and after each epoch."""
        epoch = len(training.history)
        last = training.history[-1] if training.history else None
        outputs, labels = self.reads(), self.tests.labels
        answers = outputs.argmax(1)
        confusion = np.zeros((10, 10), np.uint16)
        np.add.at(confusion, (labels, answers), 1)
        self.looks.append(Look(
            epoch, last and last.learning_rate, last and last.cost,
            self.cost_of(torch.from_numpy(outputs), torch.from_numpy(self.tests.wanted())).item(),
            float(np.mean(answers == labels)), confusion,
            self._worst(outputs, answers) if epoch in self.kept else [],
            parameters_to_vector(self.network.parameters()).detach().numpy() if epoch in self.kept else None))

    def _worst(self, outputs: Outputs, answers: NDArray[np.int64]) -> list[dict[str, Any]]:
        """Misread images, those first where the largest output is largest."""
        wrong = np.flatnonzero(answers != self.tests.labels)
        surest = wrong[np.argsort(-outputs[wrong, answers[wrong]], kind="stable")[:WORST]]
        return [{"image": int(image), "label": int(self.tests.labels[image]), "answer": int(answers[image]),
                 "output": float(outputs[image, answers[image]]),
                 "output_of_label": float(outputs[image, self.tests.labels[image]])} for image in surest]

    def to_json(self) -> dict[str, Any]:
        """What the page shows of the run."""
        kept = [look for look in self.looks if look.weights is not None]
        images = sorted({each["image"] for look in kept for each in look.worst})
        place = {image: at for at, image in enumerate(images)}
        return {
            "epochs": [rounded({"epoch": look.epoch, "learning_rate": look.learning_rate, "accuracy": look.accuracy,
                                "cost": look.cost, "training_cost": look.training_cost}) for look in self.looks],
            "kept": [look.epoch for look in kept],
            "weights": packed(np.stack([look.weights for look in kept if look.weights is not None])),
            "confusion": packed(np.stack([look.confusion for look in kept])),
            "worst": [[rounded(each | {"image": place[each["image"]]}) for each in look.worst] for look in kept],
            "images": packed(self.tests.images[images].reshape(-1, 784)),
            "tests": {"name": self.tests.name, "count": len(self.tests.labels)},
        }


def kept_epochs(epochs: int, most: int) -> list[int]:
    """At most so many of the epochs 0 to `epochs`, the first and the last among them: early ones lie closer."""
    if most > epochs:
        return list(range(epochs + 1))
    most = max(most, 2)
    return sorted({round(epochs * (at / (most - 1)) ** 1.5) for at in range(most)})
