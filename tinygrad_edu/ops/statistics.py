"""Numbers that describe many: middles, quantiles, running extremes, counts, spreads.

Where a number is picked from the others (a median, a running maximum), an op without a derivative finds its place, and
`gather` fetches it, with its derivative. Names, arguments and defaults are PyTorch's.
Source: https://docs.pytorch.org/docs/stable/torch.html#reduction-ops
"""

from __future__ import annotations

import builtins
import math
from typing import Any, NamedTuple

import numpy as np

from ..calling import signature_of
from ..engine import Tensor, answer, array_of, constant, op
from . import loss, reduction
from .index import along, axis_of, either_name, gather_along
from .order import Values, shown, sort
from .reduction import _by_correction, amax, amin, check_floating, deviation, diff, mean, norm, sum
from .reduction import variance as variance_of
from .shape import cat, movedim, reshape
from .shape import repeat_interleave as repeated


class Extremes(NamedTuple):
    """The smallest and the largest number."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return shown("aminmax", self)


class Histogram(NamedTuple):
    """How many numbers (or what share of them) fall between neighbouring edges."""

    hist: Tensor
    bin_edges: Any  # one tensor, or of points with several coordinates one for each

    def __repr__(self) -> str:
        return shown("histogramdd" if isinstance(self.bin_edges, tuple) else "histogram", self)


def _reduced(x, dim, name):
    """The tensor and the axis to reduce: a tensor without axes has one of length 1."""
    if x.ndim == 0:
        axis_of(dim, 1, name)
        return reshape(x, shape=(1,)), 0, True
    return x, axis_of(dim, x.ndim, name), False


def _picked(x, at, dim, keepdim):
    """(values, indices): the numbers at `at`, whose length along dim is 1."""
    value = gather_along(x, at, dim=dim)
    return Values(value, at) if keepdim else Values(np.squeeze(value, dim), np.squeeze(at, dim))


def _returned(name, found, alone):
    """The result under the op's name; without axes where the input had none."""
    return Values(*((reshape(part, shape=()) for part in found) if alone else found)).by(name)


@either_name
def aminmax(input, *, dim=None, keepdim=False) -> Extremes:
    """(min, max) of all numbers, or along an axis."""
    if input.ndim == 0:
        return Extremes(amin(input), amax(input))
    return Extremes(amin(input, dim=dim, keepdim=keepdim), amax(input, dim=dim, keepdim=keepdim))


@either_name
def kthvalue(input, k, dim=-1, keepdim=False) -> Values:
    """(values, indices) of the k-th smallest number along an axis; k counts from 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.kthvalue.html
    """
    x, dim, alone = _reduced(input, dim, "kthvalue")
    if not 1 <= k <= x.shape[dim]:
        raise RuntimeError(f"kthvalue: k must be from 1 to {x.shape[dim]}, the length of axis {dim}, got {k}")
    at = sort(x, dim=dim)[1][along(dim, x.ndim, slice(k - 1, k), "kthvalue")]
    found = _picked(x, at, dim, keepdim)
    return _returned("kthvalue", found, alone and keepdim)


@op()
def median_place(x, *, dim, ignore_nan=False):
    """Where the lower of the two middle numbers is; the first nan, where there is one that is not ignored.

    z: int64          x: (n, m) -> (1, m)
    Examples: dim=0; dim=0, ignore_nan=True
    """
    order = np.argsort(x, axis=dim, kind="stable")  # nans come last
    nans = np.sum(np.isnan(x), axis=dim, keepdims=True)
    n = x.shape[dim]
    middle = (n - nans - 1) // 2 if ignore_nan else np.where(nans > 0, n - nans, (n - 1) // 2)
    return np.take_along_axis(order, np.maximum(middle, 0), dim), None


def _median(name, input, dim, keepdim, ignore_nan):
    if dim is None:
        flat = reshape(input, shape=(-1,))
        if not flat.shape[0]:
            return np.sum(flat) * np.nan
        return _median(name, flat, 0, False, ignore_nan).values
    x, dim, alone = _reduced(input, dim, name)
    if not x.shape[dim]:
        raise IndexError(f"{name}: axis {dim} has no numbers, shape {x.shape}")
    found = _picked(x, median_place(x, dim=dim, ignore_nan=ignore_nan), dim, keepdim)
    return _returned(name, found, alone and keepdim)


@either_name
def median(input, dim=None, keepdim=False) -> Tensor | Values:
    """The middle of all numbers, the lower one of two; along an axis, (values, indices). nan where there is one.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.median.html
    """
    return _median("median", input, dim, keepdim, False)


@either_name
def nanmedian(input, dim=None, keepdim=False) -> Tensor | Values:
    """As median, of what is no nan."""
    return _median("nanmedian", input, dim, keepdim, True)


@op()
def mode_place(x, *, dim):
    """Where the number is that occurs most often, the smallest of several; the last of its places.

    z: int64          x: (n, m) -> (1, m)
    Examples: dim=0
    """
    last = np.moveaxis(x, dim, -1)
    same = np.expand_dims(last, -1) == np.expand_dims(last, -2)
    often = np.sum(same, axis=-1)
    best = often == np.max(often, axis=-1, keepdims=True)
    smallest = np.min(np.where(best, last, np.inf), axis=-1, keepdims=True)
    n = last.shape[-1]
    at = np.max(np.where(last == smallest, np.arange(n), 0), axis=-1, keepdims=True)
    return np.moveaxis(at, -1, dim), None


@either_name
def mode(input, dim=-1, keepdim=False) -> Values:
    """(values, indices) of the number that occurs most often along an axis, the smallest of several."""
    x, dim, alone = _reduced(input, dim, "mode")
    found = _picked(x, mode_place(x, dim=dim), dim, keepdim)
    return _returned("mode", found, alone and keepdim)


@op()
def running_place(x, *, dim, largest):
    """Where the largest (or smallest) number up to here is, the last of several; nans count as extreme.

    z[i] = argmax(x[0], ..., x[i]): int64          x: (n, m) -> (n, m)
    Examples: dim=0, largest=True; dim=-1, largest=False
    """
    top = (np.maximum if largest else np.minimum).accumulate(x, dim)
    row = np.reshape(np.arange(x.shape[dim]), tuple(-1 if i == dim % x.ndim else 1 for i in range(x.ndim)))
    return np.maximum.accumulate(np.where((x == top) | np.isnan(x), row, 0), dim), None


def _running(name, input, dim, largest):
    x, dim, alone = _reduced(input, dim, name)
    at = running_place(x, dim=dim, largest=largest)
    found = Values(gather_along(x, at, dim=dim), at)
    return _returned(name, found, alone)


@answer((np.maximum, "accumulate"))
def _running_maximum(x, axis=0):
    return cummax(x, axis).values


@answer((np.minimum, "accumulate"))
def _running_minimum(x, axis=0):
    return cummin(x, axis).values


@either_name
def cummax(input, dim) -> Values:
    """(values, indices): the largest number up to each place along an axis."""
    return _running("cummax", input, dim, True)


@either_name
def cummin(input, dim) -> Values:
    """(values, indices): the smallest number up to each place along an axis."""
    return _running("cummin", input, dim, False)


@op(promote="float", name="logcumsumexp")
def running_logsumexp(x, *, dim):
    """Running logarithm of a sum of exponentials, without overflow.

    z[i] = ln(exp x[0] + ... + exp x[i])          x: (n, m) -> (n, m)
    Examples: dim=0; dim=-1
    """
    z = np.logaddexp.accumulate(x, dim)
    def dx(g):
        last, sums, arriving = (np.moveaxis(a, dim, -1) for a in (x, z, g))
        n = last.shape[-1]
        reaches = np.arange(n) >= np.expand_dims(np.arange(n), -1)  # [k, i]: x[k] is part of z[i]
        away = np.where(reaches, np.expand_dims(last, -1) - np.expand_dims(sums, -2), -np.inf)
        return np.moveaxis(np.sum(np.exp(away) * np.expand_dims(arriving, -2), axis=-1), -1, dim)
    return z, dx


@answer((np.logaddexp, "accumulate"))
def _accumulate(x, axis=0):
    return running_logsumexp(x, dim=axis)


@either_name
def logcumsumexp(input, dim):
    """ln(exp x[0] + ... + exp x[i]) at each place i along an axis."""
    x, dim, alone = _reduced(input, dim, "logcumsumexp")
    found = running_logsumexp(x, dim=dim)
    return reshape(found, shape=()) if alone else found


def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """The number below which a share q of the others lies; between two of them as `interpolation` says.

    q: a number, or a vector of them, whose axis comes first in the result. nan where there is one.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.quantile.html
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """As quantile, of what is no nan."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, True)


def _quantile(name, input, q, dim, keepdim, interpolation, ignore_nan):
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"{name}: interpolation must be one of linear, lower, higher, midpoint and nearest, got "
                           f"{interpolation!r}")  # fmt: skip
    check_floating(name, input)
    several = getattr(q, "ndim", 0) == 1
    q = reshape(q, shape=(-1,)) if hasattr(q, "shape") else np.array([q], input.dtype)
    before, ndim = input.shape, input.ndim
    x = reshape(input, shape=(-1,)) if dim is None or ndim == 0 else movedim(input, source=dim, destination=-1)
    ordered = sort(x, dim=-1)[0]
    nans = sum(np.isnan(x), dim=-1, keepdim=True)
    n = x.shape[-1]
    last = np.maximum(n - nans - 1, 0) if ignore_nan else n - 1 + nans * 0
    place = np.astype(last, input.dtype) * q  # (..., number of q)
    low, high = np.floor(place), np.ceil(place)
    if interpolation == "nearest":
        low = high = np.round(place)
    share = {"linear": place - low, "lower": low * 0, "higher": low * 0 + 1, "midpoint": low * 0 + 0.5,
             "nearest": low * 0}[interpolation]  # fmt: skip
    below, above = (gather_along(ordered, np.astype(i, np.int64), dim=-1) for i in (low, high))
    found = below + share * (above - below) if interpolation != "higher" else above
    if not ignore_nan:
        found = np.where(nans > 0, np.nan, found)
    found = movedim(found, source=-1, destination=0)
    if keepdim:
        kept = (1,) * ndim if dim is None else tuple(1 if i == dim % ndim else m for i, m in enumerate(before))
        found = reshape(found, shape=(found.shape[0], *kept))
    return found if several else found[0]


def _nan_as(input, number):
    return np.where(np.isnan(input), number, input)


@either_name
def nansum(input, dim=None, keepdim=False, *, dtype=None):
    """Sum of what is no nan."""
    return sum(_nan_as(input, 0) if input.dtype.kind == "f" else input, dim=dim, keepdim=keepdim, dtype=dtype)


@either_name
def nanmean(input, dim=None, keepdim=False, *, dtype=None):
    """Mean of what is no nan."""
    numbers = sum(~np.isnan(input), dim=dim, keepdim=keepdim)
    return nansum(input, dim, keepdim, dtype=dtype) / numbers


@either_name
def var_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None) -> tuple[Tensor, Tensor]:
    """(variance, mean)."""
    dim, unbiased = (None, dim) if isinstance(dim, bool) else (dim, unbiased)
    return variance_of(input, dim, unbiased, keepdim, correction=correction), mean(input, dim=dim, keepdim=keepdim)


@either_name
def std_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None) -> tuple[Tensor, Tensor]:
    """(standard deviation, mean)."""
    dim, unbiased = (None, dim) if isinstance(dim, bool) else (dim, unbiased)
    spread = _by_correction(deviation, input, dim, unbiased, keepdim, correction)
    return spread, mean(input, dim=dim, keepdim=keepdim)


def dist(input, other, p=2):
    """The p-norm of the difference."""
    return norm(input - other, p)


def renorm(input, p, dim, maxnorm):
    """Each slice along an axis scaled down to a p-norm of at most maxnorm."""
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    others = tuple(i for i in range(input.ndim) if i != axis_of(dim, input.ndim, "renorm"))
    lengths = norm(input, p, others, True)
    return input * np.where(lengths > maxnorm, maxnorm / (lengths + 1e-7), 1)


def cov(input, *, correction=1, fweights=None, aweights=None):
    """Covariances of variables, one a row: (n, m) -> (n, n).

    fweights: how often each observation counts; aweights: how much.
    """
    if input.ndim > 2:
        raise RuntimeError(f"cov: at most two axes expected, got shape {input.shape}")
    for what, w, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        count = input.shape[-1] if input.ndim else 1
        if w is not None and (w.ndim > 1 or w.dtype.kind not in kinds or w.numel() != count):
            raise RuntimeError(f"cov: {what} must be {count} {'whole' if kinds == 'iu' else 'floating'} numbers, "
                               f"got shape {w.shape} of {w.dtype}")  # fmt: skip
        array = None if w is None else _raw(w)
        if isinstance(array, np.ndarray) and (array < 0).any():
            raise RuntimeError(f"cov: {what} cannot be negative")
    x = reshape(input, shape=(1, -1)) if input.ndim < 2 else input
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    if weights is None:
        total, away = x.shape[1], x - mean(x, dim=1, keepdim=True)
        scale = total - correction
        found = away @ away.T / scale if scale > 0 else away @ away.T * np.nan
    else:
        total = sum(weights)
        away = x - sum(x * weights, dim=1, keepdim=True) / total
        lost = correction if aweights is None else correction * sum(weights * aweights) / total
        found = (away * weights) @ away.T / np.maximum(total - lost, 0)
    return reshape(found, shape=()) if x.shape[0] == 1 else found


def corrcoef(input):
    """Correlations of variables, one a row: (n, m) -> (n, n)."""
    spread = cov(input)
    if spread.ndim == 0:
        return spread / spread
    deviations = np.sqrt(np.diagonal(spread))
    return np.clip(spread / deviations / np.expand_dims(deviations, 1), -1, 1)


# --------------------------------------------------------------------------------------------- counting


def _raw(x, dtype=None):
    array = array_of(x) if isinstance(x, Tensor) else x
    return array if dtype is None else np.asarray(array, dtype)


def bincount(input, weights=None, minlength=0):
    """How often each whole number from 0 up occurs; or the sum of the weights that come with it."""
    array = _raw(input)
    if array.ndim != 1 or array.dtype.kind not in "iub":
        raise RuntimeError(f"bincount: a vector of whole numbers from 0 up expected, got shape {array.shape}, dtype "
                           f"{array.dtype}")  # fmt: skip
    if array.size and array.min() < 0:
        raise RuntimeError(f"bincount: whole numbers from 0 up expected, got {array.min()}")
    found = np.bincount(array, None if weights is None else _raw(weights), minlength)
    if weights is not None:
        found = np.astype(found, np.float32 if _raw(weights).dtype == np.float32 else np.float64)
    return constant(found)


def histc(input, bins=100, min=0, max=0):
    """How many numbers fall into each of `bins` equal parts of [min, max]; of their own range where both are equal."""
    array = _raw(input)
    if min == max:
        min, max = (array.min().item(), array.max().item()) if array.size else (0, 1)
        min, max = (min - 1, max + 1) if min == max else (min, max)
    if not np.isfinite([min, max]).all():
        raise RuntimeError(f"histc: a finite range expected, got [{min}, {max}]")
    if min > max:
        raise RuntimeError(f"histc: max must be larger than min, got [{min}, {max}]")
    inside = array[(array >= min) & (array <= max)]
    found = np.minimum(((inside - min) / (max - min) * bins).astype(np.int64), bins - 1)
    return constant(np.bincount(found, minlength=bins).astype(array.dtype))


def histogram(input, bins=100, *, range=None, weight=None, density=False) -> Histogram:
    """(hist, bin_edges): how many numbers fall between neighbouring edges, the last edge included.

    bins: how many equal parts, or their edges as a vector. weight: what each number counts. density: shares by width.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.histogram.html
    """
    array = _raw(input)
    if isinstance(bins, Tensor):
        edges = _raw(bins)
    else:
        low, high = range if range is not None else (array.min(), array.max()) if array.size else (0, 1)
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = np.linspace(low, high, bins + 1).astype(array.dtype)
    weights = None if weight is None else _raw(weight).reshape(-1)
    hist = np.histogram(array.reshape(-1), edges, weights=weights)[0].astype(array.dtype)
    if density:
        hist = hist / (hist.sum() * np.diff(edges)).astype(array.dtype)
    return Histogram(constant(hist), constant(np.array(edges)))


def histogramdd(input, bins, *, range=None, weight=None, density=False) -> Histogram:
    """(hist, bin_edges) of points with several coordinates, a row each: how many fall into each box of a grid.

    bins: how many equal parts along each axis, one number or a list; or the edges, a vector for each. range: for each
    axis, from where to where, one behind the other.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.histogramdd.html
    """
    array = _raw(input)
    points = array.reshape(-1, array.shape[-1])
    count = points.shape[1]
    if isinstance(bins, int):
        bins = [bins] * count
    if len(bins) != count:
        raise RuntimeError(f"histogramdd: one number of bins for each of {count} coordinates expected, got {len(bins)}")
    limits = [None] * count if range is None else [tuple(range[2 * i : 2 * i + 2]) for i in builtins.range(count)]
    edges = []
    for column, parts, limit in zip(points.T, bins, limits, strict=True):
        if isinstance(parts, Tensor):
            edges.append(_raw(parts))
            continue
        low, high = limit or ((column.min(), column.max()) if column.size else (0, 1))
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
        edges.append(np.linspace(low, high, parts + 1).astype(array.dtype))
    shape = tuple(len(e) - 1 for e in edges)
    at = [np.searchsorted(e, x, "right") - 1 - (x == e[-1]) for x, e in zip(points.T, edges, strict=True)]
    inside = np.all([(x >= e[0]) & (x <= e[-1]) for x, e in zip(points.T, edges, strict=True)], axis=0)
    boxes = np.ravel_multi_index([i[inside] for i in at], shape)
    weights = None if weight is None else _raw(weight).reshape(-1)[inside]
    hist = np.bincount(boxes, weights, math.prod(shape)).reshape(shape).astype(array.dtype)
    if density:
        hist = hist / hist.sum()
        for i, e in enumerate(edges):
            hist = hist / np.diff(e).reshape(tuple(-1 if i == k else 1 for k in builtins.range(count)))
    return Histogram(constant(hist), tuple(map(constant, edges)))


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None) -> Any:
    """The numbers (or slices along an axis) that differ, in order; where each went, and how often it occurs.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.unique.html
    """
    found = np.unique(_raw(input), return_inverse=return_inverse, return_counts=return_counts, axis=dim)
    parts = found if isinstance(found, tuple) else (found,)
    shape = input.shape if dim is None else (-1,)
    parts = tuple(np.reshape(p, shape) if return_inverse and i == 1 else p for i, p in enumerate(parts))
    return tuple(map(constant, parts)) if len(parts) > 1 else constant(parts[0])


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None) -> Any:
    """As unique, of neighbours only: runs of equal numbers become one."""
    array = _raw(input)
    rows = array.reshape(-1) if dim is None else np.moveaxis(array, dim, 0)
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).reshape(max(len(rows) - 1, 0), -1).any(1) if len(rows) > 1 else new[1:]
    inverse = np.cumsum(new) - 1
    kept = rows[new] if dim is None else np.moveaxis(rows[new], 0, dim)
    parts = [kept]
    if return_inverse:
        parts.append(inverse.reshape(array.shape) if dim is None else inverse)
    if return_counts:
        parts.append(np.bincount(inverse, minlength=int(new.sum())))
    return tuple(map(constant, parts)) if len(parts) > 1 else constant(parts[0])


def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    """Before which place in sorted rows each number would stand: (..., n), (..., m) -> (..., m).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.searchsorted.html
    """
    rows = _raw(sorted_sequence)
    if sorter is not None:
        rows = np.take_along_axis(rows, _raw(sorter), -1)
    values = _raw(input) if isinstance(input, Tensor) else np.asarray(input)
    side = side or ("right" if right else "left")
    if rows.ndim == 1:
        found = np.searchsorted(rows, values, side)
    else:
        if rows.shape[:-1] != values.shape[:-1]:
            raise RuntimeError(f"searchsorted: all axes but the last must agree, got {rows.shape} and {values.shape}")
        found = np.zeros(values.shape, np.int64)
        for place in np.ndindex(values.shape[:-1]):
            found[place] = np.searchsorted(rows[place], values[place], side)
    return constant(np.astype(np.asarray(found), np.int32 if out_int32 else np.int64))


def bucketize(input, boundaries, *, out_int32=False, right=False):
    """Between which boundaries each number falls."""
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def isin(elements, test_elements, *, assume_unique=False, invert=False):
    """Whether each number is among the others."""
    return constant(np.asarray(np.isin(_raw(elements), _raw(test_elements), invert=invert)))


# ------------------------------------------------------------------------------------- along an axis, composed


def diff_of(input, n=1, dim=-1, prepend=None, append=None):
    """Differences of neighbours along an axis, n times over; with slices put before or behind."""
    if n < 0:
        raise RuntimeError(f"diff: order must be non-negative but got {n}")
    if n == 0:
        return input
    parts = [part for part in (prepend, input, append) if part is not None]
    return diff(cat(parts, dim) if len(parts) > 1 else input, n, dim)


def trapezoid(y, x=None, *, dx=1, dim=-1):
    """Integral by trapezoids along an axis, over points x or at steps of dx.

    z = Σᵢ (y[i] + y[i + 1]) / 2 · (x[i + 1] − x[i])
    """
    return sum(_trapezoids(y, x, dx, dim), dim=dim)


def cumulative_trapezoid(y, x=None, *, dx=1, dim=-1):
    """As trapezoid, up to each point."""
    return np.cumsum(_trapezoids(y, x, dx, dim), dim)


def _trapezoids(y, x, dx, dim):
    before, behind = along(dim, y.ndim, slice(None, -1), "trapezoid"), along(dim, y.ndim, slice(1, None), "trapezoid")
    if x is None:
        return (y[before] + y[behind]) * (0.5 * dx)
    if x.ndim == 1:
        x = reshape(x, shape=tuple(-1 if i == axis_of(dim, y.ndim, "trapezoid") else 1 for i in range(y.ndim)))
        steps = diff(x, 1, dim)
    else:
        steps = diff(x, 1, dim - y.ndim if dim >= 0 else dim)
    return (y[before] + y[behind]) * steps * 0.5



# ------------------------------------------------------------------------------------- computed in another dtype


def _computed_in(op, name, sentence):
    """An op along an axis that PyTorch lets compute in another dtype."""
    @either_name
    def call(input, dim=None, *rest, dtype=None, **options):
        if dim is None and name.startswith("cum"):
            raise TypeError(f"{name}: argument 'dim' is missing, the axis to go along")
        input = input if dtype is None else np.astype(input, np.dtype(dtype))
        if input.ndim and 0 in input.shape and name.endswith("softmax"):
            return np.copy(input)  # nothing to take the largest of
        return op(input, *rest, dim=dim, **options)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{sentence}\n\n    dtype: what it is computed in.\n    "
    call.__signature__ = signature_of(op, dtype=None)  # type: ignore[attr-defined]
    return call


cumsum = _computed_in(reduction.cumsum, "cumsum", "Running sum along an axis.")
cumprod = _computed_in(reduction.cumprod, "cumprod", "Running product along an axis.")
prod = _computed_in(reduction.prod, "prod", "Product of all numbers, or along an axis.")
softmax = _computed_in(loss.softmax, "softmax", "Numbers along an axis as shares that add up to 1.")
log_softmax = _computed_in(loss.log_softmax, "log_softmax", "Logarithms of the shares that softmax gives.")


def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each slice along an axis (each number, without dim) repeated on the spot: so many times, or as often as a tensor
    says. With a vector of counts alone, each place as often as it counts.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html
    """
    if repeats is None:
        input, repeats, dim = constant(np.arange(input.shape[0])), input, 0
    x = reshape(input, shape=(-1,)) if dim is None or input.ndim == 0 else input
    repeats = tuple(_raw(repeats).reshape(-1).tolist()) if hasattr(repeats, "shape") else repeats
    repeats = repeats[0] if isinstance(repeats, tuple) and len(repeats) == 1 else repeats
    return repeated(x, repeats=repeats, dim=0 if dim is None else dim)
