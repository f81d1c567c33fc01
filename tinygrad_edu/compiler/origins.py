"""Where a line of the program comes from: the phase, the op, the module, and the line of the user's code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..gradients import backward, grad
from ..graph import mode
from ..nn.module import Module
from ..optim.optimizer import Optimizer
from .errors import users_place
from .program import Origin

_WALKS = {backward.__code__, grad.__code__}


class Origins:
    """Knows what is running. names: the paths of modules, by identity."""

    def __init__(self, names: Mapping[int, str]):
        self.names = names
        self.now: Origin | None = None  # set by an op, a way back or an optimizer, for as long as it runs
        self.walked = False  # a backward pass has been seen

    @contextmanager
    def set(self, origin: Origin) -> Iterator[Origin]:
        """Let an origin hold for all lines of the block."""
        before, self.now = self.now, origin
        try:
            yield origin
        finally:
            self.now = before

    def here(self, name: str, number: int) -> Origin:
        """The origin that holds now; for a line outside of any op, one of its own."""
        return self.of(name, number) if self.now is None else self.now

    def of(self, name: str, number: int, parameters: str = "") -> Origin:
        """The phase and module that are running, read off Python's stack."""
        phase, module = "", ""
        frame: Any = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            if code in _WALKS:
                phase = "backward"
            elif code is Optimizer.step.__code__:
                phase = "update"
            elif code.co_name == "forward" and not module:
                owner = frame.f_locals.get("self")
                if isinstance(owner, Module):
                    module = self.names.get(id(owner), type(owner).__name__)
                    if type(owner).__module__.endswith("nn.loss"):
                        phase = phase or "cost"
            frame = frame.f_back
        if not phase:
            phase = "update" if self.walked and not mode.recording else "forward"
        self.walked = self.walked or phase == "backward"
        return Origin(phase, name, module, parameters, users_place(), number)
