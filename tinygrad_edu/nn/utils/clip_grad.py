"""Gradients kept from growing too large.

Source: Pascanu et al. 2013, https://arxiv.org/abs/1211.5063;
https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ... import memory
from ...engine import array_of, constant
from ...grad_mode import no_grad
from ...ops.reduction import norm
from ...ops.shape import stack
from ...tensor import Tensor


def _with_gradients(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in parameters if p.grad is not None]


@no_grad()
def get_total_norm(tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False,
                   foreach: bool | None = None) -> Tensor:  # fmt: skip
    """The norm of all the tensors' numbers together. RuntimeError for inf or nan, if error_if_nonfinite."""
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not tensors:
        return constant(np.zeros((), np.float32))
    norm_type = float(norm_type)
    norms = [norm(t, norm_type) for t in tensors]
    total = norms[0] if len(norms) == 1 else norm(stack(norms), norm_type)
    if error_if_nonfinite and not bool(total.isfinite()):
        raise RuntimeError(f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it "
                           "cannot be clipped. To disable this error and scale the gradients by the non-finite norm "
                           "anyway, set `error_if_nonfinite=False`")  # fmt: skip
    return total


def _scale(gradients: list[Tensor], max_norm: float, total: Tensor) -> None:
    with np.errstate(all="ignore"):
        factor = np.minimum(max_norm / (array_of(total) + 1e-6), 1.0)
        for g in gradients:
            array = array_of(g)
            array *= np.astype(factor, g.dtype)
            memory.wrote(array)


@no_grad()
def clip_grad_norm_(parameters: Tensor | Iterable[Tensor], max_norm: float, norm_type: float = 2.0,
                    error_if_nonfinite: bool = False, foreach: bool | None = None) -> Tensor:  # fmt: skip
    """Scale all gradients, in place, so that their common norm is at most max_norm. Returns the norm they had."""
    gradients = _with_gradients(parameters)
    total = get_total_norm(gradients, norm_type, error_if_nonfinite)
    _scale(gradients, float(max_norm), total)
    return total


@no_grad()
def clip_grads_with_norm_(parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor,
                          foreach: bool | None = None) -> None:  # fmt: skip
    """clip_grad_norm_ with a norm that is known already."""
    _scale(_with_gradients(parameters), float(max_norm), total_norm)


@no_grad()
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: Any = None) -> None:
    """Limit each number of all gradients, in place, to ±clip_value."""
    limit = float(clip_value)
    if math.isnan(limit):
        raise ValueError("clip_grad_value_: clip_value must be a number, got nan")
    for g in _with_gradients(parameters):
        g.clamp_(min=-limit, max=limit)
