"""A parameter as a function of others: what is learned lies in `module.parametrizations`, and reading the parameter
computes it.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
"""

from __future__ import annotations

from typing import Any

from ...grad_mode import no_grad
from ...tensor import Tensor
from ..container import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter


class ParametrizationList(ModuleList):
    """The functions, applied one after the other to `original`, or the first to `original0`, `original1` ..."""

    def __init__(self, modules: list, original: Tensor):
        super().__init__(modules)
        parts: Any = original.data
        with no_grad():
            for module in reversed(modules):
                if hasattr(module, "right_inverse"):
                    parts = module.right_inverse(parts)
        self.names = ("original",) if isinstance(parts, Tensor) else tuple(f"original{i}" for i in range(len(parts)))
        for name, part in zip(self.names, (parts,) if isinstance(parts, Tensor) else parts, strict=True):
            self.register_parameter(name, Parameter(part.detach(), original.requires_grad))

    def forward(self) -> Tensor:
        first, *others = self
        value = first(*(getattr(self, name) for name in self.names))
        for module in others:
            value = module(value)
        return value

    def set(self, value: Tensor) -> None:
        """Let the originals be such that `value` comes out. Each function needs a right_inverse for that."""
        with no_grad():
            parts: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse")
                parts = module.right_inverse(parts)
            for name, part in zip(self.names, (parts,) if isinstance(parts, Tensor) else parts, strict=True):
                getattr(self, name).copy_(part)


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *,
                             unsafe: bool = False) -> Module:  # fmt: skip
    """Let module.<tensor_name> be parametrization(what is learned); a second one works on the first one's result."""
    if is_parametrized(module, tensor_name):
        module.parametrizations[tensor_name].append(parametrization)
        return module
    original = module.get_parameter(tensor_name)
    parametrizations = ParametrizationList([parametrization], original)
    if not is_parametrized(module):
        kind = type(module)
        module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), {"__module__": kind.__module__})
        module.parametrizations = ModuleDict()
    delattr(module, tensor_name)
    module.parametrizations[tensor_name] = parametrizations
    setattr(type(module), tensor_name, property(
        lambda self: self.parametrizations[tensor_name](),
        lambda self, value: self.parametrizations[tensor_name].set(value),
    ))  # fmt: skip
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module has a parametrization, or the parameter of this name has."""
    held = module.__dict__.get("parametrizations")
    return held is not None and (len(held) > 0 if tensor_name is None else tensor_name in held)


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make a plain parameter again: of what came out, or (leave_parametrized=False) of the one original."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {type(module).__name__} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if not leave_parametrized and len(parametrizations.names) > 1:
        raise ValueError("Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in "
                         "terms of a sequence of tensors.")  # fmt: skip
    with no_grad():
        value = parametrizations() if leave_parametrized else parametrizations.original
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    setattr(module, tensor_name, Parameter(value.detach()))
    if not len(module.parametrizations):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module
