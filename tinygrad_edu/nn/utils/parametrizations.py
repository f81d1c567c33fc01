"""Parametrizations that are ready made.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
"""

from __future__ import annotations

from ...tensor import Tensor
from ..module import Module
from .parametrize import register_parametrization
from .spectral_norm import _dim_of, as_matrix, divided, first_vectors, iterate
from .weight_norm import composed, norm_except


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0):
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return composed(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn the weight as lengths (original0) and directions (original1)."""
    return register_parametrization(module, name, _WeightNorm(dim))


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int, dim: int, eps: float):
        super().__init__()
        self.n_power_iterations, self.dim, self.eps = n_power_iterations, dim, eps
        matrix = as_matrix(weight.detach(), dim)
        u, v = first_vectors(matrix, eps)
        self.register_buffer("_u", u)
        self.register_buffer("_v", v)
        iterate(matrix.T, v, u, 15, eps)  # the other way round than the old interface, as in PyTorch

    def forward(self, weight: Tensor) -> Tensor:
        matrix, own = as_matrix(weight, self.dim), self.__dict__
        if self.training:
            iterate(matrix.T, own["_v"], own["_u"], self.n_power_iterations, self.eps)
        return divided(weight, matrix, own["_u"], own["_v"])

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
                  dim: int | None = None) -> Module:  # fmt: skip
    """Use the weight divided by its spectral norm, of which each reading in training mode knows more."""
    weight = module.get_parameter(name)
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, _dim_of(module, dim), eps))
