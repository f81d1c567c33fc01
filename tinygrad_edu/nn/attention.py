"""Attention with several heads, each of which looks for something else.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import array_of, constant
from ..ops.linalg import linear, matmul
from ..ops.shape import cat
from ..tensor import Tensor
from . import init
from .functions.attention import additive, dropped, weights_of
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
        if is_causal and attn_mask is None:
            raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
        self._check(query, key, value)
        batched = query.ndim == 3
        moved = {id(x): self._batch_first(x) for x in (query, key, value)}  # what is one stays one
        q, k, v = self._projected(*(moved[id(x)] for x in (query, key, value)))  # (batch, heads, n or m, size)
        mask = self._mask(attn_mask, key_padding_mask, q, k)
        weights = dropped(weights_of(q, k, mask), self.dropout if self.training else 0.0)
        heads = matmul(weights, v).transpose(1, 2)  # (batch, n, heads, size)
        joined = self.out_proj(heads.reshape(*heads.shape[:2], self.embed_dim))
        result = joined.squeeze(0) if not batched else joined if self.batch_first else joined.transpose(0, 1)
        if not need_weights:
            return result, None
        shown = weights.mean(1) if average_attn_weights else weights
        return result, shown if batched else shown.squeeze(0)

    def _check(self, query: Tensor, key: Tensor, value: Tensor) -> None:
        if query.ndim not in (2, 3) or not query.ndim == key.ndim == value.ndim:
            raise RuntimeError("MultiheadAttention: query, key and value must all have 3 axes, or 2 without a batch, "
                               f"got {query.shape}, {key.shape} and {value.shape}")  # fmt: skip
        for x, name, size in ((query, "query", self.embed_dim), (key, "key", self.kdim), (value, "value", self.vdim)):
            if x.shape[-1] != size:
                raise RuntimeError(f"MultiheadAttention: was expecting {name} dimension of {size}, but got "
                                   f"{x.shape[-1]}")  # fmt: skip
        if key.shape[:-1] != value.shape[:-1]:
            raise RuntimeError(f"MultiheadAttention: key's sequence and batch dims {key.shape[:-1]} do not match "
                               f"value's {value.shape[:-1]}")  # fmt: skip

    def _batch_first(self, x: Tensor) -> Tensor:
        """(batch, n, features), whatever came."""
        return x.unsqueeze(0) if x.ndim == 2 else x if self.batch_first else x.transpose(0, 1)

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What each head asks for, offers and tells: (batch, heads, n, size) each."""
        if self._qkv_same_embed_dim and query is key and key is value:
            q, k, v = linear(query, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        else:
            weights = (self.in_proj_weight.chunk(3) if self._qkv_same_embed_dim
                       else (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight))  # fmt: skip
            biases = (None,) * 3 if self.in_proj_bias is None else self.in_proj_bias.chunk(3)
            q, k, v = map(linear, (query, key, value), weights, biases)
        batch = q.shape[0]
        if self.bias_k is not None:
            k = cat([k, self.bias_k.expand(batch, 1, self.embed_dim)], 1)
            v = cat([v, self.bias_v.expand(batch, 1, self.embed_dim)], 1)
        if self.add_zero_attn:
            zero = constant(np.zeros((batch, 1, self.embed_dim), k.dtype))
            k, v = cat([k, zero], 1), cat([v, zero], 1)
        split = (x.reshape(batch, x.shape[1], self.num_heads, self.head_dim).transpose(1, 2) for x in (q, k, v))
        return tuple(split)  # type: ignore[return-value]

    def _mask(self, attn_mask: Tensor | None, padding: Tensor | None, q: Tensor, k: Tensor) -> Tensor | None:
        """Both masks as one to add to the scores: (batch or 1, heads or 1, n or 1, m)."""
        batch, heads, n, _ = q.shape
        extra = k.shape[-2]  # with the learned and the zero key, at which every query may look
        mask = None
        if attn_mask is not None:
            mask = _adding("attn_mask", attn_mask, q.dtype)
            m = mask.shape[-1]
            if mask.shape not in ((n, m), (batch * heads, n, m)):
                raise RuntimeError(f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {(n, m)} "
                                   f"or {(batch * heads, n, m)}.")  # fmt: skip
            mask = mask.reshape(-1, heads if mask.ndim == 3 else 1, n, m)
        if padding is not None:
            hidden = _adding("key_padding_mask", padding, q.dtype)
            if hidden.numel() != batch * hidden.shape[-1]:
                raise RuntimeError(f"key_padding_mask: {batch} rows expected, got shape {hidden.shape}")
            hidden = hidden.reshape(batch, 1, 1, hidden.shape[-1])
            mask = hidden if mask is None else mask + hidden
        if mask is not None and mask.shape[-1] < extra:
            more = constant(np.zeros((*mask.shape[:-1], extra - mask.shape[-1]), q.dtype))
            mask = cat([mask, more], -1)
        return mask


def _adding(name: str, mask: Tensor, dtype: np.dtype) -> Tensor:
    """A mask to add: True, where a query must not look, becomes −inf."""
    if mask.dtype.kind not in "bf":
        raise RuntimeError(f"only bool and floating types of {name} are supported, got {mask.dtype}")
    return additive(constant(~array_of(mask)), dtype) if mask.dtype.kind == "b" else mask.to(dtype)
