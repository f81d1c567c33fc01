"""Losses as modules. The formulas are in `functional` and `ops/loss.py`.

Source: https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from __future__ import annotations

from ..tensor import Tensor
from . import functional
from .module import Module


class _Loss(Module):
    """A loss with a reduction: "mean", "sum", or "none" for one number per element."""

    def __init__(self, reduction: str = "mean"):
        super().__init__()
        functional._check_reduction(reduction)
        self.reduction = reduction


class MSELoss(_Loss):
    """Squared distances (input − target)²: shapes equal; "mean" divides by the number of numbers."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return functional.mse_loss(input, target, self.reduction)


class L1Loss(_Loss):
    """Distances |input − target|: shapes equal."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return functional.l1_loss(input, target, self.reduction)


class _ClassLoss(_Loss):
    """A loss of class numbers, with a weight for each class; it is a buffer, saved with the module."""

    weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"):
        super().__init__(reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index


class NLLLoss(_ClassLoss):
    """−log-probability of the right class, for log-probabilities: (n, classes) and (n) int."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return functional.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class CrossEntropyLoss(_ClassLoss):
    """−log-probability of the right class, for scores: (n, classes) and (n) int, or probabilities."""

    def __init__(self, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean",
                 label_smoothing: float = 0.0):  # fmt: skip
        super().__init__(weight, ignore_index, reduction)
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(input, target, self.weight, self.ignore_index, self.reduction,
                                        self.label_smoothing)  # fmt: skip
