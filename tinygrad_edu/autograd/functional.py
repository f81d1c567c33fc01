"""Jacobians, Hessians, and their products with vectors, of functions of tensors.

Source: https://docs.pytorch.org/docs/stable/autograd.html#functional-higher-level-api
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import constant
from ..grad_mode import enable_grad
from ..gradients import grad
from ..tensor import Tensor


def _inputs(inputs: Any, create_graph: bool) -> tuple[tuple, bool]:
    """The inputs at places of their own, so that nothing before them is walked; and whether there are several."""
    several = isinstance(inputs, (tuple, list))
    listed = tuple(inputs) if several else (inputs,)
    if create_graph:
        return tuple(x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in listed), several
    return tuple(x.detach().requires_grad_() for x in listed), several


def _outputs(what: str, found: Any) -> tuple[tuple, bool]:
    several = isinstance(found, (tuple, list))
    listed = tuple(found) if several else (found,)
    for x in listed:
        if not isinstance(x, Tensor):
            raise TypeError(f"{what}: the function must return tensors, got {type(x).__name__}")
    return listed, several


def _vectors(what: str, v: Any, like: tuple) -> tuple:
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"{what}: v may only be left out for a single number, got shapes "
                               f"{[tuple(x.shape) for x in like]}")  # fmt: skip
        return (like[0].detach() * 0 + 1,)
    listed = tuple(v) if isinstance(v, (tuple, list)) else (v,)
    if [x.shape for x in listed] != [x.shape for x in like]:
        raise RuntimeError(f"{what}: v must have the shapes {[tuple(x.shape) for x in like]}, got "
                           f"{[tuple(x.shape) for x in listed]}")  # fmt: skip
    return listed


def _grad(outputs: tuple, inputs: tuple, gs: tuple | None, create_graph: bool) -> tuple:
    """Gradients, zeros where there is no way from inputs to outputs."""
    pairs = [(y, None if gs is None else gs[i]) for i, y in enumerate(outputs) if y.requires_grad]
    if not pairs:
        return tuple(constant(np.zeros_like(x.detach().numpy())) for x in inputs)
    ys = [y for y, _ in pairs]
    arriving = None if gs is None else [g for _, g in pairs]
    return grad(ys, list(inputs), arriving, retain_graph=True, create_graph=create_graph, materialize_grads=True)


def _given(found: Any, several: bool, create_graph: bool) -> Any:
    found = tuple(x if create_graph else x.detach() for x in found)
    return found if several else found[0]


def vjp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(outputs, vᵀ J): the gradient of <v, func(inputs)>."""
    with enable_grad():
        xs, several = _inputs(inputs, create_graph)
        outputs, several_out = _outputs("vjp", func(*xs))
        found = _grad(outputs, xs, _vectors("vjp", v, outputs), create_graph)
    return _given(outputs, several_out, create_graph), _given(found, several, create_graph)


def jvp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(outputs, J v): how the outputs change along v. The gradient of a gradient: uᵀ J, linear in u, by u."""
    with enable_grad():
        xs, _ = _inputs(inputs, create_graph)
        outputs, several_out = _outputs("jvp", func(*xs))
        along = _vectors("jvp", v, xs)
        us = tuple((y.detach() * 0).requires_grad_() for y in outputs)
        back = _grad(outputs, xs, us, True)
        found = _grad(back, us, along, create_graph)
    return _given(outputs, several_out, create_graph), _given(found, several_out, create_graph)


def jacobian(func: Callable, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
             strategy: str = "reverse-mode") -> Any:  # fmt: skip
    """dy/dx, of shape y.shape + x.shape; a tuple (of tuples) where there are several inputs (or outputs)."""
    with enable_grad():
        xs, several_in = _inputs(inputs, create_graph)
        outputs, several_out = _outputs("jacobian", func(*xs))
        table = []
        for y in outputs:
            rows: list = [[] for _ in xs]
            for i in range(y.numel()):
                one = np.zeros(y.numel(), y.dtype)
                one[i] = 1
                for row, g in zip(rows, _grad((y,), xs, (constant(one.reshape(y.shape)),), create_graph), strict=True):
                    row.append(g)
            blocks = [_stacked(row, y, x) for row, x in zip(rows, xs, strict=True)]
            table.append(_given(blocks, several_in, create_graph))
    return tuple(table) if several_out else table[0]


def _stacked(rows: list, y: Tensor, x: Tensor) -> Any:
    if not rows:
        return constant(np.zeros((*y.shape, *x.shape), x.dtype))
    return np.stack(rows).reshape((*y.shape, *x.shape))


def _single(what: str, outputs: tuple) -> tuple:
    if len(outputs) != 1 or outputs[0].numel() != 1:
        raise RuntimeError(f"{what}: the function must return a single number, got shapes "
                           f"{[tuple(y.shape) for y in outputs]}")  # fmt: skip
    return outputs


def hessian(func: Callable, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
            outer_jacobian_strategy: str = "reverse-mode") -> Any:  # fmt: skip
    """d²y/dx² of a single number y, of shape x.shape + x.shape."""
    several = isinstance(inputs, (tuple, list))

    def gradient(*xs: Any) -> Any:
        found = _grad(_single("hessian", _outputs("hessian", func(*xs))[0]), xs, None, True)
        return found if several else found[0]

    return jacobian(gradient, inputs, create_graph)


def vhp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(output, vᵀ H) of a single number."""
    with enable_grad():
        xs, several = _inputs(inputs, create_graph)
        outputs = _single("vhp", _outputs("vhp", func(*xs))[0])
        first = _grad(outputs, xs, None, True)
        found = _grad(first, xs, _vectors("vhp", v, xs), create_graph)
    return _given(outputs, False, create_graph), _given(found, several, create_graph)


def hvp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(output, H v) of a single number; H is symmetric."""
    return vhp(func, inputs, v, create_graph, strict)
