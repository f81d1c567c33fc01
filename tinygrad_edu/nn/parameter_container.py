"""Parameters in a list or in a dictionary, known to the module that holds it.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import index as whole_number
from typing import Any, Self

from ..tensor import Tensor
from .module import Module
from .parameter import Parameter


def _learned(value: Any) -> Any:
    """A tensor becomes a parameter; anything else stays as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _line(key: Any, value: Any, kind: Callable[[Parameter], str]) -> str:
    what = f"Parameter containing: [{kind(value)} of size {'x'.join(map(str, value.shape))}]" if isinstance(
        value, Parameter) else f"Object of type: {type(value).__name__}"  # fmt: skip
    return f"  ({key}): {what}"


class ParameterList(Module):
    """A list whose parameters are learned with the module that holds it; tensors put in become parameters."""

    def __init__(self, values: Iterable[Any] | None = None):
        super().__init__()
        self._size = 0
        self.extend(values or ())

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([getattr(self, str(i)) for i in range(self._size)])

    def _place(self, index: Any) -> str:
        at = whole_number(index)
        if not -self._size <= at < self._size:
            raise IndexError(f"index {at} is out of range: the ParameterList has {self._size} values")
        return str(at % self._size)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, self._place(index))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, self._place(index), _learned(value))

    def append(self, value: Any) -> Self:
        """One more at the end."""
        setattr(self, str(self._size), _learned(value))
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """More at the end."""
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def pop(self) -> Any:
        """Take the last one out and return it."""
        value = self[-1]
        self._size -= 1
        delattr(self, str(self._size))
        return value

    __iadd__ = extend

    def extra_repr(self) -> str:
        return "\n".join(_line(i, value, lambda p: f"torch.{p.dtype}") for i, value in enumerate(self))


class ParameterDict(Module):
    """A dictionary whose parameters are learned with the module that holds it; tensors put in become parameters."""

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None):
        super().__init__()
        self._keys: dict[str, None] = {}
        self.update(parameters or {})

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"ParameterDict: keys must be strings, got {type(key).__name__}")
        self._keys[key] = None
        setattr(self, key, _learned(value))

    def __delitem__(self, key: str) -> None:
        self[key]
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> Any:
        return self._keys.keys()

    def values(self) -> list[Any]:
        return [self[key] for key in self._keys]

    def items(self) -> list[tuple[str, Any]]:
        return [(key, self[key]) for key in self._keys]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self[key] if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value of a key, which is put in first where it is missing."""
        if key not in self._keys:
            self[key] = default
        return self[key]

    def update(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Take in all of these, over what has the same name."""
        for key, value in dict(parameters).items():  # type: ignore[arg-type]
            self[key] = value

    def pop(self, key: str) -> Any:
        """Take one out and return it."""
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Hold nothing."""
        for key in list(self):
            del self[key]

    def extra_repr(self) -> str:
        return "\n".join(_line(key, value, Parameter.type) for key, value in self.items())
