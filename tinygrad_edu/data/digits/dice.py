"""The random numbers behind a batch of drawn digits.

Every image owns one row of them, of fixed length. Row i depends on the seed and on i alone, so image i is
the same whether ten images are drawn or a million, at once or in batches.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LIMIT = 2.5                 # normal numbers are cut off here, in standard deviations: no freak shapes


class Dice:
    """Rows of random numbers for n images, used up from left to right: a request takes the next columns."""

    def __init__(self, uniform: Floats, normal: Floats) -> None:
        """`uniform`: (n, k) in [0, 1); `normal`: (n, m), mean 0, standard deviation 1."""
        self._uniform, self._normal = uniform, normal
        self._next_uniform = self._next_normal = 0

    def __len__(self) -> int:
        return len(self._uniform)

    def of(self, rows: NDArray[np.intp]) -> "Dice":
        """Dice for some of the images, with the columns that are still to use."""
        return Dice(self._uniform[rows, self._next_uniform:], self._normal[rows, self._next_normal:])

    def uniforms(self, count: int) -> Floats:
        """(n, count) numbers in [0, 1)."""
        first, self._next_uniform = self._next_uniform, self._next_uniform + count
        if self._next_uniform > self._uniform.shape[1]:
            raise IndexError(f"dice: {self._uniform.shape[1]} uniform numbers an image are used up")
        return self._uniform[:, first:self._next_uniform]

    def normals(self, *shape: int) -> Floats:
        """(n, *shape) numbers with mean 0 and standard deviation 1, none beyond ±LIMIT."""
        first, self._next_normal = self._next_normal, self._next_normal + math.prod(shape)
        if self._next_normal > self._normal.shape[1]:
            raise IndexError(f"dice: {self._normal.shape[1]} normal numbers an image are used up")
        return self._normal[:, first:self._next_normal].reshape(-1, *shape)

    def between(self, low: float, high: float) -> Floats:
        """(n,) numbers, each as likely as another between `low` and `high`."""
        return low + (high - low) * self.uniforms(1)[:, 0]

    def near(self, mean: float, spread: float) -> Floats:
        """(n,) normal numbers with this mean and standard deviation, cut off at LIMIT of the latter."""
        return mean + spread * self.normals(1)[:, 0]


def roll(seed: int, stream: int, count: int, batch: int, *, uniforms: int, normals: int) -> Iterator[Dice]:
    """Dice for images 0 to count - 1, in batches of at most `batch`, each image with so many numbers.

    Another `stream` of the same seed has other numbers.
    """
    uniform, normal = (np.random.default_rng([seed, stream, kind]) for kind in (0, 1))
    for first in range(0, count, batch):
        rows = min(batch, count - first)
        yield Dice(uniform.random((rows, uniforms), np.float32),
                   normal.standard_normal((rows, normals), np.float32).clip(-LIMIT, LIMIT))


def average(uniforms: int, normals: int) -> Dice:
    """Dice for one image that always show the middle: the shape that the others vary."""
    return Dice(np.full((1, uniforms), 0.5, np.float32), np.zeros((1, normals), np.float32))
