"""What each op must give, said a second time: number by number with Python's own `math`, in plain loops, or by the
NumPy function that the op answers for. No formula of the package is used here.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_edu.ops.index import SLOT

REFERENCES: dict[str, Callable] = {}


def of(*names: str) -> Callable:
    """The decorated function is the reference of the ops `names`."""

    def decorate(function: Callable) -> Callable:
        for name in names:
            REFERENCES[name] = function
        return function

    return decorate


def each(function: Callable) -> Callable:
    """A function of Python numbers as a function of arrays."""

    def broadcasting(*arrays: Any, **static: Any) -> np.ndarray:
        arrays = np.broadcast_arrays(*arrays)
        results = [function(*(x.item() for x in xs), **static) for xs in zip(*(a.ravel() for a in arrays), strict=True)]
        return np.reshape(np.array(results), arrays[0].shape)

    return broadcasting


# ---------------------------------------------------------------------------------- elementwise, by Python's math


def _limited(x: float, min: float | None = None, max: float | None = None) -> float:
    return min if min is not None and x < min else max if max is not None and x > max else x


ELEMENTWISE: dict[str, Callable] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
    "positive": operator.pos, "pow": operator.pow, "remainder": operator.mod, "fmod": math.fmod,
    "floor_divide": operator.floordiv, "square": lambda x: x**2, "sqrt": math.sqrt, "cbrt": math.cbrt,
    "rsqrt": lambda x: x**-0.5, "reciprocal": lambda x: x**-1, "exp": math.exp, "exp2": math.exp2,
    "expm1": math.expm1, "log": math.log, "log2": math.log2, "log10": math.log10, "log1p": math.log1p,
    "logaddexp": lambda x, y: math.log(math.exp(x) + math.exp(y)), "logaddexp2": lambda x, y: math.log2(2**x + 2**y),
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "atan2": math.atan2, "hypot": math.hypot, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "asinh": math.asinh, "acosh": math.acosh, "atanh": math.atanh,
    "sinc": lambda x: math.sin(math.pi * x) / (math.pi * x), "deg2rad": math.radians, "rad2deg": math.degrees,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "relu": lambda x: max(x, 0.0), "abs": builtins.abs,
    "sign": lambda x: (x > 0.0) - (x < 0.0) + 0.0, "copysign": math.copysign, "maximum": max, "minimum": min,
    "fmax": max, "fmin": min, "clamp": _limited, "where": lambda c, x, y: x if c else y,
    "floor": lambda x: float(math.floor(x)), "ceil": lambda x: float(math.ceil(x)),
    "trunc": lambda x: float(math.trunc(x)), "round": lambda x, decimals=0: builtins.round(x, decimals),
    "frac": lambda x: math.modf(x)[0], "nan_to_num": lambda x: x, "clone": lambda x: x,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "logical_and": lambda x, y: bool(x) and bool(y), "logical_or": lambda x, y: bool(x) or bool(y),
    "logical_xor": lambda x, y: bool(x) != bool(y), "logical_not": lambda x: not x,
    "isnan": math.isnan, "isinf": math.isinf, "isfinite": math.isfinite, "signbit": lambda x: x < 0,
    "bitwise_and": operator.and_, "bitwise_or": operator.or_, "bitwise_xor": operator.xor, "bitwise_not": operator.inv,
}  # fmt: skip

for _name, _function in ELEMENTWISE.items():
    of(_name)(each(_function))


@of("astype")
def _astype(x, dtype):
    return np.reshape(np.array(x.ravel().tolist(), dtype), x.shape)


@of("zeros_like", "empty_like")
def _zeros_like(x):
    return np.reshape(np.array([0.0] * x.size), x.shape)


@of("ones_like")
def _ones_like(x):
    return np.reshape(np.array([1.0] * x.size), x.shape)


@of("full_like")
def _full_like(x, fill_value):
    return np.reshape(np.array([fill_value] * x.size), x.shape)


# ---------------------------------------------------------------------------- reductions, by a list at a time


def _axes(x: np.ndarray, dim: Any) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if dim is None else tuple(d % x.ndim for d in (dim if type(dim) is tuple else (dim,)))


def reducing(function: Callable) -> Callable:
    """A function of a list of numbers as a reduction along axes."""

    def reduction(x: np.ndarray, dim: Any = None, keepdim: bool = False, **static: Any) -> np.ndarray:
        axes = _axes(x, dim)
        kept = [range(1) if i in axes else range(n) for i, n in enumerate(x.shape)]
        shape = tuple(len(r) for r in kept)
        results = []
        for place in itertools.product(*kept):
            inside = [range(n) if i in axes else (place[i],) for i, n in enumerate(x.shape)]
            results.append(function([x[p].item() for p in itertools.product(*inside)], **static))
        full = np.reshape(np.array(results), shape)
        return full if keepdim else np.reshape(full, tuple(n for i, n in enumerate(shape) if i not in axes))

    return reduction


def _variance(numbers: list, correction: int = 1) -> float:
    middle = math.fsum(numbers) / len(numbers)
    return math.fsum((x - middle) ** 2 for x in numbers) / (len(numbers) - correction)


REDUCTIONS: dict[str, Callable] = {
    "sum": math.fsum, "mean": lambda xs: math.fsum(xs) / len(xs), "prod": math.prod, "amax": max, "amin": min,
    "var": _variance, "std": lambda xs, **options: math.sqrt(_variance(xs, **options)),
    "logsumexp": lambda xs: math.log(math.fsum(map(math.exp, xs))),
    "norm": lambda xs: math.sqrt(math.fsum(x * x for x in xs)),
    "argmax": lambda xs: xs.index(max(xs)), "argmin": lambda xs: xs.index(min(xs)), "all": all, "any": any,
    "count_nonzero": lambda xs: sum(x != 0 for x in xs),
}  # fmt: skip

for _name, _function in REDUCTIONS.items():
    of(_name)(reducing(_function))


def along(function: Callable) -> Callable:
    """A function from a list to a list (or several) as one along an axis."""

    def mapped(x: np.ndarray, dim: int = -1, **static: Any) -> Any:
        if x.ndim == 0:
            return tuple(part[0] for part in mapped(np.reshape(x, (1,)), 0, **static))
        rows = np.moveaxis(x, dim, -1)
        results = [function(row.tolist(), **static) for row in np.reshape(rows, (-1, x.shape[dim]))]
        parts = zip(*results, strict=True) if type(results[0]) is tuple else [results]
        laid = [np.moveaxis(np.reshape(np.array(list(part)), rows.shape), -1, dim) for part in parts]
        return tuple(laid) if type(results[0]) is tuple else laid[0]

    return mapped


def _sorted(row: list, descending: bool = False) -> tuple[list, list]:
    order = sorted(range(len(row)), key=lambda i: row[i], reverse=descending)
    return [row[i] for i in order], order


def _softmax(row: list) -> list:
    total = math.fsum(map(math.exp, row))
    return [math.exp(x) / total for x in row]


of("cumsum")(along(lambda row: list(itertools.accumulate(row))))
of("cumprod")(along(lambda row: list(itertools.accumulate(row, operator.mul))))
of("sort")(along(_sorted))
of("softmax")(along(_softmax))
of("log_softmax")(along(lambda row: list(map(math.log, _softmax(row)))))


@of("max")
def _max_along(x, dim, keepdim=False):
    return tuple(REFERENCES[f](x, dim if x.ndim else None, keepdim) for f in ("amax", "argmax"))


@of("min")
def _min_along(x, dim, keepdim=False):
    return tuple(REFERENCES[f](x, dim if x.ndim else None, keepdim) for f in ("amin", "argmin"))


# ------------------------------------------------------------------------- shape, by where each number comes from


def from_places(shape: tuple, place: Callable, x: np.ndarray, rest: float = 0.0) -> np.ndarray:
    """An array of `shape` whose number at index i is x[place(i)], or `rest` where place(i) is None."""
    z = np.empty(shape, x.dtype)
    for i in np.ndindex(*shape):
        source = place(i)
        z[i] = rest if source is None else x[source]
    return z


@of("reshape")
def _reshape(x, shape):
    known = math.prod(n for n in shape if n != -1)
    shape = tuple(x.size // known if n == -1 else n for n in shape)
    flat = x.ravel().tolist()
    z = np.empty(shape, x.dtype)
    for count, i in enumerate(np.ndindex(*shape)):
        z[i] = flat[count]
    return z


@of("permute")
def _permute(x, dims=None):
    dims = tuple(reversed(range(x.ndim))) if dims is None else tuple(d % x.ndim for d in dims)
    shape = tuple(x.shape[d] for d in dims)
    return from_places(shape, lambda i: tuple(i[dims.index(axis)] for axis in range(x.ndim)), x)


@of("transpose")
def _transpose(x, dim0, dim1):
    dims = list(range(x.ndim))
    dims[dim0], dims[dim1] = dims[dim1], dims[dim0]
    return _permute(x, tuple(dims))


@of("movedim")
def _movedim(x, source, destination):
    source, destination = ((a,) if type(a) is int else a for a in (source, destination))
    moved = {d % x.ndim: s % x.ndim for s, d in zip(source, destination, strict=True)}
    rest = iter(axis for axis in range(x.ndim) if axis not in moved.values())
    return _permute(x, tuple(moved[i] if i in moved else next(rest) for i in range(x.ndim)))


@of("unsqueeze")
def _unsqueeze(x, dim):
    dims = dim if type(dim) is tuple else (dim,)
    ndim = x.ndim + len(dims)
    rest = iter(x.shape)
    return _reshape(x, tuple(1 if i in {d % ndim for d in dims} else next(rest) for i in range(ndim)))


@of("squeeze")
def _squeeze(x, dim=None):
    axes = _axes(x, dim)
    return _reshape(x, tuple(n for i, n in enumerate(x.shape) if n != 1 or i not in axes))


@of("flip")
def _flip(x, dims=None):
    axes = _axes(x, dims)
    return from_places(x.shape, lambda i: tuple(x.shape[a] - 1 - k if a in axes else k for a, k in enumerate(i)), x)


@of("roll")
def _roll(x, shifts, dims=None):
    if dims is None:
        flat = x.ravel().tolist()
        return np.reshape(np.array([flat[(i - shifts) % len(flat)] for i in range(len(flat))]), x.shape)
    shift = dict(zip((dims,), (shifts,), strict=True)) if type(dims) is int else dict(zip(dims, shifts, strict=True))
    return from_places(x.shape, lambda i: tuple((k - shift.get(a, 0)) % x.shape[a] for a, k in enumerate(i)), x)


@of("concatenate")
def _concatenate(*xs, dim=0):
    dim %= xs[0].ndim
    rows = [row for x in xs for row in np.moveaxis(x, dim, 0)]
    return np.moveaxis(np.array(rows), 0, dim)


@of("tile")
def _tile(x, repeats):
    repeats = (repeats,) if type(repeats) is int else repeats
    ndim = max(len(repeats), x.ndim)
    x = np.reshape(x, (1,) * (ndim - x.ndim) + x.shape)
    repeats = (1,) * (ndim - len(repeats)) + repeats
    shape = tuple(n * r for n, r in zip(x.shape, repeats, strict=True))
    return from_places(shape, lambda i: tuple(k % n for k, n in zip(i, x.shape, strict=True)), x)


@of("repeat_interleave")
def _repeat_interleave(x, repeats, dim):
    x = np.moveaxis(x, dim, 0)
    times = [repeats] * len(x) if type(repeats) is int else repeats
    return np.moveaxis(np.array([row for row, n in zip(x, times, strict=True) for _ in range(n)]), 0, dim)


@of("pad")
def _pad(x, widths, value=0):
    shape = tuple(a + n + b for n, (a, b) in zip(x.shape, widths, strict=True))

    def place(i):
        source = tuple(k - a for k, (a, _) in zip(i, widths, strict=True))
        return source if all(0 <= k < n for k, n in zip(source, x.shape, strict=True)) else None

    return from_places(shape, place, x, value)


@of("diagonal")
def _diagonal(x, offset=0, dim1=0, dim2=1):
    x = np.moveaxis(x, (dim1, dim2), (-2, -1))
    n, m = x.shape[-2:]
    pairs = [(i, i + offset) for i in range(n) if 0 <= i + offset < m]
    return from_places((*x.shape[:-2], len(pairs)), lambda i: (*i[:-1], *pairs[i[-1]]), x)


@of("diagonal_embed")
def _diagonal_embed(x, offset, dim1, dim2, shape):
    z = np.zeros(shape, x.dtype)
    moved = np.moveaxis(z, (dim1, dim2), (-2, -1))
    for i in np.ndindex(*x.shape):
        moved[(*i[:-1], i[-1] - min(offset, 0), i[-1] + max(offset, 0))] = x[i]
    return z


@of("tril")
def _tril(x, diagonal=0):
    return from_places(x.shape, lambda i: i if i[-1] <= i[-2] + diagonal else None, x)


@of("triu")
def _triu(x, diagonal=0):
    return from_places(x.shape, lambda i: i if i[-1] >= i[-2] + diagonal else None, x)


@of("unfold")
def _unfold(x, window, step=1):
    windows = (x.shape[-1] - window) // step + 1
    return from_places((*x.shape[:-1], windows, window), lambda i: (*i[:-2], i[-2] * step + i[-1]), x)


@of("fold")
def _fold(x, length, step):
    z = np.zeros((*x.shape[:-2], length), x.dtype)
    for i in np.ndindex(*x.shape):
        z[(*i[:-2], i[-2] * step + i[-1])] += x[i]
    return z


@of("broadcast_to")
def _broadcast_to(x, shape):
    extra = len(shape) - x.ndim
    return from_places(shape, lambda i: tuple(k if n > 1 else 0 for k, n in zip(i[extra:], x.shape, strict=True)), x)


@of("sum_to")
def _sum_to(x, shape):
    z = np.zeros(shape, x.dtype)
    extra = x.ndim - len(shape)
    for i in np.ndindex(*x.shape):
        z[tuple(k if n > 1 else 0 for k, n in zip(i[extra:], shape, strict=True))] += x[i]
    return z


# --------------------------------------------------------------------- indices, by an array that numbers the places


def _places(shape: tuple, arrays: tuple, index: tuple) -> np.ndarray:
    rest = iter(arrays)
    return np.reshape(np.arange(math.prod(shape)), shape)[tuple(next(rest) if p is SLOT else p for p in index)]


@of("getitem")
def _getitem(x, *arrays, index):
    places = _places(x.shape, arrays, index)
    flat = x.ravel().tolist()
    return np.reshape(np.array([flat[k] for k in places.ravel()], x.dtype), places.shape)


@of("index_add")
def _index_add(x, *arrays, index, shape):
    z = [0.0] * math.prod(shape)
    for k, number in zip(_places(shape, arrays, index).ravel(), x.ravel().tolist(), strict=True):
        z[k] += number
    return np.reshape(np.array(z), shape)


@of("setitem")
def _setitem(x, y, *arrays, index):
    places = _places(x.shape, arrays, index)
    z = x.ravel().tolist()
    for k, number in zip(places.ravel(), np.broadcast_to(y, places.shape).ravel().tolist(), strict=True):
        z[k] = number
    return np.reshape(np.array(z), x.shape)


@of("read_at")
def _read_at(x, at):
    flat = x.ravel().tolist()
    return np.reshape(np.array([flat[k] for k in at.ravel()], x.dtype), at.shape)


@of("write_at")
def _write_at(x, y, at):
    z = x.ravel().tolist()
    for k, number in zip(at.ravel(), y.ravel().tolist(), strict=True):
        z[k] = number
    return np.reshape(np.array(z), x.shape)


@of("gather")
def _gather_along(x, index, dim):
    dim %= x.ndim
    return from_places(index.shape, lambda i: (*i[:dim], index[i], *i[dim + 1 :]), x)


@of("scatter_add")
def _scatter_add_along(x, index, y, dim):
    dim %= x.ndim
    z = x.copy()
    for i in np.ndindex(*index.shape):
        z[(*i[:dim], index[i], *i[dim + 1 :])] += y[i]
    return z


@of("nonzero")
def _nonzero(x):
    return np.array([i for i in np.ndindex(*x.shape) if x[i] != 0]).reshape(-1, x.ndim)


# ------------------------------------------------------------------------------------- products, in plain loops


@of("matmul")
def _matmul(x, y):
    left, right = (x[None, :] if x.ndim == 1 else x), (y[:, None] if y.ndim == 1 else y)
    lead = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left, right = (np.broadcast_to(a, (*lead, *a.shape[-2:])) for a in (left, right))
    z = np.zeros((*lead, left.shape[-2], right.shape[-1]))
    for i in np.ndindex(*z.shape):
        z[i] = math.fsum(left[(*i[:-2], i[-2], k)] * right[(*i[:-2], k, i[-1])] for k in range(left.shape[-1]))
    if x.ndim == 1:
        z = z[..., 0, :]
    return z[..., 0] if y.ndim == 1 else z


@of("linear")
def _linear(x, w, b=None):
    z = np.zeros((*x.shape[:-1], len(w)))
    for i in np.ndindex(*z.shape):
        z[i] = math.fsum(x[i[:-1]] * w[i[-1]]) + (0 if b is None else b[i[-1]])
    return z


@of("dot")
def _dot(x, y):
    return np.array(math.fsum(a * b for a, b in zip(x.tolist(), y.tolist(), strict=True)))


@of("outer")
def _outer(x, y):
    return np.array([[a * b for b in y.tolist()] for a in x.tolist()])


@of("einsum")
def _einsum(*xs, subscripts):
    terms, out = subscripts
    lengths: dict = {}
    for term, x in zip(terms, xs, strict=True):
        for letter, n in zip(term, x.shape, strict=True):
            lengths[letter] = max(n, lengths.get(letter, 1))
    z = np.zeros(tuple(lengths[c] for c in out))
    for place in itertools.product(*(range(n) for n in lengths.values())):
        at = dict(zip(lengths, place, strict=True))
        product = 1.0
        for term, x in zip(terms, xs, strict=True):
            product *= x[tuple(at[c] if n > 1 else 0 for c, n in zip(term, x.shape, strict=True))]
        z[tuple(at[c] for c in out)] += product
    return z


# ------------------------------------------------------------------------------------------------- costs, layers


@of("nll_loss")
def _nll(x, target, weight=None, ignore_index=-100, reduction="mean"):
    weights = [0.0 if t == ignore_index else 1.0 if weight is None else weight[t].item() for t in target]
    each = [-w * row[t] if w else 0.0 for w, row, t in zip(weights, x, target, strict=True)]
    total = math.fsum(weights) or math.nan
    return np.array({"none": each, "sum": math.fsum(each), "mean": math.fsum(each) / total}[reduction])


@of("cross_entropy")
def _cross_entropy(x, target, ignore_index=-100, reduction="mean"):
    return _nll(np.log([_softmax(row) for row in x.tolist()]), target, None, ignore_index, reduction)


@of("mse_loss")
def _mse(x, y, reduction="mean"):
    squares = [(a - b) ** 2 for a, b in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)]
    return np.array(math.fsum(squares) / (len(squares) if reduction == "mean" else 1))


def reference(name: str, answering: list[Callable]) -> Callable | None:
    """The reference of an op: the one given here, else the NumPy function that the op answers for."""
    if name in REFERENCES:
        return REFERENCES[name]
    return functools.partial(_numpy, answering[0]) if answering else None


def _numpy(function: Callable, *arrays: Any, **static: Any) -> Any:
    """A NumPy function, called with NumPy's names for the settings."""
    names = {"dim": "axis", "keepdim": "keepdims", "dims": "axis"}
    return function(*arrays, **{names.get(key, key): value for key, value in static.items()})


from . import vision_references  # noqa: E402, F401, I001 (it fills the same table)
from . import references_networks  # noqa: E402, F401 (it enters its own)
from . import references_torch  # noqa: E402, F401 (the references of more ops, which build on these)
from . import references_special  # noqa: E402, F401 (the special functions)
