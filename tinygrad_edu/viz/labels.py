"""Do labels belong to what they stand beside? Asked without the network: examples that look alike should be called
alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def labels_of(wanted: Any) -> NDArray | None:
    """(n) classes: whole numbers as they are; of rows with one 1 and else 0, the column of the 1; None for others."""
    values = np.asarray(wanted)
    if values.ndim == 1 and values.dtype.kind in "iu":
        return values
    one_each = values.ndim == 2 and values.shape[1] > 1 and bool(((values == 1).sum(1) == 1).all())
    return values.argmax(1) if one_each and (values != 0).sum() == len(values) else None


def read_alike(known: NDArray, labels: NDArray, asked: NDArray) -> NDArray:
    """(n) the label of the class whose mean lies nearest to each asked example. Examples (n, numbers)."""
    classes = np.unique(labels)
    means = np.stack([known[labels == c].mean(0) for c in classes])
    return classes[_nearest(means, asked)]


def alike(examples: NDArray, labels: NDArray) -> float:
    """The share of labels that can be told from the other examples: by class means, or by the nearest example, where
    that tells more. Each half of the examples is asked about by the other; of examples that come again, the first
    counts."""
    first = sorted({row.tobytes(): i for i, row in reversed(list(enumerate(examples)))}.values())
    examples, labels = examples[first], labels[first]
    half = np.arange(len(labels)) % 2 == 0
    right = np.zeros(2)
    for known, asked in ((half, ~half), (~half, half)):
        told = (read_alike(examples[known], labels[known], examples[asked]),
                labels[known][_nearest(examples[known], examples[asked])])  # fmt: skip
        right += [np.sum(one == labels[asked]) for one in told]
    return float(right.max() / len(labels))


def _nearest(known: NDArray, asked: NDArray) -> NDArray:
    """(n) for each asked example, which of the known ones lies nearest."""
    return ((known**2).sum(1) - 2 * asked @ known.T).argmin(1)


def by_chance(labels: NDArray) -> float:
    """The share that naming the most frequent class gets right, and what luck may add to it."""
    share = np.unique(labels, return_counts=True)[1].max() / len(labels)
    return float(share + 4 * np.sqrt(share * (1 - share) / len(labels)))


def shift_of(answers: NDArray, labels: NDArray) -> tuple[int, float, float]:
    """By how much answers are shifted against labels, in a circle of classes: the shift under which most agree (at most
    half a circle), the share that agrees then, and the share that agrees as it is."""
    classes = int(max(answers.max(), labels.max())) + 1
    shares = np.bincount((answers - labels) % classes, minlength=classes) / len(labels)
    best = int(shares.argmax())
    return best if best <= classes // 2 else best - classes, float(shares[best]), float(shares[0])
