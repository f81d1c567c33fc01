"""ASGD, which averages the parameters over the steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine import constant
from .kin import Blockwise, nonnegative
from .optimizer import scalar


class ASGD(Blockwise):
    """Gradient descent whose average, `state[p]["ax"]`, may be taken for the parameter at the end.

        p ← (1 − lambd · η) · p − η · g                η = lr before the first step
        a ← a + μ · (p − a)                            μ = 1 before the first step
        η ← lr / (1 + lambd · lr · t)^alpha
        μ ← 1 / max(1, t − t0)                         the average begins at step t0

    Source: Polyak and Juditsky 1992, https://doi.org/10.1137/0330046;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
    """

    keeps = ("ax",)

    def __init__(self, params: Iterable, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
                 weight_decay: float = 0, foreach: Any = None, maximize: bool = False, differentiable: bool = False,
                 capturable: bool = False):  # fmt: skip
        nonnegative(lr=lr, weight_decay=weight_decay)
        settings = {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay}
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        lr = scalar(group["lr"], np.float64)
        for key, first in {"eta": lr, "mu": 1}.items():
            if key not in state:
                state[key] = constant(np.zeros_like(state["step"]._array))
                state[key]._array[...] = first
        eta, mu = state["eta"]._array, state["mu"]._array
        now = np.astype(eta, np.float64), np.astype(mu, np.float64)
        eta[...] = lr / np.power(1 + group["lambd"] * lr * t, group["alpha"])
        mu[...] = 1 / np.maximum(1, t - group["t0"])
        return 1 - group["lambd"] * now[0], *now

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (a,), (shrink, eta, mu) = kept, numbers
        np.subtract(np.multiply(p, shrink, p), np.multiply(g, eta, t), p)
        np.add(a, np.multiply(np.subtract(p, a, s), mu, s), s)
        np.copyto(a, np.where(mu == 1, p, s))  # no rounding where the average has not begun
