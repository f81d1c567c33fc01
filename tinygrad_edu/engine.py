"""The engine: an op records what it did, a walk runs the chain rule backward over the record.

Read it in this order:

1. recording     `op` turns a formula (plain NumPy that returns its value and its ways back) into a function
                 that also takes Tensors, and leaves a `Node` behind where a derivative will be wanted;
2. the walk      `walk` visits the nodes from the newest to the oldest and hands each one's gradient through
                 its ways back; gradients.py puts `grad` and `Tensor.backward` on top;
3. what can go wrong    saved values that were overwritten, graphs walked twice, gradients of a wrong shape.

Before it comes graph.py, what a record is made of. Arrows point one way: nothing here knows of any op.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import heappop, heappush
from operator import attrgetter
from sys import _getframe
from types import FunctionType, MethodType
from typing import Any

import numpy as np
from numpy import ndarray

from . import memory, promotion
from .calling import bind, into, named, not_a_tensor, outward, promoted
from .graph import Leaf, Node, Op, Output, Place, Tensor, answers, mode, registry
from .memory import clock, log, ours, users_frame
from .quiet import QUIET, reset_errors, set_errors

# ------------------------------------------------------------------------------------------- 1. recording


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
        call.__signature__ = outward(formula, made.name)  # type: ignore[attr-defined]
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


def answer(*numpy_functions: Any) -> Callable[[Callable], Callable]:
    """Let a plain function, composed of ops, answer for these NumPy functions when they meet a Tensor.

    A ufunc's method is named as a pair: (np.add, "reduce").
    """

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
    length = None if op.variadic else len(op.positional) + 1  # of what the formula returns

    def call(*args: Any, **static: Any) -> Any:
        if _traced_threads:
            if mode.tracer is not None:
                return mode.tracer.call(op, args, static)
            if mode.observer is not None:
                return mode.observer.forward(op, call, args, static)
        if static or len(args) != count:
            if "out" in static and "out" not in op.static:
                out = static.pop("out")
                return into(out, call(*args, **static)) if out is not None else call(*args, **static)
            args, static = bind(op, args, static)
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
                if type(x) is not float and type(x) is not int:
                    if getattr(x, "__array_ufunc__", True) is None:  # something sparse, whose own operators know better
                        return NotImplemented
                    plain = False
        if dtype is None:
            try:
                return formula(*arrays, **static)[0]
            except AttributeError as error:
                raise not_a_tensor(op.name, args, error) from None
        if promote is not None and not (plain and (dtype is _float32 or dtype.kind == "f")):
            first = op.numbers_from
            if not promotion.even(arrays[first:], promote == "float"):
                return call(*args[:first], *promoted(op, args[first:]), **static)
        quiet = set_errors(QUIET)
        try:
            returned = formula(*arrays, **static) if static else formula(*arrays)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise named(op, error, arrays) from error
        finally:
            reset_errors(quiet)
        if type(returned) is not tuple or len(returned) != (length or len(arrays) + 1):
            raise TypeError(_NO_WAYS.format(op.name, count or len(arrays), ", dx" * (count or len(arrays))))
        value = returned[0]
        if type(value) is not ndarray:
            if type(value) is tuple:
                return _several(op, inputs, static, returned, record and mode.recording, args[0] if view else None)
            if not hasattr(value, "shape") or isinstance(value, np.generic):
                value = np.asarray(value)
        result = _new(_tensor_class)
        result._array = value
        if record and mode.recording and (value.dtype is _float32 or value.dtype.kind == "f"):
            frame = _getframe(1)
            if ours(frame.f_code.co_filename):
                frame = users_frame(frame)
            result._place = node = _new(Node)
            node.op, node.inputs, node.static = op, inputs, static
            node.ways, node.shape, node.hooks = returned[1:], value.shape, None
            node.code, node.instruction, node.order = frame.f_code, frame.f_lasti, clock()
        if view:
            _note_view(result, args[0])
        return result

    return call


def _several(op: Op, inputs: list, static: dict, returned: tuple, record: bool, source: Any) -> tuple:
    """The Tensors of an op with several values; one node stands behind all of them."""
    values = returned[0]
    node = _new(Node)
    if record:
        frame = users_frame(_getframe(2))
        node.op, node.inputs, node.static = op, inputs, static
        node.ways, node.shape, node.hooks = returned[1:], (len(values),), None
        node.code, node.instruction, node.order = frame.f_code, frame.f_lasti, clock()
    results = []
    for index, value in enumerate(values):
        result = constant(np.asarray(value) if isinstance(value, np.generic) else value)
        if record and value.dtype.kind == "f":
            result._place = Output(node, index, value.shape)
        if source is not None:
            _note_view(result, source)
        results.append(result)
    return tuple(results)


_float32 = np.dtype(np.float32)
_traced_threads = 0
_tensor_class: type[Tensor] = Tensor  # what ops return; tensor.py puts its class here
_new = object.__new__


def results_are(tensor_class: type[Tensor]) -> type[Tensor]:
    """Class decorator: ops return this kind of Tensor from here on."""
    global _tensor_class
    _tensor_class = tensor_class
    return tensor_class


@contextlib.contextmanager
def tracing(tracer: Any) -> Iterator[None]:
    """Hand this thread's ops to `tracer.call(op, args, static)`. The count spares other programs the question."""
    global _traced_threads
    before, mode.tracer = mode.tracer, tracer
    _traced_threads += 1
    try:
        yield
    finally:
        _traced_threads -= 1
        mode.tracer = before


@contextlib.contextmanager
def observing(observer: Any) -> Iterator[None]:
    """Let this thread's ops and ways back be run by an observer, which times them or looks at what they give:
    `observer.forward(op, call, args, static)` and `observer.backward(node, place, way, g)`."""
    global _traced_threads
    before, mode.observer = mode.observer, observer
    _traced_threads += 1
    try:
        yield
    finally:
        _traced_threads -= 1
        mode.observer = before


def array_of(tensor: Tensor) -> Any:
    """A tensor's array for those who compute without an op: while traced, one that writes itself down."""
    if _traced_threads and mode.tracer is not None:
        mode.tracer.lift(tensor)
    return tensor._array


def constant(array: Any, place: Place | None = None) -> Any:
    """A Tensor around `array`, without a copy."""
    result = _new(_tensor_class)
    result._array, result._place = array, place
    return result


def _note_view(result: Tensor, source: Any) -> None:
    """Remember whose memory a result shows, so that a recorded write reaches all who share it."""
    array = result._array
    if not isinstance(source, Tensor) or (getattr(array, "base", None) is None and array is not source._array):
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
    observer = mode.observer
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
            try:
                gradient = way(g) if observer is None else observer.backward(node, place, way, g)
            except Exception as error:
                error.add_note(f"on the way back through {node!r}")
                raise
            if type(gradient) is not ndarray:
                gradient = _as_gradient(gradient, node.op)
            if gradient.shape != place.shape:
                gradient = _sum_to(gradient, place.shape, node.op)
            sum_so_far = grads.get(place)
            if sum_so_far is None:
                grads[place] = gradient
                heappush(waiting, (-place.order, place))
            else:
                grads[place] = sum_so_far + gradient
        if not retain_graph and (node.op.saves or _saves(node.op, ways)):
            node.ways = None
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
                inputs = [
                    constant(values[x], x) if isinstance(x, Place) else constant(x) if type(x) is ndarray else x
                    for x in node.inputs
                ]
                value, *ways[node] = node.op.formula(*inputs, **node.static)
                values[node] = tuple(map(raw, value)) if type(value) is tuple else raw(value)
    finally:
        mode.reviving = before
    return ways


def raw(value: Any) -> Any:
    """The array of a Tensor; anything else as it is."""
    return value._array if isinstance(value, Tensor) else value


def _as_gradient(g: Any, op: Op) -> Any:
    """NumPy returns a 0-d result as a scalar, which has no memory to share: an array takes its place."""
    if isinstance(g, np.generic):
        return np.asarray(g)
    if not hasattr(g, "shape"):
        raise TypeError(f"{op.name}: a way back must return an array, got {g!r}; mend the formula of {op.name}")
    return g


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


# ------------------------------------------------------------------------------- 3. what can go wrong

_NO_WAYS = (
    "{0}: a formula returns a tuple: its value, then one way back per argument (None where there is none); "
    "expected a value and {1}, e.g. `return z{2}`"
)
_FREED = (
    "backward: {!r} was already walked, and its saved values were freed. To walk a graph a second time, pass "
    "retain_graph=True to the first backward() or grad(); to accumulate over several losses, sum them first"
)


def _saved(x: Any) -> Iterator[np.ndarray]:
    """The arrays that a way back keeps: in its closure, its defaults, and whatever these hold."""
    waiting, seen = [x], set()
    while waiting:
        x = waiting.pop()
        if hasattr(x, "__array_ufunc__"):
            yield x
        elif id(x) not in seen:
            seen.add(id(x))
            waiting.extend(_held(x))


def _held(x: Any) -> Iterator:
    """What a function or a container holds."""
    if isinstance(x, FunctionType):
        for cell in x.__closure__ or ():
            with contextlib.suppress(ValueError):  # a name that this branch of the formula never bound
                yield cell.cell_contents
        yield from x.__defaults__ or ()
        yield from (x.__kwdefaults__ or {}).values()
    elif isinstance(x, partial):
        yield from (x.func, *x.args, *x.keywords.values())
    elif isinstance(x, MethodType):
        yield from (x.__func__, x.__self__)
    elif isinstance(x, (tuple, list, set)):
        yield from x
    elif isinstance(x, dict):
        yield from x.values()


def _saves(op: Op, ways: Sequence) -> bool:
    """Whether ways back keep arrays. What saved nothing can be walked again, as in PyTorch."""
    for way in ways:
        if way is not None and not _light(way) and next(_saved(way), None) is not None:
            op.saves = True
    return op.saves


def _light(way: Any) -> bool:
    """Whether a way back holds nothing but numbers, words and shapes: a short look, since most ways are asked."""
    if type(way) is not FunctionType or way.__defaults__ is not None or way.__kwdefaults__ is not None:
        return False
    for cell in way.__closure__ or ():
        try:
            held = cell.cell_contents
        except ValueError:  # a name that this branch of the formula never bound
            continue
        if type(held) is tuple:
            if not all(type(n) is int for n in held):
                return False
        elif type(held) not in _LIGHT:
            return False
    return True


_LIGHT = {int, float, bool, str, type(None)}


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
