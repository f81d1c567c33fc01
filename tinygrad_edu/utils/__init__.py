"""What stands around the training: data."""

from . import data

__all__ = ["data"]
