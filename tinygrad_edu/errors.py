"""Errors that are two things at once: what PyTorch raises, a RuntimeError, and what Python calls it.

Whichever of the two a program expects, its `except` works.
"""

from __future__ import annotations

import numpy as np


class ShapeError(RuntimeError, ValueError):
    """Shapes, lengths or settings that do not go together."""


class DtypeError(RuntimeError, TypeError):
    """Dtypes that do not go together."""


class PlaceError(RuntimeError, IndexError):
    """Places that do not exist."""


class LinAlgError(np.linalg.LinAlgError, RuntimeError):
    """A matrix that has no inverse, or is not positive definite."""


def both(error: Exception, text: str | None = None) -> Exception:
    """The same error, as PyTorch's kind as well."""
    kinds: dict[type, type] = {ValueError: ShapeError, TypeError: DtypeError, IndexError: PlaceError,
                               np.linalg.LinAlgError: LinAlgError}  # fmt: skip
    kind = kinds.get(type(error), type(error))
    return error if kind is type(error) and text is None else kind(str(error) if text is None else text)
