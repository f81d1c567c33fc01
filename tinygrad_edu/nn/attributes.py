"""The attributes of a module.

Parameters, buffers and submodules are plain attributes, so that reading `self.weight` costs no more than reading
any other. What makes them special is that their names are entered in one of three registers, in the order of
definition; `parameters()`, `state_dict()` and the repr go through these names.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from .. import missing
from ..tensor import Tensor
from .parameter import Buffer, Parameter

_REGISTERS = ("_parameter_names", "_buffer_names", "_module_names")

changes = [0]  # how often an attribute of any module was assigned or deleted: who remembers some may look here first


class Attributes:
    """What a `Module` does when an attribute is assigned, deleted or missing."""

    _parameter_names: dict[str, None]
    _buffer_names: dict[str, bool]  # name -> whether it belongs into state_dict
    _module_names: dict[str, None]

    def __init__(self) -> None:
        self.__dict__.update(_parameter_names={}, _buffer_names={}, _module_names={})

    def __setattr__(self, name: str, value: Any) -> None:
        changes[0] += 1
        if isinstance(value, Parameter):
            self._enter("_parameter_names", name, value)
        elif isinstance(value, Attributes):
            self._enter("_module_names", name, value)
        elif isinstance(value, Buffer):
            persistent = value.persistent
            value.__class__ = Tensor  # type: ignore[assignment]  # what it was made for is done
            self._enter("_buffer_names", name, value, persistent)
        else:
            self._check_kind(name, value)
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        changes[0] += 1
        for register in _REGISTERS:
            self.__dict__.get(register, {}).pop(name, None)
        object.__delattr__(self, name)

    def __getattr__(self, name: str) -> Any:  # only reached where the name is not there
        owner = type(self).__name__
        if "_module_names" not in self.__dict__ and name in ("training", *_REGISTERS):
            raise AttributeError(f"{owner}.__init__ has not called super().__init__(); call it first, before "
                                 "assigning or using anything")  # fmt: skip
        found = getattr(type(self), name, None)
        if isinstance(found, property) and found.fget is not None:
            return found.fget(self)  # an error inside the property, not a missing name: let it be seen
        near = "" if name.startswith("__") else missing.nearest(name, dir(self))
        raise AttributeError(f"'{owner}' object has no attribute '{name}'{near}")

    def _enter(self, register: str, name: str, value: Any, entry: Any = None) -> None:
        """Register a parameter, buffer or submodule under `name`, and assign it."""
        own = self.__dict__
        what = register[1:].partition("_")[0]
        if register not in own:
            raise AttributeError(f"cannot assign {what} {name!r} before Module.__init__() call; call "
                                 f"super().__init__() first in {type(self).__name__}.__init__")  # fmt: skip
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string, got {type(name).__name__}")
        if not name or "." in name:
            fault = 'contain "."' if name else 'be empty string ""'
            raise KeyError(f"{what} name can't {fault}, got {name!r}")
        if hasattr(type(self), name):
            raise KeyError(f"attribute '{name}' already exists: {type(self).__name__} defines it as "
                           f"something else; choose another name for the {what}")  # fmt: skip
        for other in _REGISTERS:
            if other != register:
                own[other].pop(name, None)
        changes[0] += 1
        own[register][name] = entry
        own[name] = value

    def _check_kind(self, name: str, value: Any) -> None:
        """TypeError where a registered name is given something of another kind."""
        if value is None:
            return
        own, got = self.__dict__, type(value).__name__
        if name in own.get("_parameter_names", ()):
            raise TypeError(f"cannot assign '{got}' as parameter '{name}' (nn.Parameter or None expected); "
                            f"wrap it in nn.Parameter, or write into the old one: {name}.data = ...")  # fmt: skip
        if name in own.get("_module_names", ()):
            raise TypeError(f"cannot assign '{got}' as child module '{name}' (nn.Module or None expected)")
        if name in own.get("_buffer_names", ()) and not isinstance(value, Tensor):
            raise TypeError(f"cannot assign '{got}' object to buffer '{name}' (Tensor or None required)")

    def __copy__(self) -> Self:
        """A module with the same parameters and parts; what is assigned to it later is its own."""
        result = object.__new__(type(self))
        for name, value in vars(self).items():
            result.__dict__[name] = dict(value) if name in _REGISTERS else value
        return result

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """The same as `self.name = param`; None reserves the name."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{type(param).__name__}' object to parameter '{name}' "
                            "(nn.Parameter or None required)")  # fmt: skip
        self._enter_new("_parameter_names", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """A tensor that belongs to the module but is not learned, e.g. running statistics.

        persistent: whether it is part of `state_dict()`.
        """
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (Tensor or "
                            "None required)")  # fmt: skip
        self._enter_new("_buffer_names", name, tensor, persistent)

    def register_module(self, name: str, module: Attributes | None) -> None:
        """The same as `self.name = module`; None reserves the name."""
        if module is not None and not isinstance(module, Attributes):
            raise TypeError(f"{type(module).__name__} is not a Module subclass, cannot be child '{name}'")
        self._enter_new("_module_names", name, module)

    add_module = register_module

    def _enter_new(self, register: str, name: str, value: Any, entry: Any = None) -> None:
        if name in self.__dict__ and name not in self.__dict__.get(register, ()):
            raise KeyError(f"attribute '{name}' already exists")
        self._enter(register, name, value, entry)

    @property
    def _parameters(self) -> Mapping[str, Parameter | None]:
        """This module's own parameters by name, to read; assign attributes to change them."""
        return MappingProxyType({name: self.__dict__[name] for name in self._parameter_names})

    @property
    def _buffers(self) -> Mapping[str, Tensor | None]:
        return MappingProxyType({name: self.__dict__[name] for name in self._buffer_names})

    @property
    def _modules(self) -> Mapping[str, Any]:
        return MappingProxyType({name: self.__dict__[name] for name in self._module_names})
