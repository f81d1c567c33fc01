"""Modules to dictionaries of tensors, and back.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import memory
from ..devices import Size
from ..engine import constant
from ..tensor import Tensor
from .parameter import Parameter


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` could not match: names the module has, and names the dictionary has."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Held(NamedTuple):
    """A parameter or buffer, the module that holds it, and its name there."""

    tensor: Tensor
    module: Any
    name: str


def _own_and_below(module: Any, prefix: str) -> Iterator[tuple[str, Held]]:
    """What is saved, under every name that leads to it: shared modules come twice, as in PyTorch."""
    for name, parameter in module._parameters.items():
        if parameter is not None:
            yield prefix + name, Held(parameter, module, name)
    for name, buffer in module._buffers.items():
        if buffer is not None and module._buffer_names[name]:
            yield prefix + name, Held(buffer, module, name)
    for name, child in module._modules.items():
        if child is not None:
            yield from _own_and_below(child, f"{prefix}{name}.")


def collect(module: Any, prefix: str, keep_vars: bool) -> OrderedDict[str, Tensor]:
    """The module's parameters and persistent buffers by dotted name."""
    held = _own_and_below(module, prefix)
    return OrderedDict((name, own.tensor if keep_vars else own.tensor.detach()) for name, own in held)


def load(module: Any, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Check everything, then copy (or take over) everything: a failed load leaves the module as it was."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict).__name__}")
    wanted = dict(_own_and_below(module, ""))
    missing = [name for name in wanted if name not in state_dict]
    unexpected = [name for name in state_dict if name not in wanted]
    found = {name: _array_of(state_dict[name]) for name in wanted if name in state_dict}
    faults = []
    if strict and unexpected:
        faults.append(f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
    if strict and missing:
        faults.insert(0, f"Missing key(s) in state_dict: {_quoted(missing)}. ")
    faults += [fault for name, array in found.items() if (fault := _misfit(name, array, wanted[name]))]
    if faults:
        head = f"Error(s) in loading state_dict for {type(module).__name__}:"
        raise RuntimeError("\n\t".join([head, *faults]))
    empty = {id(wanted[name].module) for name, array in found.items() if not array.size}  # saved before a first input
    for name, array in found.items():
        own = wanted[name]
        lazy = hasattr(own.module, "_give")
        if lazy and id(own.module) in empty:
            continue
        if assign:
            _take_over(own, state_dict[name])
        if lazy:
            own.module._give(own.name, array)
        elif not assign:
            own.tensor._array[...] = array
            memory.wrote(own.tensor._array)
    return IncompatibleKeys(missing, unexpected)


def _take_over(own: Held, value: Any) -> None:
    """Put the saved tensor itself, with its dtype and memory, where the module's was; it learns if that one did."""
    tensor = value if isinstance(value, Tensor) else constant(np.asarray(value))
    if not isinstance(own.tensor, Parameter):
        tensor = tensor.detach()
    elif isinstance(tensor, Parameter):
        tensor.requires_grad_(own.tensor.requires_grad)
    else:
        tensor = Parameter(tensor.detach(), own.tensor.requires_grad)
    setattr(own.module, own.name, tensor)


def _array_of(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


def _misfit(name: str, array: Any, held: Held) -> str:
    """What is wrong with an array for a parameter; "" where nothing is. A lazy layer's lengths of 0 are open."""
    own, lazy = held.tensor, hasattr(held.module, "_give")
    if not isinstance(array, (np.ndarray, np.generic)):
        return (f"While copying the parameter named \"{name}\", expected a tensor or array from checkpoint "
                f"but received {type(array).__name__}")  # fmt: skip
    fits = array.shape == own.shape or (lazy and array.ndim == own.ndim and all(
        n == wanted or not wanted for n, wanted in zip(array.shape, own.shape, strict=True)))  # fmt: skip
    if not fits:
        return (f"size mismatch for {name}: copying a param with shape {Size(array.shape)!s} from checkpoint, "
                f"the shape in current model is {Size(own.shape)!s}.")  # fmt: skip
    if array.dtype.kind not in "biuf":
        return f"dtype mismatch for {name}: real numbers expected from checkpoint, got {array.dtype}."
    return ""


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
