"""What a program asks to find its accelerator: there is none, so it takes the CPU.

Source: https://docs.pytorch.org/docs/stable/accelerator.html
"""

from __future__ import annotations

from typing import Any

from .devices import check


def is_available() -> bool:
    """False."""
    return False


def current_accelerator(check_available: bool = False) -> None:
    """None."""
    return None


def device_count() -> int:
    """0."""
    return 0


def current_device_index() -> int:
    """0."""
    return 0


def set_device_index(device: Any) -> None:
    """Without effect for the CPU; RuntimeError for others."""
    if not isinstance(device, int):
        check("set_device_index", device)


def synchronize(device: Any = None) -> None:
    """Without effect: a call returns when it is done."""
