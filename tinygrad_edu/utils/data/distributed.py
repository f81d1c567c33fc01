"""Each process's share of a data set's order.

Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .sampler import Sampler


class DistributedSampler(Sampler):
    """Every num_replicas-th index, from `rank` on, of an order that all processes draw alike from seed and epoch.

    drop_last: leave out what does not divide evenly; otherwise some samples come twice. One process is all there
    can be here unless num_replicas and rank are given.
    """

    def __init__(self, dataset: Any, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True,
                 seed: int = 0, drop_last: bool = False):  # fmt: skip
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas or 1, rank or 0
        if not 0 <= self.rank < self.num_replicas:
            raise ValueError(f"Invalid rank {self.rank}, rank should be in the interval [0, {self.num_replicas - 1}]")
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        whole = len(dataset)
        self.num_samples = whole // self.num_replicas if drop_last else -(-whole // self.num_replicas)
        self.total_size = self.num_samples * self.num_replicas

    def __iter__(self) -> Iterator[int]:
        whole = len(self.dataset)
        order = np.random.default_rng(self.seed + self.epoch).permutation(whole) if self.shuffle else np.arange(whole)
        order = np.resize(order, self.total_size) if not self.drop_last else order[: self.total_size]
        return iter(order[self.rank :: self.num_replicas].tolist())

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Another order from here on, the same in all processes."""
        self.epoch = epoch
