"""Python's multiprocessing, under PyTorch's path, with `spawn`. Tensors travel by pickle: as copies.

Source: https://docs.pytorch.org/docs/stable/multiprocessing.html
"""
# ruff: noqa: F401, I001 (PyTorch's path has Python's names too)

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import (
    Array, Barrier, BoundedSemaphore, Condition, Event, JoinableQueue, Lock, Manager, Pipe, Pool, Process, Queue, RLock,
    Semaphore, SimpleQueue, TimeoutError, Value, active_children, cpu_count, current_process, freeze_support,
    get_all_start_methods, get_context, get_start_method, set_start_method,
)  # fmt: skip
from typing import Any


def spawn(fn: Callable, args: tuple = (), nprocs: int = 1, join: bool = True, daemon: bool = False,
          start_method: str = "spawn") -> Any:  # fmt: skip
    """Run fn(i, *args) in nprocs processes. RuntimeError where one of them fails."""
    context = get_context(start_method)
    workers = [context.Process(target=fn, args=(i, *args), daemon=daemon) for i in range(nprocs)]  # type: ignore[attr-defined]
    for worker in workers:
        worker.start()
    if not join:
        return workers
    for worker in workers:
        worker.join()
    failed = [i for i, worker in enumerate(workers) if worker.exitcode]
    if failed:
        raise RuntimeError(f"spawn: process {failed[0]} ended with exit code {workers[failed[0]].exitcode}; its "
                           "traceback is above")  # fmt: skip
    return None


def set_sharing_strategy(new_strategy: str) -> None:
    """Without effect: tensors travel as copies."""


def get_sharing_strategy() -> str:
    """PyTorch's default; tensors travel as copies."""
    return "file_descriptor"
