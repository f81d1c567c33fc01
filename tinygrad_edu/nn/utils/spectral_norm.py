"""A weight divided by the largest factor by which it can stretch a vector, its spectral norm.

The old interface, which writes the weight anew before each forward; see `parametrizations` for the new one.
Source: Miyato et al. 2018, https://arxiv.org/abs/1802.05957;
https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import constant
from ...grad_mode import no_grad
from ...ops.linalg import dot, matmul
from ...ops.reduction import norm
from ...ops.shape import movedim
from ...random import normal_array
from ...tensor import Tensor
from ..module import Module
from ..parameter import Parameter


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """(n, everything else), with axis `dim` in front."""
    weight = movedim(weight, source=dim, destination=0) if dim else weight
    return weight.reshape(weight.shape[0], -1)


def _unit(x: Tensor, eps: float) -> Tensor:
    return x / norm(x).clamp(min=eps)


def first_vectors(matrix: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """A random unit vector for each side of a matrix."""
    u, v = (_unit(constant(normal_array((n,), matrix.dtype)), eps) for n in matrix.shape)
    return u, v


@no_grad()
def iterate(matrix: Tensor, u: Tensor, v: Tensor, times: int, eps: float) -> None:
    """Turn both vectors, in place, toward those that the matrix stretches most (power iteration)."""
    for _ in range(times):
        v.copy_(_unit(matmul(matrix.T, u), eps))
        u.copy_(_unit(matmul(matrix, v), eps))


def divided(weight: Tensor, matrix: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """weight / (uᵀ matrix v)."""
    return weight / dot(u.clone(), matmul(matrix, v.clone()))  # copies: the next iteration writes u and v


class SpectralNorm:
    """The hook that puts the weight together before each forward."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float):
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Module, iterates: bool) -> Any:
        own, name = module.__dict__, self.name
        weight, u, v = own[name + "_orig"], own[name + "_u"], own[name + "_v"]
        matrix = as_matrix(weight, self.dim)
        if iterates:
            iterate(matrix, u, v, self.n_power_iterations, self.eps)
        return divided(weight, matrix, u, v)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def _dim_of(module: Module, dim: int | None) -> int:
    """The axis of the outputs: 1 for transposed convolutions, else 0."""
    return (1 if type(module).__name__.startswith("ConvTranspose") else 0) if dim is None else dim


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
                  dim: int | None = None) -> Module:  # fmt: skip
    """Learn `name`_orig, and use it divided by its spectral norm, of which each training forward knows more."""
    if n_power_iterations <= 0:
        raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
    weight = module.get_parameter(name)
    hook = SpectralNorm(name, n_power_iterations, _dim_of(module, dim), eps)
    u, v = first_vectors(as_matrix(weight.detach(), hook.dim), eps)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.data)
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the divided weight the parameter."""
    for key, hook in (module._hooks or {}).items():
        if isinstance(hook.function, SpectralNorm) and hook.function.name == name:
            weight = hook.function.compute_weight(module, False).detach()
            for part in (name, name + "_orig", name + "_u", name + "_v"):
                delattr(module, part)
            setattr(module, name, Parameter(np.array(weight.numpy())))
            del module._hooks[key]  # type: ignore[union-attr]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
