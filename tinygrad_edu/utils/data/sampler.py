"""In which order samples are read, and how they are grouped.

The two plain samplers can also give their order as one array, so that whole batches are cut from it quickly.
Source: https://docs.pytorch.org/docs/stable/data.html#data-loading-order-and-sampler
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ...random import Generator, numpy_generator

PART = 1024  # how many indices are drawn at once where each is drawn from all


class Sampler:
    """Base class of samplers: a subclass defines `__iter__`, over indices, and if it can `__len__`."""

    def __iter__(self) -> Iterator:
        raise NotImplementedError(f"{type(self).__name__} is missing __iter__(self), which gives the indices "
                                  "in order")  # fmt: skip


class SequentialSampler(Sampler):
    """0, 1, 2 ..."""

    def __init__(self, data_source: Any):
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)

    def order(self) -> np.ndarray:
        """All indices as one array."""
        return np.arange(len(self.data_source))


class RandomSampler(Sampler):
    """All indices in an order that is drawn anew for each pass.

    replacement: draw each index from all, so that some come twice and some never. num_samples: how many to
    draw (as many as there are). generator: a stream of one's own, which makes the order a matter of its seed
    alone.
    """

    def __init__(self, data_source: Any, replacement: bool = False, num_samples: int | None = None,
                 generator: Generator | None = None):  # fmt: skip
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement!r}")
        count = 1 if num_samples is None else num_samples
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ValueError("num_samples should be a positive integer value, but got "
                             f"num_samples={num_samples!r}")  # fmt: skip
        self.data_source, self.replacement, self._num_samples = data_source, replacement, num_samples
        self.generator = generator

    @property
    def num_samples(self) -> int:
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        for part in self._parts():
            yield from part.tolist()

    def __len__(self) -> int:
        return self.num_samples

    def order(self) -> np.ndarray:
        """All indices as one array, freshly drawn."""
        return np.concatenate([*self._parts(), np.arange(0)])

    def _parts(self) -> Iterator[np.ndarray]:
        """The indices, drawn part by part as they are asked for: a program may ask for 10**10 and stop early."""
        source, total = numpy_generator(self.generator), len(self.data_source)
        if not total:
            return
        for start in range(0, self.num_samples, PART if self.replacement else total):
            left = self.num_samples - start
            yield source.integers(0, total, min(left, PART)) if self.replacement else source.permutation(total)[:left]


class SubsetRandomSampler(Sampler):
    """These indices, in an order that is drawn anew for each pass."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None):
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        order = numpy_generator(self.generator).permutation(len(self.indices))
        return (self.indices[i] for i in order.tolist())

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """Indices drawn with chances proportional to weights; without replacement, none twice."""

    def __init__(self, weights: Sequence[float], num_samples: int, replacement: bool = True,
                 generator: Generator | None = None):  # fmt: skip
        if isinstance(num_samples, bool) or not isinstance(num_samples, int) or num_samples < 1:
            raise ValueError("num_samples should be a positive integer value, but got "
                             f"num_samples={num_samples!r}")  # fmt: skip
        self.weights = np.asarray([float(w) for w in weights])
        if self.weights.ndim != 1 or (self.weights < 0).any() or not self.weights.sum() > 0:
            raise ValueError("weights should be a 1d sequence of numbers from 0 up, not all 0, got "
                             f"{self.weights}")  # fmt: skip
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        chances = self.weights / self.weights.sum()
        source = numpy_generator(self.generator)
        return iter(source.choice(len(chances), self.num_samples, self.replacement, chances).tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """Lists of `batch_size` indices from another sampler; the last one may be shorter, unless drop_last."""

    def __init__(self, sampler: Iterable, batch_size: int, drop_last: bool):
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError("batch_size should be a positive integer value, but got "
                             f"batch_size={batch_size!r}")  # fmt: skip
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last!r}")
        self.sampler, self.batch_size, self.drop_last = sampler, int(batch_size), drop_last

    def __iter__(self) -> Iterator[list]:
        batch: list = []
        for index in self.sampler:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        samples = len(self.sampler)  # type: ignore[arg-type]
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)

    def arrays(self) -> Iterator[np.ndarray] | None:
        """The same batches as arrays, cut from the sampler's order; None where only its `__iter__` knows it."""
        sampler: Any = self.sampler
        if type(sampler) not in (SequentialSampler, RandomSampler):  # a subclass's may differ
            return None
        if len(sampler) > len(sampler.data_source) + PART:  # too long to hold
            return None
        order = sampler.order()
        batch_size = self.batch_size
        end = len(order) - (len(order) % batch_size if self.drop_last else 0)
        return (order[start : start + batch_size] for start in range(0, end, batch_size))
