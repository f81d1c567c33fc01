"""Modules to dictionaries of tensors, and back.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import memory
from ..tensor import Tensor


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` could not match: names the module has, and names the dictionary has."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def _own_and_below(module: Any, prefix: str) -> Iterator[tuple[str, Tensor]]:
    """What is saved, under every name that leads to it: shared modules come twice, as in PyTorch."""
    for name, parameter in module._parameters.items():
        if parameter is not None:
            yield prefix + name, parameter
    for name, buffer in module._buffers.items():
        if buffer is not None and module._buffer_names[name]:
            yield prefix + name, buffer
    for name, child in module._modules.items():
        if child is not None:
            yield from _own_and_below(child, f"{prefix}{name}.")


def collect(module: Any, prefix: str, keep_vars: bool) -> OrderedDict[str, Tensor]:
    """The module's parameters and persistent buffers by dotted name."""
    return OrderedDict((name, t if keep_vars else t.detach()) for name, t in _own_and_below(module, prefix))


def load(module: Any, state_dict: Mapping[str, Any], strict: bool) -> IncompatibleKeys:
    """Check everything, then copy everything: a failed load leaves the module as it was."""
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
    for name, array in found.items():
        own = wanted[name]._array
        own[...] = array
        memory.wrote(own)
    return IncompatibleKeys(missing, unexpected)


def _array_of(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


def _misfit(name: str, array: Any, own: Tensor) -> str:
    """What is wrong with an array for the parameter `own`; "" where nothing is."""
    if not isinstance(array, (np.ndarray, np.generic)):
        return (f"While copying the parameter named \"{name}\", expected a tensor or array from checkpoint "
                f"but received {type(array).__name__}")  # fmt: skip
    if array.shape != own.shape:
        return (f"size mismatch for {name}: copying a param with shape {array.shape} from checkpoint, the "
                f"shape in current model is {own.shape}.")  # fmt: skip
    if array.dtype.kind not in "biuf":
        return f"dtype mismatch for {name}: real numbers expected from checkpoint, got {array.dtype}."
    return ""


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
