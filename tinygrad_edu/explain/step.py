"""trace_step: one training step, start to finish, as the engine runs it, and what each part of it did."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import random
from ..engine import raw
from ..grad_mode import no_grad
from ..nn.module import Module
from ..optim.optimizer import Optimizer
from ..tensor import Tensor
from . import numbers, page, paths, text
from . import picture as pictures
from .nudges import Wording
from .numbers import largest, norm, number
from .parts import (
    Again,
    Backward,
    Bar,
    Cost,
    Forward,
    LayerRun,
    Move,
    Nudge,
    OpRun,
    ParameterGradient,
    ParameterUpdate,
    Term,
    Trace,
    Update,
    Want,
    WayBack,
)  # fmt: skip
from .recording import Call, Recording
from .rules import in_numbers, rule

FORMAT = 1  # of to_json()
LONGEST_ROW = 100  # outputs that are named one by one
LARGEST = 3  # of each parameter, how many numbers are put into words
NAMED = 12  # parameters whose largest number is named
SLIGHTLY = 0.1  # of the cost: what falls by less is very slightly less wrong


def trace_step(
    model: Module,
    cost: Callable[..., Tensor],
    optimizer: Optimizer,
    batch: Any,
    *,
    example: int = 0,
    picture: tuple[int, int] | None = None,
    classes: Sequence[str] | None = None,
) -> Step:
    """Take one training step, and return what it did: `print` it, show it in a notebook, or ask for `to_json()`.

        outputs = model(inputs)
        optimizer.zero_grad(); value = cost(outputs, wanted); value.backward(); optimizer.step()

    is what runs, to the same bits, with an observer beside it; the model has moved afterwards. Then the cost of the
    same batch is computed once more, with the same random numbers; what that changes (running statistics, the state of
    the random numbers) is put back.

    batch: what the model takes, then what the cost takes besides the outputs, e.g. (images, labels); a tuple as its
        first part are several arguments of the model.
    optimizer: any that steps by itself; one that must be given a closure (LBFGS) cannot be followed.
    cost: a function of the outputs and the rest of the batch that returns one number.
    example: which one of the batch is shown where one must do.
    picture: (rows, columns) where each example is a picture in a row of pixels: (28, 28) for 784 pixels.
    classes: the names of the outputs, where they are not 0, 1, 2 and so on.
    """
    first, *wanted = batch if isinstance(batch, (tuple, list)) else (batch,)
    inputs = tuple(first) if isinstance(first, (tuple, list)) else (first,)
    if any(getattr(module, "has_uninitialized_params", bool)() for module in model.modules()):
        raise ValueError("trace_step: the model has lazy layers that have seen no input yet; call it once first")
    named = {f"{what}{i or ''}": x for what, xs in (("input", inputs), ("wanted", wanted))
             for i, x in enumerate(xs) if isinstance(x, Tensor)}  # fmt: skip
    seen, stream = Recording(model, **named), random.get_rng_state()
    seen.outermost = trace_step.__code__
    given = {name: x._array.copy() for name, x in named.items()}
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    before = {name: p._array.copy() for name, p in model.named_parameters()}
    with seen:
        optimizer.zero_grad()
        seen.phase = "forward"
        outputs = model(*inputs)
        seen.phase = "cost"
        value = cost(outputs, *wanted)
        if not isinstance(value, Tensor) or value._array.size != 1:
            raise ValueError("trace_step: cost must return one number, a tensor of one element, got "
                             f"{f'shape {value.shape}' if isinstance(value, Tensor) else type(value).__name__}; "
                             "take the mean or the sum")  # fmt: skip
        seen.phase = "backward"
        value.backward()
        gradients = {
            name: None if p.grad is None else raw(p.grad).copy() for name, p in model.named_parameters()
        }
        seen.phase = "update"
        optimizer.step()
    with _put_back(model, stream), no_grad():
        after = float(cost(model(*inputs), *wanted).item())

    shown = _Shown(outputs, example, classes)
    words = Wording(seen, picture)
    trace = Trace(
        FORMAT, type(model).__name__, sum(x.size for x in before.values()), example, shown.examples, picture,
        [x for name, x in given.items() if name.startswith("input")],
        [x for name, x in given.items() if name.startswith("wanted")],
        _forward(seen, shown), _cost(seen, shown, value, given),
        _backward(seen, shown, gradients, words),
        _update(model, optimizer, held, before, gradients, words), _again(float(value.item()), after),
    )  # fmt: skip
    return Step(trace, seen, value)


class Step:
    """A step that was taken. Its parts are attributes, see `parts.Trace`: forward, cost, backward, update, again."""

    def __init__(self, trace: Trace, seen: Recording, value: Tensor):
        self.trace, self.recording, self._value = trace, seen, value
        self.forward, self.cost, self.backward = trace.forward, trace.cost, trace.backward
        self.update, self.again = trace.update, trace.again

    def to_json(self, limit: int = numbers.LIMIT) -> dict[str, Any]:
        """The step as a dict of what JSON knows: the fields of `parts.Trace`, by name, all the way down.

            {"format": 1, "model", "parameters", "example", "examples", "picture": [ROWS, COLUMNS] or null,
             "inputs": [ARRAY], "wanted": [ARRAY],
             "phases": ["forward", "cost", "backward", "update"],
             "forward": {"layers": [{"name", "kind", "text", "depth", "ops": [NUMBER], "inputs", "outputs": [ARRAY]}],
                         "ops": [{"number", "op", "layer", "line", "inputs": [NAME], "settings", "outputs": [ARRAY]}],
                         "outputs": [ARRAY], "bars": [{"index", "name", "value"}], "tallest": INDEX or null},
             "cost": {"value", "ops": as above, "summed_by", "all_terms": ARRAY or null,
                      "terms": [{"index", "name", "term", "output", "wanted"}]},
             "backward": {"wants": [{"index", "name", "by", "text"}], "desires": ARRAY or null,
                          "ways": [{"number", "op", "phase", "layer", "line", "to": NAME, "argument", "rule",
                                    "rule_line", "arrived": ARRAY or list, "passed": ARRAY,
                                    "largest": {"index", "value", "text"; "came", "slope" if one number made it}}],
                          "parameters": [{"name", "gradient": ARRAY or null, "norm", "largest": [NUDGE]}],
                          "nudges": [{"parameter", "index", "gradient", "text"}]},
             "update": {"optimizer", "learning_rate", "length", "ratio", "promised", "moves": [MOVE],
                        "parameters": [{"name", "optimized", "before", "after": ARRAY, "length", "ratio",
                                        "largest": [{"parameter", "index", "old", "new", "gradient", "text"}]}]},
             "again": {"before", "after", "change", "better", "text"}}

        ARRAY is {"shape", "dtype", "min", "max", "mean", "norm", "values"}: nested lists, or null where there are more
        than `limit` numbers. A NAME says where an argument came from: "input", "wanted", "0.weight", "op 3" (the op of
        that number), or a constant. What is not finite is a word: "nan", "inf", "-inf".
        """
        return numbers.plain(self.trace, limit)

    def explain(self, tensor: Tensor) -> paths.Explanation:
        """How the gradient of a parameter arrived."""
        with self._before():
            return paths.explain(tensor, seen=self.recording)

    def draw(self, **options: Any) -> pictures.Picture:
        """The graph of the step, from the cost back to the parameters, with the numbers before the step."""
        with self._before():
            return pictures.draw_graph(self._value, seen=self.recording, **options)

    @contextlib.contextmanager
    def _before(self) -> Iterator[None]:
        """For a moment the parameters are what they were when the graph was made, for its ways back have kept them."""
        model = self.recording.model
        arrays = [] if model is None else [p._array for p in model.parameters()]
        now = [array.copy() for array in arrays]
        try:
            for array, part in zip(arrays, self.update.parameters, strict=True):
                array[...] = part.before
            yield
        finally:
            for array, values in zip(arrays, now, strict=True):
                array[...] = values

    def __str__(self) -> str:
        return text.page(self.trace)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return page.fragment(self.trace)

    def to_html(self, title: str = "One training step") -> str:
        """A whole HTML file, which needs nothing beside it."""
        return page.document(self.trace, title)


class _Shown:
    """The row of outputs that is shown: those of one example, of its last position where there are several."""

    def __init__(self, outputs: Any, example: int, classes: Sequence[str] | None):
        self.tensors = list(_tensors(outputs))
        array = self.tensors[0]._array if self.tensors else np.zeros(0)
        self.array, self.examples = array, len(array) if array.ndim > 1 else 1
        if not -self.examples <= example < self.examples:
            raise IndexError(f"trace_step: example must be one of {self.examples}, got {example}")
        self.at = (example,) * (array.ndim > 1) + (-1,) * max(array.ndim - 2, 0)
        row = array[self.at] if array.ndim else array
        self.row = (
            row if row.ndim == 1 and 0 < row.size <= LONGEST_ROW and row.dtype.kind == "f" else np.zeros(0)
        )
        self.names = (
            [str(c) for c in classes] if classes is not None else [str(i) for i in range(self.row.size)]
        )
        if self.row.size and len(self.names) != self.row.size:
            raise ValueError(f"trace_step: {self.row.size} names of classes expected, got {len(self.names)}")


def _tensors(x: Any) -> Iterator[Tensor]:
    if isinstance(x, Tensor):
        yield x
    elif isinstance(x, (tuple, list)):
        for part in x:
            yield from _tensors(part)
    elif isinstance(x, dict):
        yield from _tensors(list(x.values()))


@contextlib.contextmanager
def _put_back(model: Module, stream: Tensor) -> Iterator[None]:
    """Let the block see the random numbers from `stream` on; then put them, and the model's buffers, back."""
    now = random.get_rng_state()
    buffers = [(module, name, tensor, tensor._array, tensor._array.copy()) for module in model.modules()
               for name, tensor in module._buffers.items() if tensor is not None]  # fmt: skip
    random.set_rng_state(stream)
    try:
        yield
    finally:
        random.set_rng_state(now)
        for module, name, tensor, array, values in buffers:
            if getattr(module, name) is not tensor:
                setattr(module, name, tensor)
            tensor._array = array
            array[...] = values


# ------------------------------------------------------------------------------------------- the four phases


def _op_run(call: Call) -> OpRun:
    settings = {k: v if isinstance(v, (int, float, str, bool, type(None))) else str(raw(v))
                for k, v in call.settings.items()}  # fmt: skip
    return OpRun(call.number, call.op.name, call.layer, call.line, call.args, settings, call.values)


def _forward(seen: Recording, shown: _Shown) -> Forward:
    layers = [LayerRun(x.name, type(x.module).__name__, " ".join(repr(x.module).split()), x.depth, x.ops, x.inputs,
                       x.outputs)
              for x in seen.layers if not x.ops or seen.calls[x.ops[0]].phase == "forward"]  # fmt: skip
    bars = [Bar(i, shown.names[i], float(x)) for i, x in enumerate(shown.row)]
    return Forward(layers, [_op_run(c) for c in seen.calls if c.phase == "forward"],
                   [t._array.copy() for t in shown.tensors], bars,
                   int(shown.row.argmax()) if bars else None)  # fmt: skip


def _cost(seen: Recording, shown: _Shown, value: Tensor, given: dict[str, np.ndarray]) -> Cost:
    sums = _summing(seen, value)
    summed_by, terms, whole = "", [], None
    if sums is not None:
        summed_by = sums.op.name
        maker = seen.maker(sums.args[0])
        whole = maker.values[0] if maker is not None else None
    if whole is not None and whole.shape == shown.array.shape and shown.row.size:
        wanted = next(
            (x for name, x in given.items() if name.startswith("wanted") and x.shape == whole.shape), None
        )
        rows = whole[shown.at], None if wanted is None else wanted[shown.at]
        terms = [Term(i, shown.names[i], float(x), float(shown.row[i]), None if rows[1] is None else float(rows[1][i]))
                 for i, x in enumerate(rows[0])]  # fmt: skip
    return Cost(
        float(value.item()), [_op_run(c) for c in seen.calls if c.phase == "cost"], summed_by, terms, whole
    )


def _summing(seen: Recording, value: Tensor) -> Call | None:
    """The op of the cost that sums or averages terms, if it ends so."""
    call = seen.maker(seen.source(value))
    while call is not None and call.phase == "cost":
        if call.op.name in ("sum", "mean"):
            made = seen.maker(call.args[0])
            return call if made is not None and made.phase == "cost" else None
        call = next((c for a in call.args if (c := seen.maker(a)) is not None and c.phase == "cost"), None)
    return None


def _backward(seen: Recording, shown: _Shown, gradients: dict, words: Wording) -> Backward:
    ways = []
    for a in seen.arrivals:
        call = seen.call_of(a.node)
        positional = a.node.op.positional
        written, where = rule(a.way)
        ways.append(WayBack(
            None if call is None else call.number, a.node.op.name, "" if call is None else call.phase,
            "" if call is None else call.layer,
            "" if call is None else call.line, seen.name_of(a.place),
            positional[a.argument] if a.argument < len(positional) else str(a.argument), written, where, a.g, a.passed,
            in_numbers(a.node.op, positional, a.argument, a.g, a.passed)))  # fmt: skip
    g = (
        seen.gradient_at(shown.tensors[0]._place)
        if shown.tensors and shown.tensors[0]._place is not None
        else None
    )
    desires = None if g is None else -np.asarray(g)
    wants = [] if desires is None or not shown.row.size else [
        Want(i, name, float(x), _want(name, float(x)))
        for i, (name, x) in enumerate(zip(shown.names, desires[shown.at], strict=True))]  # fmt: skip
    parameters = []
    for name, gradient in gradients.items():
        nudges = [] if gradient is None else [
            Nudge(name, list(i), float(gradient[i]), words(name, i)) for i in largest(gradient, LARGEST)]  # fmt: skip
        parameters.append(
            ParameterGradient(name, gradient, 0.0 if gradient is None else norm(gradient), nudges)
        )
    nudges = sorted((p.largest[0] for p in parameters if p.largest), key=lambda n: -abs(n.gradient))
    return Backward(wants, desires, ways, parameters, nudges[:NAMED])


def _want(name: str, by: float) -> str:
    if not by:
        return f"the {name} wants nothing"
    return f"the {name} wants {'up' if by > 0 else 'down'} by {number(abs(by))}"


def _update(model: Module, optimizer: Optimizer, held: set[int], before: dict, gradients: dict,
            words: Wording) -> Update:  # fmt: skip
    parameters, promised = [], 0.0
    for name, p in model.named_parameters():
        old, new, g = before[name], p._array.copy(), gradients[name]
        step = new.astype(np.float64) - old
        promised += 0.0 if g is None else float(np.sum(step * g))
        moves = [Move(name, list(i), float(old[i]), float(new[i]), 0.0 if g is None else float(g[i]), words(name, i))
                 for i in largest(step, LARGEST) if step[i]]  # fmt: skip
        parameters.append(
            ParameterUpdate(name, id(p) in held, old, new, norm(step), _ratio(norm(step), norm(old)), moves)
        )
    length = norm(np.array([p.length for p in parameters]))
    size = norm(np.array([norm(p.before) for p in parameters]))
    rates = {float(group["lr"]) for group in optimizer.param_groups if "lr" in group}
    moves = sorted((p.largest[0] for p in parameters if p.largest), key=lambda m: -abs(m.new - m.old))
    return Update(type(optimizer).__name__, rates.pop() if len(rates) == 1 else None, parameters, moves[:NAMED],
                  length, _ratio(length, size), promised)  # fmt: skip


def _ratio(length: float, size: float) -> float:
    return length / size if size else float("inf") if length else 0.0


def _again(before: float, after: float) -> Again:
    change = after - before
    numbers_ = f"{number(before)} → {number(after)}"
    if change < 0:
        share = -change / abs(before) if before else 1.0
        how = "very slightly less wrong" if share < SLIGHTLY else "less wrong"
        words = f"{how}: {numbers_}, down by {number(-change)}" + f" ({100 * share:.3g} %)" * (after >= 0)
    elif change > 0:
        words = (f"more wrong: {numbers_}, up by {number(change)}; the step was too long for this slope, "
                 "so try a smaller learning rate")  # fmt: skip
    elif change == 0:
        words = f"exactly as wrong as before: {numbers_}"
    else:
        words = f"no longer a number: {numbers_}"
    return Again(before, after, change, change < 0, words)
