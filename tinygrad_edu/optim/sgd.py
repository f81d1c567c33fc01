"""Stochastic gradient descent: a step downhill, and a heavy ball that keeps rolling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import memory
from ..engine import constant
from . import blocks
from .blocks import in_blocks
from .optimizer import Optimizer, scalar, with_gradients


class SGD(Optimizer):
    """Stochastic gradient descent with momentum.

        g ← ∇L + weight_decay · p                      (−∇L instead of ∇L to maximize)
        v ← momentum · v + (1 − dampening) · g         (v ← g at the first step)
        p ← p − lr · v                                 (nesterov: p − lr · (g + momentum · v))

    dampening and nesterov mean nothing without momentum. foreach and fused choose between PyTorch's several
    implementations; here there is one, and they are ignored.
    Errors: ValueError for negative settings, and for nesterov without momentum or with dampening.
    Source: Polyak 1964; Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        named = {"learning rate": lr, "momentum value": momentum, "weight_decay value": weight_decay}
        for what, value in named.items():
            if not value >= 0:
                raise ValueError(f"Invalid {what}: {value}; it must not be negative")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening, got "
                             f"momentum={momentum}, dampening={dampening}")  # fmt: skip
        if differentiable:
            raise ValueError("SGD: differentiable=True is not supported; take grad(..., create_graph=True), "
                             "and compute p - lr * g as a new tensor")  # fmt: skip
        settings = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
                    "nesterov": nesterov, "maximize": maximize, "foreach": foreach,
                    "differentiable": differentiable, "fused": fused}  # fmt: skip
        super().__init__(params, settings)

    def move(self, group: dict[str, Any], line: memory.Line) -> None:
        """The formula, for each parameter of the group that has a gradient."""
        momentum = group["momentum"]
        plain = not (momentum or group["weight_decay"] or group["maximize"])
        subtract, multiply, wrote, block = np.subtract, np.multiply, memory.wrote, blocks.BLOCK
        dtype = None
        for p, array, g in with_gradients(group):
            if array.dtype is not dtype:
                dtype = array.dtype
                lr = scalar(group["lr"], dtype)
                if not plain:
                    settings = momentum, 1 - group["dampening"], group["weight_decay"]
                    numbers = lr, *(scalar(x, dtype) for x in settings)
            if not plain:
                velocity, new = self._velocity(p) if momentum else (None, False)
                self._move_blocks(array, g, velocity, new, numbers, group)
            elif array.size <= block:
                subtract(array, multiply(g, lr), array)  # the output by position: the fastest call there is
            else:
                for part, slope, t in in_blocks(array, g, scratch=1):
                    subtract(part, multiply(slope, lr, t), part)
            wrote(array, line)

    def _velocity(self, p: Any) -> tuple[np.ndarray, bool]:
        """The momentum buffer of p, and whether it is new."""
        state = self.state[p]
        buffer = state.get("momentum_buffer")
        if buffer is not None:
            return buffer._array, False
        array = np.empty_like(p._array)
        state["momentum_buffer"] = constant(array)
        return array, True

    @staticmethod
    def _move_blocks(array: Any, gradient: Any, velocity: Any, new: bool, numbers: tuple, group: dict) -> None:
        """The formula, block by block."""
        lr, momentum, keep, decay = numbers
        for p, g, v, t in in_blocks(array, gradient, velocity, scratch=1):
            if group["maximize"]:
                g = -g
            if group["weight_decay"]:
                g = g + decay * p
            if v is not None:
                if new:
                    v[...] = g
                else:
                    v *= momentum
                    v += keep * g if group["dampening"] else g
                g = g + momentum * v if group["nesterov"] else v
            np.subtract(p, np.multiply(g, lr, t), p)
