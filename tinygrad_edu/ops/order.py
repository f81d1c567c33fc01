"""Order along an axis: the largest, the smallest, the first k, all in order, and where each came from.

The way back puts each gradient where its number came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..engine import answer, op
from .index import along, axis_of, either_name, gather_along, scatter_add_along
from .reduction import amax, amin, spread

if TYPE_CHECKING:
    from ..tensor import Tensor


@op()
def sort(x, *, dim=-1, descending=False):
    """Numbers in order along an axis, and where each came from. Equal numbers keep their order.

    z[i] = x[order[i]]          x: (n, m) -> (n, m)
    Examples: dim=-1; dim=0, descending=True
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sort.html
    """
    if x.ndim == 0:
        def same(g): return g[0]
        return (np.copy(x), np.zeros_like(x, dtype=np.int64)), same
    order = _order_along(x, dim, descending)
    def dx(g): return np.take_along_axis(g[0], np.argsort(order, axis=dim), dim)
    return (np.take_along_axis(x, order, dim), order), dx


def _order_along(x, dim, descending):
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    backward = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return (x.shape[dim] - 1) - np.flip(backward, dim)


@op(name="max")
def max_along(x, *, dim, keepdim=False):
    """Largest number along an axis, and where the first of them is; the gradient goes there.

    z = x[k], k = argmax x          x: (n, m) -> (...)
    Examples: dim=0; dim=-1, keepdim=True
    """
    return _extreme(x, np.argmax(x, axis=dim, keepdims=True), dim, keepdim)


@op(name="min")
def min_along(x, *, dim, keepdim=False):
    """Smallest number along an axis, and where the first of them is; the gradient goes there.

    z = x[k], k = argmin x          x: (n, m) -> (...)
    Examples: dim=0; dim=-1, keepdim=True
    """
    return _extreme(x, np.argmin(x, axis=dim, keepdims=True), dim, keepdim)


def _extreme(x, at, dim, keepdim):
    if x.ndim == 0:
        return (np.copy(x), np.reshape(at, ())), lambda g: g[0]
    shape = x.shape
    def dx(g): return scatter_add_along(np.zeros_like(g[0], shape=shape), at, spread(g[0], dim, keepdim), dim=dim)
    value = gather_along(x, at, dim=dim)
    return ((value, at) if keepdim else (np.squeeze(value, dim), np.squeeze(at, dim))), dx


# ------------------------------------------------------------------------- composed: no derivative of their own


def shown(op: str, result: Any) -> str:
    """A named result as PyTorch shows it, each part on lines of its own."""
    parts = ",\n".join(f"{name}={part!r}" for name, part in zip(result._fields, result, strict=True))
    return f"torch.return_types.{op}(\n{parts})"


def show_as_pytorch(names: dict[str, type]) -> None:
    """Let the results of these kinds show themselves so, under PyTorch's name of the op."""
    for name, kind in names.items():
        kind.__repr__ = lambda self, name=name: shown(name, self)  # type: ignore[assignment, misc]


class _Pair(NamedTuple):
    values: Tensor
    indices: Tensor


class Values(_Pair):
    """What ops along an axis return: the numbers, and where each came from."""

    op = "values"

    def by(self, op: str) -> Values:
        """The same, with the op's name, which the repr shows as PyTorch's does."""
        self.op = op
        return self

    def __repr__(self) -> str:
        return shown(self.op, self)


@either_name
def max(x, dim=None, keepdim=False, *, other=None) -> Tensor | Values:
    """Largest of all numbers; along an axis, (values, indices); with a tensor, the larger of two.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.max.html
    """
    return _extreme_of(x, other if dim is None else dim, keepdim, amax, max_along, np.maximum)


@either_name
def min(x, dim=None, keepdim=False, *, other=None) -> Tensor | Values:
    """Smallest of all numbers; along an axis, (values, indices); with a tensor, the smaller of two.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.min.html
    """
    return _extreme_of(x, other if dim is None else dim, keepdim, amin, min_along, np.minimum)


def _extreme_of(x, dim, keepdim, of_all, along, of_two):
    if dim is None:
        return of_all(x)
    if hasattr(dim, "shape"):
        return of_two(x, dim)
    return Values(*along(x, dim=dim, keepdim=keepdim)).by("max" if of_all is amax else "min")


@either_name
def sorted_values(x, dim=-1, descending=False, stable=False) -> Values:
    """(values, indices) in order along an axis; always stable.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sort.html
    """
    return Values(*sort(x, dim=dim, descending=descending)).by("sort")


@either_name
def topk(x, k, dim=-1, largest=True, sorted=True) -> Values:
    """The k largest (or smallest) numbers along an axis, in order, and where each came from.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.topk.html
    """
    if x.ndim == 0:
        axis_of(dim, 1, "topk")
        return Values(*sort(x, dim=dim)).by("topk")
    if not 0 <= k <= x.shape[axis_of(dim, x.ndim, "topk")]:
        raise ValueError(f"topk: k must be from 0 to {x.shape[dim]}, the length of axis {dim}, got {k}")
    first = along(dim, x.ndim, slice(k), "topk")
    return Values(*(part[first] for part in sort(x, dim=dim, descending=largest))).by("topk")


@answer(np.sort)
def _sort(x, axis=-1):
    return sort(x, dim=axis)[0]


@answer(np.argsort)
@either_name
def argsort(x, dim=-1, descending=False, stable=False, *, kind=None):
    """Where each number of the sorted array came from; always stable.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.argsort.html
    """
    return sort(x, dim=dim, descending=descending)[1]
