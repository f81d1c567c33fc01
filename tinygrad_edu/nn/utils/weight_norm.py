"""A weight as a direction and a length, each learned by itself.

The old interface, which writes the weight anew before each forward; see `parametrizations` for the new one.
Source: Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868;
https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
"""

from __future__ import annotations

from typing import Any

from ...ops.reduction import norm
from ...tensor import Tensor
from ..module import Module
from ..parameter import Parameter


def norm_except(v: Tensor, dim: int | None) -> Tensor:
    """The length along all axes but `dim` (kept at length 1); with None, of everything."""
    if dim is None or dim == -1:
        return norm(v)
    axes = tuple(i for i in range(v.ndim) if i != dim % v.ndim)
    return norm(v, 2, axes, True) if axes else v.abs()


def composed(v: Tensor, g: Tensor, dim: int | None) -> Tensor:
    """g v / ‖v‖."""
    return v * (g / norm_except(v, dim))


class WeightNorm:
    """The hook that puts the weight together before each forward."""

    def __init__(self, name: str, dim: int | None):
        self.name, self.dim = name, dim

    def compute_weight(self, module: Module) -> Any:
        own = module.__dict__
        return composed(own[self.name + "_v"], own[self.name + "_g"], self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn `name`_g, lengths (one for each index along dim, or one in all), and `name`_v, directions, in its place."""
    weight = module.get_parameter(name)
    if any(isinstance(h.function, WeightNorm) and h.function.name == name for h in (module._hooks or {}).values()):
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, dim)
    delattr(module, name)
    module.register_parameter(name + "_g", Parameter(norm_except(weight, dim).detach()))
    module.register_parameter(name + "_v", Parameter(weight.data))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make one parameter of the two again."""
    for key, hook in (module._hooks or {}).items():
        if isinstance(hook.function, WeightNorm) and hook.function.name == name:
            weight = hook.function.compute_weight(module).detach()
            for part in (name, name + "_g", name + "_v"):
                delattr(module, part)
            setattr(module, name, Parameter(weight))
            del module._hooks[key]  # type: ignore[union-attr]
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
