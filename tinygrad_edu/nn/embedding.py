"""Tables of learned rows, looked up by number.

Source: https://docs.pytorch.org/docs/stable/nn.html#sparse-layers
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from ..grad_mode import no_grad
from ..tensor import Tensor
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter, check_device, check_size, dtype_for


class _Table(Module):
    """A table (num_embeddings, embedding_dim), drawn from the bell curve; its row padding_idx starts as zeros."""

    weight: Parameter

    def _fill(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None, _weight: Any, _freeze: bool,
              device: Any, dtype: Any) -> None:  # fmt: skip
        name = type(self).__name__
        self.num_embeddings = check_size(name, "num_embeddings", num_embeddings)
        self.embedding_dim = check_size(name, "embedding_dim", embedding_dim)
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError(f"{name}: padding_idx must be within num_embeddings, got {padding_idx}")
            padding_idx %= num_embeddings
        self.padding_idx = padding_idx
        if _weight is None:
            dtype = dtype_for(name, device, dtype)
            self.weight = Parameter(np.empty((num_embeddings, embedding_dim), dtype), requires_grad=not _freeze)
            self.reset_parameters()
        else:
            check_device(name, device)
            if _weight.shape != (num_embeddings, embedding_dim):
                raise AssertionError(f"{name}: shape of weight does not match num_embeddings and embedding_dim, got "
                                     f"{_weight.shape}")  # fmt: skip
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    def reset_parameters(self) -> None:
        """Draw the table anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    def _table_repr(self) -> list[str]:
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        return parts + [f"padding_idx={self.padding_idx}"] * (self.padding_idx is not None)


class Embedding(_Table):
    """The row that each number names: (...) int -> (..., embedding_dim).

    padding_idx: a row of zeros that is not learned. max_norm: rows that are longer are shortened when looked up.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None,
                 max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                 sparse: bool = False, _weight: Tensor | None = None, _freeze: bool = False, device: Any = None,
                 dtype: Any = None):  # fmt: skip
        super().__init__()
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        self._fill(num_embeddings, embedding_dim, padding_idx, _weight, _freeze, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type,
                           self.scale_grad_by_freq, self.sparse)  # fmt: skip

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None,
                        max_norm: float | None = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
                        sparse: bool = False) -> Self:  # fmt: skip
        """A layer with this table (num_embeddings, embedding_dim); freeze: not to be learned further."""
        if embeddings.ndim != 2:
            raise AssertionError(f"from_pretrained: a 2-D table expected, got shape {embeddings.shape}")
        rows, columns = embeddings.shape
        return cls(rows, columns, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, embeddings, freeze)

    def extra_repr(self) -> str:
        parts = self._table_repr()
        parts += [f"max_norm={self.max_norm}"] * (self.max_norm is not None)
        parts += [f"norm_type={self.norm_type}"] * (self.norm_type != 2)
        parts += ["scale_grad_by_freq=True"] * self.scale_grad_by_freq
        return ", ".join(parts)


class EmbeddingBag(_Table):
    """The sum, mean or maximum of the rows that each bag names: (bags, n) int, or (n) int with offsets.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, max_norm: float | None = None, norm_type: float = 2.0,
                 scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
                 _weight: Tensor | None = None, include_last_offset: bool = False, padding_idx: int | None = None,
                 device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__()
        self.max_norm, self.norm_type, self.mode = max_norm, norm_type, mode
        self.scale_grad_by_freq, self.sparse, self.include_last_offset = scale_grad_by_freq, sparse, include_last_offset
        self._fill(num_embeddings, embedding_dim, padding_idx, _weight, False, device, dtype)

    def forward(self, input: Tensor, offsets: Tensor | None = None,
                per_sample_weights: Tensor | None = None) -> Tensor:  # fmt: skip
        return F.embedding_bag(input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq,
                               self.mode, self.sparse, per_sample_weights, self.include_last_offset,
                               self.padding_idx)  # fmt: skip

    def extra_repr(self) -> str:
        return ", ".join([*self._table_repr(), f"mode={self.mode!r}"])
