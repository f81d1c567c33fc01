"""MNIST: 60,000 + 10,000 scanned handwritten digits, read from a folder, or fetched when asked for.

Only `download_mnist` uses the network. Nothing here is ever unpickled.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998.
"""

import hashlib
import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .files import atomic_write
from .idx import read_idx

PathLike = str | os.PathLike[str]
Progress = Callable[[str, int, int], object]

DATA_VARIABLE = "TINYGRAD_EDU_DATA"
SUBFOLDERS = ("", "mnist", "MNIST", "raw", "MNIST/raw")     # the last is where torchvision keeps its files

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "http://yann.lecun.com/exdb/mnist/",                    # no https, often closed; the checksum guards it
)
CHUNK = 1 << 16         # bytes read between two reports of progress


class Published(NamedTuple):
    """What is known of a file as it was published: its length in bytes and its SHA-256."""

    length: int
    sha256: str


PUBLISHED = {
    "train-images-idx3-ubyte.gz": Published(
        9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    "train-labels-idx1-ubyte.gz": Published(
        28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    "t10k-images-idx3-ubyte.gz": Published(
        1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    "t10k-labels-idx1-ubyte.gz": Published(
        4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
}


# ---- reading ----------------------------------------------------------------------------------------------

def load_mnist(root: PathLike | None = None,
               train: bool = True) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Read MNIST's training images (`train=True`, 60,000 of them) or test images (10,000).

    `root` is a folder with the IDX files under any of their usual names (`train-images-idx3-ubyte.gz`,
    `train-images.idx3-ubyte`, ...; gzip or plain), in itself or in `mnist`, `MNIST`, `raw` or `MNIST/raw`.
    None means the folder named by the environment variable TINYGRAD_EDU_DATA, else ~/.cache/tinygrad_edu.
    The network is never used.

    Returns: images, uint8 (n, 28, 28), 0 for paper and 255 for ink; labels, int64 (n,), 0 to 9.
    Raises: FileNotFoundError where the files are missing; ValueError where they do not hold such images.
    """
    folder = _data_folder() if root is None else Path(root)
    images_path, labels_path = _find_files(folder, "train" if train else "t10k")
    images, labels = read_idx(images_path), read_idx(labels_path)
    _check(images, labels, images_path, labels_path)
    return images, labels.astype(np.int64)


def _data_folder() -> Path:
    chosen = os.environ.get(DATA_VARIABLE)
    return Path(chosen) if chosen else Path.home() / ".cache" / "tinygrad_edu"


def _usual_names(prefix: str, content: str, rank: int) -> list[str]:
    return [f"{prefix}-{content}{separator}idx{rank}-ubyte{ending}"
            for separator in "-." for ending in ("", ".gz")]


def _find_files(folder: Path, prefix: str) -> tuple[Path, Path]:
    """The paths of images and labels in the first subfolder of `folder` that holds both."""
    if not folder.is_dir():
        problem = "is no folder"
    else:
        for subfolder in SUBFOLDERS:
            images = _first_file(folder / subfolder, _usual_names(prefix, "images", 3))
            labels = _first_file(folder / subfolder, _usual_names(prefix, "labels", 1))
            if images and labels:
                return images, labels
        problem = "does not hold them"
    raise FileNotFoundError(
        f"load_mnist: expected the files {prefix}-images-idx3-ubyte and {prefix}-labels-idx1-ubyte (or with "
        f"'.idx' for '-idx', and with or without .gz) in {folder} or its subfolders "
        f"{', '.join(name for name in SUBFOLDERS if name)}, but {folder} {problem}; name the folder that has "
        f"them, set {DATA_VARIABLE} to it, or fetch them with tinygrad_edu.data.download_mnist()")


def _first_file(folder: Path, names: list[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _check(images: NDArray[Any], labels: NDArray[Any], images_path: Path, labels_path: Path) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(f"load_mnist: {images_path}: expected images uint8 (n, 28, 28), "
                         f"got {images.dtype} {images.shape}; is it MNIST's file?")
    if labels.dtype != np.uint8 or labels.ndim != 1:
        raise ValueError(f"load_mnist: {labels_path}: expected labels uint8 (n,), "
                         f"got {labels.dtype} {labels.shape}; is it MNIST's file?")
    if len(images) != len(labels):
        raise ValueError(f"load_mnist: expected as many labels as images, got {len(images):,} images in "
                         f"{images_path} and {len(labels):,} labels in {labels_path}; are both of one set?")
    if labels.size and labels.max() > 9:
        raise ValueError(f"load_mnist: {labels_path}: expected labels 0 to 9, got {labels.max()} at index "
                         f"{labels.argmax()}; is it MNIST's file?")


# ---- fetching ---------------------------------------------------------------------------------------------

def download_mnist(root: PathLike | None = None, progress: Progress | None = None, *,
                   mirrors: Sequence[str] = MIRRORS, rounds: int = 3, pause: float = 1.0,
                   timeout: float = 30.0) -> Path:
    """Fetch MNIST's four gzip files (11.6 MB) into the folder `root`, made if it is not there.

    None means the folder `mnist` in the one named by TINYGRAD_EDU_DATA, else ~/.cache/tinygrad_edu/mnist,
    where `load_mnist()` looks. A file already there with the published SHA-256 is kept, so a broken download
    goes on where it stopped; a file gets its name only after its checksum agreed.

    `progress(name, received, total)` is called as bytes arrive. Each file is tried on each of `mirrors` in
    turn, `rounds` times over, with a pause of `pause`, 2 `pause`, 4 `pause` ... seconds between two rounds;
    a server silent for `timeout` seconds counts as failed.

    Returns: the folder.
    Raises: ConnectionError where no mirror gave the published bytes, with each one's reason;
    FileExistsError where a different file has a published name, for it may be yours.
    """
    if rounds < 1 or not mirrors or isinstance(mirrors, str):
        raise ValueError(f"download_mnist: expected at least one round over a list of mirrors, "
                         f"got rounds={rounds}, mirrors={mirrors!r}")
    folder = _data_folder() / "mnist" if root is None else Path(root)
    folder.mkdir(parents=True, exist_ok=True)
    for name, published in PUBLISHED.items():
        target = folder / name
        if not _already_there(target, published):
            _fetch(target, published, progress, _attempts(mirrors, rounds, pause), timeout)
    return folder


def _already_there(target: Path, published: Published) -> bool:
    if not target.exists():
        return False
    with open(target, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != published.sha256:
        raise FileExistsError(f"download_mnist: {target} is there already, but is not the published file: "
                              f"expected SHA-256 {published.sha256}, got {found}; move it away, or read it "
                              f"as it is with load_mnist")
    return True


def _attempts(mirrors: Sequence[str], rounds: int, pause: float) -> Iterator[str]:
    """The mirrors, round after round, sleeping before each round but the first."""
    for round_number in range(rounds):
        if round_number:
            time.sleep(pause * 2 ** (round_number - 1))
        yield from mirrors


def _fetch(target: Path, published: Published, progress: Progress | None, attempts: Iterator[str],
           timeout: float) -> None:
    failures = []
    for mirror in attempts:
        address = mirror.rstrip("/") + "/" + target.name
        try:
            _fetch_once(address, target, published, progress, timeout)
            return
        except urllib.error.HTTPError as error:
            error.close()
            failures.append(f"{address}: {error}")
        except _NETWORK_ERRORS as error:
            failures.append(f"{address}: {error or type(error).__name__}")
    tried = "\n  ".join(failures)
    raise ConnectionError(f"download_mnist: could not fetch {target.name}, tried:\n  {tried}\n"
                          f"check the connection and call again (whole files are kept), or put the file "
                          f"into {target.parent} yourself")


class _WrongContentError(Exception):
    """The server answered, but not with the published bytes."""


# not OSError, which would take in a full disk; what `progress` raises is not caught either
_NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, ssl.SSLError, ConnectionError,
                   TimeoutError, _WrongContentError)


def _fetch_once(address: str, target: Path, published: Published, progress: Progress | None,
                timeout: float) -> None:
    request = urllib.request.Request(address, headers={"User-Agent": "tinygrad_edu"})
    digest, received = hashlib.sha256(), 0
    with urllib.request.urlopen(request, timeout=timeout) as response, atomic_write(target) as file:
        while part := response.read(CHUNK):
            received += len(part)
            if received > published.length:         # whatever this is, do not fill the disk with it
                break
            digest.update(part)
            file.write(part)
            if progress is not None:
                progress(target.name, received, published.length)
        if received != published.length:
            got = f"{received:,}" if received < published.length else "more"
            raise _WrongContentError(f"expected {published.length:,} bytes, got {got}")
        if digest.hexdigest() != published.sha256:
            raise _WrongContentError(f"expected SHA-256 {published.sha256}, got {digest.hexdigest()}")
