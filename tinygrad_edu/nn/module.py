"""Module: a piece of a network that knows its parameters and its parts.

How attributes become parameters and parts is in `attributes.py`; saving and loading in `state.py`.
Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..devices import bfloat16
from ..tensor import Tensor
from . import hooks, state
from .attributes import Attributes
from .parameter import Parameter, check_device


class Module(Attributes):
    """Base class of all networks and layers: subclass it, call `super().__init__()`, define `forward`."""

    training: bool
    _hooks: dict[int, hooks.Hook | hooks.BackwardHook] | None = None

    def __init__(self) -> None:
        Attributes.__init__(self)
        self.training = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes. Subclasses define it."""
        raise NotImplementedError(f"Module [{type(self).__name__}] is missing the required \"forward\" "
                                  "function")  # fmt: skip

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

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> hooks.RemovableHandle:
        """Call hook(module, args, output) after every forward; its result, unless None, is the output."""
        return self._add_hook(hooks.Hook(hook, False, with_kwargs), prepend)

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> hooks.RemovableHandle:
        """Call hook(module, args) before every forward; what it returns, unless None, are the arguments."""
        return self._add_hook(hooks.Hook(hook, True, with_kwargs), prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> hooks.RemovableHandle:
        """Call hook(module, grad_input, grad_output), two tuples, when the gradients of a forward's inputs are there.

        Its result, unless None, takes the place of grad_input. Inputs and outputs that are not tensors stand as None.
        """
        return self._add_hook(hooks.BackwardHook(hook), prepend)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> hooks.RemovableHandle:
        """Call hook(module, grad_output) before the gradients go through the module; a result replaces them."""
        return self._add_hook(hooks.BackwardHook(hook, before=True), prepend)

    def _add_hook(self, hook: hooks.Hook | hooks.BackwardHook, prepend: bool) -> hooks.RemovableHandle:
        if self._hooks is None:
            self._hooks = {}
        return hooks.add(self._hooks, hook, prepend)

    # ------------------------------------------------------------------------------------ what is in it

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
                path = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, path, remove_duplicate)

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

        recurse: also those of the parts. remove_duplicate: a shared one only once, under its first name.
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

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with this dotted name. AttributeError where there is none."""
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if name not in owner._buffers:
            raise AttributeError(f"`{name}` is not a buffer, in {target!r}")
        return owner._buffers[name]  # type: ignore[return-value]

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put another module at this dotted name."""
        path, _, name = target.rpartition(".")
        if strict:
            self.get_submodule(target)
        setattr(self.get_submodule(path), name, module)

    # ------------------------------------------------------------------------------------ saving and loading

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> OrderedDict[str, Tensor]:
        """All parameters and persistent buffers by dotted name, off the graph (or not: keep_vars).

        They share memory with the module: copy them (`copy.deepcopy`) to keep a moment.
        """
        return state.collect(self, prefix, keep_vars)

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True,
                        assign: bool = False) -> state.IncompatibleKeys:  # fmt: skip
        """Copy these numbers into the parameters and buffers of the same dotted names.

        strict: keys that are missing or too many are an error; otherwise they are only returned, as the named
        tuple (missing_keys, unexpected_keys). RuntimeError lists all that is wrong; nothing was changed then.
        assign: do not copy, but hold these tensors themselves, with their dtypes and memory; make an optimizer after.
        """
        return state.load(self, state_dict, strict, assign)

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
                parameter.grad = parameter.grad.detach().zero_()  # type: ignore[attr-defined]

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
                        parameter.grad = parameter.grad.to(dtype)  # type: ignore[attr-defined]
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

    def type(self, dst_type: Any) -> Self:
        return self.to(dst_type)

    def bfloat16(self) -> Self:
        bfloat16.refuse()

    def cpu(self) -> Self:
        return self

    def cuda(self, device: Any = None) -> Self:
        """There is no GPU here: RuntimeError."""
        raise RuntimeError("Module.cuda: the only device here is 'cpu'; ask tinygrad_edu.cuda.is_available() first, or "
                           "use .to(device) with the device that it chooses")  # fmt: skip

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """The module as it is, for the CPU: its memory is there already."""
        return self.to(device=device)

    def share_memory(self) -> Self:
        """The module; worker processes get copies."""
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
