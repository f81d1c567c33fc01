"""The digits that a program learns from and is tested on: drawn by the package, or MNIST's."""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress, TaskID

from tinygrad_edu.data import download_mnist, draw_digits, load_mnist

from .errors import UserError, blamed_on

DRAWN, MNIST = "drawn", "mnist"
DRAWN_COUNT = 60_000            # to learn from, unless the user says otherwise
TEST_COUNT = 10_000
TEST_SEED = 2**32               # of the drawn test images; beyond the seeds that a run may have


class Digits(NamedTuple):
    """Images uint8 (n, 28, 28), 0 for paper and 255 for ink; labels int64 (n,), 0 to 9; what they are."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    name: str

    def pixels(self) -> NDArray[np.float32]:
        """(n, 784) from 0 for paper to 1 for ink."""
        flat = self.images.reshape(len(self.images), -1)        # (n, 28, 28) -> (n, 784)
        return np.divide(flat, np.float32(255), dtype=np.float32)

    def wanted(self) -> NDArray[np.float32]:
        """(n, 10) the outputs that a perfect reader would give: 1 for the digit, 0 for the other nine."""
        return np.eye(10, dtype=np.float32)[self.labels]

    def fingerprint(self) -> str:
        """A name for exactly these images and labels."""
        digest = hashlib.sha256(self.images.tobytes())
        digest.update(self.labels.tobytes())
        return digest.hexdigest()[:16]


def training_digits(data: str, count: int | None, seed: int) -> Digits:
    """What to learn from: `count` images drawn from `seed`, or the first `count` of MNIST's training images.

    data: "drawn", "mnist" for where downloads are kept, or another folder. count None: 60,000, or all.
    """
    if data == DRAWN:
        return Digits(*draw_digits(count or DRAWN_COUNT, seed), "drawn digits")
    return _mnist(data, count, train=True)


def test_digits(data: str, count: int | None = None) -> Digits:
    """What to be tested on: digits drawn from a seed that no run learns from, or MNIST's test images."""
    if data == DRAWN:
        return Digits(*draw_digits(count or TEST_COUNT, TEST_SEED), "drawn digits")
    return _mnist(data, count, train=False)


test_digits.__test__ = False    # type: ignore[attr-defined]  # pytest: it is no test


def _mnist(data: str, count: int | None, train: bool) -> Digits:
    with blamed_on(f"--data {data}"):
        try:
            images, labels = load_mnist(None if data == MNIST else data, train)
        except FileNotFoundError as error:
            hint = "; or add --download, which does" if data == MNIST else ""
            raise FileNotFoundError(f"{error}{hint}") from error
    if len(images) < (count or 1):
        raise UserError(f"--data {data}: {count or 1:,} images expected, the file holds {len(images):,}")
    part = "training" if train else "test"
    return Digits(images[:count], labels[:count], f"MNIST {part} images")


def download(console: Console) -> None:
    """Fetch MNIST to where the data "mnist" is read from, and show how far it is. What is there is kept."""
    with blamed_on("--download"), Progress(console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def look(name: str, received: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=received)

        download_mnist(progress=look)
