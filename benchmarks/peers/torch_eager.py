"""PyTorch, eager mode: nn.Module and torch.optim, as in the official tutorials."""

import torch

from benchmarks.peers import pytorch_style


def make(task):
    """The task in PyTorch."""
    return pytorch_style.make(torch, task)
