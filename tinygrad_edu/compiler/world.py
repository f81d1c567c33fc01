"""The world of a step: everything that its function can reach, and where.

A survey walks from the function through its closure, its globals, `self`, modules, optimizers and containers. Each
`Slot` is a place that holds something: a tensor, a number, another holder. The survey tells which arrays are state,
what the names of parameters are, what must be compared at each call, and, made again after the step has run, what
the step has put where.
"""

from __future__ import annotations

import dis
import functools
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..graph import Tensor
from ..memory import ours
from ..nn.attributes import Attributes
from ..nn.parameter import Parameter
from ..optim.lr_scheduler import LRScheduler
from ..optim.optimizer import Optimizer
from ..random import Generator, default_generator
from .errors import LIBRARIES

_PLAIN = (bool, int, float, complex, str, bytes, type(None), np.dtype)
_REGISTERS = ("_parameter_names", "_buffer_names", "_module_names")
_METHODS = (types.FunctionType, staticmethod, classmethod, property)
_UNCALLED = frozenset({"__init__", "__new__", "__repr__", "__reduce__", "__deepcopy__", "__del__"})
_OWN = types.SimpleNamespace(generator=default_generator)  # what every step can reach
_GLOBAL = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
_MOST = 200_000  # slots; more than that is no step


class Slot(NamedTuple):
    """A place that holds something. kind: "attribute", "item", "cell" or "argument" (of the call itself)."""

    holder: Any
    kind: str
    key: Any
    path: str
    value: Any
    is_argument: bool

    @property
    def name(self) -> str:
        """The path as a Python name: 0.weight becomes weight_0."""
        parts = [re.sub(r"\W", "_", part) for part in self.path.split(".") if part]
        if parts and parts[0][:1].isdigit():
            parts = parts[1:] + parts[:1] if len(parts) > 1 else ["value_" + parts[0]]
        if parts and parts[0][:1].isdigit():
            parts = ["layer", *parts]
        return "_".join(parts) or "value"

    @property
    def short_name(self) -> str:
        """The end of the path, from its last word: lr, betas_0."""
        parts = self.path.split(".")
        start = max((i for i, part in enumerate(parts) if part[:1].isalpha()), default=0)
        return re.sub(r"\W", "_", "_".join(parts[start:])) or "number"

    @property
    def place(self) -> tuple:
        return id(self.holder), self.kind, self.key if isinstance(self.key, (str, int)) else id(self.key)

    def get(self) -> Any:
        """What the slot holds now; MISSING where it is gone."""
        if self.kind == "argument":
            return self.value
        try:
            if self.kind == "attribute":
                return getattr(self.holder, self.key)
            return self.holder.cell_contents if self.kind == "cell" else self.holder[self.key]
        except (AttributeError, LookupError, ValueError):
            return MISSING

    def put(self, value: Any) -> None:
        """Put something else there."""
        if self.kind == "attribute":
            setattr(self.holder, self.key, value)
        elif self.kind == "cell":
            self.holder.cell_contents = value
        else:
            self.holder[self.key] = value


Child = tuple[Any, str, Any, Any, str]  # (holder, kind, key, value, name)
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "<nothing>"})()


class World:
    """All slots that `function` can reach, together with the arguments of one call."""

    def __init__(self, function: Callable, args: tuple, options: dict, arguments: tuple[str, ...] = ()):
        self._words: set[str] = set()  # all names in the code that the step reaches: which attributes matter
        named = _sorted((dict(zip(arguments, args, strict=False)) | options).items())
        known = -1
        while known < len(self._words):  # code found behind an attribute may name further attributes
            known = len(self._words)
            self._survey(function, named)
        if len(self._roots) == 1:
            self._strip(self._roots.pop())

    # ------------------------------------------------------------------------------------ the walk

    def _survey(self, function: Callable, named: list[tuple[str, Any]]) -> None:
        self.slots: dict[tuple, Slot] = {}
        self.arrays: dict[int, Slot] = {}  # where an array is found: the slot of its tensor, or its own
        self.sharing: dict[tuple, Slot] = {}  # another tensor of the same array: the slot where that is found
        self.names: dict[int, str] = {}  # the paths of modules
        self.generators: dict[int, Slot] = {}
        self.firsts: dict[int, Slot] = {}  # the first slot of each tensor, array or holder
        self.lengths: dict[int, int] = {}  # of lists and dictionaries: the run may make them longer
        self.holders: list[Any] = []  # kept, so that identities stay what they are
        self._roots: set[str] = set()
        self._visit(function, "")
        self._slot(Slot(_OWN, "attribute", "generator", "generator", default_generator, False))
        for name, value in named:
            self._slot(Slot(None, "argument", name, name, value, True))

    def _visit(self, holder: Any, path: str, is_argument: bool = False) -> None:
        self.holders.append(holder)
        for place, kind, key, value, name in self._children(holder):
            named = self.firsts.get(id(key)) if isinstance(key, Tensor) else None  # remembered for a parameter
            self._slot(Slot(place, kind, key, named.path if named else _joined(path, name), value, is_argument))

    def _slot(self, slot: Slot) -> None:
        """Enter a slot, and walk on into what it holds."""
        value = slot.value
        if slot.place in self.slots:
            return
        if len(self.slots) > _MOST:
            raise RecursionError(f"compile: the step reaches more than {_MOST} objects (at {slot.path}); let it close "
                                 "over the model, the optimizer and little else")  # fmt: skip
        self.slots[slot.place] = slot
        self.holders.append(value)
        if isinstance(value, _PLAIN) or id(value) in self.firsts:
            return
        self.firsts[id(value)] = slot
        if isinstance(value, (list, tuple, dict)):
            self.lengths[id(value)] = len(value)
        if isinstance(value, Tensor):
            self._enter(value._array, slot)
            if value._place is not None or value.grad is not None or isinstance(value, Parameter):
                self._slot(Slot(value, "attribute", "grad", slot.path + ".grad", value.grad, slot.is_argument))
        elif isinstance(value, np.ndarray):
            self._enter(value, slot)
        elif isinstance(value, Generator):
            self.generators[id(value)] = slot
        else:
            path = slot.path
            if isinstance(value, Attributes):
                if not isinstance(slot.holder, Attributes) and not any(path.startswith(r + ".") for r in self._roots):
                    self._roots.add(path)
                self.names[id(value)] = path
            self._visit(value, path, slot.is_argument and type(value) in (list, tuple, dict))

    def _enter(self, array: np.ndarray, slot: Slot) -> None:
        first = self.arrays.setdefault(id(array), slot)
        if first is not slot:
            self.sharing[slot.place] = first

    def _children(self, holder: Any) -> Iterator[Child]:
        """What a holder holds. Modules come first: they have the best names."""
        if isinstance(holder, types.FunctionType):
            if _is_users(holder.__code__.co_filename):
                self._words |= _names_of(holder.__code__).keys()
                yield from sorted(_of_function(holder), key=lambda child: _rank(child[3]))
            if hasattr(holder, "__wrapped__"):
                yield holder, "attribute", "__wrapped__", holder.__wrapped__, ""
        elif isinstance(holder, types.MethodType):
            yield holder, "attribute", "__self__", holder.__self__, ""
            yield holder, "attribute", "__func__", holder.__func__, ""
        elif isinstance(holder, functools.partial):
            for name in ("func", "args", "keywords"):
                yield holder, "attribute", name, getattr(holder, name), ""
        elif isinstance(holder, (list, tuple)):
            for i, value in enumerate(holder):
                yield holder, "item", i, value, str(i)
        elif isinstance(holder, dict):
            for key, value in holder.items():
                yield holder, "item", key, value, _key(key)
        elif isinstance(holder, (type, types.ModuleType)):
            if _is_users_own(holder):
                yield from self._named(holder, vars(holder))
        elif isinstance(holder, Optimizer):
            yield holder, "attribute", "param_groups", holder.param_groups, ""
            yield holder, "attribute", "state", holder.state, ""
            yield type(holder), "attribute", "move", type(holder).move, ""
            yield type(holder), "attribute", "step", type(holder).step, ""
        elif not isinstance(holder, types.BuiltinFunctionType):
            yield from self._of_object(holder)

    def _of_object(self, holder: Any) -> Iterator[Child]:
        """A module's attributes, all of them; of other objects those that the code names; and the methods of both."""
        own = getattr(holder, "__dict__", None)
        if isinstance(holder, (Attributes, LRScheduler)):
            yield from ((holder, "attribute", k, v, k) for k, v in list(vars(holder).items()) if k not in _REGISTERS)
        elif isinstance(own, dict):
            yield from sorted(self._named(holder, own), key=lambda child: _rank(child[3]))
        for kind in type(holder).__mro__:
            if _is_users_own(kind):
                methods = {k: v for k, v in vars(kind).items() if isinstance(v, _METHODS)}
                yield from self._named(kind, methods)
                slots = [k for k, v in vars(kind).items() if isinstance(v, types.MemberDescriptorType)]
                yield from self._named(holder, {k: getattr(holder, k) for k in slots if hasattr(holder, k)})

    def _named(self, holder: Any, values: Any) -> Iterator[Child]:
        """Those of a holder's attributes whose names occur in the code."""
        for name, value in list(values.items()):
            if name not in self._words and not _is_implicit(name, value):
                continue
            if isinstance(value, (staticmethod, classmethod, property)):  # reading the attribute gives another object
                function = "fget" if isinstance(value, property) else "__func__"
                yield value, "attribute", function, getattr(value, function), ""
            else:
                yield holder, "attribute", name, value, "" if isinstance(value, types.FunctionType) else name

    def real_arrays(self) -> list[np.ndarray]:
        """The arrays of all tensors, gradients and plain arrays, each once."""
        held = (s.value._array if isinstance(s.value, Tensor) else s.value for s in self.slots.values())
        return list({id(a): a for a in held if isinstance(a, np.ndarray)}.values())

    def _strip(self, root: str) -> None:
        """With one module at the root, its name says nothing: network.0.weight is 0.weight."""
        def short(path: str) -> str:
            return path[len(root) + 1 :] if path.startswith(root + ".") else "" if path == root else path

        changed = {place: slot._replace(path=short(slot.path)) for place, slot in self.slots.items()}
        self.arrays = {key: changed[slot.place] for key, slot in self.arrays.items()}
        self.sharing = {place: changed[slot.place] for place, slot in self.sharing.items()}
        self.firsts = {key: changed[slot.place] for key, slot in self.firsts.items()}
        self.names = {key: short(path) or root for key, path in self.names.items()}
        self.slots = changed


def is_space(value: Any) -> bool:
    """Whether a dictionary is the globals of a module."""
    return isinstance(value, dict) and "__builtins__" in value


def _is_users(file: str) -> bool:
    return not file.startswith(LIBRARIES) and not ours(file)


def _is_users_own(holder: Any) -> bool:
    """Whether a class or a module is the user's: neither of Python's library, nor of a package, nor of this one."""
    module = holder if isinstance(holder, types.ModuleType) else sys.modules.get(holder.__module__)
    if module is None or module.__name__ in sys.builtin_module_names:
        return False
    return _is_users(getattr(module, "__file__", None) or "")


def _is_implicit(name: str, value: Any) -> bool:
    """Whether code reaches an attribute without naming it: forward, operators, what a decorator has wrapped."""
    if name in ("forward", "__wrapped__"):
        return True
    return name.startswith("__") and name not in _UNCALLED and isinstance(value, types.FunctionType)


def _of_function(function: types.FunctionType) -> Iterator[Child]:
    """The free variables, the globals that the code names, and the defaults of a function."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield cell, "cell", name, cell.cell_contents, name
        except ValueError:  # not assigned yet
            continue
    space = function.__globals__
    for name in _names_of(function.__code__, _GLOBAL):
        if name in space:
            yield space, "item", name, space[name], name
    for name in ("__defaults__", "__kwdefaults__"):
        if getattr(function, name):
            yield function, "attribute", name, getattr(function, name), ""


def _sorted(items: Any) -> list:
    return sorted(items, key=lambda item: _rank(item[1]))


def _rank(value: Any) -> int:
    """Modules and tensors first: what is reached by two ways has the name of the first."""
    return 0 if isinstance(value, Attributes) else 1 if isinstance(value, Tensor) else 2


@functools.lru_cache(maxsize=4096)
def _names_of(code: types.CodeType, instructions: Any = None) -> dict[str, None]:
    """The names that code, and the functions defined in it, look up: all, or those of some instructions."""
    found = dis.get_instructions(code) if instructions else ()
    names = dict.fromkeys([i.argval for i in found if i.opname in instructions] if instructions else code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_of(constant, instructions)
    return names


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(key) if isinstance(key, int) else ""
