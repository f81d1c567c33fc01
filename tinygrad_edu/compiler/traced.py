"""Arrays and numbers that write themselves down.

A `Traced` holds a real array and answers NumPy's two protocols, so formulas read it as they read an ndarray: each
call is executed on the real arrays, and noted as a line of the program. A `Number` stands for a Python number that
may change from call to call (an argument, a learning rate). Whatever would need the value itself while the step is
being written down (a branch, `.item()`, a shape that depends on it) raises and says what to do instead.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..graph import Tensor
from .errors import CannotFollow

# What NumPy answers from shapes and dtypes alone: no line of the program.
_QUESTIONS = {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.may_share_memory, np.shares_memory,
              np.min_scalar_type, np.iscomplexobj, np.isrealobj}  # fmt: skip

# Functions whose result's shape depends on the values.
_SHAPED_BY_VALUES = {np.argwhere, np.nonzero, np.flatnonzero, np.unique, np.extract, np.compress, np.delete}


class Traced(NDArrayOperatorsMixin):
    """An array of the step that is being traced."""

    __slots__ = ("__weakref__", "named", "scalar", "tracer", "value")

    def __init__(self, value: np.ndarray, named: Any, tracer: Any, scalar: bool = False):
        self.value, self.named, self.tracer = value, named, tracer
        self.scalar = scalar  # NumPy gave a scalar: x += 1 binds the name anew, and changes nothing

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    dtype = property(lambda self: self.value.dtype)
    size = property(lambda self: self.value.size)
    strides = property(lambda self: self.value.strides)
    itemsize = property(lambda self: self.value.itemsize)
    nbytes = property(lambda self: self.value.nbytes)
    flags = property(lambda self: self.value.flags)
    base = property(lambda self: self.value.base)
    T = property(lambda self: np.transpose(self))
    mT = property(lambda self: np.swapaxes(self, -1, -2))
    real = property(lambda self: self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, out: Any = None, **options: Any) -> Any:
        if any(isinstance(x, Tensor) for x in args):
            return NotImplemented
        return self.tracer.ufunc(ufunc, method, args, out, options)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        if any(issubclass(t, Tensor) for t in types):
            return NotImplemented
        if function in _QUESTIONS:
            return function(*self.tracer.plain(args), **self.tracer.plain(options))
        if function in _SHAPED_BY_VALUES or (function is np.where and len(args) == 1):
            raise CannotFollow(f"np.{function.__name__}: the shape of its result depends on the values",
                               "multiply with the mask, or use where(mask, x, 0), which keep the shape")  # fmt: skip
        return self.tracer.function(function, args, options)

    def __getitem__(self, index: Any) -> Any:
        parts = index if type(index) is tuple else (index,)
        if any(isinstance(part, Traced) and part.dtype == bool for part in parts):
            raise CannotFollow("x[mask]: the shape of the result depends on the values of the mask",
                               "multiply with the mask, or use where(mask, x, 0), which keep the shape")  # fmt: skip
        return self.tracer.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tracer.setitem(self, index, value)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Any:
        raise CannotFollow("iterating over a traced array", "index it, or unbind() a tensor: the length is known")

    def __bool__(self) -> bool:
        if self.tracer.elsewhere():
            return bool(self.value)
        raise CannotFollow("a branch on a value (if, while, and, or, not)",
                           "use where(condition, a, b), or decide outside of the compiled step")  # fmt: skip

    def __array__(self, *args: Any, **options: Any) -> Any:
        if self.tracer.elsewhere():
            return np.array(self.value, *args, **options) if args or options else self.value
        raise CannotFollow("turning a traced array into a plain one (np.asarray, np.array, .numpy())",
                           "stay with tensors inside the step, and return what you want to look at")  # fmt: skip

    def item(self, *args: Any) -> Any:
        if self.tracer.elsewhere():
            return self.value.item(*args)
        raise CannotFollow(".item(), float(), int(), tolist() or printing of a traced value",
                           "return the tensor from the step, and read the number there")  # fmt: skip

    tolist = tobytes = __float__ = __int__ = __index__ = __complex__ = item

    def __repr__(self) -> str:
        return f"<traced array of shape {self.shape}, {self.dtype}>"

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def fill(self, value: Any) -> None:
        self[...] = value

    def copy(self, order: Any = "C") -> Any:
        return np.copy(self, order=order)

    def flatten(self) -> Any:
        return np.copy(np.reshape(self, -1))

    def sort(self, *args: Any, **options: Any) -> None:
        self[...] = np.sort(self, *args, **options)

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            function = getattr(np, name)
            return lambda *args, **options: function(self, *args, **options)
        raise AttributeError(f"a traced array has no {name!r}; use NumPy's function, or an op of a tensor")


# Methods of an ndarray that are also functions of NumPy.
_METHODS = frozenset({
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "cumprod", "cumsum", "diagonal", "dot", "max",
    "mean", "min", "prod", "ravel", "repeat", "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take",
    "trace", "var",
})  # fmt: skip


class Number:
    """A Python number of the step that is being traced: it may be another one at the next call.

    Its truth is checked at each call. Whoever asks for more of it (`float(n)`, `n > 3`) makes it a constant of
    the program, so that another value compiles again.
    """

    __slots__ = ("named", "sources", "tracer", "value")

    def __init__(self, value: Any, named: Any, tracer: Any, sources: tuple):
        self.value, self.named, self.tracer, self.sources = value, named, tracer, sources

    @property
    def category(self) -> int:
        """As promotion ranks Python numbers: 1 for an int, 2 for a float."""
        return 2 if isinstance(self.value, float) else 1

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, out: Any = None, **options: Any) -> Any:
        if any(isinstance(x, Tensor) for x in args):
            return NotImplemented
        return self.tracer.ufunc(ufunc, method, args, out, options)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        if any(issubclass(t, Tensor) for t in types):
            return NotImplemented
        return self.tracer.function(function, args, options)

    def __bool__(self) -> bool:
        self.tracer.relies_on_truth(self)
        return bool(self.value)

    def _fixed(self) -> Any:
        self.tracer.relies_on_value(self)
        return self.value

    def __float__(self) -> float:
        return float(self._fixed())

    def __int__(self) -> int:
        return int(self._fixed())

    def __index__(self) -> int:
        return operator.index(self._fixed())

    def __hash__(self) -> int:
        return hash(self._fixed())

    def __repr__(self) -> str:
        return repr(self._fixed())

    def __format__(self, spec: str) -> str:
        return format(self._fixed(), spec)

    def __round__(self, *digits: Any) -> Any:
        return round(self._fixed(), *digits)


def _arithmetic(name: str, swapped: bool) -> Callable:
    function = getattr(operator, name)

    def method(self: Number, other: Any) -> Any:
        if isinstance(other, (Traced, np.ndarray, np.generic)):  # NumPy's operators answer
            pair = (other, self) if swapped else (self, other)
            return _UFUNCS[name](*pair)
        if not isinstance(other, (Number, int, float)):
            return NotImplemented
        return self.tracer.number(name, function, (other, self) if swapped else (self, other))

    return method


_UFUNCS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power,
           "floordiv": np.floor_divide, "mod": np.remainder}  # fmt: skip
for _name in _UFUNCS:
    setattr(Number, f"__{_name}__", _arithmetic(_name, False))
    setattr(Number, f"__r{_name}__", _arithmetic(_name, True))
for _name in ("neg", "abs", "pos"):
    setattr(Number, f"__{_name}__",
            lambda self, name=_name: self.tracer.number(name, getattr(operator, name), (self,)))  # fmt: skip


def _comparison(name: str) -> Callable:
    function = getattr(operator, name)

    def method(self: Number, other: Any) -> Any:
        if hasattr(other, "shape"):
            return NotImplemented
        return function(self._fixed(), other._fixed() if isinstance(other, Number) else other)

    return method


for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{_name}__", _comparison(_name))
