"""Asking for gradients: `backward` adds them to the leaves, `grad` returns them. Both are a walk and its delivery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .engine import Tensor, array_of, constant, raw, walk
from .graph import Place, mode
from .quiet import QUIET, reset_errors, set_errors


def backward(
    tensors: Sequence[Tensor],
    gradients: Sequence | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | None = None,
) -> None:
    """Add dL/dleaf to the `.grad` of every leaf, or of `inputs` alone. L is the sum of tensors · gradients."""
    if inputs is not None and not inputs:
        raise ValueError("backward: inputs must not be empty; leave it out for all leaves")
    roots = _roots(tensors, gradients, create_graph)
    wanted = None if inputs is None else {_place_of(t, "inputs") for t in inputs}
    owners = {} if inputs is None else {t._place: t for t in inputs}
    with _Walking(create_graph):
        found = walk(roots, wanted, create_graph if retain_graph is None else retain_graph, create_graph)
        given: set[int] = {id(raw(g)) for _, g in roots}
        for place, g in found.items():
            tensor = owners[place] if owners else place.tensor()  # type: ignore[attr-defined]
            if tensor is not None and tensor._place is not None:
                g = _own(g, tensor, given)
                if tensor.grad is not None and np.shape(tensor.grad) != g._array.shape:
                    raise RuntimeError(f"backward: .grad must have the shape of its tensor, expected {g._array.shape}, "
                                       f"got {np.shape(tensor.grad)}; was it set by hand?")  # fmt: skip
                tensor.grad = g if tensor.grad is None else tensor.grad + g  # type: ignore[operator]
                if place.hooks is not None:
                    for hook in list(place.hooks.after.values()):
                        hook(tensor)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple:
    """dL/dinput for each of `inputs`, where L is the sum of outputs · grad_outputs; `.grad` is left alone.

    create_graph: the gradients are on the graph themselves, and can be differentiated again.
    allow_unused: None instead of an error for an input that the outputs do not depend on;
    materialize_grads: zeros instead of None. is_grads_batched: grad_outputs have one more axis, the first, and so have
    the gradients. only_inputs is always true.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
    """
    if is_grads_batched:
        rows = zip(*(list(g) for g in _listed(grad_outputs)), strict=True)
        options: dict[str, Any] = {"create_graph": create_graph, "allow_unused": allow_unused}
        found_rows = [grad(outputs, inputs, list(row), True, materialize_grads=True, **options) for row in rows]
        return tuple(np.stack(column) for column in zip(*found_rows, strict=True))
    outputs, inputs = _listed(outputs), _listed(inputs)
    grad_outputs = None if grad_outputs is None else _listed(grad_outputs)
    places = [_place_of(t, "grad: inputs") for t in inputs]
    roots = _roots(outputs, grad_outputs, create_graph)
    given: set[int] = {id(raw(g)) for _, g in roots}
    with _Walking(create_graph):
        found = walk(roots, set(places), create_graph if retain_graph is None else retain_graph, create_graph)
        results: list[Tensor | None] = []
        for place, tensor in zip(places, inputs, strict=True):
            if place in found:
                results.append(_own(found[place], tensor, given))
            elif materialize_grads:
                results.append(constant(np.zeros_like(tensor._array)))
            elif allow_unused:
                results.append(None)
            else:
                raise RuntimeError("grad: one of the inputs was not used to compute the outputs; pass "
                                   "allow_unused=True to get None for it")  # fmt: skip
    return tuple(results)


def _listed(x: Any) -> list:
    return list(x) if isinstance(x, Iterable) and not isinstance(x, Tensor) else [x]


class _Walking:
    """A walk records only for create_graph, and is as quiet about infinities as the forward pass."""

    def __init__(self, create_graph: bool):
        self.create_graph = create_graph

    def __enter__(self) -> None:
        self.before, self.quiet = mode.recording, set_errors(QUIET)
        mode.recording = self.create_graph

    def __exit__(self, *_: object) -> None:
        reset_errors(self.quiet)
        mode.recording = self.before


def _roots(tensors: Sequence[Tensor], gradients: Sequence | None, create_graph: bool) -> list[tuple[Place, Any]]:
    gradients = [None] * len(tensors) if gradients is None else list(gradients)
    if len(gradients) != len(tensors):
        raise ValueError(f"backward: one gradient per tensor, got {len(gradients)} for {len(tensors)}")
    roots = []
    for tensor, g in zip(tensors, gradients, strict=True):
        place, array = _place_of(tensor, "backward: the tensor"), tensor._array
        if g is None:
            if array.size != 1:
                raise RuntimeError("backward: a gradient can be created by itself only for a single number, got a "
                                   f"tensor of shape {array.shape}; sum it first, or pass gradient=")  # fmt: skip
            g = np.ones(array.shape, array.dtype)
        elif not isinstance(g, Tensor):
            g = np.asarray(g, array.dtype) if isinstance(g, np.ndarray) or not hasattr(g, "dtype") else g
        if g.shape != array.shape:
            raise ValueError(f"backward: the gradient must have the tensor's shape {array.shape}, got {g.shape}")
        if not create_graph:
            g = array_of(g) if isinstance(g, Tensor) else g
        elif not isinstance(g, Tensor):
            g = constant(g)
        roots.append((place, g))
    return roots


def _own(g: Any, tensor: Tensor, given: set[int]) -> Tensor:
    """A gradient that is nobody else's array, in the tensor's dtype."""
    if isinstance(g, Tensor):
        if g._array.base is not None or id(g._array) in given:
            g = np.copy(g)
        given.add(id(g._array))
        return g
    if isinstance(g, np.generic):
        g = np.asarray(g)
    if g.dtype is not tensor._array.dtype:
        g = np.astype(g, tensor._array.dtype)
    elif g.base is not None or id(g) in given:
        g = g.copy()
    given.add(id(g))
    return constant(g)


def _place_of(tensor: Tensor, what: str) -> Place:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{what} must be tensors, got {type(tensor).__name__}")
    if tensor._place is None:
        raise RuntimeError(f"{what} does not require grad and has no grad_fn: nothing was recorded. Was it computed "
                           "under no_grad, detached, or from tensors without requires_grad=True?")  # fmt: skip
    return tensor._place
