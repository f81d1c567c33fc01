"""Derivatives by name: `grad`, `backward`, `Function` for one's own, and what checks and watches them.

Source: https://docs.pytorch.org/docs/stable/autograd.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import gradients
from ..grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from ..gradients import grad
from ..tensor import Tensor
from .anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from .function import Function
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from . import functional, profiler

__all__ = [
    "Function", "GradcheckError", "Variable", "backward", "detect_anomaly", "enable_grad", "functional", "grad",
    "gradcheck", "gradgradcheck", "inference_mode", "is_anomaly_enabled", "is_grad_enabled", "no_grad", "profiler",
    "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip


class _Tensors(type):
    """The type of the name below: calling it makes a tensor, and every tensor is an instance."""

    def __call__(cls, data: Any = (), requires_grad: bool = False) -> Any:
        return data.detach().requires_grad_(requires_grad)

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Tensor)


class Variable(metaclass=_Tensors):
    """A tensor with the same memory: PyTorch's name of what required grad before tensors did."""


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of several tensors at once to the `.grad` of the leaves."""
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    grad_tensors = [grad_tensors] if isinstance(grad_tensors, Tensor) else grad_tensors
    inputs = [inputs] if isinstance(inputs, Tensor) else inputs
    gradients.backward(tensors, grad_tensors, retain_graph, create_graph, inputs)
