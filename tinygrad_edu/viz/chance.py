"""What a cost is worth: that of the best answer which is the same for all, and so knows nothing of the example."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..creation import full, zeros
from ..grad_mode import enable_grad, no_grad
from ..nn.functional import sigmoid
from ..nn.parameter import Parameter
from ..optim.lbfgs import LBFGS
from ..tensor import Tensor

ROUNDS = 60  # of the search
REFUSED = (ValueError, RuntimeError)  # e.g. by a cost of probabilities, asked about other numbers


class Chance(NamedTuple):
    """The cost of knowing nothing, and in words how it is come by."""

    cost: float
    words: str


def chance(cost: Callable[..., Any], outputs: Tensor, wanted: Sequence[Any]) -> Chance | None:
    """The cost of the best constant answer over the batches `wanted`; None where there is none.

    outputs: what the model says to a batch, for the shape of an answer. A cost that is ln(classes) for answers which
    give all classes the same probability is a cross-entropy; for any other, the best constant is searched for downhill.
    """
    shape = outputs.shape[1:]
    for classes in dict.fromkeys((*shape[:1], *shape[-1:])):  # (n, classes, ...), or (n, ..., classes)
        equal = full((1, *shape), -math.log(classes), dtype=outputs.dtype)
        found = _mean(cost, equal, wanted)
        if classes > 1 and math.isclose(found, math.log(classes), rel_tol=1e-4):
            return Chance(math.log(classes), f"ln {classes:,}, that of calling all {classes:,} classes equally likely")
    found = _best_constant(cost, shape, outputs.dtype, wanted)
    return Chance(found, "that of the best answer which is the same for all") if math.isfinite(found) else None


def _mean(cost: Callable[..., Any], answer: Tensor, wanted: Sequence[Any]) -> float:
    """The mean cost of one answer (1, ...) given to every example; nan where the cost takes no such answer."""
    try:
        with no_grad():
            return float(np.mean([float(cost(answer.expand(len(w), *answer.shape[1:]), w)) for w in wanted]))
    except REFUSED:
        return math.nan


def _best_constant(cost: Callable[..., Any], shape: tuple[int, ...], dtype: Any, wanted: Sequence[Any]) -> float:
    """The lowest mean cost of a constant answer, which is any number or, where a cost takes none but those, lies
    between 0 and 1; nan where the search goes nowhere, e.g. down for ever."""
    found = math.nan
    for answer_of in (lambda x: x, sigmoid):
        dial = Parameter(zeros(1, *shape, dtype=dtype))
        search = LBFGS([dial], max_iter=ROUNDS, line_search_fn="strong_wolfe")
        closure = partial(_total, cost, answer_of, dial, wanted)
        try:
            with enable_grad():
                start = float(search.step(closure))
                found = float(closure())
        except REFUSED:
            continue
        slope = dial.grad
        settled = slope is not None and float(np.abs(slope._array).max()) < 1e-2 * (1 + abs(start))
        return found if settled else math.nan
    return found


def _total(cost: Callable[..., Any], answer_of: Callable, dial: Parameter, wanted: Sequence[Any]) -> Tensor:
    """The mean cost of the dial's answer, with its gradient."""
    dial.grad = None
    answer = answer_of(dial)
    total = sum(cost(answer.expand(len(w), *answer.shape[1:]), w) for w in wanted) / len(wanted)
    total.backward()
    return total
