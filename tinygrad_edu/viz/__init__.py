"""Seeing a training: the landscape of the cost, the path that was walked on it, and whether all is well."""

from .landscape import Landscape, Line, Walk, landscape
from .path import Path

__all__ = ["Landscape", "Line", "Path", "Walk", "landscape"]
