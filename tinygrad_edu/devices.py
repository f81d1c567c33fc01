"""The names that PyTorch has for where numbers are and what they are: `device`, `Size`, and dtypes that NumPy lacks."""

from __future__ import annotations

import math
import sys
from typing import Any, NoReturn

import numpy as np

from .memory import ours
from .promotion import get_default_dtype

KINDS = ("cpu", "cuda", "mps", "xpu", "hpu", "mtia", "xla", "meta")


class device(str):
    """Where a tensor is: a string, "cpu", with a type and an index. Other devices have a name here, but no memory.

    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device
    """

    type: str
    index: int | None  # type: ignore[assignment]  # PyTorch's name; str has a method of that name

    def __new__(cls, type: Any = "cpu", index: int | None = None) -> device:
        kind, _, number = str(type).partition(":")
        if kind not in KINDS or (number and not number.isdigit()):
            raise RuntimeError(f"device: a name such as 'cpu' or 'cuda:0' expected, got {type!r}; there are "
                               f"{', '.join(KINDS)}")  # fmt: skip
        index = int(number) if number else index
        made = super().__new__(cls, kind if index is None else f"{kind}:{index}")
        made.type, made.index = kind, index
        return made

    def __repr__(self) -> str:
        place = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{place})"

    def __reduce__(self) -> tuple:
        return device, (str(self),)

    def __enter__(self) -> device:
        check("with device", self)
        return self

    def __exit__(self, *_: object) -> None:
        pass


CPU = device("cpu")


def check(what: str, where: Any) -> None:
    """RuntimeError for any device but the CPU, the only one there is."""
    if where is not None and not str(where).startswith("cpu"):
        raise RuntimeError(f"{what}: the only device here is 'cpu', got {str(where)!r}")


class Size(tuple):
    """A shape: a tuple of lengths, with `numel`.

    Source: https://docs.pytorch.org/docs/stable/size.html
    """

    __slots__ = ()

    def numel(self) -> int:
        """How many numbers a tensor of this shape has."""
        return math.prod(self)

    def __getitem__(self, index: Any) -> Any:
        part = tuple.__getitem__(self, index)
        return Size(part) if type(index) is slice else part

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, tuple(other)))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __format__(self, spec: str) -> str:  # in this package's own errors it is the tuple that it is
        return format(str(tuple(self)) if ours(sys._getframe(1).f_code.co_filename) else repr(self), spec)

    def __reduce__(self) -> tuple:
        return Size, (tuple(self),)


class Refused:
    """A dtype that PyTorch has and NumPy has not: it can be named, and using it says what to take instead."""

    def __init__(self, name: str, instead: str):
        self.name, self.instead = name, instead

    def refuse(self) -> NoReturn:
        raise TypeError(f"torch.{self.name}: NumPy has no such numbers, or no formula here takes them; use "
                        f"{self.instead}")  # fmt: skip

    @property
    def dtype(self) -> Any:
        """Asked by np.dtype(self)."""
        self.refuse()

    def __repr__(self) -> str:
        return f"torch.{self.name}"


bfloat16 = Refused("bfloat16", "float32, or float16")
complex64 = Refused("complex64", "two real tensors")
complex128 = Refused("complex128", "two real tensors")
float8_e4m3fn = Refused("float8_e4m3fn", "float16")
float8_e5m2 = Refused("float8_e5m2", "float16")


class finfo:
    """Limits of a floating dtype: eps, max, min, tiny, smallest_normal, resolution, bits."""

    def __init__(self, type: Any = None):
        of = np.finfo(get_default_dtype() if type is None else type)
        self.bits, self.dtype = of.bits, str(of.dtype)
        self.eps, self.max, self.min = float(of.eps), float(of.max), float(of.min)
        self.tiny = self.smallest_normal = float(of.tiny)
        self.resolution = float(of.resolution)

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
                f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})")  # fmt: skip


class iinfo:
    """Limits of an integer dtype: max, min, bits."""

    def __init__(self, type: Any):
        of = np.iinfo(type)
        self.bits, self.min, self.max, self.dtype = of.bits, int(of.min), int(of.max), str(of.dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
