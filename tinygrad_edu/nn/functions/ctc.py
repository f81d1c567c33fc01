"""The cost of a sequence of labels whose places in time are not known.

Source: Graves et al. 2006, https://www.cs.toronto.edu/~graves/icml_2006.pdf;
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...ops.elementwise import exp, logaddexp, where
from ...ops.index import gather
from ...ops.shape import cat
from ...tensor import Tensor
from .reduction import check_reduction, reduced

_NEVER = -1e30  # the logarithm of 0, but with differences that are numbers


def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0,
             reduction: str = "mean", zero_infinity: bool = False) -> Tensor:  # fmt: skip
    """−ln of the probability of all ways in which the labels can be spread over time, with blanks and repeats between.

    log_probs: (time, batch, classes), or without batch; targets: labels (batch, longest), or all in one row; lengths:
    of each sequence. "mean" divides each cost by its number of labels first. zero_infinity: labels that do not fit into
    their time cost 0. As in PyTorch, the gradient is the one behind log_softmax: probabilities − their share.
    """
    reduction = check_reduction(reduction)
    single = log_probs.ndim == 2
    log_probs = log_probs.unsqueeze(1) if single else log_probs
    time, batch, _ = log_probs.shape
    times, counts = (_numbers(n, batch) for n in (input_lengths, target_lengths))
    if isinstance(times, np.ndarray) and times.max(initial=0) > time:
        raise RuntimeError(f"Expected input_lengths to have value at most {time}, but got value {times.max()}")
    path = _with_blanks(_numbers(targets, None), counts, blank)  # (batch, 2 longest + 1)
    places = np.broadcast_to(path, (time, *path.shape))
    emitted = gather(log_probs, 2, constant(places))  # (time, batch, places): what each place costs at each time
    # a label may follow the label before it without a blank, unless they are equal
    before = np.concatenate([np.full_like(path[:, :2], blank), path], 1)[:, : path.shape[1]]
    skips = np.logical_and(path != blank, path != before)
    first = np.arange(path.shape[1])
    start = np.astype(np.where((first == 0) | ((first == 1) & (np.expand_dims(counts, 1) > 0)), 0, _NEVER),
                      log_probs.dtype)  # fmt: skip
    reached = constant(start) + emitted[0]
    for t in range(1, time):
        stepped, skipped = _shifted(reached, 1), where(constant(skips), _shifted(reached, 2), _NEVER)
        arrived = logaddexp(logaddexp(reached, stepped), skipped) + emitted[t]
        reached = where(constant(np.expand_dims(t < times, 1)), arrived, reached)
    ends = constant(np.stack([2 * counts, np.maximum(2 * counts - 1, 0)], 1))
    last = gather(reached, 1, ends)
    total = where(constant(counts > 0), logaddexp(last[:, 0], last[:, 1]), last[:, 0])
    inside = constant(np.expand_dims(np.expand_dims(np.arange(time), 1) < times, -1))
    chances = where(inside, exp(log_probs), 0.0).sum((0, 2))
    possible = total.detach() > _NEVER / 10
    each = where(possible, -total + (chances - chances.detach()), 0.0 if zero_infinity else np.inf)
    if reduction == "mean":
        each = each / constant(np.astype(np.maximum(counts, 1), log_probs.dtype))
    return each.squeeze(0) if single and reduction == "none" else reduced(each, reduction)


def _numbers(x: Any, batch: int | None) -> Any:
    x = array_of(x) if isinstance(x, Tensor) else np.asarray(x, np.int64)
    if x.dtype.kind not in "iu":
        raise RuntimeError(f"ctc_loss: labels and lengths must be whole numbers, got {x.dtype}")
    return x if batch is None else np.broadcast_to(x, (batch,))


def _with_blanks(targets: Any, counts: Any, blank: int) -> Any:
    """The labels of each sequence with a blank before, between and behind: (batch, 2 longest + 1)."""
    known = targets.ndim == 1 or isinstance(counts, np.ndarray)
    longest = int(np.max(counts, initial=0)) if known else targets.shape[1]
    if targets.ndim == 1:  # one sequence behind the other
        at = np.expand_dims(np.cumsum(counts) - counts, 1) + np.arange(longest)
        targets = targets[np.minimum(at, max(targets.shape[0] - 1, 0))] if longest else np.zeros((len(counts), 0), int)
    labels = np.where(np.arange(longest) < np.expand_dims(counts, 1), targets[:, :longest], blank)
    pairs = np.stack([np.full_like(labels, blank), labels], -1)
    path = np.reshape(pairs, (labels.shape[0], 2 * longest))
    return np.concatenate([path, np.full_like(path, blank, shape=(labels.shape[0], 1))], 1)


def _shifted(x: Tensor, places: int) -> Tensor:
    """Each number some places further back, nothing in front."""
    nothing = constant(np.full((x.shape[0], places), _NEVER, x.dtype))
    return cat([nothing, x], 1)[:, : x.shape[1]]
