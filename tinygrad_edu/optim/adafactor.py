"""Adafactor, whose state grows with the sides of a matrix and not with its area."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import memory
from .optimizer import Optimizer, counting_dtype, remembered, scalar, with_gradients


class Adafactor(Optimizer):
    """Steps divided by the recent size of the gradient, which is kept as one number a row and one a column.

        β = t^beta2_decay,   α = max(eps₂, rms(p)) · min(lr, 1 / √t)
        p ← (1 − lr · weight_decay) · p
        r ← r + β · (mean of g² along rows − r),   c ← c + β · (mean of g² along columns − c)
        v = r c / max(mean(r), eps₁)                   a vector keeps v itself: v ← v + β · (g² − v)
        u = g / max(√v, eps₁)
        p ← p − α · u / max(1, rms(u) / d)

    eps: (eps₁, eps₂); eps₁ is that of the parameter's dtype where it is None. Of more than two axes, the last two.
    state: step, and row_var and col_var, or variance.
    Errors: ValueError for settings out of range.
    Source: Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
    """

    def __init__(self, params: Iterable, lr: Any = 1e-2, beta2_decay: float = -0.8, eps: tuple = (None, 1e-3),
                 d: float = 1.0, weight_decay: float = 0.0, *, foreach: Any = None,
                 maximize: bool = False):  # fmt: skip
        named = {"Learning rate": lr, "epsilon1": 0 if eps[0] is None else eps[0], "epsilon2": eps[1],
                 "weight_decay": weight_decay}  # fmt: skip
        for name, value in named.items():
            if not value >= 0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if not beta2_decay <= 0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if not d >= 1:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        super().__init__(params, {"lr": lr, "beta2_decay": beta2_decay, "eps": tuple(eps), "d": d,
                                  "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize})  # fmt: skip

    def move(self, group: dict[str, Any], line: memory.Line) -> None:
        """The formula, for each parameter of the group that has a gradient."""
        lr, (eps1, eps2), one = scalar(group["lr"], np.float64), group["eps"], scalar(1, np.float32)
        for p, array, g in with_gradients(group):
            if not array.size:  # nothing has no mean
                continue
            state, dtype = self.state[p], array.dtype
            g = -g if group["maximize"] else g
            least = np.finfo(dtype).eps if eps1 is None else eps1
            count = remembered(state, "step", array, shape=(), dtype=counting_dtype(group))
            np.add(count, one, count)
            t = np.astype(count, np.float64)
            share = scalar(np.power(t, group["beta2_decay"]), dtype)
            rate = np.maximum(eps2, _rms(array)) * np.minimum(lr, 1 / np.sqrt(t))
            if group["weight_decay"]:
                np.multiply(array, scalar(1 - lr * group["weight_decay"], dtype), array)
            squares = g * g
            if g.ndim > 1:
                rows = _followed(state, "row_var", np.mean(squares, axis=-1, keepdims=True), share)
                columns = _followed(state, "col_var", np.mean(squares, axis=-2, keepdims=True), share)
                v = rows * columns / np.maximum(np.mean(rows, axis=-2, keepdims=True), scalar(least, dtype))
            else:
                v = _followed(state, "variance", squares, share)
            u = g / np.sqrt(np.maximum(v, scalar(least * least, dtype)))
            np.subtract(array, u * scalar(rate / np.maximum(1, _rms(u) / group["d"]), dtype), array)
            memory.wrote(array, line)


def _rms(x: Any) -> Any:
    """The root of the mean square, in double."""
    return np.sqrt(np.astype(np.sum(x * x), np.float64) / x.size)


def _followed(state: dict[str, Any], key: str, now: Any, share: Any) -> Any:
    """A mean over time, a share of the way closer to what it is now; kept in the state."""
    mean = remembered(state, key, now)
    return np.add(mean, (now - mean) * share, mean)
