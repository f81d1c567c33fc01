"""What is said where a step cannot become a program."""

from __future__ import annotations

from typing import Any


class CompileError(RuntimeError):
    """A step that cannot become a program, or a program that no longer does what its step does."""


class CannotFollow(CompileError):
    """Something in the step needs a value while the program is still being written down."""

    def __init__(self, what: str, way_out: str, where: Any = None):
        from ..memory import users_line

        self.where = users_line() if where is None else where
        super().__init__(f"compile: cannot follow {what}\n  at {self.where}\n{way_out}")
