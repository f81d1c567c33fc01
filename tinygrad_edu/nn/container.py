"""Modules that hold modules: in a row, in a list, in a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import index as whole_number
from typing import Any, Self

from .module import Module


class _Row(Module):
    """Modules named "0", "1", "2" ...: what Sequential and ModuleList have in common."""

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[Module]:
        own = self.__dict__
        return iter([own[name] for name in self._module_names])

    def _name_at(self, index: Any) -> str:
        names = list(self._module_names)
        try:
            return names[whole_number(index)]
        except IndexError:
            owner = type(self).__name__
            raise IndexError(f"index {index} is out of range: the {owner} has {len(names)} modules") from None

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._of({name: self.__dict__[name] for name in list(self._module_names)[index]})
        return self.__dict__[self._name_at(index)]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index: Any) -> None:
        kept = list(self)
        del kept[index]
        self._hold(kept)

    def _hold(self, modules: Iterable[Module]) -> None:
        """Hold exactly these, named by their places."""
        modules = list(modules)
        for name in list(self._module_names):
            delattr(self, name)
        for place, module in enumerate(modules):
            self.register_module(str(place), module)

    def _of(self, modules: Mapping[str, Module]) -> Any:
        """A row of the same kind with these modules: a part of this one."""
        raise NotImplementedError

    def append(self, module: Module) -> Self:
        """One more at the end."""
        self.register_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """More at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """One more, in front of the one at `index`."""
        if not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass, cannot be inserted")
        modules = list(self)
        modules.insert(index, module)
        self._hold(modules)
        return self

    def pop(self, index: Any = -1) -> Module:
        """Take one out and return it."""
        module = self[index]
        del self[index]
        return module


class Sequential(_Row):
    """Modules applied one after the other: `Sequential(a, b)(x)` is `b(a(x))`.

    Takes modules, or one dict from names to modules; indexes and slices as a list.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    """

    def __init__(self, *args: Any):
        super().__init__()
        one_dict = len(args) == 1 and isinstance(args[0], Mapping)
        named = args[0].items() if one_dict else ((str(place), module) for place, module in enumerate(args))
        for name, module in named:
            self.register_module(name, module)

    def forward(self, input: Any) -> Any:
        own = self.__dict__
        for name in own["_module_names"]:
            input = own[name](input)
        return input

    def _of(self, modules: Mapping[str, Module]) -> Sequential:
        return type(self)(modules)

    def __add__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            raise ValueError("add operator supports only objects of Sequential class, but "
                             f"{type(other).__name__} is given")  # fmt: skip
        return type(self)(*self, *other)


class ModuleList(_Row):
    """A list whose modules are known to the module that holds it. It has no forward of its own.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    """

    def __init__(self, modules: Iterable[Module] | None = None):
        super().__init__()
        self.extend(modules or ())

    def _of(self, modules: Mapping[str, Module]) -> ModuleList:
        return type(self)(modules.values())

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return type(self)([*self, *other])

    def _child_lines(self) -> list[str]:
        """Equal neighbours are shown once, with their number: (0-2): 3 x Linear(...)."""
        runs: list[list] = []  # first place, last place, what is shown
        for place, module in enumerate(self):
            shown = repr(module).replace("\n", "\n  ")
            if runs and runs[-1][2] == shown:
                runs[-1][1] = place
            else:
                runs.append([place, place, shown])
        return [f"({a}): {shown}" if a == b else f"({a}-{b}): {b - a + 1} x {shown}" for a, b, shown in runs]


class ModuleDict(Module):
    """A dictionary whose modules are known to the module that holds it. It has no forward of its own.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None):
        super().__init__()
        self.update(modules or {})

    def __getitem__(self, key: str) -> Module:
        if key not in self._module_names:
            raise KeyError(key)
        return self.__dict__[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.register_module(key, module)

    def __delitem__(self, key: str) -> None:
        self[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._module_names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._module_names)

    def __contains__(self, key: str) -> bool:
        return key in self._module_names

    def keys(self) -> Any:
        return self._modules.keys()

    def values(self) -> Any:
        return self._modules.values()

    def items(self) -> Any:
        return self._modules.items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Take in all of these, over what has the same name."""
        for key, module in dict(modules).items():
            self[key] = module

    def pop(self, key: str) -> Module:
        """Take one out and return it."""
        module = self[key]
        del self[key]
        return module

    def clear(self) -> None:
        """Hold nothing."""
        for key in list(self):
            del self[key]
