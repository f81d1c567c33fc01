"""Where an eager program's time goes: every op and way back of a block timed, and a table of them by name.

    with profile() as prof:
        loss = model(x).sum()
        loss.backward()
    print(prof.key_averages().table(sort_by="self_cpu_time_total"))

Source: https://docs.pytorch.org/docs/stable/profiler.html
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..engine import observing, raw
from ..graph import mode

_SORTS = {"self_cpu_time_total": "self_cpu_time_total", "cpu_time_total": "cpu_time_total", "cpu_time": "cpu_time",
          "count": "count", "self_cpu_memory_usage": "bytes", "cpu_memory_usage": "bytes"}  # fmt: skip


class Event:
    """All calls of one name: how often, how long in microseconds, how many bytes they made."""

    def __init__(self, key: str, shapes: str = ""):
        self.key, self.input_shapes = key, shapes
        self.count, self.self_cpu_time_total, self.cpu_time_total, self.bytes = 0, 0.0, 0.0, 0

    name = property(lambda self: self.key)

    @property
    def cpu_time(self) -> float:
        """The mean."""
        return self.cpu_time_total / max(self.count, 1)

    def __repr__(self) -> str:
        return f"<{self.key}: {self.count} calls, {self.cpu_time_total:.1f} us>"


class Events(list):
    """Events by name, which print as a table."""

    memory = False  # whether the table tells how many bytes were made

    def table(self, sort_by: str | None = "self_cpu_time_total", row_limit: int = 100, **_: Any) -> str:
        """A row each, the largest first; sort_by: self_cpu_time_total, cpu_time_total, cpu_time or count."""
        field = _SORTS.get(str(sort_by or "self_cpu_time_total").replace("cuda", "cpu"))
        if field is None:
            raise ValueError(f"table: sort_by must be one of {', '.join(_SORTS)}, got {sort_by!r}")
        rows = sorted(self, key=lambda event: -getattr(event, field))[: row_limit if row_limit > 0 else None]
        total = sum(event.self_cpu_time_total for event in self) or 1.0
        shaped = any(event.input_shapes for event in rows)
        sized = self.memory or field == "bytes"
        width = max([4, *(len(event.key) for event in rows)])
        heads = (f"{'Name':<{width}}  {'Self CPU %':>10}  {'Self CPU':>10}  {'CPU total':>10}  {'CPU avg':>10}  "
                 f"{'Calls':>7}" + (f"  {'CPU Mem':>10}" if sized else ""))  # fmt: skip
        lines = [heads + ("  Input shapes" if shaped else "")]
        for event in rows:
            share = f"{100 * event.self_cpu_time_total / total:.2f}%"
            times = [_time(x) for x in (event.self_cpu_time_total, event.cpu_time_total, event.cpu_time)]
            lines.append(f"{event.key:<{width}}  {share:>10}  {times[0]:>10}  {times[1]:>10}  {times[2]:>10}  "
                         f"{event.count:>7}" + (f"  {_size(event.bytes):>10}" if sized else "")
                         + (f"  {event.input_shapes}" if shaped else ""))  # fmt: skip
        rule = "-" * max(map(len, lines))
        return "\n".join([rule, lines[0], rule, *lines[1:], rule, f"Self CPU time total: {_time(total)}"])

    def __str__(self) -> str:
        return self.table()


def _time(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return f"{microseconds / size:.3f}{unit}"
    return f"{microseconds:.3f}us"


def _size(count: float) -> str:
    for unit, size in (("Gb", 1 << 30), ("Mb", 1 << 20), ("Kb", 1 << 10)):
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count:.0f} b"


def _shape(x: Any) -> Any:
    """A shape as a list; of several gradients, one each."""
    return [_shape(part) for part in x] if isinstance(x, (list, tuple)) else list(np.shape(raw(x)))


class profile:
    """While the block runs, every op and every way back is timed. Off, it costs nothing.

    An op called by a formula counts as that op's time; the way back of an op is called "backward: NAME".
    record_shapes: events by name and shapes. profile_memory: the table tells what was made. on_trace_ready: called
    with this profile at the end. The other settings of PyTorch's profilers are accepted and ignored.
    """

    def __init__(self, enabled: bool = True, *, record_shapes: bool = False, profile_memory: bool = False,
                 on_trace_ready: Callable | None = None, **_: Any):  # fmt: skip
        self.enabled, self.record_shapes, self.profile_memory = enabled, record_shapes, profile_memory
        self.on_trace_ready = on_trace_ready
        self.spans: list[tuple[str, float, float]] = []  # name, start and length of each call, in microseconds
        self.events: dict[tuple[str, str], Event] = {}
        self._inside = [0.0]  # time spent in what an event called, for each event that is open

    def __enter__(self) -> profile:
        self.inner = mode.observer
        self._block: Any = observing(self) if self.enabled else contextlib.nullcontext()
        self._block.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._block.__exit__(*error)
        if self.on_trace_ready is not None and error[0] is None:
            self.on_trace_ready(self)

    start = __enter__

    def stop(self) -> None:
        """End the block that start began."""
        self.__exit__(None, None, None)

    def step(self) -> None:
        """The next step of a program begins: nothing changes."""

    # ------------------------------------------------------------------------------------ what the engine calls

    def forward(self, op: Any, call: Callable, args: tuple, static: dict) -> Any:
        before, mode.observer = mode.observer, self.inner
        try:
            with self.timed(op.name, args if self.record_shapes else ()) as event:
                result = call(*args, **static)
        finally:
            mode.observer = before
        event.bytes += sum(x._array.nbytes for x in (result if isinstance(result, tuple) else (result,))
                           if hasattr(x, "_array"))  # fmt: skip
        return result

    def backward(self, node: Any, place: Any, way: Callable, g: Any) -> Any:
        with self.timed(f"backward: {node.op.name}", (g,) if self.record_shapes else ()) as event:
            gradient = way(g) if self.inner is None else self.inner.backward(node, place, way, g)
        event.bytes += getattr(raw(gradient), "nbytes", 0)
        return gradient

    @contextlib.contextmanager
    def timed(self, name: str, args: tuple = ()) -> Iterator[Event]:
        """Count the block under a name."""
        shapes = str(_shape(args)) if args else ""
        event = self.events.setdefault((name, shapes), Event(name, shapes))
        self._inside.append(0.0)
        start = time.perf_counter()
        try:
            yield event
        finally:
            took = (time.perf_counter() - start) * 1e6
            self.spans.append((name, start * 1e6, took))
            event.count += 1
            event.cpu_time_total += took
            event.self_cpu_time_total += took - self._inside.pop()
            self._inside[-1] += took

    # ------------------------------------------------------------------------------------ what a user reads

    def key_averages(self, group_by_input_shape: bool = False, **_: Any) -> Events:
        """Events by name (and shapes)."""
        merged: dict[Any, Event] = {}
        for event in self.events.values():
            shapes = event.input_shapes if group_by_input_shape else ""
            whole = merged.setdefault((event.key, shapes), Event(event.key, shapes))
            for field in ("count", "self_cpu_time_total", "cpu_time_total", "bytes"):
                setattr(whole, field, getattr(whole, field) + getattr(event, field))
        found = Events(merged.values())
        found.memory = self.profile_memory
        return found

    def table(self, sort_by: str | None = "self_cpu_time_total", row_limit: int = 100, **options: Any) -> str:
        """key_averages() as a table."""
        return self.key_averages().table(sort_by, row_limit, **options)

    @property
    def self_cpu_time_total(self) -> float:
        """All of it, in microseconds."""
        return sum(event.self_cpu_time_total for event in self.events.values())

    def export_chrome_trace(self, path: str) -> None:
        """A file for chrome://tracing or ui.perfetto.dev: every call, when it began and how long it took."""
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"traceEvents": [{"name": name, "ph": "X", "ts": start, "dur": took, "pid": 0, "tid": 0}
                                       for name, start, took in self.spans]}, file)  # fmt: skip

    def __str__(self) -> str:
        return self.table()


class record_function(contextlib.ContextDecorator):
    """A block of the user's, as an event under a name of its own."""

    def __init__(self, name: str, args: Any = None):
        self.name = name

    def __enter__(self) -> record_function:
        observer = mode.observer
        self._block: Any = observer.timed(self.name) if isinstance(observer, profile) else contextlib.nullcontext()
        self._block.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._block.__exit__(*error)
