"""What a program asks of a GPU before it decides for the CPU. There is none here, and every answer says so.

Source: https://docs.pytorch.org/docs/stable/cuda.html
"""

from __future__ import annotations

from typing import Any, NoReturn

from . import amp

__all__ = ["amp", "device_count", "is_available", "is_bf16_supported", "manual_seed", "manual_seed_all"]


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: NumPy has no such numbers."""
    return False


def manual_seed(seed: int) -> None:
    """Without effect: there is no GPU's stream to start."""


def manual_seed_all(seed: int) -> None:
    """Without effect: there is no GPU's stream to start."""


def synchronize(device: Any = None) -> None:
    """Without effect: a call returns when it is done."""


def empty_cache() -> None:
    """Without effect."""


def memory_allocated(device: Any = None) -> int:
    """0."""
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_allocated


def reset_peak_memory_stats(device: Any = None) -> None:
    """Without effect."""


def _none(what: str) -> NoReturn:
    raise RuntimeError(f"cuda.{what}: the only device here is 'cpu'; ask cuda.is_available() first")


def current_device() -> NoReturn:
    """RuntimeError: there is none."""
    _none("current_device")


def set_device(device: Any) -> NoReturn:
    """RuntimeError: there is none."""
    _none("set_device")


def get_device_name(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("get_device_name")


def get_device_properties(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("get_device_properties")


def get_device_capability(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("get_device_capability")
