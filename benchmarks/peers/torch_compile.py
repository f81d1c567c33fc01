"""PyTorch with torch.compile in its default mode."""

import torch

from benchmarks.peers import pytorch_style

NOTES = {"*": "forward, loss and backward are compiled; torch.optim runs eagerly, as in the usual recipe"}


def make(task):
    """The task in PyTorch, its loss compiled."""
    torch._dynamo.reset()
    return pytorch_style.make(torch, task, wrap_loss=torch.compile)
