"""Losses, composed of ops. `functional` has those of distances and classes (mse, l1, nll, cross_entropy).

Each takes reduction="mean", "sum" or "none", and PyTorch's old size_average and reduce in their places.
Source: https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...ops import elementwise, loss
from ...ops import reduction as reductions
from ...ops.elementwise import clamp, log_sigmoid, where
from ...ops.index import gather
from ...tensor import Tensor
from .reduction import check_reduction, reduced, same_shape

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "gaussian_nll_loss",
    "hinge_embedding_loss", "huber_loss", "kl_div", "margin_ranking_loss", "multi_margin_loss",
    "multilabel_margin_loss", "multilabel_soft_margin_loss", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
    "triplet_margin_loss", "triplet_margin_with_distance_loss",
]  # fmt: skip


# ------------------------------------------------------------------------------------------------ yes or no


def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
                         reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """−target ln x − (1 − target) ln(1 − x), for probabilities x; weight broadcasts to the target's shape."""
    reduction = check_reduction(reduction, size_average, reduce)
    if input.shape != target.shape:
        raise ValueError(f"binary_cross_entropy: Using a target size ({target.shape}) that is different to the input "
                         f"size ({input.shape}) is deprecated. Please ensure they have the same size.")  # fmt: skip
    chances = array_of(input)
    if type(chances) is np.ndarray and not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError("binary_cross_entropy: all elements of input should be between 0 and 1, got "
                           f"{chances.min()} to {chances.max()}; for scores of any size use "
                           "binary_cross_entropy_with_logits")  # fmt: skip
    each = loss.binary_cross_entropy(input, target)
    return reduced(each if weight is None else each * weight, reduction)


def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                     size_average: Any = None, reduce: Any = None, reduction: str = "mean",
                                     pos_weight: Tensor | None = None) -> Tensor:  # fmt: skip
    """binary_cross_entropy of sigmoid(x), for scores x of any size; pos_weight counts the yeses more, or less."""
    reduction = check_reduction(reduction, size_average, reduce)
    if input.shape != target.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    logs = log_sigmoid(input)
    if pos_weight is not None:
        logs = logs * ((pos_weight - 1) * target + 1)
    each = (1 - target) * input - logs
    return reduced(each if weight is None else each * weight, reduction)


def soft_margin_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None,
                     reduction: str = "mean") -> Tensor:  # fmt: skip
    """ln(1 + exp(−target x)), for targets 1 and −1."""
    reduction = check_reduction(reduction, size_average, reduce)
    return reduced(-log_sigmoid(target * input), reduction)


def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
                                reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """A yes or no for each class, averaged over the classes: (..., classes), targets 0 and 1."""
    reduction = check_reduction(reduction, size_average, reduce)
    each = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    return reduced((each if weight is None else each * weight).mean(-1), reduction)


# ------------------------------------------------------------------------------------------------ distances


def _huber(input: Tensor, target: Tensor, edge: float) -> Tensor:
    """d²/2 up to the edge, and straight on from there."""
    distance = elementwise.abs(input - target)
    near = clamp(distance, max=edge)
    return near * (distance - near * 0.5)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0,
               weight: Tensor | None = None) -> Tensor:  # fmt: skip
    """d²/2 for distances d up to delta, delta (d − delta/2) beyond."""
    reduction = check_reduction(reduction)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}")
    each = _huber(*same_shape("huber_loss", input, target), delta)
    if weight is None:
        return reduced(each, reduction)
    each = each * weight
    return each.sum() / weight.expand(each.shape).sum() if reduction == "mean" else reduced(each, reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None,
                   reduction: str = "mean", beta: float = 1.0) -> Tensor:  # fmt: skip
    """d²/(2 beta) for distances d up to beta, d − beta/2 beyond."""
    reduction = check_reduction(reduction, size_average, reduce)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    input, target = same_shape("smooth_l1_loss", input, target)
    each = _huber(input, target, beta) / beta if beta else elementwise.abs(input - target)
    return reduced(each, reduction)


def kl_div(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
           log_target: bool = False) -> Tensor:  # fmt: skip
    """target (ln target − x), for log-probabilities x: how far the target's distribution lies from exp x.

    reduction="batchmean" divides the sum by the length of axis 0, which is the divergence; "mean" by all numbers.
    """
    reduction = check_reduction(reduction, size_average, reduce, "batchmean")
    if reduction == "mean":
        warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the support size. "
                      "'batchmean' divides only by the batch size, and aligns with the KL div math definition. "
                      "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
                      stacklevel=2)  # fmt: skip
    if log_target:
        each = elementwise.exp(target) * (target - input)
    else:
        each = elementwise.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return each.sum() / input.shape[0] if input.ndim else each
    return reduced(each, reduction)


def poisson_nll_loss(input: Tensor, target: Tensor, log_input: bool = True, full: bool = False,
                     size_average: Any = None, eps: float = 1e-8, reduce: Any = None,
                     reduction: str = "mean") -> Tensor:  # fmt: skip
    """Cost of the expected count exp x (or x, log_input=False) where `target` came; full adds ln(target!)."""
    reduction = check_reduction(reduction, size_average, reduce)
    each = elementwise.exp(input) - target * input if log_input else input - target * elementwise.log(input + eps)
    if full:
        many = target > 1
        count = where(many, target, 1.0)
        stirling = count * elementwise.log(count) - count + elementwise.log(count * (2 * math.pi)) * 0.5
        each = each + where(many, stirling, 0.0)
    return reduced(each, reduction)


def gaussian_nll_loss(input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6,
                      reduction: str = "mean") -> Tensor:  # fmt: skip
    """Cost of expecting `input` with variance `var` where `target` came; full adds the constant ln(2π)/2.

    var: in the input's shape, or without its last axis, or with that axis of length 1, or one number. It counts as eps
    where it is less; its gradient takes no notice of that.
    """
    if not isinstance(var, Tensor):
        if var < 0:
            raise ValueError("gaussian_nll_loss: var has negative entry/entries")
        var = constant(np.full(input.shape, var, input.dtype))
    elif var.shape != input.shape:
        if var.shape == input.shape[:-1]:
            var = var.unsqueeze(-1)
        elif not (var.shape == (*input.shape[:-1], 1) or _broadcasts_once(var.shape, input.shape)):
            raise ValueError(f"gaussian_nll_loss: var is of incorrect size, got {var.shape} for input {input.shape}")
    reduction = check_reduction(reduction)
    known = array_of(var)
    if type(known) is np.ndarray and (known < 0).any():
        raise ValueError(f"gaussian_nll_loss: var has negative entry/entries, got {known.min()}")
    var = where(var < eps, var - var.detach() + eps, var)
    each = (elementwise.log(var) + elementwise.square(input - target) / var) * 0.5
    return reduced(each + 0.5 * math.log(2 * math.pi) if full else each, reduction)


def _broadcasts_once(shape: tuple, full: tuple) -> bool:
    """Whether one axis is 1 where it could be more, and the others agree."""
    differing = [n for n, m in zip(shape, full, strict=False) if n != m]
    return len(shape) == len(full) and differing == [1]


# ------------------------------------------------------------------------------------------------ margins


def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: Any = None,
                        reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """max(0, margin − target (x₁ − x₂)): x₁ shall be larger where the target is 1, x₂ where it is −1."""
    reduction = check_reduction(reduction, size_average, reduce)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError("margin_ranking_loss : All input tensors should have same dimension but got sizes: "
                           f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape}")  # fmt: skip
    return reduced(clamp(margin - target * (input1 - input2), min=0), reduction)


def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, size_average: Any = None,
                         reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """The distance x itself where the target is 1, max(0, margin − x) where it is −1."""
    reduction = check_reduction(reduction, size_average, reduce)
    far, near = where(target != 1, clamp(margin - input, min=0), 0.0), where(target != -1, input, 0.0)
    return reduced(far + near, reduction)


def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: Any = None,
                          reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """1 − cosine where the target is 1, max(0, cosine − margin) where it is −1: (n, features), (n), or without n."""
    reduction = check_reduction(reduction, size_average, reduce)
    if target.ndim > 1 or not input1.ndim == input2.ndim == target.ndim + 1:
        raise RuntimeError(f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs "
                           f"with sizes {input1.shape} and {input2.shape}.")  # fmt: skip
    squares = ((x * x).sum(-1) + 1e-12 for x in (input1, input2))
    cosine = (input1 * input2).sum(-1) / elementwise.sqrt(math.prod(squares))
    each = where(target == 1, 1 - cosine, 0.0) + where(target == -1, clamp(cosine - margin, min=0), 0.0)
    return reduced(each, reduction)


def _rows(name: str, input: Tensor, target: Tensor, wanted: tuple) -> tuple[Tensor, Tensor]:
    """Scores (n, classes) and their targets; one row where there was no n."""
    if input.ndim not in (1, 2) or target.shape != wanted:
        raise RuntimeError(f"{name}: scores (n, classes) or (classes) and targets {wanted} expected, got {input.shape} "
                           f"and {target.shape}")  # fmt: skip
    return (input, target) if input.ndim == 2 else (input.unsqueeze(0), target.unsqueeze(0))


def multi_margin_loss(input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
                      size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """Σ max(0, margin − x[target] + x[i])ᵖ over the other classes i, by the number of classes; weight: one a class."""
    reduction = check_reduction(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    single = input.ndim < 2
    if not input.ndim:
        input = input.reshape(1)
    target = target.reshape(()) if input.ndim == 1 and target.shape == (1,) else target
    rows, classes = _rows("multi_margin_loss", input, target, input.shape[:-1])
    column = classes.unsqueeze(1)
    short = clamp(rows - gather(rows, 1, column) + margin, min=0)
    short = short if p == 1 else elementwise.square(short)
    if weight is not None:
        short = short * weight[classes].unsqueeze(1)
    others = np.not_equal(np.arange(rows.shape[1]), array_of(column))
    each = where(constant(others), short, 0.0).sum(1) / rows.shape[1]
    return reduced(each.squeeze(0) if single else each, reduction)


def multilabel_margin_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None,
                           reduction: str = "mean") -> Tensor:  # fmt: skip
    """Σ max(0, 1 − x[label] + x[i]) over the labels of a row and the classes i that are none, by the number of classes.

    target: the labels' class numbers in front, −1 behind the last, in the shape of the scores.
    """
    reduction = check_reduction(reduction, size_average, reduce)
    single = input.ndim < 2
    if not input.ndim:
        input, target = input.reshape(1), target.reshape(1)
    rows, target = _rows("multilabel_margin_loss", input, target, input.shape)
    labels = array_of(target)
    counted = np.cumprod(np.not_equal(labels, -1), axis=1) > 0  # those in front of the first −1
    labels = np.where(counted, labels, 0)
    hits = np.equal(np.expand_dims(labels, 2), np.arange(rows.shape[1])) & np.expand_dims(counted, 2)
    pairs = np.expand_dims(counted, 2) & np.expand_dims(~np.any(hits, axis=1), 1)  # (n, labels, classes)
    short = clamp(1 - gather(rows, 1, constant(labels)).unsqueeze(2) + rows.unsqueeze(1), min=0)
    each = where(constant(pairs), short, 0.0).sum((1, 2)) / rows.shape[1]
    return reduced(each.squeeze(0) if single else each, reduction)


def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2,
                        eps: float = 1e-6, swap: bool = False, size_average: Any = None, reduce: Any = None,
                        reduction: str = "mean") -> Tensor:  # fmt: skip
    """max(0, margin + d(anchor, positive) − d(anchor, negative)), with the p-norm as the distance d: (..., features).

    swap: the negative's distance from the positive counts where it is the smaller.
    """
    reduction = check_reduction(reduction, size_average, reduce)

    def distance(x: Tensor, y: Tensor) -> Tensor:
        return reductions.norm(x - y + eps, p, -1)

    return triplet_margin_with_distance_loss(anchor, positive, negative, distance_function=distance, margin=margin,
                                             swap=swap, reduction=reduction)  # fmt: skip


def triplet_margin_with_distance_loss(anchor: Tensor, positive: Tensor, negative: Tensor, *,
                                      distance_function: Callable | None = None, margin: float = 1.0,
                                      swap: bool = False, reduction: str = "mean") -> Tensor:  # fmt: skip
    """max(0, margin + d(anchor, positive) − d(anchor, negative)), with a distance of one's own."""
    reduction = check_reduction(reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError("The anchor, positive, and negative tensors are expected to have the same number of "
                           f"dimensions, but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative "
                           f"{negative.ndim}D inputs")  # fmt: skip
    distance = distance_function or (lambda x, y: reductions.norm(x - y + 1e-6, 2, -1))
    to_negative = distance(anchor, negative)
    if swap:
        to_negative = elementwise.minimum(to_negative, distance(positive, negative))
    return reduced(clamp(distance(anchor, positive) - to_negative + margin, min=0), reduction)
