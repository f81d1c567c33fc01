"""Data sets: something with a length that gives its i-th sample.

Source: https://docs.pytorch.org/docs/stable/data.html#map-style-datasets
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...engine import constant
from ...random import Generator, numpy_generator
from ...tensor import Tensor


class Dataset:
    """Base class of data sets: a subclass defines `__len__` and `__getitem__`."""

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} is missing __getitem__(self, index), which returns "
                                  "one sample")  # fmt: skip

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class TensorDataset(Dataset):
    """Tensors side by side: sample i is the tuple of their i-th rows. All must have equally many rows."""

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise TypeError(f"TensorDataset: tensors expected, got {type(tensor).__name__}; wrap it in "
                                "tensor(data)")  # fmt: skip
            if not tensor.ndim:
                raise ValueError("TensorDataset: a 0-d tensor has no rows")
        if not tensors:
            raise ValueError("TensorDataset: at least one tensor expected")
        if len({len(tensor) for tensor in tensors}) > 1:
            raise ValueError("TensorDataset: Size mismatch between tensors: all need the same number of "
                             "rows, got "
                             + ", ".join(str(len(tensor)) for tensor in tensors))  # fmt: skip
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])

    def rows(self, indices: np.ndarray) -> list[Tensor]:
        """A batch at once, as collating its samples would give: (k) -> a (k, ...) tensor from each."""
        return [constant(t._array[indices]) if t._place is None else t[indices] for t in self.tensors]


class Subset(Dataset):
    """Those samples of another data set that stand at `indices`."""

    def __init__(self, dataset: Any, indices: Sequence[int]):
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """Data sets one after the other."""

    def __init__(self, datasets: Iterable[Any]):
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: at least one data set expected")
        self.cumulative_sizes = list(itertools.accumulate(len(d) for d in self.datasets))

    def __getitem__(self, index: int) -> Any:
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"ConcatDataset: index {index} is out of range for {len(self)} samples")
        which = bisect.bisect_right(self.cumulative_sizes, place)
        return self.datasets[which][place - (self.cumulative_sizes[which - 1] if which else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class IterableDataset(Dataset):
    """Base class of data sets that only know how to go on: a subclass defines `__iter__`."""

    def __iter__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} is missing __iter__(self), which gives the samples")

    def __add__(self, other: Any) -> ChainDataset:  # type: ignore[override]
        return ChainDataset([self, other])


class ChainDataset(IterableDataset):
    """Such data sets one after the other."""

    def __init__(self, datasets: Iterable[Any]):
        self.datasets = list(datasets)

    def __iter__(self) -> Any:
        return itertools.chain.from_iterable(self.datasets)

    def __len__(self) -> int:
        return sum(len(d) for d in self.datasets)


def random_split(dataset: Any, lengths: Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """The data set cut at random into parts of these lengths, or of these shares of the whole, with sum 1.

    What rounding down leaves over goes to the first parts, one sample each. ValueError where lengths do not fit.
    """
    total = len(dataset)
    sizes = list(lengths)
    if any(size < 0 for size in sizes):
        raise ValueError(f"random_split: lengths must not be negative, got {sizes}")
    if math.isclose(sum(sizes), 1) and sum(sizes) <= 1 + 1e-9:
        sizes = [math.floor(total * share) for share in lengths]
        for i in range(total - int(sum(sizes))):
            sizes[i % len(sizes)] += 1
    if sum(sizes) != total:
        raise ValueError("random_split: Sum of input lengths does not equal the length of the input dataset, "
                         f"expected {total}, got {sum(sizes)}")  # fmt: skip
    order = numpy_generator(generator).permutation(total).tolist()
    ends = list(itertools.accumulate(int(size) for size in sizes))
    return [Subset(dataset, order[end - int(size) : end]) for end, size in zip(ends, sizes, strict=True)]
