"""This project, its training step compiled to one NumPy program."""

from benchmarks.peers import pytorch_style
from benchmarks.peers.tinygrad_edu import library


def make(task):
    """The task in tinygrad_edu, the whole step compiled."""
    if library.__name__ != "tinygrad_edu":
        raise NotImplementedError("compiles tinygrad_edu only")
    return pytorch_style.make(library, task, wrap_step=library.compile)
