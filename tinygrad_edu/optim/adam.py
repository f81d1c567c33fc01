"""Adam and AdamW: each number has a step size of its own, from the recent mean and spread of its gradient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .. import memory
from ..tensor import Tensor
from .blocks import in_blocks
from .optimizer import Optimizer, counting_dtype, remembered, scalar, with_gradients


class Adam(Optimizer):
    """Adaptive moment estimation.

        g ← ∇L + weight_decay · p                      (−∇L instead of ∇L to maximize)
        m ← β₁ · m + (1 − β₁) · g                      (m = v = 0 before the first step, t = 1)
        v ← β₂ · v + (1 − β₂) · g²
        p ← p − lr · m̂ / (√v̂ + eps)                    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)

    amsgrad: v̂ is made of the largest v so far, number by number.
    decoupled_weight_decay: p ← (1 − lr · weight_decay) · p comes first, instead of the term in g. That is AdamW.
    foreach, fused and capturable choose between PyTorch's several implementations; here there is one, and they
    are ignored.
    state of each parameter: step (t, 0-d; float32, unless the default dtype is float64), exp_avg (m), exp_avg_sq (v),
    max_exp_avg_sq (for amsgrad).
    Errors: ValueError for negative settings, betas not in [0, 1), differentiable=True.
    Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980; amsgrad: Reddi et al. 2018,
    https://openreview.net/forum?id=ryQu7f-RZ; https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ):
        for what, value in {"lr": lr, "betas[0]": betas[0], "betas[1]": betas[1]}.items():
            if isinstance(value, Tensor) and value.numel() != 1:
                raise ValueError(f"Tensor {what} must be 1-element, got shape {value.shape}")
        named = {"learning rate": lr, "epsilon value": eps, "weight_decay value": weight_decay}
        for what, value in named.items():
            if not value >= 0:
                raise ValueError(f"Invalid {what}: {value}; it must not be negative")
        for index, beta in enumerate(betas):
            if not 0 <= beta < 1:
                raise ValueError(f"Invalid beta parameter at index {index}: {beta}; it must be at least 0 and below 1")
        if not any(all(isinstance(beta, kind) for beta in betas) for kind in (float, Tensor)):
            raise ValueError(f"betas must be either both floats or both Tensors, got {betas}")
        if differentiable:
            raise ValueError(f"{type(self).__name__}: differentiable=True is not supported; take "
                             "grad(..., create_graph=True), and compute the formula as new tensors")  # fmt: skip
        settings = {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
                    "maximize": maximize, "foreach": foreach, "capturable": capturable,
                    "differentiable": differentiable, "fused": fused,
                    "decoupled_weight_decay": decoupled_weight_decay}  # fmt: skip
        super().__init__(params, settings)

    def move(self, group: dict[str, Any], line: memory.Line) -> None:
        """The formula, for each parameter of the group that has a gradient."""
        settings = group["lr"], group["eps"], *group["betas"]
        lr, eps, beta1, beta2 = (scalar(x, np.float64) for x in settings)  # double until they meet a parameter
        decay = group["weight_decay"]
        one, dtype = scalar(1, np.float32), None
        corrected: dict[Any, tuple] = {}  # parameters have step counts of their own, which mostly agree
        for p, array, g in with_gradients(group):
            if array.dtype is not dtype:
                dtype = array.dtype
                shared = [scalar(x, dtype) for x in (beta1, 1 - beta1, beta2, 1 - beta2, decay, 1 - lr * decay)]
            state = self.state[p]
            m, v = remembered(state, "exp_avg", array), remembered(state, "exp_avg_sq", array)
            u = remembered(state, "max_exp_avg_sq", array) if group["amsgrad"] else None
            t = remembered(state, "step", array, shape=(), dtype=counting_dtype(group))
            np.add(t, one, t)
            count = (t.item(), dtype) if isinstance(t, np.ndarray) else p
            if count not in corrected:
                corrected[count] = _corrected(lr, eps, beta1, beta2, t, dtype)
            _move_blocks((array, g, m, v, u), (*shared, *corrected[count]), group)
            memory.wrote(array, line)


def _corrected(lr: Any, eps: Any, beta1: Any, beta2: Any, t: Any, dtype: Any) -> tuple[Any, Any]:
    """rate and ε̂, so that rate · m / (√v + ε̂) = lr · m̂ / (√v̂ + eps): the corrections made once, not number by number.

        rate = lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ)        ε̂ = eps · √(1 − β₂ᵗ)

    Computed in double, which 1 − β₂ᵗ needs while it is near 0.
    Source: Kingma and Ba 2015, the end of section 2.
    """
    t = np.astype(t, np.float64)
    root = np.sqrt(1 - np.power(beta2, t))
    share = root / (1 - np.power(beta1, t))
    # Written over t, which is not needed any more: without an output NumPy would return scalars, not arrays.
    rate = np.astype(np.multiply(lr, share, t), dtype)
    return rate, np.astype(np.multiply(eps, root, t), dtype)


def _move_blocks(arrays: tuple, numbers: tuple, group: dict[str, Any]) -> None:
    """The formula, block by block, computed in place and in two arrays, s and t, that all blocks share."""
    keep1, add1, keep2, add2, decay, shrink, rate, epsilon = numbers
    for p, g, m, v, u, s, t in in_blocks(*arrays, scratch=2):
        if group["maximize"]:
            g = np.negative(g, s)
        if group["weight_decay"]:
            if group["decoupled_weight_decay"]:
                np.multiply(p, shrink, p)
            else:
                g = np.add(g, np.multiply(p, decay, t), s)
        # m ← β₁ m + (1 − β₁) g
        np.add(np.multiply(m, keep1, m), np.multiply(g, add1, t), m)
        # v ← β₂ v + (1 − β₂) g g, in this order: g² alone could overflow
        np.add(np.multiply(v, keep2, v), np.multiply(np.multiply(g, add2, t), g, t), v)
        if u is not None:
            v = np.maximum(u, v, out=u)
        # p ← p − rate m / (√v + ε̂)
        np.add(np.sqrt(v, t), epsilon, t)
        np.subtract(p, np.multiply(np.divide(m, t, t), rate, t), p)


class AdamW(Adam):
    """Adam with decoupled weight decay: the decay does not enter m and v.

        p ← (1 − lr · weight_decay) · p                then Adam's formula, with weight_decay = 0

    Settings, state and errors are Adam's. A state_dict of Adam's is taken, too; the decay is decoupled then.
    Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        options: dict[str, Any] = {"foreach": foreach, "maximize": maximize, "capturable": capturable,
                                   "differentiable": differentiable, "fused": fused}  # fmt: skip
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, **options, decoupled_weight_decay=True)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


class SparseAdam(Adam):
    """Adam for sparse gradients, which do not exist here: NotImplementedError."""

    def __init__(self, params: Iterable, lr: Any = 1e-3, betas: tuple = (0.9, 0.999), eps: float = 1e-8,
                 maximize: bool = False):  # fmt: skip
        raise NotImplementedError("SparseAdam: there are no sparse gradients here, and it takes no others; use Adam, "
                                  "or SGD, which leaves rows alone that have no gradient")  # fmt: skip
