"""Run a step once, writing down what it does.

The run is real: when it returns, the model and the optimizer are where eager mode would have left them. When it
raises, they are as they were before.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from ..engine import tracing
from ..graph import Tensor, mode
from .outcome import Outcome
from .program import Program
from .recording import Recording
from .settings import Settings, as_traced
from .snapshot import Snapshot
from .tracer import Tracer
from .world import World


def record(function: Callable, args: tuple, options: dict, check: Callable | None = None) -> Recording:
    """Run `function` once. check(recording) may still refuse what was recorded, and undo the run."""
    names = arguments_of(function, args)
    world = World(function, args, options, names)
    tracer = Tracer(world)
    program = Program(name=_name(function), document=inspect.getdoc(function) or "")
    given = (*names, *options)
    places = {id(v): v._place for v in world.holders if isinstance(v, Tensor)}
    code = getattr(world.holders[0], "__code__", None)
    recording = Recording(program, world, tracer, given, code, grad_mode=mode.recording, places=places)
    settings = Settings(world, tracer, program)
    before = Snapshot(world)
    try:
        settings.exchange()
        with tracing(tracer):
            traced_args = [as_traced(x, tracer, name, program) for x, name in zip(args, names, strict=True)]
            traced_options = {key: as_traced(x, tracer, key, program) for key, x in options.items()}
            result = function(*traced_args, **traced_options)
        recording.settings = settings.places()
        settings.restore()
        Outcome(recording, World(function, args, options, names)).settle(result)
        if check is not None:
            check(recording)
    except BaseException:
        tracer.lower()
        before.restore()
        tracer.undo()
        raise
    return recording


def arguments_of(function: Callable, args: tuple) -> tuple[str, ...]:
    """Names for the positional arguments of a call."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][: len(args)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "argument")
    return (*names, *(f"{rest}_{i}" for i in range(len(args) - len(names))))


def _name(function: Callable) -> str:
    name = getattr(getattr(function, "func", function), "__name__", "step")
    return name if name.isidentifier() else "step"
