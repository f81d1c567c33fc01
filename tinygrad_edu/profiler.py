"""PyTorch's newer path to the profiler: the same one as autograd.profiler.

Source: https://docs.pytorch.org/docs/stable/profiler.html
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .autograd.profiler import profile, record_function

__all__ = ["ProfilerActivity", "profile", "record_function", "schedule", "tensorboard_trace_handler"]


class ProfilerActivity:
    """What may be timed: here the CPU."""

    CPU, CUDA, XPU = "cpu", "cuda", "xpu"


def schedule(*, wait: int = 0, warmup: int = 0, active: int = 1, repeat: int = 0, skip_first: int = 0) -> Callable:
    """Accepted, and without effect: everything in the block is timed."""
    return lambda step: Any


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None, **_: Any) -> Callable:
    """For on_trace_ready: a file of the trace in a folder, for chrome://tracing or ui.perfetto.dev."""

    def handler(prof: profile) -> None:
        os.makedirs(dir_name, exist_ok=True)
        prof.export_chrome_trace(os.path.join(dir_name, f"{worker_name or 'worker'}.pt.trace.json"))

    return handler
