"""Scores into probabilities, and the cost of being wrong."""

from __future__ import annotations

import math

import numpy as np

from ..engine import op
from .index import either_name
from .rows import row_max, row_sums


@op(promote="float", name="softmax")
def softmax_along(x, *, dim):
    """Scores to probabilities along an axis.

    z = exp xᵢ / Σⱼ exp xⱼ          x: (n, m) -> (n, m)
    Examples: dim=-1; dim=0
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
    """
    z = np.exp(x - _largest(x, dim))
    z /= np.sum(z, axis=dim, keepdims=True)
    def dx(g): return z * (g - np.sum(g * z, axis=dim, keepdims=True))
    return z, dx


@op(promote="float", name="log_softmax")
def log_softmax_along(x, *, dim):
    """Logarithm of softmax, without overflow or log 0.

    z = xᵢ − ln Σⱼ exp xⱼ          x: (n, m) -> (n, m)
    Examples: dim=-1; dim=0
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
    """
    z = x - _largest(x, dim)
    z -= np.log(np.sum(np.exp(z), axis=dim, keepdims=True))
    def dx(g): return g - np.exp(z) * np.sum(g, axis=dim, keepdims=True)
    return z, dx


def _largest(x, dim):
    """The largest score along an axis; nothing has none."""
    return 0 if 0 in x.shape else np.max(x, axis=dim, keepdims=True)


@either_name
def softmax(x, dim, dtype=None):
    """Scores to probabilities that sum to 1 along `dim`; converted to `dtype` first, if given."""
    return softmax_along(x if dtype is None else np.astype(x, dtype), dim=dim)


@either_name
def log_softmax(x, dim, dtype=None):
    """The logarithm of softmax, without overflow or log 0; converted to `dtype` first, if given."""
    return log_softmax_along(x if dtype is None else np.astype(x, dtype), dim=dim)


@op(name="nll_loss")
def nll(x, target, weight=None, *, ignore_index=-100, reduction="mean"):
    """Minus the log-probability of the right class, per row, then averaged or summed over the rows.

    z = −Σᵢ wᵢ x[i, targetᵢ] / Σᵢ wᵢ, wᵢ = weight[targetᵢ]          x: (n, c), target: (n) int c, weight: (c) -> (...)
    Domain: weight > 0
    Examples: reduction="mean"; reduction="sum"; reduction="none"

    Rows whose target is ignore_index count nothing. There is no derivative in weight, as in PyTorch.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
    """
    rows, column, counted = _places("nll_loss", x, target, ignore_index)
    w = np.astype(counted, x.dtype) if weight is None else weight[column] * counted
    total = np.sum(w) if reduction == "mean" else None
    picked = -x[rows, column]
    shape = x.shape
    def dx(g):
        each = -(g * w) if total is None else -(g / total) * w
        return np.where(np.equal(np.arange(shape[1]), np.expand_dims(column, 1)), np.expand_dims(each, 1), 0)
    return _reduced(picked * w, total, reduction), dx, None, None


@op(name="cross_entropy")
def cross_entropy_of_classes(x, target, *, ignore_index=-100, reduction="mean"):
    """log_softmax and nll in one, for scores and whole-number targets; the way back is softmax − one-hot.

    z = Σᵢ (ln Σⱼ exp x[i, j] − x[i, targetᵢ]) / n          x: (n, c), target: (n) int c -> (...)
    Examples: reduction="mean"; reduction="sum"; reduction="none"

    Rows whose target is ignore_index count nothing, also not in n.
    """
    rows, column, counted = _places("cross_entropy", x, target, ignore_index)
    z = x - row_max(x)
    powers = np.exp(z)
    sums = row_sums(powers)
    n = np.astype(np.sum(counted), x.dtype) if reduction == "mean" else None
    each = np.where(counted, np.log(sums)[:, 0] - z[rows, column], 0)
    classes = x.shape[1]
    def dx(g):
        scale = np.where(counted, g if n is None else g / n, 0)
        wanted = np.equal(np.arange(classes), np.expand_dims(column, 1))
        return (powers / sums - wanted) * np.expand_dims(scale, 1)
    return _reduced(each, n, reduction), dx, None


def _reduced(each, total, reduction):
    if reduction == "none":
        return each
    z = np.sum(each)
    return z if total is None else z / total


def _places(name, x, target, ignore_index):
    """Where the scores of the right classes stand: rows, columns, and which rows count."""
    check_target(name, x, target, ignore_index)
    counted = np.not_equal(target, ignore_index)
    return np.arange(x.shape[0]), np.where(counted, target, 0), counted


def check_target(name, x, target, ignore_index):
    if x.ndim != 2 or target.shape != x.shape[:1]:
        raise ValueError(f"{name}: scores (n, classes) and one class number per row expected, got {x.shape} and "
                         f"targets {target.shape}")  # fmt: skip
    if target.dtype.kind not in "iu":
        raise TypeError(f"{name}: class numbers must be integers, got {target.dtype}; for class probabilities give "
                        "a floating target of the scores' shape")  # fmt: skip
    if type(target) is np.ndarray and target.size:
        low, high = target.min(), target.max()
        if (low < 0 or high >= x.shape[1]) and not _only_ignored(target, x.shape[1], ignore_index):
            raise IndexError(f"{name}: class numbers must be from 0 to {x.shape[1] - 1}, got {low} to {high}")


def _only_ignored(target, classes, ignore_index):
    return bool(np.all((target == ignore_index) | ((target >= 0) & (target < classes))))


@op(promote="arithmetic", name="mse_loss")
def mse(x, y, *, reduction="mean"):
    """Squared distance, averaged or summed over all numbers.

    z = Σᵢ (xᵢ − yᵢ)² / n          x: (n, m), y: (n, m) -> (...)
    Examples: reduction="mean"; reduction="sum"
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
    """
    away = x - y
    n = math.prod(away.shape) if reduction == "mean" else 1
    flat = np.reshape(away, (-1,))
    def dx(g): return away * (g * 2 / n)
    def dy(g): return away * (g * -2 / n)
    return np.dot(flat, flat) / n, dx, dy


@op(promote="same")
def binary_cross_entropy(x, y):
    """Cost of the probability x where y is what came true (1, 0, or a share between).

    z = −y ln x − (1 − y) ln(1 − x)          x: (n, m), y: (n, m) -> (n, m)
    Domain: 0 < x < 1, 0 < y < 1
    Kinks: no logarithm counts less than −100, and x (1 − x) in the derivative no less than 1e-12, as PyTorch.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
    """
    right, wrong = np.maximum(np.log(x), -100), np.maximum(np.log1p(-x), -100)
    def dx(g): return g * (x - y) / np.maximum(x * (1 - x), 1e-12)
    def dy(g): return g * (wrong - right)
    return -(y * right + (1 - y) * wrong), dx, dy
