"""Floating-point warnings are for NumPy's users: ops are as quiet about inf and nan as PyTorch's.

`np.errstate` would say so too, but entering it costs as much as three small ops. It sets one context variable;
here that variable is found once, and then set directly:

    before = set_errors(QUIET)
    try: ...
    finally: reset_errors(before)
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import numpy as np


def _quiet_settings() -> tuple[Callable, Callable, Any]:
    """How to set and reset the variable, and its value for quiet; where NumPy keeps it elsewhere, nothing is set."""
    context = contextvars.copy_context()
    before = dict(context)
    context.run(np.seterr, all="ignore")
    changed = [(variable, value) for variable, value in context.items() if before.get(variable) is not value]
    if len(changed) != 1:
        return lambda _: None, lambda _: None, None
    ((variable, value),) = changed
    return variable.set, variable.reset, value


set_errors, reset_errors, QUIET = _quiet_settings()
