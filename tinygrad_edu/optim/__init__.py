"""Optimizers: each moves parameters along their gradients by one visible formula.

Source: https://docs.pytorch.org/docs/stable/optim.html
"""

from . import lr_scheduler
from .optimizer import Optimizer
from .sgd import SGD
from .adam import Adam, AdamW

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "lr_scheduler"]
