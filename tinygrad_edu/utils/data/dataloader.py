"""Batches of a data set, in order or shuffled, made here or in worker processes.

Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...random import Generator, numpy_generator
from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset, TensorDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler
from .worker import Workers


class DataLoader:
    """Goes over a data set in batches, as often as it is iterated.

    dataset: anything with a length and `dataset[i]`.
    batch_size: samples in a batch; None gives single samples instead of batches.
    shuffle: another order in each pass, drawn from `generator` or from the package's stream (`manual_seed`).
    sampler, batch_sampler: the order, or the order and the grouping, by one's own rule; any iterable will do.
    drop_last: leave out a last batch that is not full.
    collate_fn: a list of samples to a batch; `default_collate` unless given.
    num_workers: processes that make the batches ahead of time, prefetch_factor each; 0 makes them here.
        An error in one is raised here with its traceback, and none is left behind. Their random numbers
        follow from the generator and the worker's number. worker_init_fn is called with that number in each.
    pin_memory and persistent_workers are accepted, and change nothing.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable | None = None,
        batch_sampler: Iterable | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
    ):
        if isinstance(dataset, IterableDataset):
            if shuffle or sampler is not None or batch_sampler is not None or num_workers:
                raise ValueError("DataLoader: an IterableDataset says its own order, and is read in this process; "
                                 "leave out shuffle, sampler, batch_sampler and num_workers")  # fmt: skip
            sampler = Endless()
        counted = sampler is not None or batch_sampler is not None or hasattr(dataset, "__len__")
        if (not isinstance(dataset, Dataset) and not hasattr(dataset, "__getitem__")) or not counted:
            raise TypeError("DataLoader: a data set with __getitem__ and __len__ expected, got "
                            f"{type(dataset).__name__}; put an iterator into a list first")  # fmt: skip
        if isinstance(num_workers, bool) or not isinstance(num_workers, int) or num_workers < 0:
            raise ValueError(f"num_workers should be a whole number from 0 up, got {num_workers!r}; 0 loads "
                             "in this process")  # fmt: skip
        if timeout < 0:
            raise ValueError(f"timeout option should be non-negative, got {timeout}")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError("prefetch_factor option could only be specified in multiprocessing; let "
                             "num_workers > 0")  # fmt: skip
        if prefetch_factor is not None and prefetch_factor < 1:
            raise ValueError(f"prefetch_factor must be at least 1, got {prefetch_factor}")
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle: the sampler says the order")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                             "and drop_last: it says all of these")  # fmt: skip
        if batch_size is None and batch_sampler is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with "
                             "drop_last")  # fmt: skip
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
            batch_size = batch_sampler.batch_size
        elif batch_sampler is not None:
            batch_size = None
        numpy_generator(generator)  # refuses what is no generator
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.num_workers, self.timeout, self.worker_init_fn = num_workers, timeout, worker_init_fn
        self.multiprocessing_context, self.prefetch_factor = multiprocessing_context, prefetch_factor or 2
        self.pin_memory, self.persistent_workers = pin_memory, persistent_workers

    def __len__(self) -> int:
        """How many batches a pass gives."""
        source: Any = self.sampler if self.batch_sampler is None else self.batch_sampler
        return len(source)

    def __iter__(self) -> Iterator:
        # Drawn even without workers, so that the order of the next pass does not depend on their number.
        seed = int(numpy_generator(self.generator).integers(2**62))
        if isinstance(self.dataset, IterableDataset):
            return self._streamed()
        indices = self._indices()
        fetch = _Fetch(self.collate_fn, self.batch_sampler is not None)
        if not self.num_workers:
            return (fetch(self.dataset, batch) for batch in indices)
        return self._from_workers(fetch, indices, seed)

    def _streamed(self) -> Iterator:
        """Batches of a data set that only knows how to go on."""
        if self.batch_size is None:
            yield from map(self.collate_fn, self.dataset)
            return
        samples = iter(self.dataset)
        while batch := list(itertools.islice(samples, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield self.collate_fn(batch)

    def _indices(self) -> Iterator:
        """What each batch consists of: a list of indices, an array where that is quicker, or one index."""
        if self.batch_sampler is None:
            return iter(self.sampler)
        if isinstance(self.dataset, TensorDataset) and type(self.batch_sampler) is BatchSampler:
            arrays = self.batch_sampler.arrays()
            if arrays is not None:
                return arrays
        return iter(self.batch_sampler)

    def _from_workers(self, fetch: Callable, indices: Iterator, seed: int) -> Iterator:
        workers = Workers(self.dataset, fetch, self.num_workers, seed, self.worker_init_fn,
                          self.multiprocessing_context)  # fmt: skip
        try:
            yield from workers.batches(indices, self.prefetch_factor, self.timeout or None)
        finally:  # also when the loop is left early: the generator is closed then
            workers.stop()


class Endless:
    """Stands for the order of a data set that has no indices."""

    def __iter__(self) -> Iterator:
        return itertools.repeat(None)


class _Fetch:
    """Indices to a batch. A class and no closure, so that it travels to worker processes."""

    def __init__(self, collate: Callable, batched: bool):
        self.collate, self.batched = collate, batched

    def __call__(self, dataset: Any, indices: Any) -> Any:
        if not self.batched:
            return self.collate(dataset[indices])
        if type(dataset) is TensorDataset and self.collate is default_collate:
            return dataset.rows(indices)
        if hasattr(indices, "tolist"):
            indices = indices.tolist()
        return self.collate([dataset[i] for i in indices])
