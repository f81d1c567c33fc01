"""Apple's GPU, which is not used here."""

from __future__ import annotations


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Without effect."""


def synchronize() -> None:
    """Without effect."""


def empty_cache() -> None:
    """Without effect."""
