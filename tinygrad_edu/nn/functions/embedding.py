"""Rows of a table, looked up by number.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#sparse-functions
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...grad_mode import no_grad
from ...ops.elementwise import where
from ...ops.index import SLOT, getitem
from ...ops.lookup import rows_of
from ...ops.order import max as largest
from ...tensor import Tensor


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
              norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False) -> Tensor:  # fmt: skip
    """The row of weight that each number names: (...) int and (n, d) -> (..., d).

    padding_idx: a row that takes no gradient. max_norm: rows that are looked up and longer are first shortened, in
    place. scale_grad_by_freq: gradients are divided by how often the row was looked up.
    """
    if sparse:
        raise NotImplementedError("embedding: there are no sparse gradients here; leave sparse=False")
    if input.dtype.kind not in "iu":
        raise RuntimeError(f"embedding: whole numbers expected as indices, got dtype {input.dtype}")
    if weight.ndim != 2:
        raise RuntimeError(f"embedding: 'weight' must be 2-D, got shape {weight.shape}")
    padding_idx = _row("embedding", padding_idx, weight)
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    rows = rows_of(weight, input)
    if scale_grad_by_freq:
        numbers = array_of(input.reshape(-1))
        times = np.sum(np.equal(np.expand_dims(numbers, 1), numbers), axis=1).reshape(*input.shape, 1)
        rows = _with_gradient(rows, constant(np.astype(1 / times, rows.dtype)))
    if padding_idx is not None:
        rows = _with_gradient(rows, input.unsqueeze(-1) != padding_idx)
    return rows


def _with_gradient(rows: Tensor, scale: Tensor) -> Tensor:
    """The same numbers, whose gradient is scaled on its way back."""
    held = rows.detach()
    return held + (rows - held) * scale if scale.dtype.kind == "f" else where(scale, rows, held)


def _row(name: str, padding_idx: int | None, weight: Any) -> int | None:
    if padding_idx is None:
        return None
    if not -weight.shape[0] <= padding_idx < weight.shape[0]:
        raise AssertionError(f"{name}: padding_idx must be within num_embeddings {weight.shape[0]}, got {padding_idx}")
    return padding_idx % weight.shape[0]


def _shorten(weight: Any, input: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale the rows that will be looked up, and are longer than max_norm, to that length, in place."""
    with no_grad():
        lengths = weight.detach().norm(norm_type, 1)
        used = np.any(np.equal(np.expand_dims(array_of(input.reshape(-1)), 1), np.arange(weight.shape[0])), axis=0)
        scale = np.where(used & array_of(lengths > max_norm), max_norm / (array_of(lengths) + 1e-7), 1.0)
        weight.mul_(constant(np.expand_dims(np.astype(scale, weight.dtype), 1)))


def embedding_bag(input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None,
                  norm_type: float = 2, scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
                  per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
                  padding_idx: int | None = None) -> Tensor:  # fmt: skip
    """The sum, mean or maximum of the rows that each bag names: (bags, n) int -> (bags, d); or (n) int with offsets.

    offsets: where each bag starts in a flat input. padding_idx: a number that counts nothing in its bag.
    """
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: mode has to be one of sum, mean or max, got {mode!r}")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(f"embedding_bag: per_sample_weights was not None, but mode is {mode!r}, not 'sum'")
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError("embedding_bag: if input is 2D, then offsets has to be None, as input is treated as bags "
                             "of fixed length")  # fmt: skip
        lengths = [input.shape[1]] * input.shape[0]
        per_sample_weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
        input = input.reshape(-1)
    elif input.ndim != 1 or offsets is None:
        raise ValueError(f"embedding_bag: bags (bags, n), or a flat input with offsets expected, got {input.shape} and "
                         f"offsets {offsets}")  # fmt: skip
    else:
        starts = offsets.tolist() if include_last_offset else [*offsets.tolist(), input.shape[0]]
        lengths = np.diff(starts).tolist()
    rows = embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    rows = rows if per_sample_weights is None else rows * per_sample_weights.unsqueeze(1)
    padding_idx = _row("embedding_bag", padding_idx, weight)
    return _bags(rows, input, lengths, mode, padding_idx)


def _bags(rows: Tensor, input: Tensor, lengths: list[int], mode: str, padding_idx: int | None) -> Tensor:
    """Rows (n, d) as bags of these lengths, laid side by side and filled up: (bags, longest, d), then reduced."""
    longest = max(lengths, default=0)
    if not longest:
        return rows.new_zeros(len(lengths), rows.shape[1])
    ends = np.cumsum(lengths)
    at = np.minimum(np.expand_dims(ends - lengths, 1) + np.arange(longest), max(rows.shape[0] - 1, 0))
    counts = np.arange(longest) < np.expand_dims(lengths, 1)
    if padding_idx is not None:
        counts = np.logical_and(counts, np.not_equal(array_of(input)[at], padding_idx))
    bags = getitem(rows, constant(at), index=(SLOT,))
    there = constant(np.expand_dims(counts, -1))
    if mode == "max":
        best, _ = largest(where(there, bags, -np.inf), 1)
        return where(constant(np.any(counts, axis=1, keepdims=True)), best, 0.0)
    sums = where(there, bags, 0.0).sum(1)
    if mode == "sum":
        return sums
    numbers = np.maximum(np.sum(counts, axis=1, keepdims=True), 1)
    return sums / constant(np.astype(numbers, rows.dtype))
