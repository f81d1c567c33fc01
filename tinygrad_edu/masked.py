"""Reductions of those numbers where a mask holds; mask=None means all.

Each fills what is masked out with the number that does not count, and calls the plain reduction. The mask broadcasts
to the input. Where it holds nowhere, the result is what remains of nothing: 0, 1, an infinity or nan; PyTorch leaves
that open.
Source: https://docs.pytorch.org/docs/stable/masked.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .engine import constant
from .linalg import vector_norm
from .ops import reduction, statistics
from .ops.elementwise import where

__all__ = [
    "amax", "amin", "argmax", "argmin", "cumprod", "cumsum", "log_softmax", "logaddexp", "logsumexp", "mean", "median",
    "norm", "normalize", "prod", "softmax", "softmin", "std", "sum", "var",
]  # fmt: skip


def _ready(input: Any, dtype: Any, mask: Any, number: Any) -> Any:
    """The input in a dtype, and a number where the mask does not hold."""
    x = input if dtype is None else input.to(dtype)
    return x if mask is None else where(mask, x, number)


def _axes(dim: Any) -> Any:
    return tuple(dim) if isinstance(dim, list) else None if dim == () else dim


def _lowest(x: Any, dtype: Any, sign: int = 1) -> Any:
    """What no number of a dtype is below (or, with sign −1, above)."""
    kind = x.dtype if dtype is None else np.dtype(dtype)
    if kind.kind == "f":
        return -np.inf * sign
    return (np.iinfo(kind).min if sign > 0 else np.iinfo(kind).max) if kind.kind != "b" else sign < 0


def sum(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The sum of what the mask leaves."""
    return reduction.sum(_ready(input, dtype, mask, 0), dim=_axes(dim), keepdim=keepdim)


def prod(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The product of what the mask leaves."""
    return reduction.prod(_ready(input, dtype, mask, 1), dim=_axes(dim), keepdim=keepdim)


def cumsum(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Running sums of what the mask leaves."""
    return statistics.cumsum(_ready(input, dtype, mask, 0), dim)


def cumprod(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Running products of what the mask leaves."""
    return statistics.cumprod(_ready(input, dtype, mask, 1), dim)


def amax(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The largest of what the mask leaves."""
    return reduction.amax(_ready(input, dtype, mask, _lowest(input, dtype)), dim=_axes(dim), keepdim=keepdim)


def amin(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The smallest of what the mask leaves."""
    return reduction.amin(_ready(input, dtype, mask, _lowest(input, dtype, -1)), dim=_axes(dim), keepdim=keepdim)


def argmax(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """Where the largest of what the mask leaves is; in the dtype of the input, as PyTorch has it."""
    at = reduction.argmax(_ready(input, dtype, mask, _lowest(input, dtype)), dim=dim, keepdim=keepdim)
    return at.to(dtype or input.dtype)


def argmin(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """Where the smallest of what the mask leaves is; in the dtype of the input, as PyTorch has it."""
    at = reduction.argmin(_ready(input, dtype, mask, _lowest(input, dtype, -1)), dim=dim, keepdim=keepdim)
    return at.to(dtype or input.dtype)


def _count(input: Any, dim: Any, keepdim: bool, mask: Any) -> Any:
    """How many numbers the mask leaves."""
    held = constant(np.ones(input.shape, np.int64)) if mask is None else mask.expand(input.shape).long()
    return reduction.sum(held, dim=_axes(dim), keepdim=keepdim)


def mean(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The mean of what the mask leaves; nan where that is nothing."""
    total = sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask)
    return total / _count(input, dim, keepdim, mask).to(total.dtype)


def median(input: Any, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The middle of what the mask leaves, the lower one of two; nan where there is one, or nothing."""
    x = _ready(input, dtype, mask, np.nan)
    if mask is None:
        return statistics.median(x, dim, keepdim).values
    return statistics.nanmedian(x, dim, keepdim).values


def logsumexp(input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """ln Σ exp of what the mask leaves."""
    return reduction.logsumexp(_ready(input, dtype, mask, -np.inf), dim=_axes(dim), keepdim=keepdim)


def logaddexp(input: Any, other: Any, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None) -> Any:
    """ln(eˣ + eʸ) of what the masks leave."""
    return np.logaddexp(_ready(input, dtype, input_mask, -np.inf), _ready(other, dtype, other_mask, -np.inf))


def norm(input: Any, ord: Any = 2.0, dim: Any = None, *, keepdim: bool = False, dtype: Any = None,
         mask: Any = None) -> Any:  # fmt: skip
    """The length (Σ |x|ᵖ)^(1/p) of what the mask leaves."""
    return vector_norm(_ready(input, dtype, mask, 0 if ord >= 0 else np.inf), ord, _axes(dim), keepdim)


def normalize(input: Any, ord: Any, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Any:
    """What the mask leaves, divided by its length; 0 elsewhere."""
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    return _ready(input, dtype, mask, 0) / np.maximum(length, eps)


def var(input: Any, dim: Any = None, unbiased: bool | None = None, *, correction: Any = None, keepdim: bool = False,
        dtype: Any = None, mask: Any = None) -> Any:  # fmt: skip
    """The variance of what the mask leaves."""
    if unbiased is not None and correction is not None:
        raise RuntimeError("masked.var: either unbiased or correction expected, got both")
    correction = (0 if unbiased is False else 1) if correction is None else correction
    x = input if dtype is None else input.to(dtype)
    x = x if x.dtype.kind == "f" else x.to(np.float32)
    away = _ready(x - mean(x, dim, keepdim=True, mask=mask), None, mask, 0)
    count = _count(x, dim, keepdim, mask).to(x.dtype)
    return reduction.sum(away * away, dim=_axes(dim), keepdim=keepdim) / np.maximum(count - correction, 0)


def std(input: Any, dim: Any = None, unbiased: bool | None = None, *, correction: Any = None, keepdim: bool = False,
        dtype: Any = None, mask: Any = None) -> Any:  # fmt: skip
    """The standard deviation of what the mask leaves."""
    return np.sqrt(var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask))


def softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Shares that add up to 1 among what the mask leaves."""
    return statistics.softmax(_ready(input, dtype, mask, -np.inf), dim)


def log_softmax(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """Logarithms of these shares."""
    return statistics.log_softmax(_ready(input, dtype, mask, -np.inf), dim)


def softmin(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """softmax of −x."""
    return statistics.softmax(-_ready(input, dtype, mask, np.inf), dim)
