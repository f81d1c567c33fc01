"""The page to read."""

from __future__ import annotations

from .plain import plain_source
from .recording import Recording


def page(recording: Recording) -> str:
    """The program of a recording as a page of NumPy."""
    return plain_source(recording.program)
