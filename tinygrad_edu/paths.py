"""PyTorch's other paths to what is here: `optim.rmsprop.RMSprop` is `optim.RMSprop`.

Programs import from these; a reader of this package need not.
"""

from __future__ import annotations

import importlib
import sys

_PATHS = {
    "amp": "amp.grad_scaler amp.autocast_mode",
    "autograd": "autograd.variable",
    "functions": "functional",
    "grad_mode": "autograd.grad_mode",
    "nn.parallel": "nn.parallel.distributed nn.parallel.data_parallel",
    "func": "nn.utils.stateless",
    "optim.adam": "optim.adamw",
    "optim.adaptive": "optim.adadelta optim.adagrad optim.adamax optim.nadam optim.radam optim.rmsprop",
    "tensor": "_tensor",
    "utils.data.collate": "utils.data._utils.collate",
    "utils.data": "utils.data._utils",
}


def lay(package: str) -> None:
    """Make each path lead to its module."""
    for home, paths in _PATHS.items():
        module = importlib.import_module(f"{package}.{home}")
        for path in paths.split():
            sys.modules[f"{package}.{path}"] = module
