"""RMSprop, Adagrad, Adadelta, Adamax, NAdam, RAdam: each a formula, in its docstring and in its `formula`.

g is ∇L + weight_decay · p (−∇L to maximize), and all state begins at 0 unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine import constant
from .kin import Blockwise, fractions, nonnegative


class RMSprop(Blockwise):
    """Steps divided by the recent size of the gradient.

        v ← α · v + (1 − α) · g²
        p ← p − lr · g / (√v + eps)                    centered: √(v − a²), a ← α · a + (1 − α) · g
                                                       momentum: b ← momentum · b + g / (...),  p ← p − lr · b

    Source: Hinton's lecture 6e, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
    """

    def __init__(self, params: Iterable, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8,
                 weight_decay: float = 0, momentum: float = 0, centered: bool = False, capturable: bool = False,
                 foreach: Any = None, maximize: bool = False, differentiable: bool = False):  # fmt: skip
        nonnegative(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        settings = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
                    "weight_decay": weight_decay}  # fmt: skip
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def kept(self, group: dict[str, Any]) -> tuple[str, ...]:
        return ("square_avg", *("momentum_buffer",) * bool(group["momentum"] > 0), *("grad_avg",) * group["centered"])

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        return group["lr"], group["alpha"], 1 - group["alpha"], group["eps"], group["momentum"]

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        lr, keep, add, eps, momentum = numbers
        v, rest = kept[0], list(kept[1:])
        np.add(np.multiply(v, keep, v), np.multiply(np.multiply(g, g, t), add, t), v)
        buffer = rest.pop(0) if group["momentum"] > 0 else None
        if group["centered"]:
            a = rest.pop(0)
            np.add(np.multiply(a, keep, a), np.multiply(g, add, t), a)
            np.subtract(v, np.multiply(a, a, t), t)
            np.sqrt(t, t)
        else:
            np.sqrt(v, t)
        np.divide(g, np.add(t, eps, t), t)
        if buffer is not None:
            np.add(np.multiply(buffer, momentum, buffer), t, buffer)
            np.multiply(buffer, lr, t)
        else:
            np.multiply(t, lr, t)
        np.subtract(p, t, p)


class Adagrad(Blockwise):
    """Steps divided by the size of all gradients so far.

        v ← v + g²                                     (v = initial_accumulator_value before the first step)
        p ← p − lr / (1 + (t − 1) · lr_decay) · g / (√v + eps)

    Source: Duchi et al. 2011, https://jmlr.org/papers/v12/duchi11a.html;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
    """

    keeps = ("sum",)

    def __init__(self, params: Iterable, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
                 initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: Any = None, *,
                 maximize: bool = False, differentiable: bool = False, fused: Any = None):  # fmt: skip
        nonnegative(lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, eps=eps,
                    initial_accumulator_value=initial_accumulator_value)  # fmt: skip
        settings = {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
                    "initial_accumulator_value": initial_accumulator_value, "fused": fused}  # fmt: skip
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=None,
                         differentiable=differentiable)  # fmt: skip

    def fresh(self, group: dict[str, Any], key: str) -> float:
        return group["initial_accumulator_value"]

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        return group["lr"] / (1 + (t - 1) * group["lr_decay"]), group["eps"]

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (v,), (rate, eps) = kept, numbers
        np.add(v, np.multiply(g, g, t), v)
        np.add(np.sqrt(v, t), eps, t)
        np.subtract(p, np.divide(np.multiply(g, rate, s), t, t), p)


class Adadelta(Blockwise):
    """Steps in the size of recent steps: no learning rate would be needed.

        v ← ρ · v + (1 − ρ) · g²
        d ← √(u + eps) / √(v + eps) · g
        u ← ρ · u + (1 − ρ) · d²
        p ← p − lr · d

    Source: Zeiler 2012, https://arxiv.org/abs/1212.5701;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
    """

    keeps = ("square_avg", "acc_delta")

    def __init__(self, params: Iterable, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
                 foreach: Any = None, *, capturable: bool = False, maximize: bool = False,
                 differentiable: bool = False):  # fmt: skip
        nonnegative(lr=lr, eps=eps, weight_decay=weight_decay)
        if not 0 <= rho <= 1:
            raise ValueError(f"Invalid rho value: {rho}; it must lie between 0 and 1")
        settings = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        return group["lr"], group["rho"], 1 - group["rho"], group["eps"]

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (v, u), (lr, keep, add, eps) = kept, numbers
        np.add(np.multiply(v, keep, v), np.multiply(np.multiply(g, g, t), add, t), v)
        np.sqrt(np.add(v, eps, t), t)
        np.sqrt(np.add(u, eps, s), s)
        np.multiply(np.divide(s, t, s), g, s)
        np.add(np.multiply(u, keep, u), np.multiply(np.multiply(s, s, t), add, t), u)
        np.subtract(p, np.multiply(s, lr, s), p)


class Adamax(Blockwise):
    """Adam with the largest gradient of late in place of its spread.

        m ← β₁ · m + (1 − β₁) · g
        u ← max(β₂ · u, |g| + eps)
        p ← p − lr / (1 − β₁ᵗ) · m / u

    Source: Kingma and Ba 2015, https://arxiv.org/abs/1412.6980;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
    """

    keeps = ("exp_avg", "exp_inf")

    def __init__(self, params: Iterable, lr: Any = 2e-3, betas: tuple = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, foreach: Any = None, *, maximize: bool = False,
                 differentiable: bool = False, capturable: bool = False):  # fmt: skip
        nonnegative(lr=lr, eps=eps, weight_decay=weight_decay)
        fractions(betas)
        settings = {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        beta1, beta2 = group["betas"]
        return group["lr"] / (1 - np.power(beta1, t)), beta1, 1 - beta1, beta2, group["eps"]

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (m, u), (rate, keep1, add1, keep2, eps) = kept, numbers
        np.add(np.multiply(m, keep1, m), np.multiply(g, add1, t), m)
        np.maximum(np.multiply(u, keep2, u), np.add(np.absolute(g, t), eps, t), out=u)
        np.subtract(p, np.multiply(np.divide(m, u, t), rate, t), p)


class NAdam(Blockwise):
    """Adam with Nesterov's momentum, which looks one step ahead.

        μₜ = β₁ (1 − 0.96^(t · momentum_decay) / 2),   Πₜ = μ₁ · ... · μₜ
        m ← β₁ · m + (1 − β₁) · g
        v ← β₂ · v + (1 − β₂) · g²
        p ← p − lr · (μₜ₊₁ · m / (1 − Πₜ₊₁) + (1 − μₜ) · g / (1 − Πₜ)) / (√(v / (1 − β₂ᵗ)) + eps)

    decoupled_weight_decay: p ← (1 − lr · weight_decay) · p first, instead of the term in g.
    Source: Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
    """

    keeps = ("exp_avg", "exp_avg_sq")

    def __init__(self, params: Iterable, lr: Any = 2e-3, betas: tuple = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
                 foreach: Any = None, maximize: bool = False, capturable: bool = False,
                 differentiable: bool = False):  # fmt: skip
        nonnegative(lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        fractions(betas)
        settings = {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay,
                    "momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay}  # fmt: skip
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        lr, (beta1, beta2), psi = group["lr"], group["betas"], group["momentum_decay"]
        mu = beta1 * (1 - 0.5 * np.power(0.96, t * psi))
        after = beta1 * (1 - 0.5 * np.power(0.96, (t + 1) * psi))
        product = self.product(state, mu)
        return (lr * after / (1 - product * after), lr * (1 - mu) / (1 - product), beta1, 1 - beta1, beta2, 1 - beta2,
                1 - np.power(beta2, t), group["eps"], 1 - lr * group["weight_decay"])  # fmt: skip

    def product(self, state: dict[str, Any], mu: Any) -> Any:
        """The product of all μ so far, kept in the state, one when new (0-d, of the dtype of "step", as PyTorch's)."""
        if "mu_product" not in state:
            state["mu_product"] = constant(np.ones_like(state["step"]._array))
        kept = state["mu_product"]._array
        np.multiply(kept, np.astype(mu, kept.dtype), kept)
        return np.astype(kept, np.float64)

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (m, v), (ahead, now, keep1, add1, keep2, add2, correction, eps, shrink) = kept, numbers
        if group["weight_decay"] and group["decoupled_weight_decay"]:
            np.multiply(p, shrink, p)
        np.add(np.multiply(m, keep1, m), np.multiply(g, add1, t), m)
        np.add(np.multiply(v, keep2, v), np.multiply(np.multiply(g, g, t), add2, t), v)
        np.add(np.sqrt(np.divide(v, correction, t), t), eps, t)
        np.subtract(p, np.divide(np.multiply(g, now, s), t, s), p)
        np.subtract(p, np.divide(np.multiply(m, ahead, s), t, s), p)


class RAdam(Blockwise):
    """Adam that waits with its division until the spread is known well enough.

        m, v as in Adam;  ρ∞ = 2 / (1 − β₂) − 1,  ρₜ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ)
        ρₜ > 5:  p ← p − lr · m̂ · r · √(1 − β₂ᵗ) / (√v + eps),  r = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ))
        else:    p ← p − lr · m̂                         m̂ = m / (1 − β₁ᵗ)

    decoupled_weight_decay: p ← (1 − lr · weight_decay) · p first, instead of the term in g.
    Source: Liu et al. 2020, https://arxiv.org/abs/1908.03265;
    https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
    """

    keeps = ("exp_avg", "exp_avg_sq")

    def __init__(self, params: Iterable, lr: Any = 1e-3, betas: tuple = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: Any = None,
                 maximize: bool = False, capturable: bool = False, differentiable: bool = False):  # fmt: skip
        nonnegative(lr=lr, eps=eps, weight_decay=weight_decay)
        fractions(betas)
        settings = {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay,
                    "decoupled_weight_decay": decoupled_weight_decay}  # fmt: skip
        super().__init__(params, settings, maximize=maximize, foreach=foreach, capturable=capturable,
                         differentiable=differentiable)  # fmt: skip

    def numbers(self, group: dict[str, Any], t: Any, state: dict[str, Any]) -> tuple:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        power = np.power(beta2, t)
        most = 2 / (1 - beta2) - 1
        known = most - 2 * t * power / (1 - power)
        ready = known > 5
        safe = np.where(ready, known, 6)  # no branch on values, so that a step can be compiled
        r = np.sqrt((safe - 4) * (safe - 2) * most / ((most - 4) * (most - 2) * safe))
        rate = lr / (1 - np.power(beta1, t))
        return (rate * np.where(ready, 0, 1), rate * np.where(ready, r * np.sqrt(1 - power), 0), beta1, 1 - beta1,
                beta2, 1 - beta2, group["eps"], 1 - lr * group["weight_decay"])  # fmt: skip

    def formula(self, group: dict[str, Any], p: Any, g: Any, kept: tuple, numbers: tuple, s: Any, t: Any) -> None:
        (m, v), (plain, divided, keep1, add1, keep2, add2, eps, shrink) = kept, numbers
        if group["weight_decay"] and group["decoupled_weight_decay"]:
            np.multiply(p, shrink, p)
        np.add(np.multiply(m, keep1, m), np.multiply(g, add1, t), m)
        np.add(np.multiply(v, keep2, v), np.multiply(np.multiply(g, g, t), add2, t), v)
        np.divide(divided, np.add(np.sqrt(v, t), eps, t), t)
        np.subtract(p, np.multiply(m, np.add(t, plain, t), t), p)
