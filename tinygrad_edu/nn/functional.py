"""Layers, activations and losses as functions: PyTorch's names and arguments for the formulas in `ops`.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html
"""

# ruff: noqa: F401, I001 (it gathers the families of `functions`)

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..engine import array_of, constant
from ..ops import elementwise, loss, shape
from ..ops.elementwise import sigmoid, tanh
from ..ops.linalg import linear
from ..tensor import Tensor
from . import functions
from .functions import *  # noqa: F403
from .functions.activation import (
    celu, celu_, elu, elu_, gelu, glu, gumbel_softmax, hardshrink, hardsigmoid, hardswish, hardtanh, hardtanh_,
    leaky_relu, leaky_relu_, logsigmoid, mish, prelu, relu6, rrelu, rrelu_, selu, selu_, silu, softplus, softshrink,
    softsign, tanhshrink, threshold, threshold_,
)  # fmt: skip
from .functions.attention import scaled_dot_product_attention
from .functions.linear import bilinear
from .functions.loss import (
    binary_cross_entropy, binary_cross_entropy_with_logits, cosine_embedding_loss, gaussian_nll_loss,
    hinge_embedding_loss, huber_loss, kl_div, margin_ranking_loss, multi_margin_loss, multilabel_margin_loss,
    multilabel_soft_margin_loss, poisson_nll_loss, smooth_l1_loss, soft_margin_loss, triplet_margin_loss,
    triplet_margin_with_distance_loss,
)  # fmt: skip
from .functions.reduction import check_reduction as _check_reduction
from .functions.reduction import reduced as _reduced
from .functions.reduction import same_shape as _same_shape

__all__ = [
    *functions.__all__,
    "cross_entropy", "l1_loss", "linear", "linear_cross_entropy", "log_softmax", "mse_loss", "nll_loss", "one_hot",
    "relu", "sigmoid", "softmax", "tanh",
]  # fmt: skip


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(0, x), elementwise; inplace writes the result over the input."""
    return input.relu_() if inplace else elementwise.relu(input)


def softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """Scores to probabilities that sum to 1 along `dim`; converted to `dtype` first, if given."""
    input = input if dtype is None else input.to(dtype)
    return loss.softmax(input, dim=_dim("softmax", input, dim))


def log_softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """The logarithm of softmax, without overflow or log 0."""
    input = input if dtype is None else input.to(dtype)
    return loss.log_softmax(input, dim=_dim("log_softmax", input, dim))


def softmin(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """Softmax of −x: small numbers get large probabilities."""
    input = input if dtype is None else input.to(dtype)
    return loss.softmax(-input, dim=_dim("softmin", input, dim))


def _dim(name: str, input: Tensor, dim: int | None) -> int:
    """The axis, or PyTorch's guess at one with its warning."""
    if dim is None:
        dim = 0 if input.ndim in (0, 1, 3) else 1
        warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include "
                      f"dim={dim}", stacklevel=3)  # fmt: skip
    if not -max(input.ndim, 1) <= dim < max(input.ndim, 1):
        raise IndexError(f"{name}: the tensor has no axis {dim}, its shape is {input.shape}")
    return dim


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers to rows with a single 1: (...) int -> (..., num_classes) int64; −1: as many as there are."""
    classes = array_of(tensor)
    if classes.dtype.kind not in "iu":
        raise RuntimeError(f"one_hot is only applicable to integer tensors, got dtype {classes.dtype}")
    if num_classes > 0 and not isinstance(classes, np.ndarray):
        return constant(np.astype(np.equal(np.expand_dims(classes, -1), np.arange(num_classes)), np.int64))
    if not classes.size and num_classes <= 0:
        raise RuntimeError("one_hot: an empty tensor does not tell how many there are; pass num_classes")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
        raise RuntimeError(f"one_hot: class numbers must be from 0 to {num_classes - 1}, got {classes.min()} "
                           f"to {classes.max()}")  # fmt: skip
    return constant((classes[..., None] == np.arange(num_classes)).astype(np.int64))


# ----------------------------------------------------------------------------------------------------- losses


def mse_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None,
             reduction: str = "mean") -> Tensor:  # fmt: skip
    """Squared distances (input − target)², averaged, summed, or as they are (reduction "none").

    Shapes that differ broadcast, with a warning.
    """
    reduction = _check_reduction(reduction, size_average, reduce)
    input, target = _same_shape("mse_loss", input, target)
    if reduction == "none":
        return elementwise.square(input - target)
    return loss.mse(input, target, reduction=reduction)


def l1_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None,
            reduction: str = "mean") -> Tensor:  # fmt: skip
    """Distances |input − target|, averaged, summed, or as they are (reduction "none")."""
    reduction = _check_reduction(reduction, size_average, reduce)
    input, target = _same_shape("l1_loss", input, target)
    return _reduced(elementwise.abs(input - target), reduction)


def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
             ignore_index: int = -100, reduce: Any = None, reduction: str = "mean") -> Tensor:  # fmt: skip
    """−log-probability of the right class, for log-probabilities as `log_softmax` gives them.

    input: (n, classes), (classes) or (n, classes, ...); target: class numbers (n), () or (n, ...).
    weight: one for each class. Targets equal to ignore_index count nothing.
    """
    reduction = _check_reduction(reduction, size_average, reduce)
    rows, classes = _rows("nll_loss", input, target)
    weight = _class_weight("nll_loss", weight, rows.shape[1])
    result = loss.nll(rows, classes, weight, ignore_index=ignore_index, reduction=reduction)
    return result.reshape(target.shape) if reduction == "none" else result


def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None,
                  ignore_index: int = -100, reduce: Any = None, reduction: str = "mean",
                  label_smoothing: float = 0.0) -> Tensor:  # fmt: skip
    """−log-probability of the right class, for scores of any size: log_softmax and nll_loss in one.

    input: scores (n, classes), (classes) or (n, classes, ...); target: class numbers (n), () or (n, ...), or
    class probabilities, floating, in the shape of input. weight: one for each class. label_smoothing: the
    share of each target that is spread over all classes.
    """
    reduction = _check_reduction(reduction, size_average, reduce)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if target._array.dtype.kind == "f":
        return _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing)
    rows, classes = _rows("cross_entropy", input, target)
    if weight is None and not label_smoothing:
        result = loss.cross_entropy_of_classes(rows, classes, ignore_index=ignore_index, reduction=reduction)
    else:
        weight = _class_weight("cross_entropy", weight, rows.shape[1])
        logs = loss.log_softmax(rows, dim=1)
        result = loss.nll(logs, classes, weight, ignore_index=ignore_index, reduction=reduction)
        if label_smoothing:
            counted = constant(np.astype(array_of(classes) != ignore_index, rows.dtype))
            spread = -((logs if weight is None else logs * weight).sum(1) * counted)
            if reduction == "mean":
                picked = np.where(array_of(counted), array_of(classes), 0)
                total = counted if weight is None else constant(array_of(weight)[picked] * array_of(counted))
                spread = spread.sum() / total.sum()
            else:
                spread = _reduced(spread, reduction)
            result = (1 - label_smoothing) * result + label_smoothing / rows.shape[1] * spread
    return result.reshape(target.shape) if reduction == "none" else result


def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
                         weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
                         label_smoothing: float = 0.0, options: Any = None) -> Tensor:  # fmt: skip
    """cross_entropy of linear: a network's last layer and its cost in one.

    input: (n, i) or (i); linear_weight: (classes, i), or (classes, d, ..., i) for a target (n, d, ...).
    options: how PyTorch cuts the work into pieces; it changes nothing here.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"linear_cross_entropy: expected input with dimensionality 1 or 2, got {input.ndim}")
    if linear_weight.ndim < 2 or linear_weight.shape[-1] != input.shape[-1]:
        raise RuntimeError(f"linear_cross_entropy: expected linear_weight (classes, ..., {input.shape[-1]}), got "
                           f"{linear_weight.shape}")  # fmt: skip
    shape = linear_weight.shape[:-1]
    if linear_bias is not None and linear_bias.shape != shape:
        raise RuntimeError(f"linear_cross_entropy: expected linear_bias shape {shape}, got {linear_bias.shape}")
    if len(shape) > 1 and input.ndim == 1:
        raise RuntimeError(f"linear_cross_entropy: a K-dimensional loss, of linear_weight shape {linear_weight.shape}, "
                           f"requires batched input, got {input.shape}")  # fmt: skip
    flat_bias = None if linear_bias is None else linear_bias.reshape(-1)
    scores = linear(input, linear_weight.reshape(-1, input.shape[-1]), flat_bias).reshape(*input.shape[:-1], *shape)
    if target.shape == scores.shape and ignore_index is not None:
        raise RuntimeError("linear_cross_entropy: ignore_index cannot be specified when target contains probabilities")
    return cross_entropy(scores, target, weight, ignore_index=-100 if ignore_index is None else ignore_index,
                         reduction=reduction, label_smoothing=label_smoothing)  # fmt: skip


def _cross_entropy_of_probabilities(input: Tensor, target: Tensor, weight: Tensor | None, reduction: str,
                                    label_smoothing: float) -> Tensor:  # fmt: skip
    if target.shape != input.shape or not input.ndim:
        raise RuntimeError(f"cross_entropy: class probabilities must have the scores' shape {input.shape}, "
                           f"got {target.shape}; class numbers must be integers")  # fmt: skip
    dim = min(1, input.ndim - 1)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / input.shape[dim]
    logs = loss.log_softmax(input, dim=dim)
    if weight is not None:
        _class_weight("cross_entropy", weight, input.shape[dim])
        logs = logs * weight.reshape(-1, *(1,) * (input.ndim - dim - 1))
    each = -(logs * target).sum(dim)
    return each.sum() / max(each.numel(), 1) if reduction == "mean" else _reduced(each, reduction)


def _rows(name: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Scores and class numbers as (rows, classes) and (rows)."""
    if input.ndim == 0 or target.shape != input.shape[:1] * (input.ndim > 1) + input.shape[2:]:
        expected = "(n, classes) scores and (n) class numbers, or (n, classes, ...) and (n, ...)"
        raise ValueError(f"{name}: expected {expected}, got {input.shape} and {target.shape}")
    if input.ndim == 1:
        return input.reshape(1, -1), target.reshape(1)
    if input.ndim > 2:
        moved = shape.movedim(input, source=1, destination=-1)  # (n, classes, ...) -> (n, ..., classes)
        return moved.reshape(target.numel(), input.shape[1]), target.reshape(-1)
    return input, target


def _class_weight(name: str, weight: Tensor | None, classes: int) -> Tensor | None:
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(f"{name}: weight must hold one number for each of {classes} classes, got "
                           f"{weight.shape}")  # fmt: skip
    return weight
