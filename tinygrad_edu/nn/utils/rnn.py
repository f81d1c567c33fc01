"""Sequences of several lengths in one batch: padded to the longest, or packed without a gap.

A packed batch holds the first steps of all sequences, then the second steps of those that have one, and so on; the
longest sequence comes first, so that those still running are always the first rows.
Source: https://docs.pytorch.org/docs/stable/nn.html#utility-functions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...engine import constant
from ...ops.index import SLOT, getitem
from ...ops.shape import cat, stack
from ...tensor import Tensor

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """data: (all steps, ...); batch_sizes: how many sequences have a first step, a second, ... sorted_indices: which
    sequence stands where, unsorted_indices: where each stands (None where they came in order).
    """

    __slots__ = ()

    def __new__(cls, data: Tensor, batch_sizes: Tensor | None = None, sorted_indices: Tensor | None = None,
                unsorted_indices: Tensor | None = None) -> PackedSequence:  # fmt: skip
        if batch_sizes is None:
            raise ValueError("PackedSequence: batch_sizes are missing; make one with pack_padded_sequence")
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **options: Any) -> PackedSequence:
        """The same with data.to(...)."""
        return PackedSequence(self.data.to(*args, **options), *self[1:])

    def cpu(self) -> PackedSequence:
        return self

    def float(self) -> PackedSequence:
        return self.to(np.float32)

    def double(self) -> PackedSequence:
        return self.to(np.float64)

    @property
    def is_cuda(self) -> bool:
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Where each number stands in a permutation."""
    return None if permutation is None else constant(np.argsort(plain(permutation)))


def plain(layout: Tensor) -> np.ndarray:
    """The numbers of batch_sizes or of an order: fixed ones also for a step that is traced, if it made them itself."""
    array = layout._array
    return array if type(array) is np.ndarray else layout.numpy()


def _lengths_of(lengths: Any) -> np.ndarray:
    return np.asarray(lengths.numpy() if isinstance(lengths, Tensor) else lengths, np.int64)


def _running(lengths: np.ndarray) -> np.ndarray:
    """How many sequences, the longest first, have a first step, a second, ..."""
    return (lengths[:, None] > np.arange(lengths[0])).sum(0)


def pack_padded_sequence(input: Tensor, lengths: Any, batch_first: bool = False,
                         enforce_sorted: bool = True) -> PackedSequence:  # fmt: skip
    """Pack (steps, batch, ...), or (batch, steps, ...), leaving out what lies behind each sequence's length.

    enforce_sorted: the lengths must not increase; False sorts the sequences first.
    """
    lengths = _lengths_of(lengths)
    input = input.transpose(0, 1) if batch_first else input
    if lengths.shape != input.shape[1:2]:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} "
                           f"(batch_size={input.shape[1]})")  # fmt: skip
    if not len(lengths) or lengths.min() <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is "
                           "<= 0")  # fmt: skip
    if lengths.max() > input.shape[0]:
        raise RuntimeError(f"pack_padded_sequence: no length can exceed the {input.shape[0]} steps, got "
                           f"{lengths.max()}")  # fmt: skip
    order = None
    if not enforce_sorted:
        order = np.argsort(-lengths, kind="stable")
        lengths = lengths[order]
    elif (np.diff(lengths) > 0).any():
        raise RuntimeError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can "
                           "pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this "
                           "requirement if you do not need ONNX exportability.")  # fmt: skip
    sizes = _running(lengths)
    steps = np.repeat(np.arange(len(sizes)), sizes)
    places = np.concatenate([np.arange(n) for n in sizes])
    places = places if order is None else order[places]
    data = getitem(input, constant(steps), constant(places), index=(SLOT, SLOT))
    return PackedSequence(data, constant(sizes), None if order is None else constant(order))


def pad_packed_sequence(sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0,
                        total_length: int | None = None) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The padded batch (steps, batch, ...), or (batch, steps, ...), and the lengths of its sequences."""
    sizes = plain(sequence.batch_sizes)
    steps, batch = len(sizes), int(sizes[0])
    if total_length is not None and total_length < steps:
        raise ValueError("Expected total_length to be at least the length of the longest sequence in input, but got "
                         f"total_length={total_length} and max sequence length being {steps}")  # fmt: skip
    data = sequence.data
    padding = constant(np.full((1, *data.shape[1:]), padding_value, data.dtype))
    number = np.cumsum(sizes) - sizes  # of the first row of each step
    column = np.arange(batch)
    rows = np.where(column < sizes[:, None], number[:, None] + column, data.shape[0])  # (steps, batch)
    rows = np.pad(rows, ((0, (total_length or steps) - steps), (0, 0)), constant_values=data.shape[0])
    lengths = (sizes[:, None] > column).sum(0)
    if sequence.unsorted_indices is not None:
        order = plain(sequence.unsorted_indices)
        rows, lengths = rows[:, order], lengths[order]
    padded = getitem(cat([data, padding]), constant(rows.T if batch_first else rows), index=(SLOT,))
    return padded, constant(lengths)


def pad_sequence(sequences: Sequence[Tensor] | Tensor, batch_first: bool = False, padding_value: float = 0.0,
                 padding_side: str = "right") -> Tensor:  # fmt: skip
    """Sequences (length, ...) as one tensor (longest, batch, ...), or (batch, longest, ...)."""
    if padding_side not in ("left", "right"):
        raise ValueError(f"pad_sequence: padding_side must be 'left' or 'right', got {padding_side!r}")
    sequences = list(sequences)
    if not sequences or not all(isinstance(x, Tensor) for x in sequences):
        raise RuntimeError("pad_sequence: Expected a non-empty list of tensors, got "
                           f"{[type(x).__name__ for x in sequences]}")  # fmt: skip
    longest = max(x.shape[0] for x in sequences)
    rows = []
    for x in sequences:
        padding = constant(np.full((longest - x.shape[0], *x.shape[1:]), padding_value, x.dtype))
        rows.append(cat([x, padding] if padding_side == "right" else [padding, x]))
    return stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch, each in its own length."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [rows[i, :length] for i, length in enumerate(_lengths_of(lengths).tolist())]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (length, ...)."""
    lengths = [x.shape[0] for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of a packed batch."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences))
