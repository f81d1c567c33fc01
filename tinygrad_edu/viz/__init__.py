"""Seeing a training: the landscape of the cost, the path that was walked on it, and whether all is well."""

from .diagnosis import Diagnosis, Finding
from .health import Health
from .landscape import Landscape, Line, Walk, landscape
from .path import Path

__all__ = ["Diagnosis", "Finding", "Health", "Landscape", "Line", "Path", "Walk", "landscape"]
