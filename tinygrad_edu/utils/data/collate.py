"""Samples to a batch.

Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...engine import constant
from ...ops.shape import stack
from ...tensor import Tensor, tensor


def default_collate(batch: Sequence) -> Any:
    """Samples to one batch with a new first axis, whatever they are made of.

    Tensors and arrays are stacked; numbers become a tensor (float64, int64 or bool); strings stay a list;
    what is in tuples, lists, named tuples and dictionaries is collated entry by entry. Tuples become lists.
    Errors: TypeError for other kinds, RuntimeError for samples of unequal shapes or lengths.
    """
    if not len(batch):
        raise ValueError("default_collate: at least one sample expected, got none")
    first = batch[0]
    if isinstance(first, Tensor):
        return _stacked(batch)
    if isinstance(first, (np.ndarray, np.generic)):
        if first.dtype.kind not in "biuf":
            raise TypeError(_UNKNOWN.format(f"an array of dtype {first.dtype}"))
        return _stacked([constant(np.asarray(sample)) for sample in batch])
    if isinstance(first, float):
        return tensor(batch, dtype=np.float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        collated = {key: default_collate([sample[key] for sample in batch]) for key in first}
        return collated if type(first) is dict else type(first)(collated)  # type: ignore[call-arg]
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("default_collate: each element in list of batch should be of equal size, got "
                               f"lengths {sorted({len(sample) for sample in batch})}")  # fmt: skip
        entries = [default_collate(entry) for entry in zip(*batch, strict=True)]
        return type(first)(*entries) if hasattr(first, "_fields") else entries
    raise TypeError(_UNKNOWN.format(type(first).__name__))


_UNKNOWN = ("default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}; "
            "pass a collate_fn of your own")  # fmt: skip


def _stacked(tensors: Sequence[Tensor]) -> Tensor:
    shapes = {tuple(t.shape) for t in tensors}
    if len(shapes) > 1:
        raise RuntimeError("default_collate: stack expects each tensor to be equal size, but got "
                           f"{sorted(shapes)}; pad the samples, or pass a collate_fn of your own")  # fmt: skip
    if any(t._place is not None for t in tensors):
        return stack(list(tensors))
    return constant(np.stack([t._array for t in tensors]))


def default_convert(data: Any) -> Any:
    """One sample with its arrays turned into tensors: what a loader without batches gives."""
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind in "biuf":
        return tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, (tuple, list)):
        return [default_convert(entry) for entry in data]
    return data
