"""This project, eager mode, through its PyTorch-like API: the very program that PyTorch runs.

PEER_EDU_ALIAS=torch puts another module in its place, to check the harness.
"""

import importlib
import os

from benchmarks.peers import pytorch_style

library = importlib.import_module(os.environ.get("PEER_EDU_ALIAS") or "tinygrad_edu")


def make(task):
    """The task in tinygrad_edu."""
    return pytorch_style.make(library, task)
