"""Derivatives as functions of functions: `grad(f)` is the gradient of f.

Source: https://docs.pytorch.org/docs/stable/func.api.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .autograd import functional
from .batching import vmap as vmap
from .grad_mode import enable_grad
from .gradients import grad as _grad
from .tensor import Tensor


def grad(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """The function that gives d func / d argument; func returns a single number (and with has_aux something more)."""
    both = grad_and_value(func, argnums, has_aux)

    def gradient(*args: Any, **options: Any) -> Any:
        found, value = both(*args, **options)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """The function that gives (gradient, value)."""
    places = argnums if isinstance(argnums, tuple) else (argnums,)

    def both(*args: Any, **options: Any) -> Any:
        with enable_grad():
            moved = list(args)
            leaves: list = []
            for i in places:
                moved[i] = _leaves(args[i], leaves)
            value = func(*moved, **options)
            y = value[0] if has_aux else value
            found = iter(_grad(y, leaves, create_graph=True, materialize_grads=True) if y.requires_grad
                         else [x.detach() * 0 for x in leaves])  # fmt: skip
        outer = any(x.requires_grad for x in _flat(args))
        gradients = tuple(_filled(args[i], found, outer) for i in places)
        return (gradients if isinstance(argnums, tuple) else gradients[0]), value

    return both


def _flat(x: Any) -> list:
    if isinstance(x, Tensor):
        return [x]
    parts = x.values() if isinstance(x, Mapping) else x if isinstance(x, (tuple, list)) else ()
    return [t for part in parts for t in _flat(part)]


def _leaves(x: Any, into: list) -> Any:
    """The same nest with tensors at places of their own, which are entered in a list."""
    if isinstance(x, Tensor):
        into.append(x.view_as(x) if x.requires_grad else x.detach().requires_grad_())
        return into[-1]
    if isinstance(x, Mapping):
        return {key: _leaves(value, into) for key, value in x.items()}
    return type(x)(_leaves(value, into) for value in x) if isinstance(x, (tuple, list)) else x


def _filled(x: Any, found: Any, outer: bool) -> Any:
    """A nest like x with what comes next in its places."""
    if isinstance(x, Tensor):
        g = next(found)
        return g if outer else g.detach()
    if isinstance(x, Mapping):
        return {key: _filled(value, found, outer) for key, value in x.items()}
    return type(x)(_filled(value, found, outer) for value in x) if isinstance(x, (tuple, list)) else x


def vjp(func: Callable, *primals: Any) -> tuple:
    """(func(*primals), the function that takes v to vᵀ J, a tuple of one gradient for each of primals)."""
    leaves: list = []
    value = func(*(_leaves(x, leaves) for x in primals))

    def pull(v: Any) -> tuple:
        outputs, gs = (value, v) if isinstance(value, (tuple, list)) else ([value], [v])
        return _grad(outputs, leaves, list(gs), retain_graph=True, materialize_grads=True)

    return value, pull


def jvp(func: Callable, primals: tuple, tangents: tuple) -> tuple:
    """(func(*primals), J · tangents)."""
    return functional.jvp(func, tuple(primals), tuple(tangents), create_graph=any(x.requires_grad for x in primals))


def jacrev(func: Callable, argnums: int = 0) -> Callable:
    """The function that gives the Jacobian by an argument."""
    def jacobian(*args: Any) -> Any:
        def by_one(x: Any) -> Any:
            return func(*args[:argnums], x, *args[argnums + 1 :])

        return functional.jacobian(by_one, args[argnums], create_graph=args[argnums].requires_grad)

    return jacobian


jacfwd = jacrev


def hessian(func: Callable, argnums: int = 0) -> Callable:
    """The function that gives the second derivatives by an argument."""
    def second(*args: Any) -> Any:
        def by_one(x: Any) -> Any:
            return func(*args[:argnums], x, *args[argnums + 1 :])

        return functional.hessian(by_one, args[argnums], create_graph=args[argnums].requires_grad)

    return second


def functional_call(module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None) -> Any:
    """module(*args, **kwargs) with these tensors, by dotted name, in the places of its parameters and buffers."""
    given = parameter_and_buffer_dicts
    named = given if isinstance(given, Mapping) else {k: v for part in given for k, v in part.items()}
    before = []
    try:
        for name, tensor in named.items():
            path, _, last = name.rpartition(".")
            owner = module.get_submodule(path)
            before.append((owner, last, owner.__dict__[last]))
            owner.__dict__[last] = tensor
        return module(*(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {}))
    finally:
        for owner, last, tensor in reversed(before):
            owner.__dict__[last] = tensor


def stack_module_state(models: Any) -> tuple[dict, dict]:
    """Parameters and buffers of modules of one kind, by name, each stacked along a new first axis: what vmap takes."""
    models = list(models)
    stacked: list[dict[str, Any]] = []
    for members in ("named_parameters", "named_buffers"):
        columns = zip(*(getattr(model, members)() for model in models), strict=True)
        stacked.append({column[0][0]: np.stack([t.detach() for _, t in column]) for column in columns})
    parameters, buffers = stacked
    return {name: p.requires_grad_() for name, p in parameters.items()}, buffers
