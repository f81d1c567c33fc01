"""Reductions: many numbers become fewer. dim is an axis, a tuple of axes, or None for all; keepdim keeps them
at length 1. The way back spreads g over the axes that were reduced.
"""

from __future__ import annotations

import math

import numpy as np

from ..engine import answer, op
from ..graph import answers
from .index import along, either_name


def spread(g, dim, keepdim):
    """g with the reduced axes put back at length 1, so that it broadcasts against the input."""
    return g if keepdim or dim is None else np.expand_dims(g, dim)


def stretch(g, shape):
    """g repeated along the axes where its length is 1. np.broadcast_to costs as much as ten small ops, so a small
    array is filled instead."""
    return g + np.zeros(shape, g.dtype) if math.prod(shape) <= 1 << 16 else np.broadcast_to(g, shape)


def _over(g, shape, dtype):
    """What a sum passes back: g for every number that went in, in their dtype."""
    g = stretch(g, shape)
    return g if g.dtype is dtype else np.astype(g, dtype)


def check_floating(name, x):
    """TypeError where x holds integers or booleans: PyTorch does not guess which float is meant."""
    if x.dtype.kind != "f":
        raise TypeError(f"{name}: floating numbers expected, got {x.dtype}; convert first, e.g. x.float().{name}()")


def axes_of(x, dim):
    """The axes to reduce: a tensor without axes may be asked for its only one, as in PyTorch."""
    return dim if x.ndim else None


def count(shape, dim):
    """How many numbers each result was made of."""
    if dim is None:
        return int(np.prod(shape))
    return int(np.prod([shape[d] for d in (dim if isinstance(dim, tuple) else (dim,))]))


@op(np.sum)
def sum(x, *, dim=None, keepdim=False, dtype=None):
    """Sum. Integers and booleans add up as int64.

    z = Σᵢ xᵢ          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    """
    shape, old, dim = x.shape, x.dtype, axes_of(x, dim)
    if dtype is None and old.kind in "biu":
        dtype = np.int64
    def dx(g): return _over(spread(g, dim, keepdim), shape, old)
    return np.add.reduce(x, dim, dtype, None, keepdim), dx


@op(np.mean)
def mean(x, *, dim=None, keepdim=False, dtype=None):
    """Arithmetic mean; nan of nothing.

    z = Σᵢ xᵢ / n          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    """
    if dtype is None or np.dtype(dtype).kind != "f":
        check_floating("mean", x if dtype is None else np.zeros_like(x, dtype=dtype, shape=()))
    dim = axes_of(x, dim)
    shape, old, n = x.shape, x.dtype, count(x.shape, dim)
    def dx(g): return _over(spread(g / n, dim, keepdim), shape, old)
    total = np.add.reduce(x, dim, dtype, None, keepdim)
    return total / n if n else total * np.nan, dx


@op(np.prod)
def prod(x, *, dim=None, keepdim=False):
    """Product.

    z = Πᵢ xᵢ          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    Kinks: none; where one factor is 0, its derivative is the product of the others.
    """
    x, dim = _int64(x), axes_of(x, dim)
    def dx(g): return spread(g, dim, keepdim) * _product_of_others(x, dim)
    return np.prod(x, axis=dim, keepdims=keepdim), dx


def _int64(x):
    """Integers and booleans multiply and add up as int64, as in PyTorch."""
    return np.astype(x, np.int64) if x.dtype.kind in "biu" else x


def _product_of_others(x, dim):
    """For each factor, the product of all the others: those before it, times those behind it."""
    if dim is None:
        return np.reshape(_product_of_others(np.reshape(x, (-1,)), 0), x.shape)
    if isinstance(dim, tuple):
        last = tuple(range(-len(dim), 0))
        moved = np.moveaxis(x, dim, last)
        kept, length = moved.shape[: x.ndim - len(dim)], count(x.shape, dim)
        others = _product_of_others(np.reshape(moved, (*kept, length)), -1)
        return np.moveaxis(np.reshape(others, moved.shape), last, dim)
    x = np.moveaxis(x, dim, -1)
    one = np.ones_like(x[..., :1])
    before = np.cumprod(np.concatenate([one, x[..., :-1]], -1), -1)
    behind = np.flip(np.cumprod(np.concatenate([one, np.flip(x, -1)[..., :-1]], -1), -1), -1)
    return np.moveaxis(before * behind, -1, dim)


@op(np.max)
def amax(x, *, dim=None, keepdim=False):
    """Largest number; nan where there is one.

    z = maxᵢ xᵢ          x: (n, m) -> (...)
    Kinks: ties share the gradient evenly.
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    """
    dim = axes_of(x, dim)
    z = np.maximum.reduce(x, axis=dim, keepdims=keepdim)
    def dx(g): return _among_ties(g, x, z, dim, keepdim)
    return z, dx


@op(np.min)
def amin(x, *, dim=None, keepdim=False):
    """Smallest number; nan where there is one.

    z = minᵢ xᵢ          x: (n, m) -> (...)
    Kinks: ties share the gradient evenly.
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    """
    dim = axes_of(x, dim)
    z = np.minimum.reduce(x, axis=dim, keepdims=keepdim)
    def dx(g): return _among_ties(g, x, z, dim, keepdim)
    return z, dx


def _among_ties(g, x, z, dim, keepdim):
    """g, shared evenly by all numbers that equal the extreme z."""
    best = x == spread(z, dim, keepdim)
    return spread(g, dim, keepdim) * best / np.sum(best, axis=dim, keepdims=True, dtype=x.dtype)


@op()
def var(x, *, dim=None, correction=1, keepdim=False):
    """Variance: the mean square distance from the mean, with n − correction in the denominator.

    z = Σᵢ (xᵢ − mean)² / (n − correction)          x: (n, m) -> (...)
    Domain: 2 <= n, 2 <= m
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1), correction=0
    """
    away, scale = _distances("var", x, dim, correction)
    def dx(g): return spread(g, dim, keepdim) * away * (2 * scale)
    return np.sum(away * away, axis=dim, keepdims=keepdim) * scale, dx


def _distances(name, x, dim, correction):
    """How far each number is from the mean, and 1 / (n − correction)."""
    check_floating(name, x)
    n = count(x.shape, dim)
    return x - np.sum(x, axis=dim, keepdims=True) / (n or 1), 1 / (n - correction) if n > correction else np.nan


@op(name="std")
def deviation(x, *, dim=None, correction=1, keepdim=False):
    """Standard deviation: the root of the variance.

    z = √(Σᵢ (xᵢ − mean)² / (n − correction))          x: (n, m) -> (...)
    Kinks: where all numbers are equal, the derivative is 0.
    Domain: 2 <= n, 2 <= m
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1), correction=0
    """
    away, scale = _distances("std", x, dim, correction)
    z = np.sqrt(np.sum(away * away, axis=dim, keepdims=keepdim) * scale)
    def dx(g):
        wide = spread(z, dim, keepdim)
        return spread(g, dim, keepdim) * (away / np.where(wide == 0, 1, wide) * scale)
    return z, dx


@op(promote="float")
def logsumexp(x, *, dim=None, keepdim=False):
    """Logarithm of a sum of exponentials, without overflow: a smooth maximum.

    z = ln Σᵢ exp xᵢ          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    """
    dim = axes_of(x, dim)
    top = np.max(x, axis=dim, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    powers = np.exp(x - top)
    total = np.sum(powers, axis=dim, keepdims=True)
    def dx(g): return spread(g, dim, keepdim) * (powers / total)
    z = np.log(total) + top
    return z if keepdim else np.squeeze(z, axis=dim), dx


@op(np.cumsum)
def cumsum(x, *, dim):
    """Running sum along an axis.

    z[i] = x[0] + ... + x[i]          x: (n, m) -> (n, m)
    Examples: dim=0; dim=-1
    """
    if x.ndim == 0:
        return np.copy(x), lambda g: g
    def dx(g): return np.flip(np.cumsum(np.flip(g, dim), dim), dim)
    return np.cumsum(_int64(x), dim), dx


@op(np.cumprod)
def cumprod(x, *, dim):
    """Running product along an axis.

    z[i] = x[0] · ... · x[i]          x: (n, m) -> (n, m)
    Examples: dim=0; dim=-1
    Kinks: none; zeros among the factors are taken into account.
    """
    if x.ndim == 0:
        return np.copy(x), lambda g: g
    x = _int64(x)
    def dx(g): return _cumprod_back(g, x, dim)
    return np.cumprod(x, dim), dx


def _cumprod_back(g, x, dim):
    """dL/dxₖ = Σ_{i ≥ k} gᵢ Π_{j ≤ i, j ≠ k} xⱼ, without a division: a factor may be zero.

    For each k, the product behind k is a running product that starts anew: row k of a triangle.
    """
    x, g = np.moveaxis(x, dim, -1), np.moveaxis(g, dim, -1)
    n = x.shape[-1]
    row = np.expand_dims(np.arange(n), 1)
    behind = np.where(np.arange(n) > row, np.expand_dims(x, -2), 1)  # [k, i]: xᵢ where i > k, else 1
    behind = np.triu(np.cumprod(behind, -1))  # [k, i]: the product from k + 1 to i
    before = np.cumprod(np.concatenate([np.ones_like(x[..., :1]), x[..., :-1]], -1), -1)
    return np.moveaxis(before * np.sum(behind * np.expand_dims(g, -2), axis=-1), -1, dim)


@op(name="norm")
def norm2(x, *, dim=None, keepdim=False):
    """Euclidean length.

    z = √Σᵢ xᵢ²          x: (n, m) -> (...)
    Kinks: norm′(0) = 0.
    Examples: dim=None; dim=0; dim=-1, keepdim=True; dim=(0, 1)
    """
    check_floating("norm", x)
    dim = axes_of(x, dim)
    z = np.sqrt(np.sum(x * x, axis=dim, keepdims=keepdim))
    def dx(g):
        length = spread(z, dim, keepdim)
        return spread(g, dim, keepdim) * (x / np.where(length == 0, 1, length))
    return z, dx


@op(np.argmax)
def argmax(x, *, dim=None, keepdim=False):
    """Where the largest number is, the first of them; in the flattened array where dim is None.

    z = argmaxᵢ xᵢ: int64          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True
    """
    return np.argmax(x, axis=dim, keepdims=keepdim), None


@op(np.argmin)
def argmin(x, *, dim=None, keepdim=False):
    """Where the smallest number is, the first of them; in the flattened array where dim is None.

    z = argminᵢ xᵢ: int64          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True
    """
    return np.argmin(x, axis=dim, keepdims=keepdim), None


@op(np.all)
def all(x, *, dim=None, keepdim=False):
    """Whether all numbers are nonzero.

    z: bool          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True
    """
    return np.all(x, axis=dim, keepdims=keepdim), None


@op(np.any)
def any(x, *, dim=None, keepdim=False):
    """Whether some number is nonzero.

    z: bool          x: (n, m) -> (...)
    Examples: dim=None; dim=0; dim=-1, keepdim=True
    """
    return np.any(x, axis=dim, keepdims=keepdim), None


@op(np.count_nonzero)
def count_nonzero(x, *, dim=None):
    """How many numbers are not zero.

    z = Σᵢ [xᵢ ≠ 0]: int64          x: (n, m) -> (...)
    Examples: dim=None; dim=0
    """
    return np.sum(x != 0, axis=dim), None


# ------------------------------------------------------------------------- composed: no derivative of their own


@either_name
def variance(x, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """Variance; `unbiased` and `correction` say what is taken from n in the denominator (1 unless given).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.var.html
    """
    return _by_correction(var, x, dim, unbiased, keepdim, correction)


def _by_correction(op, x, dim, unbiased, keepdim, correction):
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    return op(x, dim=dim, correction=correction, keepdim=keepdim)


@either_name
def norm(x, p=2, dim=None, keepdim=False):
    """Length of a vector: (Σ |x|ᵖ)^(1/p); for p = inf the largest |x|. Its derivative at 0 is 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.norm.html
    """
    if p in ("fro", 2):
        return norm2(x, dim=dim, keepdim=keepdim)
    if p in (np.inf, -np.inf):
        return (amax if p > 0 else amin)(np.absolute(x), dim=dim, keepdim=keepdim)
    if p == 0:
        return sum(np.astype(x != 0, x.dtype), dim=dim, keepdim=keepdim)
    if p == 1:
        return sum(np.absolute(x), dim=dim, keepdim=keepdim)
    zero = x == 0  # whose power has no slope to speak of
    powers = np.where(zero, 0.0 if p > 0 else np.inf, np.absolute(np.where(zero, 1, x)) ** p)
    total = sum(powers, dim=dim, keepdim=keepdim)
    dead = (total == 0) | np.isinf(total)
    return np.where(dead, 0.0 if p < 0 else total, np.where(dead, 1, total) ** (1 / p))


@either_name
def std(x, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """Standard deviation: the root of `variance`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.std.html
    """
    return _by_correction(deviation, x, dim, unbiased, keepdim, correction)


@answer(np.std)
def _std(x, axis=None, ddof=0, keepdims=False):
    return std(x, axis, keepdim=keepdims, correction=ddof)


@answer(np.var)
def _var(x, axis=None, ddof=0, keepdims=False):
    return var(x, dim=axis, correction=ddof, keepdim=keepdims)


@answer(np.ptp)
def _ptp(x, axis=None, keepdims=False):
    return amax(x, dim=axis, keepdim=keepdims) - amin(x, dim=axis, keepdim=keepdims)


@answer(np.linalg.norm)
def _norm(x, ord=None, axis=None, keepdims=False):
    return norm(x, 2 if ord is None else ord, axis, keepdims)


@answer(np.diff)
def diff(x, n=1, axis=-1):
    """Differences of neighbours along an axis, n times over."""
    for _ in range(n):
        behind = x[along(axis, x.ndim, slice(1, None), "diff")]
        x = behind - x[along(axis, x.ndim, slice(None, -1), "diff")]
    return x


@answer(np.nansum)
def nansum(x, axis=None, keepdims=False):
    """Sum of what is no nan."""
    return sum(np.where(np.isnan(x), 0, x), dim=axis, keepdim=keepdims)


@answer(np.nanmean)
def nanmean(x, axis=None, keepdims=False):
    """Mean of what is no nan."""
    numbers = sum(~np.isnan(x), dim=axis, keepdim=keepdims)
    return nansum(x, axis, keepdims) / numbers


@answer(np.average)
def _average(x, axis=None, weights=None):
    return mean(x, dim=axis) if weights is None else sum(x * weights, dim=axis) / sum(weights, dim=axis)


# What NumPy's formulas call these: np.add.reduce(t) reads as a sum. Its axis is 0 unless given.
for _ufunc, _reduction in ((np.add, sum), (np.multiply, prod), (np.maximum, amax), (np.minimum, amin)):
    def _reduce(x, axis=0, dtype=None, keepdims=False, _op=_reduction):
        return _op(x, dim=axis, keepdim=keepdims, **({} if dtype is None else {"dtype": dtype}))
    answers[_ufunc, "reduce"] = _reduce
answers[np.add, "accumulate"] = lambda x, axis=0: cumsum(x, dim=axis)
answers[np.multiply, "accumulate"] = lambda x, axis=0: cumprod(x, dim=axis)
