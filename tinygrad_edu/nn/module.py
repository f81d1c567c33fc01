"""Module: a piece of a network that knows its parameters and its parts.

Parameters, buffers and submodules are plain attributes, so that reading `self.weight` costs no more than reading
any other. What makes them special is that their names are entered in one of three registers, in the order of
definition; everything else (`parameters()`, `state_dict()`, the repr) goes through these names.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .. import missing
from ..tensor import Tensor
from . import hooks, state
from .parameter import Parameter, check_device

_REGISTERS = ("_parameter_names", "_buffer_names", "_module_names")


class Module:
    """Base class of all networks and layers: subclass it, call `super().__init__()`, define `forward`."""

    training: bool
    _parameter_names: dict[str, None]
    _buffer_names: dict[str, bool]  # name -> whether it belongs into state_dict
    _module_names: dict[str, None]
    _hooks: dict[int, hooks.Hook] | None = None

    def __init__(self) -> None:
        self.__dict__.update(training=True, _parameter_names={}, _buffer_names={}, _module_names={})

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes. Subclasses define it."""
        raise NotImplementedError(f"Module [{type(self).__name__}] is missing the required \"forward\" function")

    if TYPE_CHECKING:

        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    else:

        @property
        def __call__(self) -> Callable:
            """module(x) is module.forward(x), with the hooks around it where there are any.

            A property, so that the arguments go to forward directly, without one more frame between.
            """
            return self._call_with_hooks if self._hooks else self.forward

    def _call_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        return hooks.run(self, self._hooks or {}, args, kwargs)

    # ------------------------------------------------------------------------------------ attributes

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._enter("_parameter_names", name, value)
        elif isinstance(value, Module):
            self._enter("_module_names", name, value)
        else:
            self._check_kind(name, value)
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        for register in _REGISTERS:
            self.__dict__.get(register, {}).pop(name, None)
        object.__delattr__(self, name)

    def __getattr__(self, name: str) -> Any:  # only reached where the name is not there
        owner = type(self).__name__
        if "training" not in self.__dict__ and name in ("training", *_REGISTERS):
            raise AttributeError(f"{owner}.__init__ has not called super().__init__(); call it first, before assigning "
                                 "or using anything")  # fmt: skip
        found = getattr(type(self), name, None)
        if isinstance(found, property) and found.fget is not None:
            return found.fget(self)  # an error inside the property, not a missing name: let it be seen
        near = "" if name.startswith("__") else missing._nearest(name, dir(self))
        raise AttributeError(f"'{owner}' object has no attribute '{name}'{near}")

    def _enter(self, register: str, name: str, value: Any, entry: Any = None) -> None:
        """Register a parameter, buffer or submodule under `name`, and assign it."""
        own = self.__dict__
        what = register[1:].partition("_")[0]
        if register not in own:
            raise AttributeError(f"cannot assign {what} {name!r} before Module.__init__() call; call super().__init__() "
                                 f"first in {type(self).__name__}.__init__")  # fmt: skip
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string, got {type(name).__name__}")
        if not name or "." in name:
            fault = 'contain "."' if name else 'be empty string ""'
            raise KeyError(f"{what} name can't {fault}, got {name!r}")
        if hasattr(type(self), name):
            raise KeyError(f"attribute '{name}' already exists: {type(self).__name__} defines it as something else; "
                           f"choose another name for the {what}")  # fmt: skip
        for other in _REGISTERS:
            if other != register:
                own[other].pop(name, None)
        own[register][name] = entry
        own[name] = value

    def _check_kind(self, name: str, value: Any) -> None:
        """TypeError where a registered name is given something of another kind."""
        if value is None:
            return
        own, got = self.__dict__, type(value).__name__
        if name in own.get("_parameter_names", ()):
            raise TypeError(f"cannot assign '{got}' as parameter '{name}' (nn.Parameter or None expected); wrap it in "
                            f"nn.Parameter, or write into the one there is: {name}.data = ...")  # fmt: skip
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

    # ------------------------------------------------------------------------------------ registering

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """The same as `self.name = param`; None reserves the name."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{type(param).__name__}' object to parameter '{name}' (nn.Parameter or None "
                            "required)")  # fmt: skip
        self._enter_new("_parameter_names", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """A tensor that belongs to the module but is not learned, e.g. running statistics.

        persistent: whether it is part of `state_dict()`.
        """
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (Tensor or None required)")
        self._enter_new("_buffer_names", name, tensor, persistent)

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as `self.name = module`; None reserves the name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass, cannot be child '{name}'")
        self._enter_new("_module_names", name, module)

    add_module = register_module

    def _enter_new(self, register: str, name: str, value: Any, entry: Any = None) -> None:
        if name in self.__dict__ and name not in self.__dict__.get(register, ()):
            raise KeyError(f"attribute '{name}' already exists")
        self._enter(register, name, value, entry)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> hooks.RemovableHandle:
        """Call hook(module, args, output) after every forward; what it returns, unless None, is the output."""
        return self._add_hook(hooks.Hook(hook, False, with_kwargs), prepend)

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> hooks.RemovableHandle:
        """Call hook(module, args) before every forward; what it returns, unless None, are the arguments."""
        return self._add_hook(hooks.Hook(hook, True, with_kwargs), prepend)

    def _add_hook(self, hook: hooks.Hook, prepend: bool) -> hooks.RemovableHandle:
        if self._hooks is None:
            self._hooks = {}
        return hooks.add(self._hooks, hook, prepend)

    # ------------------------------------------------------------------------------------ what is in it

    @property
    def _parameters(self) -> Mapping[str, Parameter | None]:
        """This module's own parameters by name, to read; assign attributes to change them. Likewise the next two."""
        return MappingProxyType({name: self.__dict__[name] for name in self._parameter_names})

    @property
    def _buffers(self) -> Mapping[str, Tensor | None]:
        return MappingProxyType({name: self.__dict__[name] for name in self._buffer_names})

    @property
    def _modules(self) -> Mapping[str, Module | None]:
        return MappingProxyType({name: self.__dict__[name] for name in self._module_names})

    def named_modules(
        self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module under `prefix`, then all its parts under their dotted names, each once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all its parts, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct parts with their names, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The direct parts, each once."""
        return (module for _, module in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """(dotted name, parameter) in the order of definition.

        recurse: also those of the parts. remove_duplicate: a shared parameter only once, under its first name.
        """
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All that is learned here, each once, in the order of definition: what an optimizer takes."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(dotted name, buffer), as `named_parameters`."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named_members(self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator:
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        seen: set[int] = set()
        for path, module in modules:
            for name, tensor in getattr(module, kind).items():
                if tensor is None or id(tensor) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(tensor))
                yield f"{path}.{name}" if path else name, tensor

    def get_submodule(self, target: str) -> Module:
        """The part with this dotted name; "" is the module itself. AttributeError where there is none."""
        module: Any = self
        for name in target.split(".") if target else ():
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module, in {target!r}")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with this dotted name. AttributeError where there is none."""
        path, _, name = target.rpartition(".")
        parameter = getattr(self.get_submodule(path), name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter, in {target!r}")
        return parameter

    # ------------------------------------------------------------------------------------ saving and loading

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """All parameters and persistent buffers by dotted name, off the graph (or not: keep_vars).

        They share memory with the module: copy them (`copy.deepcopy`) to keep a moment.
        """
        return state.collect(self, prefix, keep_vars)

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> state.IncompatibleKeys:
        """Copy these numbers into the parameters and buffers of the same dotted names.

        strict: keys that are missing or too many are an error; otherwise they are only returned, as the named
        tuple (missing_keys, unexpected_keys). RuntimeError lists all that is wrong, and then nothing was changed.
        """
        return state.load(self, state_dict, strict)

    # ------------------------------------------------------------------------------------ all parts at once

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call fn on every part, innermost first, then on the module itself, e.g. to initialize it."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set training mode everywhere: dropout drops, batch norm learns its statistics."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set evaluation mode everywhere: train(False)."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Learn all parameters, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients; set_to_none=False fills them with zeros instead."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad = parameter.grad.detach().zero_()

    def to(self, *args: Any, device: Any = None, dtype: Any = None, non_blocking: bool = False) -> Self:
        """Convert all floating parameters and buffers, in place: to(dtype), to(tensor), to("cpu")."""
        for arg in args:
            if isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, (np.dtype, type)):
                dtype = arg
            elif not isinstance(arg, bool):
                device = arg
        check_device("Module.to", device)
        if dtype is None:
            return self
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise TypeError(f"nn.Module.to only accepts floating point dtypes, but got desired dtype={dtype}")
        for module in self.modules():
            for parameter in module._parameters.values():
                if parameter is not None and parameter.is_floating_point():
                    parameter.data = parameter.data.to(dtype)
                    if parameter.grad is not None:
                        parameter.grad = parameter.grad.to(dtype)
            for name, buffer in module._buffers.items():
                if buffer is not None and buffer.is_floating_point():
                    module.__dict__[name] = buffer.to(dtype)
        return self

    def float(self) -> Self:
        return self.to(np.float32)

    def double(self) -> Self:
        return self.to(np.float64)

    def half(self) -> Self:
        return self.to(np.float16)

    def cpu(self) -> Self:
        return self

    # ------------------------------------------------------------------------------------ what it looks like

    def extra_repr(self) -> str:
        """The settings shown between the parentheses of the repr. Subclasses define it."""
        return ""

    def _child_lines(self) -> list[str]:
        return [f"({name}): " + repr(module).replace("\n", "\n  ") for name, module in self._modules.items()]

    def __repr__(self) -> str:
        extra, children = self.extra_repr(), self._child_lines()
        if not children and "\n" not in extra:
            return f"{type(self).__name__}({extra})"
        lines = extra.split("\n") * bool(extra) + children
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"
