"""Special functions under PyTorch's names, as far as they are composed of ops here.

Source: https://docs.pytorch.org/docs/stable/special.html
"""

from __future__ import annotations

from typing import Any

from . import missing
from .ops import elementwise
from .ops.elementwise import erf, erfc, erfinv, exp2, expm1, log1p, sigmoid, sinc, xlog1py, xlogy
from .ops.elementwise import round as round
from .ops.loss import log_softmax, softmax
from .ops.products import entr, logit
from .ops.reduction import logsumexp

expit = sigmoid

__all__ = [
    "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "log1p", "log_softmax", "logit", "logsumexp", "round",
    "sinc", "softmax", "xlog1py", "xlogy",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Names that stand with the elementwise ops, such as erf, are found here too."""
    if not name.startswith("_") and hasattr(elementwise, name):
        return getattr(elementwise, name)
    missing.no_attribute("special", name, globals())
