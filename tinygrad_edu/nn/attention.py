"""Attention with several heads, each of which looks for something else.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from . import init
from .functions.heads import check_heads, multi_head
from .linear import NonDynamicallyQuantizableLinear
from .module import Module
from .parameter import Parameter, check_size, dtype_for


class MultiheadAttention(Module):
    """num_heads attentions side by side, each on its share of embed_dim, and a linear layer that joins them.

    query: (n, batch, embed_dim), key: (m, batch, kdim), value: (m, batch, vdim) -> (n, batch, embed_dim), and the
    weights (batch, n, m); batch comes first where batch_first, or not at all.
    Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True,
                 add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: int | None = None,
                 vdim: int | None = None, batch_first: bool = False, device: Any = None,
                 dtype: Any = None):  # fmt: skip
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                             f"num_heads={num_heads} instead")  # fmt: skip
        self.embed_dim = check_size("MultiheadAttention", "embed_dim", embed_dim)
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.num_heads, self.dropout, self.batch_first = num_heads, dropout, batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise ValueError(f"embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}")
        dtype = dtype_for("MultiheadAttention", device, dtype)
        sizes = {"q_proj_weight": embed_dim, "k_proj_weight": self.kdim, "v_proj_weight": self.vdim}
        for name, size in sizes.items():
            weight = None if self._qkv_same_embed_dim else Parameter(np.empty((embed_dim, size), dtype))
            self.register_parameter(name, weight)
        weight = Parameter(np.empty((3 * embed_dim, embed_dim), dtype)) if self._qkv_same_embed_dim else None
        self.register_parameter("in_proj_weight", weight)
        self.register_parameter("in_proj_bias", Parameter(np.empty(3 * embed_dim, dtype)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, dtype=dtype)
        for name in ("bias_k", "bias_v"):
            extra = Parameter(np.empty((1, 1, embed_dim), dtype)) if add_bias_kv else None
            self.register_parameter(name, extra)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)  # type: ignore[arg-type]
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None,
                need_weights: bool = True, attn_mask: Tensor | None = None, average_attn_weights: bool = True,
                is_causal: bool = False) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """The attention, and its weights, or None (need_weights=False).

        key_padding_mask: (batch, m), True at the keys that are only padding. attn_mask: (n, m), or one for each batch
        and head, True where a query must not look. Both may be floats, which are added to the scores.
        is_causal: a hint that attn_mask hides what is ahead; it changes nothing. average_attn_weights: the mean weights
        of all heads, or else theirs, (batch, heads, n, m).
        """
        check_heads("MultiheadAttention", query, key, value, self.embed_dim, self.kdim, self.vdim)
        weights = ((self.in_proj_weight,) if self._qkv_same_embed_dim
                   else (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight))  # fmt: skip
        return multi_head(query, key, value, self.num_heads, weights, self.in_proj_bias, (self.bias_k, self.bias_v),
                          self.add_zero_attn, self.dropout if self.training else 0.0, self.out_proj, key_padding_mask,
                          need_weights, attn_mask, average_attn_weights, is_causal, self.batch_first)  # fmt: skip
