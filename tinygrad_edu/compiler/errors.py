"""What is said where a step cannot become a program."""

from __future__ import annotations

import sys
import sysconfig
from typing import Any

from ..memory import Line, ours

LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


def users_place() -> Line:
    """The line of the user's code that is running: neither this package's, nor NumPy's, nor Python's library's."""
    frame = sys._getframe(1)
    while ours(frame.f_code.co_filename) or frame.f_code.co_filename.startswith(LIBRARIES):
        if frame.f_back is None:
            break
        frame = frame.f_back
    return Line(frame.f_code, frame.f_lasti)


class CompileError(RuntimeError):
    """A step that cannot become a program, or a program that no longer does what its step does."""


class CannotFollow(CompileError):
    """Something in the step needs a value while the program is still being written down."""

    def __init__(self, what: str, way_out: str, where: Any = None):
        self.where = users_place() if where is None else where
        super().__init__(f"compile: cannot follow {what}\n  at {self.where}\n{way_out}")
