"""Rprop, which looks at signs alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .kin import Blockwise, nonnegative


class Rprop(Blockwise):
    """Steps that grow while the gradient keeps its sign, and shrink where it turns. For whole batches.

        d ← clamp(d · (η⁺ where g · q > 0, η⁻ where g · q < 0, 1 else), least, most)      d₀ = lr
        g ← 0 where g · q < 0
        p ← p − sign(g) · d
        q ← g

    Source: Riedmiller and Braun 1993, https://doi.org/10.1109/ICNN.1993.298623;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
    """

    keeps = ("prev", "step_size")

    def __init__(self, params: Iterable, lr: Any = 1e-2, etas: tuple = (0.5, 1.2), step_sizes: tuple = (1e-6, 50), *,
                 capturable: bool = False, foreach: Any = None, maximize: bool = False,
                 differentiable: bool = False):  # fmt: skip
        nonnegative(lr=lr)
        if not 0 < etas[0] < 1 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}; 0 < first < 1 < second expected")
        settings = {"lr": lr, "etas": tuple(etas), "step_sizes": tuple(step_sizes)}
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def fresh(self, group: dict[str, Any], key: str) -> float:
        return group["lr"] if key == "step_size" else 0.0

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        return *group["etas"], *group["step_sizes"]

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (q, d), (shrink, grow, least, most) = kept, numbers
        turns = np.multiply(g, q, t)
        np.multiply(d, np.where(turns > 0, grow, np.where(turns < 0, shrink, np.ones_like(turns))), d)
        np.minimum(np.maximum(d, least, out=d), most, out=d)
        np.multiply(g, turns >= 0, q)
        np.subtract(p, np.multiply(np.sign(q, s), d, s), p)
