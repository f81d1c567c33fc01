"""An op's derivative held against differences, and what kind of wrong it is where they do not agree.

Source: https://docs.pytorch.org/docs/stable/autograd.html#numerical-gradient-checking
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..gradients import grad
from ..tensor import Tensor, tensor


class GradcheckError(RuntimeError):
    """A derivative that does not agree with differences; the text says what kind of wrong it is."""


def gradcheck(
    func: Callable,
    inputs: Tensor | Sequence,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Whether the derivative of `func` at `inputs` agrees with central differences.

    func: takes the inputs, returns a Tensor or several. inputs: those that require grad are checked; they must be
    float64, since differences of float32 numbers are too coarse.
    Returns True, or raises GradcheckError, which names the kind of mistake where it can: a sign, a factor, a
    transposition, contributions left out, a kink. With raise_exception=False, returns False instead.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [i for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        raise ValueError("gradcheck: at least one input must require grad; make it with requires_grad=True")
    for i in checked:
        if inputs[i].dtype != np.float64:
            raise ValueError(f"gradcheck: inputs must be float64, got {inputs[i].dtype} for input {i}; use .double()")
    try:
        outputs = _outputs(func, inputs)
        for number, output in enumerate(outputs):
            for i in checked:
                analytic = _analytic(output, inputs[i])
                numeric, one_sided = _numeric(func, inputs, i, number, eps)
                if not np.allclose(analytic, numeric, rtol, atol):
                    what = f"output {number} by input {i} (shape {inputs[i].shape})"
                    raise GradcheckError(_report(what, analytic, numeric, one_sided, inputs[i].shape, rtol, atol))
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable,
    inputs: Tensor | Sequence,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Whether the derivative of the derivative agrees with differences: `gradcheck` of the gradient itself.

    grad_outputs: what arrives at each output; random unless given.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    wanted = [i for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        grad_outputs = [tensor(rng.standard_normal(out.shape), requires_grad=True) for out in _outputs(func, inputs)]
    grad_outputs = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)

    def gradients(*args: Any) -> tuple:
        xs, gs = args[: len(inputs)], args[len(inputs) :]
        return grad(_outputs(func, xs), [xs[i] for i in wanted], gs, create_graph=True, materialize_grads=True)

    return gradcheck(
        gradients, (*inputs, *grad_outputs), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception
    )


def _outputs(func: Callable, inputs: Sequence) -> list[Tensor]:
    """The floating outputs of func."""
    result = func(*inputs)
    results = result if isinstance(result, (tuple, list)) else (result,)
    outputs = [r for r in results if isinstance(r, Tensor) and r.dtype.kind == "f"]
    if not outputs:
        raise ValueError("gradcheck: func must return a floating Tensor, or several")
    return outputs


def _analytic(output: Tensor, x: Tensor) -> np.ndarray:
    """The Jacobian by the chain rule: one row for each number of the output."""
    jacobian = np.zeros((output.numel(), x.numel()))
    if not output.requires_grad:
        return jacobian
    for row in range(output.numel()):
        g = np.zeros(output.numel())
        g[row] = 1
        (dx,) = grad(output, x, tensor(g.reshape(output.shape)), retain_graph=True, materialize_grads=True)
        jacobian[row] = dx.detach().numpy().reshape(-1)
    return jacobian


def _numeric(func: Callable, inputs: tuple, i: int, number: int, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """The Jacobian by central differences, and how far the two one-sided differences lie apart."""

    def value(x: np.ndarray) -> np.ndarray:
        args = [tensor(x, requires_grad=True) if j == i else a for j, a in enumerate(inputs)]
        return _outputs(func, args)[number].detach().numpy().reshape(-1).astype(np.float64)

    x = inputs[i].detach().numpy()
    middle = value(x)
    numeric, apart = np.zeros((middle.size, x.size)), np.zeros((middle.size, x.size))
    for column in range(x.size):
        step = np.zeros(x.size)
        step[column] = eps
        above, below = value(x + step.reshape(x.shape)), value(x - step.reshape(x.shape))
        numeric[:, column] = (above - below) / (2 * eps)
        apart[:, column] = np.abs(above + below - 2 * middle) / eps
    return numeric, apart


def _report(
    what: str, analytic: np.ndarray, numeric: np.ndarray, apart: np.ndarray, shape: tuple, rtol: float, atol: float
) -> str:
    wrong = ~np.isclose(analytic, numeric, rtol, atol)
    row, column = np.unravel_index(np.argmax(np.where(wrong, np.abs(analytic - numeric), -1)), wrong.shape)
    return (f"gradcheck: the derivative of {what} is wrong in {wrong.sum()} of {wrong.size} places.\n"
            f"  at output number {row}, input number {column}: expected {numeric[row, column]:.6g} (by differences), "
            f"got {analytic[row, column]:.6g}\n"
            f"  it looks like {_diagnosis(analytic, numeric, apart, wrong, shape)}")  # fmt: skip


def _diagnosis(analytic: np.ndarray, numeric: np.ndarray, apart: np.ndarray, wrong: np.ndarray, shape: tuple) -> str:
    """What kind of wrong it is: the first of some common mistakes that explains the numbers."""

    def same(a: np.ndarray, b: np.ndarray) -> bool:
        return np.allclose(a, b, 1e-3, 1e-5)

    if not np.isfinite(analytic).all():
        return "nan or inf in the way back: a division by zero, or a logarithm of 0"
    if (apart[wrong] > 1e-3).all():
        return "a kink: the slopes on both sides differ there; move the input, or state which slope the op takes"
    if not analytic.any():
        return "no derivative at all: is the way back zero, or was the value detached?"
    if same(analytic, -numeric):
        return "a wrong sign"
    factor = float((analytic * numeric).sum() / max((numeric * numeric).sum(), 1e-300))
    if same(analytic, factor * numeric):
        return f"a factor of {factor:.6g}"
    if len(shape) >= 2 and shape[-1] == shape[-2]:
        turned = np.swapaxes(analytic.reshape(-1, *shape), -1, -2).reshape(analytic.shape)
        if same(turned, numeric):
            return "a transposition: the gradient is right after exchanging its last two axes"
    square = round(analytic.shape[0] ** 0.5)
    if analytic.shape[0] == square * square and square > 1:
        turned = np.swapaxes(analytic.reshape(square, square, -1), 0, 1).reshape(analytic.shape)
        if same(turned, numeric):
            return "a transposition of the incoming gradient"
    left_out = wrong & (np.abs(analytic) < 1e-9)
    if (left_out == wrong).all():
        return "contributions left out: a missing sum over a broadcast axis, or = where += belongs"
    return "no common mistake; compare the formula with the derivative on paper"
