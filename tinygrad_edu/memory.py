"""Who wrote into which memory, when, and on which line.

The graph saves values by keeping the arrays that its ways back close over. An array can be written into
later, and a derivative computed from it would be silently wrong. So every write that goes through a Tensor
is entered here, under the memory that it changed: views, detached tensors and `.data` share one entry with
their base. Nothing is paid by the many ops that only read.

One clock serves both sides: a node takes its creation number from it, a write its time. A node whose number
is larger than the time of the newest write cannot have been harmed.
"""

from __future__ import annotations

import itertools
import os
import sys
import weakref
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

clock = itertools.count(1).__next__

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Line(NamedTuple):
    """A place in the user's source, kept as cheaply as possible: it is resolved only when shown."""

    code: CodeType
    instruction: int

    def __str__(self) -> str:
        number = next((line for start, end, line in self.code.co_lines() if start <= self.instruction < end), None)
        return f"{self.code.co_filename}:{number or self.code.co_firstlineno}"


class _Ours(dict):
    """Whether a source file is one of this package's."""

    def __missing__(self, file: str) -> bool:
        self[file] = file.startswith(_PACKAGE)
        return self[file]


ours = _Ours().__getitem__


def users_frame(frame: FrameType) -> FrameType:
    """The innermost frame outside this package, from `frame` outward."""
    while ours(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def users_line() -> Line:
    """The line of the user's code that is running."""
    frame = users_frame(sys._getframe(1))
    return Line(frame.f_code, frame.f_lasti)


class Write:
    """The newest write into one piece of memory."""

    __slots__ = ("line", "memory", "time")
    time: int
    line: Line
    memory: weakref.ref[np.ndarray]


class _Log:
    """All writes: the time of the newest, and one entry for each piece of memory, for as long as that lives."""

    def __init__(self) -> None:
        self.newest = 0
        self.writes: dict[int, Write] = {}


log = _Log()


def plain(array: Any) -> Any:
    """The ndarray behind a traced one."""
    return getattr(array, "value", array)


def owner(array: Any) -> np.ndarray:
    """The array that owns the memory which `array` shows."""
    array = plain(array)
    while isinstance(getattr(array, "base", None), np.ndarray):
        array = array.base
    return array


def wrote(array: Any, line: Line | None = None) -> None:
    """Enter a write into the memory of `array`, made on `line` (default: the user's line that called)."""
    memory = owner(array)
    key = id(memory)
    write = log.writes.get(key)
    if write is None:
        write = log.writes[key] = Write()
        write.memory = weakref.ref(memory, lambda _: log.writes.pop(key, None))
    write.time = log.newest = clock()
    write.line = line or users_line()


def written_after(array: Any, time: int) -> Write | None:
    """The newest write into the memory of `array`, if it came after `time`."""
    memory = owner(array)
    if not isinstance(memory, np.ndarray):
        return None
    write = log.writes.get(id(memory))
    return write if write is not None and write.time > time else None
