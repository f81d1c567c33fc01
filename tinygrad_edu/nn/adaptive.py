"""A last layer for very many classes, of which a few are frequent.

Source: Grave et al. 2016, https://arxiv.org/abs/1609.04309
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine import constant
from ..ops.shape import cat
from ..tensor import Tensor
from .container import ModuleList, Sequential
from .functional import log_softmax
from .linear import Linear
from .module import Module


class ASMOutput(NamedTuple):
    """The log-probability of each target, and the mean cost."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """The frequent classes stand in the head, beside one entry for each cluster of rarer ones, whose narrower layers
    only see the rows that need them.

    cutoffs: the first class of each cluster. div_value: how much narrower each next cluster's layer is.
    input: (n, in_features), target: (n) -> (output, loss).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
    """

    def __init__(self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
                 head_bias: bool = False, device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1 or any(
                int(c) != c for c in cutoffs):  # fmt: skip
            raise ValueError("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                             "where each value is between 1 and n_classes-1")  # fmt: skip
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size, self.n_clusters = cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, dtype=dtype)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False)):
            width = int(in_features // div_value ** (i + 1))
            self.tail.append(Sequential(Linear(in_features, width, bias=False, dtype=dtype),
                                        Linear(width, high - low, bias=False, dtype=dtype)))  # fmt: skip

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for layers in self.tail:
            for layer in layers.children():
                layer.reset_parameters()  # type: ignore[operator]

    def forward(self, input: Tensor, target: Tensor) -> ASMOutput:
        rows, classes = (input, target) if target.ndim else (input.unsqueeze(0), target.unsqueeze(0))
        if rows.ndim != 2 or classes.ndim != 1 or rows.shape[0] != classes.shape[0]:
            raise RuntimeError(f"AdaptiveLogSoftmaxWithLoss: (n, {self.in_features}) and (n) expected, or one row and "
                               f"its class, got {input.shape} and {target.shape}")  # fmt: skip
        numbers = classes.numpy()
        if numbers.size and (numbers.min() < 0 or numbers.max() >= self.n_classes):
            raise RuntimeError(f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                               f"[{numbers.min()}, {numbers.max()}] were found. ")  # fmt: skip
        cluster = np.searchsorted(self.cutoffs, numbers, "right")  # 0: the head
        entry = np.where(cluster == 0, numbers, self.shortlist_size + cluster - 1)
        found = log_softmax(self.head(rows), 1).gather(1, constant(entry[:, None])).squeeze(1)
        for i, layers in enumerate(self.tail):
            at = np.flatnonzero(cluster == i + 1)
            if at.size:
                inside = constant((numbers[at] - self.cutoffs[i])[:, None])
                more = log_softmax(layers(rows[constant(at)]), 1).gather(1, inside).squeeze(1)
                found = found.index_add(0, constant(at), more)
        loss = -found.mean()
        return ASMOutput(found if target.ndim else found.squeeze(0), loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities of all classes: (n, in_features) -> (n, n_classes)."""
        head = log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for i, layers in enumerate(self.tail):
            parts.append(log_softmax(layers(input), 1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row."""
        return self.log_prob(input).argmax(1)
