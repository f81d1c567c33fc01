"""Data: IDX files, MNIST, and digits that the package draws itself. Needs nothing else of the package."""

from .digits import draw_digits
from .files import atomic_write
from .idx import read_idx, write_idx
from .mnist import download_mnist, load_mnist

__all__ = ["atomic_write", "download_mnist", "draw_digits", "load_mnist", "read_idx", "write_idx"]
