"""L-BFGS: Newton's method with a memory of a few steps in place of the matrix of second derivatives.

Source: Nocedal and Wright 2006, Numerical Optimization, algorithms 7.4, 3.5 and 3.6;
https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import memory
from ..engine import constant
from ..grad_mode import enable_grad, no_grad
from ..graph import mode
from .optimizer import Optimizer


class LBFGS(Optimizer):
    """Moves all parameters together, along −H⁻¹g with H⁻¹ made of the last steps s and changes y of the gradient.

        q ← −g;  newest to oldest: α = s·q / y·s,  q ← q − α y
        q ← q · (y·s / y·y);  oldest to newest: q ← q + s (α − y·q / y·s)
        p ← p + t q                                    t = lr, at first min(1, 1 / Σ|g|) · lr

    step needs a closure that computes the loss anew with its gradients; it is called up to max_eval times.
    line_search_fn: None, or "strong_wolfe", which chooses t so that the loss falls enough and gets flatter.
    Errors: ValueError for several parameter groups. It branches on values, so that a compiled step refuses it.
    """

    def __init__(self, params: Iterable, lr: float = 1, max_iter: int = 20, max_eval: int | None = None,
                 tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: int = 100,
                 line_search_fn: str | None = None):  # fmt: skip
        if not lr >= 0:
            raise ValueError(f"Invalid learning rate: {lr}; it must not be negative")
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError(f"LBFGS: line_search_fn must be None or 'strong_wolfe', got {line_search_fn!r}")
        max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        super().__init__(params, {"lr": lr, "max_iter": max_iter, "max_eval": max_eval,
                                  "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change,
                                  "history_size": history_size, "line_search_fn": line_search_fn})  # fmt: skip
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    # ------------------------------------------------------------------------------------ all parameters as one row

    def _gradient(self) -> np.ndarray:
        parts = [np.zeros(p.numel(), p.dtype) if p.grad is None else p.grad._array.reshape(-1) for p in self._params]
        return np.concatenate(parts)

    def _place(self) -> list[np.ndarray]:
        return [p._array.copy() for p in self._params]

    def _move_to(self, place: list[np.ndarray], t: float, direction: np.ndarray) -> None:
        """p ← place + t · direction."""
        start = 0
        for p, before in zip(self._params, place, strict=True):
            part = direction[start : start + p.numel()].reshape(p._array.shape)
            p._array[...] = before + part * p.dtype.type(t)
            memory.wrote(p._array)
            start += p.numel()

    # ------------------------------------------------------------------------------------ a step

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move until the gradient or the change is small enough, or max_iter is reached; the first loss is returned."""
        if closure is None:
            raise TypeError("LBFGS.step: a closure expected that computes the loss with its gradients and returns it")
        if mode.tracer is not None:
            from ..compiler.errors import CannotFollow

            raise CannotFollow("LBFGS, which decides by values how often to call the closure",
                               "call its step outside of a compiled function")  # fmt: skip
        with no_grad():
            return self._step(self._evaluated(closure))

    @staticmethod
    def _evaluated(closure: Callable[[], Any]) -> Callable[[], Any]:
        def call() -> Any:
            with enable_grad():
                return closure()

        return call

    def _step(self, closure: Callable[[], Any]) -> Any:
        group, state = self.param_groups[0], self.state[self._params[0]]
        lr, most = group["lr"], group["max_eval"]
        original = closure()
        loss, calls = float(original), 1
        state["func_evals"] = state.get("func_evals", 0) + 1
        g = self._gradient()
        if np.abs(g).max(initial=0) <= group["tolerance_grad"]:
            return original
        steps, changes = state.get("old_stps", []), state.get("old_dirs", [])
        direction, t = _array(state.get("d")), state.get("t")
        before, scale = _array(state.get("prev_flat_grad")), state.get("H_diag", 1.0)
        number = state.get("n_iter", 0)
        for iteration in range(1, group["max_iter"] + 1):
            number += 1
            if number == 1 or direction is None or before is None:
                direction, steps, changes, scale = -g, [], [], 1.0
            else:
                y, s = g - before, direction * g.dtype.type(t)
                curvature = float(y @ s)
                if curvature > 1e-10:
                    steps, changes = [*steps, constant(s)], [*changes, constant(y)]
                    steps, changes = steps[-group["history_size"] :], changes[-group["history_size"] :]
                    scale = curvature / float(y @ y)
                direction = _towards(g, steps, changes, scale)
            before, loss_before = g.copy(), loss
            t = min(1.0, 1.0 / float(np.abs(g).sum())) * lr if number == 1 else lr
            slope = float(g @ direction)
            if slope > -group["tolerance_change"]:
                break
            tried = 0
            if group["line_search_fn"] is None:
                self._move_to(self._place(), t, direction)
                if iteration != group["max_iter"]:
                    loss, tried = float(closure()), 1
                    g = self._gradient()
            else:
                place, row = self._place(), direction

                def at(length: float, place: list = place, row: np.ndarray = row) -> tuple:
                    self._move_to(place, length, row)
                    return float(closure()), self._gradient()

                loss, g, t, tried = strong_wolfe(at, t, row, loss, g, slope, group["tolerance_change"])
                self._move_to(place, t, row)
            calls += tried
            state["func_evals"] += tried
            if (calls >= most or np.abs(g).max(initial=0) <= group["tolerance_grad"]
                    or np.abs(direction * t).max(initial=0) <= group["tolerance_change"]
                    or abs(loss - loss_before) < group["tolerance_change"]):  # fmt: skip
                break
        state.update(d=constant(direction), t=t, old_stps=steps, old_dirs=changes, H_diag=scale, n_iter=number,
                     prev_flat_grad=constant(before), prev_loss=loss_before)  # fmt: skip
        return original


def _array(x: Any) -> Any:
    return None if x is None else x._array


def _towards(g: np.ndarray, steps: list, changes: list, scale: float) -> np.ndarray:
    """−H⁻¹ g, by the two loops over what is remembered."""
    pairs = [(s._array, y._array, 1.0 / float(y._array @ s._array)) for s, y in zip(steps, changes, strict=True)]
    q, shares = -g, []
    for s, y, inverse in reversed(pairs):
        share = float(s @ q) * inverse
        shares.append(share)
        q = q - y * g.dtype.type(share)
    q = q * g.dtype.type(scale)
    for (s, y, inverse), share in zip(pairs, reversed(shares), strict=True):
        q = q + s * g.dtype.type(share - float(y @ q) * inverse)
    return q


def _cubic(x1: float, f1: float, s1: float, x2: float, f2: float, s2: float, low: float, high: float) -> float:
    """Where the cubic through two values and slopes is least, within limits."""
    if x1 > x2:
        x1, f1, s1, x2, f2, s2 = x2, f2, s2, x1, f1, s1
    d1 = s1 + s2 - 3 * (f1 - f2) / (x1 - x2)
    root = d1 * d1 - s1 * s2
    if root < 0:
        return (low + high) / 2
    d2 = math.sqrt(root)
    below = s2 - s1 + 2 * d2
    if not below:  # a straight line is least nowhere
        return (low + high) / 2
    return min(max(x2 - (x2 - x1) * ((s2 + d2 - d1) / below), low), high)


def strong_wolfe(at: Callable, t: float, d: np.ndarray, loss: float, g: np.ndarray, slope: float, tolerance: float,
                 c1: float = 1e-4, c2: float = 0.9, most: int = 25) -> tuple:  # fmt: skip
    """(loss, gradient, t, calls) at a length t where the loss fell by c1 of what its slope promised, and the slope
    is at most c2 of what it was. First a stretch that holds such a t is found, then it is narrowed."""
    size = float(np.abs(d).max())
    first, first_slope = loss, slope
    new, gradient = at(t)
    calls, new_slope = 1, float(gradient @ d)
    last_t, last, last_g, last_slope = 0.0, loss, g, slope
    bracket: list | None = None
    done = False
    for number in range(most):
        if new > first + c1 * t * first_slope or (number > 1 and new >= last):
            bracket = [(last_t, last, last_g, last_slope), (t, new, gradient, new_slope)]
            break
        if abs(new_slope) <= -c2 * first_slope:
            bracket, done = [(t, new, gradient, new_slope)], True
            break
        if new_slope >= 0:
            bracket = [(last_t, last, last_g, last_slope), (t, new, gradient, new_slope)]
            break
        low, high = t + 0.01 * (t - last_t), t * 10
        longer = _cubic(last_t, last, last_slope, t, new, new_slope, low, high)
        last_t, last, last_g, last_slope = t, new, gradient.copy(), new_slope
        t = longer
        new, gradient = at(t)
        calls, new_slope = calls + 1, float(gradient @ d)
    if bracket is None:
        bracket = [(0.0, loss, g, slope), (t, new, gradient, new_slope)]
        number = most
    stuck = False
    best = 0 if bracket[0][1] <= bracket[-1][1] else 1
    while not done and number < most:
        (ta, fa, _, sa), (tb, fb, _, sb) = bracket
        if abs(tb - ta) * size < tolerance:
            break
        low, high = min(ta, tb), max(ta, tb)
        t = _cubic(ta, fa, sa, tb, fb, sb, low, high)
        near = 0.1 * (high - low)
        if min(high - t, t - low) < near:  # too near an end: once may be chance, then it is moved away
            if stuck or t >= high or t <= low:
                t = high - near if abs(t - high) < abs(t - low) else low + near
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        new, gradient = at(t)
        calls, number, new_slope = calls + 1, number + 1, float(gradient @ d)
        here = (t, new, gradient.copy(), new_slope)
        other = 1 - best
        if new > first + c1 * t * first_slope or new >= bracket[best][1]:
            bracket[other] = here
            best = 0 if bracket[0][1] <= bracket[1][1] else 1
        else:
            if abs(new_slope) <= -c2 * first_slope:
                done = True
            elif new_slope * (bracket[other][0] - bracket[best][0]) >= 0:
                bracket[other] = bracket[best]
            bracket[best] = here
    t, new, gradient, _ = bracket[best if len(bracket) > 1 else 0]
    return new, gradient, t, calls
