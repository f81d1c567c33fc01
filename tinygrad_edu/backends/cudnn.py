"""Switches of NVIDIA's library for networks: they keep what was set.

Source: https://docs.pytorch.org/docs/stable/backends.html#torch-backends-cudnn
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .mps import is_available

__all__ = ["allow_tf32", "benchmark", "benchmark_limit", "deterministic", "enabled", "flags", "is_available", "version"]

enabled, benchmark, deterministic, allow_tf32, benchmark_limit = False, False, True, False, 10


def version() -> None:
    """None: it is not there."""


@contextlib.contextmanager
def flags(*_: Any, **__: Any) -> Iterator[None]:
    """Other switches inside a `with` block: without effect."""
    yield
