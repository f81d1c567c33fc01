"""The writer: which array is which value, and each call of NumPy as a line.

A tensor's array becomes a `Traced` around the same memory when it is first touched: an input or state where the world
knows the array, else a constant of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import get_ident
from typing import Any

import numpy as np

from ..graph import Leaf, Tensor
from ..memory import owner
from .arguments import in_one_form
from .errors import CannotFollow, CompileError, users_place
from .origins import Origins
from .program import GETITEM, SETITEM, WRITERS, Line, Origin, Value, function_of, replaced
from .traced import Number, Traced
from .world import World

_INTERNED = 4096  # constants of up to so many bytes are recognized by their bytes


class Writer:
    """Writes one run of a step down. `lines` is what it wrote."""

    def __init__(self, world: World):
        self.world = world
        self.origins = Origins(world.names)
        self.lines: list[Line] = []
        self.known: dict[int, Traced] = {}  # by the identity of the array that is held
        self.constants: dict[Any, Value] = {}
        self.states: list[Value] = []
        self.lifted: list[Tensor] = []
        self.before: list[tuple[np.ndarray, np.ndarray]] = []  # arrays that outlive the step, and what they held
        self.truths: dict[Value, bool] = {}  # numbers whose truth the step relied on
        self.fixed: dict[Value, Any] = {}  # numbers whose value it relied on
        self.functions: dict[str, Any] = {}
        self.at_place: dict[Any, Value] = {}  # what stands at a place of the graph
        self.closed = False
        self.thread = get_ident()

    # ------------------------------------------------------------------------------------ what comes in

    def lift(self, tensor: Tensor) -> Traced:
        """Let a tensor hold a traced array until the trace ends."""
        array = tensor._array
        if type(array) is Traced:
            return array
        traced = self.traced(array, fresh=True)
        tensor._array = traced
        self.lifted.append(tensor)
        if tensor._place is not None:
            self.at_place.setdefault(tensor._place, traced.named)
        return traced

    def traced(self, array: np.ndarray, fresh: bool = False) -> Traced:
        """The traced array around an array: an input, a state, or else a constant of the program.

        fresh: a tensor made inside the step, which may be written to.
        """
        found = self.known.get(id(array))
        if found is None:
            slot = self.world.arrays.get(id(array))
            if slot is None:
                named = self._constant(array, fresh)
            else:
                named = Value("input" if slot.is_argument else "state", array, slot.name)
                named.slot = slot
                if not slot.is_argument:
                    self.states.append(named)
                    self.before.append((array, array.copy()))
            found = self.known[id(array)] = Traced(array, named, self)
        return found

    def _constant(self, array: np.ndarray, fresh: bool = False) -> Value:
        key: Any = id(array)
        if array.nbytes <= _INTERNED and not fresh:
            key = array.dtype.str, array.shape, array.strides, array.tobytes()
        value = self.constants.get(key)
        if value is None:
            kept = array.copy() if array.flags.writeable and array.base is None else array
            value = self.constants[key] = Value("constant", kept, "constant")
            value.slot = users_place()
        return value

    def array_of_number(self, number: Number, dtype: Any) -> Traced:
        """A Python number that may change from call to call, as an array."""
        return self._line("np.asarray", np.asarray, (number, np.dtype(dtype)), {})

    def plain(self, x: Any) -> Any:
        return replaced(x, lambda leaf: leaf.value if type(leaf) in (Traced, Number) else leaf)

    def named(self, x: Any) -> Any:
        return replaced(x, self._name)

    def _name(self, leaf: Any) -> Any:
        if isinstance(leaf, Tensor):
            return self.lift(leaf).named
        if isinstance(leaf, np.generic):
            return self._constant(np.asarray(leaf))
        if isinstance(leaf, np.ndarray):
            return self.traced(leaf).named
        return leaf.named if type(leaf) in (Traced, Number) else leaf

    # ------------------------------------------------------------------------------------ lines

    def ufunc(self, ufunc: Any, method: str, args: tuple, out: Any, options: dict) -> Any:
        name = self._text(ufunc)
        if out is not None and type(out[0]) is Traced and out[0].scalar:
            out = None
        if method == "__call__":
            return self._line(name, ufunc, args, options, out)
        target = args[0] if method == "at" else None
        return self._line(f"{name}.{method}", getattr(ufunc, method), args, options, out, target)

    def function(self, function: Callable, args: tuple, options: dict) -> Any:
        name = self._text(function)
        args, options = in_one_form(name, function, args, options)
        out, target = None, args[0] if name in WRITERS else None
        if options.get("out") is not None:
            out = options["out"] if isinstance(options["out"], tuple) else (options["out"],)
            options = {key: x for key, x in options.items() if key != "out"}
        return self._line(name, function, args, options, out, target)

    def getitem(self, array: Traced, index: Any) -> Any:
        return self._line(GETITEM, lambda x, i: x[i], (array, index), {})

    def setitem(self, array: Traced, index: Any, value: Any) -> None:
        def assign(x: Any, i: Any, y: Any) -> None:
            x[i] = y

        self._line(SETITEM, assign, (array, index, value), {}, target=array)

    def number(self, name: str, function: Callable, args: tuple) -> Number:
        """Arithmetic of Python numbers."""
        value = function(*self.plain(args))
        sources = tuple(s for x in args if type(x) is Number for s in x.sources)
        named = Value("result", hint="number")
        self._append(Line(f"operator.{name}", self.named(args), {}, (named,), None, self._here(name)))
        return Number(value, named, self, sources)

    def _line(self, name: str, function: Callable, args: tuple, options: dict, out: Any = None,
              target: Any = None) -> Any:  # fmt: skip
        """Execute a call on the real arrays, and write it down."""
        if self.elsewhere():
            into = {} if out is None else {"out": self.plain(out)}
            return function(*self.plain(args), **self.plain(options), **into)
        if self.closed:
            raise CompileError("compile: a tensor made inside a compiled step was kept (in a list, an attribute?) and "
                               "used after it; return it from the step instead")  # fmt: skip
        origin = self._here(name)
        if out is not None:
            if len(out) != 1:
                raise CannotFollow(f"{name} with several out=", "use what it returns")
            target = out[0]
        if target is not None:
            target = self._writable(target)
        named_args, named_options = self.named(args), self.named(options)
        plain_args, plain_options = self.plain(args), self.plain(options)
        if out is not None:
            plain_options["out"] = target.value
        result = function(*plain_args, **plain_options)
        if target is not None:
            line = Line(name, named_args, named_options, (), target.named, origin)
            self._append(line)
            return out[0] if out is not None else result
        several = isinstance(result, (tuple, list))
        traced = [self._result(x, name, args, options) for x in (result if several else (result,))]
        self._append(Line(name, named_args, named_options, tuple(t.named for t in traced), None, origin, several))
        return type(result)(traced) if type(result) in (tuple, list) else tuple(traced) if several else traced[0]

    def elsewhere(self) -> bool:
        """Whether another thread asks, which meets the traced arrays of tensors that both use: it is not traced."""
        return get_ident() != self.thread

    def _here(self, name: str) -> Origin:
        return self.origins.here(name.rpartition(".")[2], len(self.lines))

    def _append(self, line: Line) -> None:
        for value in line.results:
            value.order = len(self.lines)
        self.lines.append(line)

    def _writable(self, array: Any) -> Traced:
        """What a line writes to. Of a plain array, only one that outlives the step makes sense."""
        traced = array if type(array) is Traced else self.traced(array)
        if traced.named.memory.kind == "input":
            self.before.append((traced.value, traced.value.copy()))
        if traced is not array and traced.named.kind == "constant":
            raise CannotFollow("writing a traced value into a fresh plain array",
                               "make it with np.zeros_like(x, shape=...) of a traced x")  # fmt: skip
        return traced

    def _result(self, x: Any, name: str, args: tuple, options: dict) -> Traced:
        scalar = isinstance(x, np.generic)
        if scalar:
            x = np.asarray(x)
        if not isinstance(x, np.ndarray):
            raise CannotFollow(f"{name}, which gives {x!r} as a plain Python value",
                               "use a function that gives an array")  # fmt: skip
        named = Value("result", x, name.removeprefix("np.").replace(".", "_"), self._memory(x, args, options))
        named.gradient_of = _gradient_of(name, self.named(args))
        return Traced(x, named, self, scalar)

    def _memory(self, x: np.ndarray, args: tuple, options: dict) -> Value | None:
        """The value whose memory a result shows, if it is that of an argument."""
        mine = owner(x)
        for array in _arrays((args, tuple(options.values()))):
            held = array.value if type(array) is Traced else array
            if mine is owner(held):
                return (array if type(array) is Traced else self.traced(array)).named.memory
        return None

    def _text(self, function: Any) -> str:
        module = getattr(function, "__module__", None) or "numpy"
        name = f"np.{module[6:]}.{function.__name__}" if module.startswith("numpy.") else f"np.{function.__name__}"
        try:
            if function_of(name, self.functions) is function:
                return name
        except AttributeError:
            pass
        self.functions[function.__name__] = function
        return str(function.__name__)

    # ------------------------------------------------------------------------------------ numbers

    def relies_on_truth(self, number: Number) -> None:
        if number.sources == (number.named,):
            self.truths[number.named] = bool(number.value)
        else:
            self.relies_on_value(number)

    def relies_on_value(self, number: Number) -> None:
        for source in number.sources:
            self.fixed[source] = source.array

    # ------------------------------------------------------------------------------------ the end

    def lower(self) -> None:
        """Give all lifted tensors their arrays back."""
        self.closed = True
        for tensor in self.lifted:
            lower(tensor)

    def undo(self) -> None:
        """Put back what the arrays held before: the last that was noted first, since some may share memory."""
        for array, held in reversed(self.before):
            array[...] = held

    def release(self) -> None:
        """Let go of all that was touched: a tensor that was kept out of sight holds on to its writer."""
        for held in (self.known, self.constants, self.lifted, self.before, self.at_place):
            held.clear()


def lower(tensor: Any) -> None:
    """Let a tensor hold its real array again."""
    if type(tensor._array) is Traced:
        tensor._array = tensor._array.value
    if type(tensor._place) is Leaf and type(tensor._place.array) is Traced:
        tensor._place.array = tensor._array


def _arrays(x: Any) -> Iterator[Any]:
    if type(x) is Traced or isinstance(x, np.ndarray):
        yield x
    elif isinstance(x, (tuple, list)):
        for item in x:
            yield from _arrays(item)


def _gradient_of(function: str, args: tuple) -> Value | None:
    """What a sum of gradients is the gradient of."""
    if function not in ("np.add", "np.add.reduce"):
        return None
    found = {x.gradient_of for x in args if type(x) is Value}
    return found.pop() if len(found) == 1 else None
