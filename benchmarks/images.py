"""The digits that the workloads read: MNIST where a folder is found, images drawn by the package elsewhere.

The driver fetches them once and hands them to its workers in one file.
"""

import gzip
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

CHECKOUT = Path(__file__).resolve().parents[1]
TRAIN_COUNT, TEST_COUNT = 60_000, 10_000


@dataclass
class Images:
    """Pixels as (count, 784) uint8, labels as int64."""

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray

    def save(self, path):
        """Write them to one file, for `load_images`."""
        np.savez(path, **asdict(self))


def load_images(path):
    """What `Images.save` wrote."""
    with np.load(path) as file:
        return Images(**file)


def find_images():
    """(images, a sentence that says which they are)."""
    folder = find_mnist()
    if folder is not None:
        return read_mnist(folder), "MNIST"
    try:
        from tinygrad_edu.data import draw_digits
    except ImportError as error:
        raise SystemExit(f"no digits to train on: name a folder with MNIST in MNIST_DIR ({error})") from error
    train, train_labels = draw_digits(TRAIN_COUNT, seed=0)
    test, test_labels = draw_digits(TEST_COUNT, seed=1)
    images = Images(train.reshape(-1, 784), train_labels, test.reshape(-1, 784), test_labels)
    return images, "drawn by tinygrad_edu.data.draw_digits (no MNIST found: name its folder in MNIST_DIR)"


def find_mnist():
    """The folder named in MNIST_DIR, else the one that stands beside the checkout, else None."""
    named = os.environ.get("MNIST_DIR")
    if named:
        if not Path(named).is_dir():
            raise SystemExit(f"MNIST_DIR: expected a folder, got {named}")
        return Path(named)
    beside = CHECKOUT.parent / "shared" / "data" / "mnist"
    return beside if beside.is_dir() else None


def read_mnist(folder):
    """MNIST's four IDX files."""
    return Images(
        train=read_idx(folder, "train-images", "idx3-ubyte", 16).reshape(-1, 784),
        train_labels=read_idx(folder, "train-labels", "idx1-ubyte", 8).astype(np.int64),
        test=read_idx(folder, "t10k-images", "idx3-ubyte", 16).reshape(-1, 784),
        test_labels=read_idx(folder, "t10k-labels", "idx1-ubyte", 8).astype(np.int64),
    )


def read_idx(folder, name, kind, header):
    """The bytes behind the header of an IDX file, in gzip or plain.

    A reader of its own, so that the other peers can be measured where tinygrad_edu does not import.
    """
    for path in (folder / f"{name}{mark}{kind}{end}" for mark in "-." for end in (".gz", "")):
        if path.exists():
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            return np.frombuffer(content, np.uint8, offset=header)
    raise SystemExit(f"MNIST: expected {name}-{kind}.gz in {folder}, found no such file")
