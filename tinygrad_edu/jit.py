"""TorchScript's names: a function or module stays as it is. To have a step compiled, see `tinygrad_edu.compile`.

Source: https://docs.pytorch.org/docs/stable/jit.html
"""

from __future__ import annotations

from typing import Any, NoReturn

from .nn.module import Module

ScriptModule = Module


def script(obj: Any, *_: Any, **__: Any) -> Any:
    """What was given."""
    return obj


def trace(func: Any, example_inputs: Any = None, *_: Any, **__: Any) -> Any:
    """What was given."""
    return func


export = ignore = unused = script_method = freeze = optimize_for_inference = script


def is_scripting() -> bool:
    """False."""
    return False


is_tracing = is_scripting


def save(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: programs are not saved here."""
    raise RuntimeError("jit: TorchScript files are neither written nor read here; save the state_dict with "
                       "tinygrad_edu.save, and load that")  # fmt: skip


load = save
