"""Attention with several heads as a function: the layer's arithmetic, with all its weights as arguments.

Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...engine import array_of, constant
from ...ops.linalg import linear, matmul
from ...ops.shape import cat
from ...tensor import Tensor
from .attention import additive, dropped, weights_of


def multi_head_attention_forward(
        query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int,
        in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None,
        add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor, out_proj_bias: Tensor | None,
        training: bool = True, key_padding_mask: Tensor | None = None, need_weights: bool = True,
        attn_mask: Tensor | None = None, use_separate_proj_weight: bool = False, q_proj_weight: Tensor | None = None,
        k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None, static_k: Tensor | None = None,
        static_v: Tensor | None = None, average_attn_weights: bool = True,
        is_causal: bool = False) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """nn.MultiheadAttention with its weights as arguments: (n, batch, e), (m, batch, e), (m, batch, e) ->
    (n, batch, e), and the weights of the heads (batch, n, m), or None.

    in_proj_weight: those of q, k and v below each other, or (use_separate_proj_weight) each of its own. static_k,
    static_v: keys and values (batch · heads, m, size) that are taken as they are.
    """
    check_heads("multi_head_attention_forward", query, key, value, embed_dim_to_check,
                key.shape[-1] if use_separate_proj_weight else embed_dim_to_check,
                value.shape[-1] if use_separate_proj_weight else embed_dim_to_check)  # fmt: skip
    if embed_dim_to_check % num_heads:
        raise AssertionError(f"embed_dim {embed_dim_to_check} not divisible by num_heads {num_heads}")
    weights = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else (in_proj_weight,)
    if any(w is None for w in weights):
        raise AssertionError("multi_head_attention_forward: use_separate_proj_weight needs q_proj_weight, k_proj_weight"
                             " and v_proj_weight; without it, in_proj_weight is needed")  # fmt: skip
    return multi_head(query, key, value, num_heads, weights, in_proj_bias, (bias_k, bias_v), add_zero_attn,
                      dropout_p if training else 0.0, lambda x: linear(x, out_proj_weight, out_proj_bias),
                      key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal, False,
                      (static_k, static_v))  # fmt: skip


def multi_head(query: Tensor, key: Tensor, value: Tensor, heads: int, weights: Sequence, bias: Tensor | None,
               more: Sequence, zero: bool, dropout: float, join: Callable, padding: Tensor | None, need_weights: bool,
               attn_mask: Tensor | None, average: bool, is_causal: bool, batch_first: bool,
               static: Sequence = (None, None)) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """What the layer and the function share. weights: one for q, k and v together, or three; more: a learned key and
    value; join: the last layer."""
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    batched = query.ndim == 3
    moved = {id(x): _batch_first(x, batch_first) for x in (query, key, value)}  # what is one stays one
    q, k, v = _projected([moved[id(x)] for x in (query, key, value)], weights, bias)
    k, v = (_extended(x, y, zero) if y is not None or zero else x for x, y in zip((k, v), more, strict=True))
    batch, width = q.shape[0], q.shape[-1]
    q, k, v = (x.reshape(batch, x.shape[1], heads, width // heads).transpose(1, 2) for x in (q, k, v))
    k, v = (x if s is None else s.reshape(batch, heads, *s.shape[-2:]) for x, s in zip((k, v), static, strict=True))
    mask = _mask(attn_mask, padding, q, k)
    shares = dropped(weights_of(q, k, mask), dropout)
    found = matmul(shares, v).transpose(1, 2)  # (batch, n, heads, size)
    joined = join(found.reshape(*found.shape[:2], width))
    result = joined.squeeze(0) if not batched else joined if batch_first else joined.transpose(0, 1)
    if not need_weights:
        return result, None
    shown = shares.mean(1) if average else shares
    return result, shown if batched else shown.squeeze(0)


def check_heads(name: str, query: Tensor, key: Tensor, value: Tensor, *sizes: int) -> None:
    """RuntimeError where the shapes do not go together."""
    if query.ndim not in (2, 3) or not query.ndim == key.ndim == value.ndim:
        raise RuntimeError(f"{name}: query, key and value must all have 3 axes, or 2 without a batch, got "
                           f"{query.shape}, {key.shape} and {value.shape}")  # fmt: skip
    for x, what, size in zip((query, key, value), ("query", "key", "value"), sizes, strict=True):
        if x.shape[-1] != size:
            raise RuntimeError(f"{name}: was expecting {what} dimension of {size}, but got {x.shape[-1]}")
    if key.shape[:-1] != value.shape[:-1]:
        raise RuntimeError(f"{name}: key's sequence and batch dims {key.shape[:-1]} do not match value's "
                           f"{value.shape[:-1]}")  # fmt: skip


def _batch_first(x: Tensor, already: bool) -> Tensor:
    """(batch, n, features), whatever came."""
    return x.unsqueeze(0) if x.ndim == 2 else x if already else x.transpose(0, 1)


def _projected(inputs: Sequence, weights: Sequence, bias: Tensor | None) -> tuple:
    """What each head asks for, offers and tells, side by side: (batch, n or m, heads · size) each."""
    if len(weights) == 1 and inputs[0] is inputs[1] is inputs[2]:
        return linear(inputs[0], weights[0], bias).chunk(3, -1)
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    return tuple(map(linear, inputs, weights[0].chunk(3) if len(weights) == 1 else weights, biases))


def _extended(x: Tensor, more: Tensor | None, zero: bool) -> Tensor:
    """With a learned key or value behind the others, and one of zeros."""
    batch, _, width = x.shape
    parts = [x] if more is None else [x, more.expand(batch, 1, width)]
    return cat([*parts, constant(np.zeros((batch, 1, width), x.dtype))] if zero else parts, 1)


def _mask(attn_mask: Tensor | None, padding: Tensor | None, q: Tensor, k: Tensor) -> Tensor | None:
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
