"""Ctrl-C (SIGINT) and SIGTERM, noticed where the program looks for them and not in the middle of a step."""

import signal
import threading
from types import FrameType
from typing import Any, Self


class Stopped(Exception):
    """A signal came."""


class Interrupts:
    """Within the block, the first signal only sets `requested`; a second one acts as it would without."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[int, Any] = {}

    def look(self) -> None:
        """Raise `Stopped` where a signal has come."""
        if self.requested:
            raise Stopped

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():    # signals can be caught nowhere else
            for number in self.SIGNALS:
                self._before[number] = signal.signal(number, self._notice)
        return self

    def __exit__(self, *error: object) -> None:
        self._restore()

    def _notice(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            # None: the handler was not set by Python, so Python cannot set it again
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()
