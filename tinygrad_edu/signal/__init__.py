"""Signals: the windows that are laid over them.

Source: https://docs.pytorch.org/docs/stable/signal.html
"""

from . import windows

__all__ = ["windows"]
