"""The engine: an op records what it did, a walk runs the chain rule backward over the record.

Read it in this order:

1. recording     `op` turns a formula (plain NumPy that returns its value and its ways back) into a function
                 that also takes Tensors, and leaves a `Node` behind where a derivative will be wanted;
2. the walk      `walk` visits the nodes from the newest to the oldest and hands each one's gradient through
                 its ways back; `grad` and `Tensor.backward` are a few lines on top;
3. what can go wrong    saved values that were overwritten, graphs walked twice, gradients of a wrong shape.

Arrows point one way: this file knows memory and promotion, and nothing of any op.
"""

from __future__ import annotations

import contextlib
import contextvars
import inspect
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from sys import _getframe
from types import FrameType
from typing import Any

import numpy as np
from numpy import ndarray

from . import memory, promotion
from .memory import Line, clock, log, ours, users_frame

# ------------------------------------------------------------------------------------------- 1. recording


class Mode(threading.local):
    """What this thread's ops do besides computing."""

    recording = True  # leave nodes behind
    reviving = False  # formulas are being read by Tensors, see `_revive`


mode = Mode()


class Place:
    """Where a tensor stands in the graph. `order` is a creation number, hence a topological order."""

    __slots__ = ("__weakref__", "hooks", "order", "shape")

    def name(self) -> str:
        return type(self).__name__


class Leaf(Place):
    """A tensor that the user made: the walk ends here, and the tensor's `.grad` receives the sum."""

    __slots__ = ("array", "tensor")

    def __init__(self, tensor: Tensor):
        self.order, self.shape, self.hooks = clock(), tensor._array.shape, None
        self.tensor, self.array = weakref.ref(tensor), tensor._array

    def name(self) -> str:
        return "AccumulateGrad"


class Node(Place):
    """One op that was run: its formula, the places (or constant values) of its inputs, its ways back.

    It holds no Tensor, and no value but constants and what the ways back close over.
    """

    __slots__ = ("code", "inputs", "instruction", "op", "static", "ways")

    @property
    def line(self) -> Line:
        """Where in the user's code the op was called."""
        return Line(self.code, self.instruction)

    @property
    def next_functions(self) -> tuple:
        """PyTorch's view of the graph: (place, 0) for each input, (None, 0) for a constant."""
        return tuple((x if isinstance(x, Place) else None, 0) for x in self.inputs)

    def name(self) -> str:
        return self.op.name

    def __repr__(self) -> str:
        return f"<{self.op.name} at {self.line}>"


class Output(Place):
    """One of several values of a node, e.g. the indices of a sort."""

    __slots__ = ("index", "node")

    def __init__(self, node: Node, index: int, shape: tuple):
        self.order, self.shape, self.hooks, self.node, self.index = clock(), shape, None, node, index

    @property
    def op(self) -> Op:
        return self.node.op

    @property
    def next_functions(self) -> tuple:
        return self.node.next_functions

    def name(self) -> str:
        return self.node.name()


class Op:
    """What is known of one op: its formula and how the engine treats it. `registry` lists them by name."""

    def __init__(
        self, formula: Callable, name: str, elementwise: bool, promote: str | None, condition: bool, view: bool
    ):
        parameters = inspect.signature(formula).parameters.values()
        self.formula, self.name, self.elementwise, self.view = formula, name, elementwise, view
        self.promote, self.numbers_from = promote, int(condition)
        self.positional = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
        self.required = sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.static = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        self.saves: bool | None = None  # whether its ways back close over arrays; learned at the first walk
        self.call: Callable = formula

    def __repr__(self) -> str:
        return f"<op {self.name}>"


registry: dict[str, Op] = {}
answers: dict[Callable, Callable] = {}  # NumPy function -> what answers when it meets a Tensor

_ALIASES = {"axis": "dim", "keepdims": "keepdim", "axes": "dims"}
_AXES = ("dim", "dims", "shape")
_FIRST_AND_SECOND = ("input", "other")


def op(
    *numpy_functions: Callable,
    elementwise: bool = False,
    promote: str | None = None,
    condition: bool = False,
    view: bool = False,
    name: str | None = None,
    method: str | None = None,
) -> Callable[[Callable], Callable]:
    """Make an op of a formula.

    The formula takes arrays (positional) and static arguments (keyword-only), and returns its value followed
    by one way back per positional argument: a function from g (dL/dvalue, the value's shape) to dL/dargument,
    or None where there is none. A value may be a tuple; then g is a tuple, with None for what nobody used.
    The formula is pure, and uses NumPy functions that dispatch, so that Tensors can read it too: that is how
    derivatives of derivatives come about.

        @op(np.tanh, elementwise=True, promote="float")
        def tanh(x):
            y = np.tanh(x)
            def dx(g): return g * (1 - y * y)
            return y, dx

    numpy_functions: what the op answers for when that function meets a Tensor.
    elementwise: inputs broadcast; the engine sums each gradient over the axes that were broadcast.
    promote: "arithmetic" (inputs are cast to their common dtype, as in PyTorch), "float" (integers become
        floats as well), "same" (dtypes must agree), or None (any dtype goes).
    condition: the first argument is a condition, and keeps its dtype.
    view: the value may share memory with the first argument.
    name: the op's name in errors and in the registry; by default the formula's.
    method: also put it on Tensor under this name.
    """

    def decorate(formula: Callable) -> Callable:
        made = Op(formula, name or formula.__name__, elementwise, promote, condition, view)
        call = _recorder(made)
        call.__name__ = made.name
        call.__qualname__ = made.name
        call.__doc__ = formula.__doc__
        call.__module__ = formula.__module__
        call.__signature__ = inspect.signature(formula)  # type: ignore[attr-defined]
        call.__wrapped__ = formula  # type: ignore[attr-defined]
        call.op = made  # type: ignore[attr-defined]
        made.call = call
        registry[made.name] = made
        for function in numpy_functions:
            answers[function] = call
        if method is not None:
            setattr(_tensor_class, method, call)
        return call

    return decorate


def answer(*numpy_functions: Callable) -> Callable[[Callable], Callable]:
    """Let a plain function, composed of ops, answer for these NumPy functions when they meet a Tensor."""

    def decorate(function: Callable) -> Callable:
        for f in numpy_functions:
            answers[f] = function
        return function

    return decorate


def _recorder(op: Op) -> Callable:
    """The function that users call: it unwraps tensors, runs the formula, wraps the value, leaves a node.

    Every op of every network passes here; this is the one place that is written for speed before looks.
    """
    formula, promote, view = op.formula, op.promote, op.view
    count = None if op.variadic else len(op.positional)

    def call(*args: Any, **static: Any) -> Any:
        if static or len(args) != count:
            args, static = _bind(op, args, static)
        arrays: list = []
        inputs: list = []  # what the node will keep: the place of an input where it has one, else its value
        dtype = None
        record, plain = False, True
        for x in args:
            if isinstance(x, Tensor):
                array = x._array
                arrays.append(array)
                place = x._place
                if place is None:
                    inputs.append(array)
                else:
                    record = True
                    inputs.append(place)
                if dtype is None:
                    dtype = array.dtype
                elif array.dtype is not dtype:
                    plain = False
            else:
                arrays.append(x)
                inputs.append(x)
                plain = plain and (type(x) is float or type(x) is int)
        if dtype is None:
            return formula(*arrays, **static)[0]
        if promote is not None and not (plain and dtype.kind == "f"):
            first = op.numbers_from
            if not promotion.even(arrays[first:], promote == "float"):
                return call(*args[:first], *_promoted(op, args[first:]), **static)
        quiet = _set_errors(_QUIET)
        try:
            returned = formula(*arrays, **static) if static else formula(*arrays)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise _named(op, error, arrays) from error
        finally:
            _reset_errors(quiet)
        if type(returned) is not tuple or len(returned) != (count or len(arrays)) + 1:
            raise TypeError(_NO_WAYS.format(op.name, count or len(arrays), ", dx" * (count or len(arrays))))
        value = returned[0]
        if type(value) is not ndarray:
            if type(value) is tuple:
                return _several(op, inputs, static, returned, record and mode.recording)
            if not hasattr(value, "shape") or isinstance(value, np.generic):
                value = np.asarray(value)
        result = _new(_tensor_class)
        result._array = value
        if record and mode.recording and value.dtype.kind == "f":
            frame = _getframe(1)
            if ours(frame.f_code.co_filename):
                frame = users_frame(frame)
            result._place = node = _new(Node)
            node.op, node.inputs, node.static, node.ways = op, inputs, static, returned[1:]
            node.code, node.instruction, node.shape = frame.f_code, frame.f_lasti, value.shape
            node.order, node.hooks = clock(), None
        if view:
            _note_view(result, args[0])
        return result

    return call


def _several(op: Op, inputs: list, static: dict, returned: tuple, record: bool) -> tuple:
    """The Tensors of an op with several values; one node stands behind all of them."""
    values = returned[0]
    node = _new(Node)
    if record:
        frame = users_frame(_getframe(2))
        node.op, node.inputs, node.static, node.ways = op, inputs, static, returned[1:]
        node.code, node.instruction, node.shape = frame.f_code, frame.f_lasti, (len(values),)
        node.order, node.hooks = clock(), None
    results = []
    for index, value in enumerate(values):
        result = constant(np.asarray(value) if isinstance(value, np.generic) else value)
        if record and value.dtype.kind == "f":
            result._place = Output(node, index, value.shape)
        results.append(result)
    return tuple(results)


def _bind(self: Op, args: tuple, static: dict) -> tuple[tuple, dict]:
    """Sort the arguments of a call: arrays by position, the rest by keyword, under the formula's names."""
    count = len(self.positional)
    static = {_ALIASES[k] if k in _ALIASES and k not in self.static else k: v for k, v in static.items()}
    static = {k: tuple(v) if k in _AXES and type(v) is list else v for k, v in static.items()}
    if not self.variadic:
        if len(args) > count:
            extra, args = args[count:], args[:count]
            if len(extra) > len(self.static):
                raise TypeError(f"{self.name}: at most {count + len(self.static)} arguments, got {count + len(extra)}")
            for key, value in zip(self.static, extra, strict=False):
                if key in static:
                    raise TypeError(f"{self.name}: argument {key!r} was given twice")
                static[key] = value
        while len(args) < count:
            names = (self.positional[len(args)], *_FIRST_AND_SECOND[len(args) : len(args) + 1])
            given = next((key for key in names if key in static), None)
            if given is None:
                break
            args = (*args, static.pop(given))
        if len(args) < self.required:
            raise TypeError(f"{self.name}: argument {self.positional[len(args)]!r} is missing")
    for key, value in static.items():
        if key not in self.static:
            raise TypeError(f"{self.name}: no argument {key!r}; it takes {', '.join(self.positional + self.static)}")
        if isinstance(value, Tensor):
            if value._place is not None and mode.recording:
                raise TypeError(f"{self.name}: {key} is a fixed setting and has no derivative here, but the tensor "
                                f"given requires grad; pass {key}.detach()")  # fmt: skip
            static[key] = value._array.item() if value._array.ndim == 0 else value._array
    return args, static


def _promoted(op: Op, args: Sequence) -> list:
    """The arguments, cast to the dtype that PyTorch would compute in. Casts are ops: gradients cast back."""
    dtype = promotion.result_type(*(x._array if isinstance(x, Tensor) else x for x in args))
    if op.promote == "same":
        dtypes = {x._array.dtype for x in args if isinstance(x, Tensor)}
        if len(dtypes) > 1:
            raise TypeError(f"{op.name}: the tensors must have one dtype, got {' and '.join(map(str, dtypes))}; "
                            "convert one of them, e.g. x.to(y.dtype)")  # fmt: skip
        (dtype,) = dtypes  # a plain array, or a number, follows the tensors
    elif op.promote == "float" and dtype.kind != "f":
        dtype = promotion.get_default_dtype()
    with np.errstate(all="ignore"):
        numbers = [np.asarray(x) if isinstance(x, np.generic) else x for x in args]
        return [np.astype(x, dtype) if getattr(x, "dtype", dtype) is not dtype else x for x in numbers]


def _quiet_settings() -> tuple[Callable, Callable, Any]:
    """NumPy's floating-point warnings are for NumPy's users; ops are as quiet as PyTorch's.

    `np.errstate` costs as much as three small ops. It sets one context variable: find it, and set it directly.
    """
    context = contextvars.copy_context()
    before = dict(context)
    context.run(np.seterr, all="ignore")
    changed = [(variable, value) for variable, value in context.items() if before.get(variable) is not value]
    if len(changed) != 1:
        return lambda _: None, lambda _: None, None
    ((variable, value),) = changed
    return variable.set, variable.reset, value


_set_errors, _reset_errors, _QUIET = _quiet_settings()


def _named(self: Op, error: Exception, arrays: list) -> Exception:
    """The same error, naming the op and the shapes it met."""
    text = str(error)
    if text.startswith(f"{self.name}:"):
        return error
    shapes = ", ".join(str(x.shape) if hasattr(x, "shape") else repr(x) for x in arrays)
    if self.elementwise and "broadcast" in text:
        text = "shapes must be equal, or 1 where they differ (counted from the right); add a dimension, or transpose one"
    kind = type(error) if type(error) in (ValueError, TypeError, IndexError, OverflowError) else ValueError
    return kind(f"{self.name}: {text}; got shapes {shapes}")


# --------------------------------------------------------------------------------------- Tensor, its core


class Tensor:
    """An array that remembers how it was computed. `tinygrad_edu.Tensor` adds the methods."""

    _array: Any
    _place: Place | None = None
    _base: Tensor | None = None  # the tensor whose memory this one is a view of
    _views: set | None = None  # weak references to the views of this one
    grad: Tensor | None = None

    # The two protocols by which NumPy's own functions reach the ops (NEP 13, NEP 18).

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if out is not None:
            raise TypeError(f"np.{ufunc.__name__}: out= would write past the graph; use the value that is returned, "
                            "or compute on .detach().numpy()")  # fmt: skip
        return _answer_to(ufunc if method == "__call__" else (ufunc, method), function.__qualname__)(*inputs, **options)

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict) -> Any:
        return _answer_to(function, function.__name__)(*args, **options)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._place is not None:
            raise RuntimeError("a tensor that requires grad does not turn into an array by itself, since its "
                               "derivative would be lost; use t.detach().numpy()")  # fmt: skip
        return np.array(self._array, dtype=dtype, copy=copy)


_tensor_class: type[Tensor] = Tensor  # what ops return; tensor.py puts its class here
_new = object.__new__


def results_are(tensor_class: type[Tensor]) -> type[Tensor]:
    """Class decorator: ops return this kind of Tensor from here on."""
    global _tensor_class
    _tensor_class = tensor_class
    return tensor_class


def constant(array: Any, place: Place | None = None) -> Any:
    """A Tensor around `array`, without a copy."""
    result = _new(_tensor_class)
    result._array, result._place = array, place
    return result


def _answer_to(key: Any, name: str) -> Callable:
    try:
        return answers[key]
    except KeyError:
        from .missing import no_answer

        raise TypeError(no_answer(name)) from None


def _note_view(result: Tensor, source: Any) -> None:
    """Remember whose memory a result shows, so that a recorded write reaches all who share it."""
    array = result._array
    if type(array) is not np.ndarray or array.base is None or not isinstance(source, Tensor):
        return
    base = source if source._base is None else source._base
    if memory.owner(array) is memory.owner(base._array):
        result._base = base
        if base._views is None:
            base._views = set()
        base._views.add(weakref.ref(result, base._views.discard))


# ------------------------------------------------------------------------------------------- 2. the walk


def walk(
    roots: list[tuple[Place, Any]],
    wanted: set[Place] | None = None,
    retain_graph: bool = False,
    create_graph: bool = False,
) -> dict[Place, Any]:
    """The chain rule, run backward from `roots` (each a place and the gradient that arrives there).

    Returns the gradient at each place in `wanted`, or at each leaf. Creation order is a topological order: the
    newest place that holds a gradient has heard from all that use it, so it is visited next. The graph is freed
    on the way unless it is retained.
    """
    nodes = _reachable([place for place, _ in roots]) if wanted is not None or create_graph else []
    useful = None if wanted is None else _leading_to(wanted, nodes)
    revived = _revive(nodes) if create_graph else None
    found: dict[Place, Any] = {}
    grads: dict[Place, Any] = {}
    waiting: list[tuple[int, Place]] = []  # a heap: the places in `grads`, newest first
    for place, g in roots:
        if place in grads:
            grads[place] = grads[place] + g
        elif useful is None or place in useful:
            grads[place] = g
            heappush(waiting, (-place.order, place))

    while waiting:
        node: Any = heappop(waiting)[1]
        g = grads.pop(node)
        if node.hooks is not None:
            g = node.hooks(g)
        if wanted is not None and node in wanted:
            found[node] = g
        if type(node) is not Node:
            if type(node) is Output:
                _gather(node, g, grads, waiting)
            elif wanted is None:
                found[node] = g
            continue
        ways = node.ways if revived is None else revived[node]
        if ways is None:
            raise RuntimeError(_FREED.format(node))
        if log.newest > node.order and revived is None:
            _check_saved(node, ways)
        for place, way in zip(node.inputs, ways):  # noqa: B905 (strict= is a keyword, and costs as much as a multiplication)
            if way is None or not isinstance(place, Place) or (useful is not None and place not in useful):
                continue
            gradient = way(g)
            if type(gradient) is not ndarray and isinstance(gradient, np.generic):
                gradient = np.asarray(gradient)
            if gradient.shape != place.shape:
                gradient = _sum_to(gradient, place.shape, node.op)
            sum_so_far = grads.get(place)
            if sum_so_far is None:
                grads[place] = gradient
                heappush(waiting, (-place.order, place))
            else:
                grads[place] = sum_so_far + gradient
        if not retain_graph and node.op.saves is not False:
            _free(node)
    return found


def _gather(output: Output, g: Any, grads: dict, waiting: list) -> None:
    """Put the gradient of one of a node's values into the tuple that its ways back expect."""
    node = output.node
    if node not in grads:
        grads[node] = [None] * node.shape[0]
        heappush(waiting, (-node.order, node))
    grads[node][output.index] = g


def _reachable(places: Sequence[Place]) -> list:
    """All places that the roots depend on, newest first. No recursion: a chain may be 100,000 ops long."""
    seen = set(places)
    stack = list(seen)
    nodes = []
    while stack:
        node = stack.pop()
        nodes.append(node)
        kind = type(node)
        if kind is Leaf:
            continue
        for place in node.inputs if kind is Node else (node.node,):  # type: ignore[attr-defined]
            if isinstance(place, Place) and place not in seen:
                seen.add(place)
                stack.append(place)
    return sorted(nodes, key=attrgetter("order"), reverse=True)


def _leading_to(wanted: set[Place], nodes: list) -> set[Place]:
    """The places from which a wanted one can be reached: only their gradients are worth computing."""
    useful = set(wanted)
    for node in reversed(nodes):
        before = node.inputs if type(node) is Node else (node.node,) if type(node) is Output else ()
        if any(isinstance(place, Place) and place in useful for place in before):
            useful.add(node)
    return useful


def _revive(nodes: list) -> dict[Node, list]:
    """Ways back that record themselves, for derivatives of derivatives.

    Each formula is run again, oldest first, on Tensors that stand at the old places: the ways back then close
    over Tensors, and whatever they compute lands on the graph. Formulas are pure, so the values are the same.
    """
    ways: dict[Node, list] = {}
    values: dict[Place, Any] = {}
    before, mode.reviving = mode.reviving, True
    try:
        for node in reversed(nodes):
            if type(node) is Leaf:
                values[node] = node.array
            elif type(node) is Output:
                values[node] = values[node.node][node.index]
            else:
                if node.ways is None:
                    raise RuntimeError(_FREED.format(node))
                _check_constants(node)
                inputs = [constant(values[x], x) if isinstance(x, Place) else x for x in node.inputs]
                value, *ways[node] = node.op.formula(*inputs, **node.static)
                values[node] = tuple(map(_raw, value)) if type(value) is tuple else _raw(value)
    finally:
        mode.reviving = before
    return ways


def _raw(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


def _sum_to(g: Any, shape: tuple, op: Op) -> Any:
    """Sum a gradient over the axes along which an input of `shape` was broadcast."""
    extra = g.ndim - len(shape)
    fits = extra >= 0 and all(n in (1, m) for n, m in zip(shape, g.shape[extra:], strict=True))
    if not op.elementwise or not fits:
        raise RuntimeError(f"{op.name}: a way back must return the shape of its input, expected {shape}, "
                           f"got {g.shape}; mend the formula of {op.name}")  # fmt: skip
    if extra:
        g = np.add.reduce(g, tuple(range(extra)))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return np.add.reduce(g, stretched, None, None, True) if stretched else g


def backward(
    tensors: Sequence[Tensor],
    gradients: Sequence | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | None = None,
) -> None:
    """Add dL/dleaf to the `.grad` of every leaf, or of `inputs` alone. L is the sum of tensors · gradients."""
    if inputs is not None and not inputs:
        raise ValueError("backward: inputs must not be empty; leave it out for all leaves")
    roots = _roots(tensors, gradients, create_graph)
    wanted = None if inputs is None else {_place_of(t, "inputs") for t in inputs}
    owners = {} if inputs is None else {t._place: t for t in inputs}
    with _walking(create_graph):
        found = walk(roots, wanted, create_graph if retain_graph is None else retain_graph, create_graph)
        given: set[int] = {id(_raw(g)) for _, g in roots}
        for place, g in found.items():
            tensor = owners[place] if owners else place.tensor()  # type: ignore[attr-defined]
            if tensor is not None and tensor._place is not None:
                g = _own(g, tensor, given)
                tensor.grad = g if tensor.grad is None else tensor.grad + g


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple:
    """dL/dinput for each of `inputs`, where L is the sum of outputs · grad_outputs; `.grad` is left alone.

    create_graph: the gradients are on the graph themselves, and can be differentiated again.
    allow_unused: None instead of an error for an input that the outputs do not depend on;
    materialize_grads: zeros instead of None.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
    """
    outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if isinstance(grad_outputs, Tensor):
        grad_outputs = [grad_outputs]
    places = [_place_of(t, "grad: inputs") for t in inputs]
    roots = _roots(outputs, grad_outputs, create_graph)
    given: set[int] = {id(_raw(g)) for _, g in roots}
    with _walking(create_graph):
        found = walk(roots, set(places), create_graph if retain_graph is None else retain_graph, create_graph)
        results: list[Tensor | None] = []
        for place, tensor in zip(places, inputs, strict=True):
            if place in found:
                results.append(_own(found[place], tensor, given))
            elif materialize_grads:
                results.append(constant(np.zeros_like(tensor._array)))
            elif allow_unused:
                results.append(None)
            else:
                raise RuntimeError("grad: one of the inputs was not used to compute the outputs; pass "
                                   "allow_unused=True to get None for it")  # fmt: skip
    return tuple(results)


@contextlib.contextmanager
def _walking(create_graph: bool) -> Iterator[None]:
    """A walk records only for create_graph, and is as quiet about infinities as the forward pass."""
    before = mode.recording
    mode.recording = create_graph
    quiet = _set_errors(_QUIET)
    try:
        yield
    finally:
        _reset_errors(quiet)
        mode.recording = before


def _roots(tensors: Sequence[Tensor], gradients: Sequence | None, create_graph: bool) -> list[tuple[Place, Any]]:
    gradients = [None] * len(tensors) if gradients is None else list(gradients)
    if len(gradients) != len(tensors):
        raise ValueError(f"backward: one gradient per tensor, got {len(gradients)} for {len(tensors)}")
    roots = []
    for tensor, g in zip(tensors, gradients, strict=True):
        place, array = _place_of(tensor, "backward: the tensor"), tensor._array
        if g is None:
            if array.size != 1:
                raise RuntimeError("backward: a gradient can be created by itself only for a single number, got a "
                                   f"tensor of shape {array.shape}; sum it first, or pass gradient=")  # fmt: skip
            g = np.ones_like(array)
        elif not isinstance(g, Tensor):
            g = np.asarray(g, array.dtype)
        if g.shape != array.shape:
            raise ValueError(f"backward: the gradient must have the tensor's shape {array.shape}, got {g.shape}")
        if not create_graph:
            g = g._array if isinstance(g, Tensor) else g
        elif not isinstance(g, Tensor):
            g = constant(g)
        roots.append((place, g))
    return roots


def _own(g: Any, tensor: Tensor, given: set[int]) -> Tensor:
    """A gradient that is nobody else's array, in the tensor's dtype."""
    if isinstance(g, Tensor):
        if g._array.base is not None or id(g._array) in given:
            g = np.copy(g)
        given.add(id(g._array))
        return g
    if isinstance(g, np.generic):
        g = np.asarray(g)
    if g.dtype is not tensor._array.dtype:
        g = np.astype(g, tensor._array.dtype)
    elif g.base is not None or id(g) in given:
        g = g.copy()
    given.add(id(g))
    return constant(g)


def _place_of(tensor: Tensor, what: str) -> Place:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{what} must be tensors, got {type(tensor).__name__}")
    if tensor._place is None:
        raise RuntimeError(f"{what} does not require grad and has no grad_fn: nothing was recorded. Was it computed "
                           "under no_grad, detached, or from tensors without requires_grad=True?")  # fmt: skip
    return tensor._place


# ------------------------------------------------------------------------------- 3. what can go wrong

_NO_WAYS = (
    "{0}: a formula returns a tuple: its value, then one way back per argument (None where there is none); "
    "expected a value and {1}, e.g. `return z{2}`"
)
_FREED = (
    "backward: {!r} was already walked, and its saved values were freed. To walk a graph a second time, pass "
    "retain_graph=True to the first backward() or grad(); to accumulate over several losses, sum them first"
)


def _saved(way: Callable | None) -> Iterator[np.ndarray]:
    """The arrays that a way back closes over."""
    cells = getattr(way, "__closure__", None) or ()
    for cell in cells:
        try:
            content = cell.cell_contents
        except ValueError:  # a name that this branch of the formula never bound
            continue
        for item in content if isinstance(content, (tuple, list)) else (content,):
            if isinstance(item, np.ndarray):
                yield item
            elif callable(item) and item is not way:
                yield from _saved(item)


def _free(node: Node) -> None:
    """Let go of what the node saved. One that saved nothing can be walked again, as in PyTorch."""
    if node.op.saves is None:
        node.op.saves = any(True for way in node.ways or () for _ in _saved(way))
    if node.op.saves:
        node.ways = None


def _check_saved(node: Node, ways: list) -> None:
    """Raise where a value that a needed way back saved was overwritten since."""
    for place, way in zip(node.inputs, ways, strict=False):
        if way is not None and isinstance(place, Place):
            for array in _saved(way):
                _check_array(array, node)


def _check_constants(node: Node) -> None:
    for x in node.inputs:
        _check_array(x.array if type(x) is Leaf else x, node)


def _check_array(array: Any, node: Node) -> None:
    write = memory.written_after(array, node.order)
    if write is not None:
        raise RuntimeError(
            f"{node.op.name}: a value of shape {array.shape} that its derivative needs was overwritten.\n"
            f"  saved by {node.op.name} at {node.line}\n"
            f"  overwritten at {write.line}\n"
            "write after backward(), or compute a new tensor instead of writing in place"
        )
