"""Optimizers: each moves parameters along their gradients by one visible formula.

Source: https://docs.pytorch.org/docs/stable/optim.html
"""

from . import lr_scheduler
from .optimizer import Optimizer
from .sgd import SGD
from .adafactor import Adafactor
from .adam import Adam, AdamW, SparseAdam
from .adaptive import Adadelta, Adagrad, Adamax, NAdam, RAdam, RMSprop
from .averaged import ASGD
from .lbfgs import LBFGS
from .rprop import Rprop
from . import swa_utils

__all__ = [
    "ASGD", "LBFGS", "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer",
    "RAdam", "RMSprop", "Rprop", "SparseAdam", "lr_scheduler", "swa_utils",
]
