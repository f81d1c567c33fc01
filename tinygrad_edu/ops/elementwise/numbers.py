"""Zero and one as 0-d arrays, by dtype: NumPy takes them in half the time that a Python number costs.

Used in the formulas where networks pass most.
"""

from __future__ import annotations

import numpy as np

_REAL = tuple(np.dtype(t) for t in "?bBhHiIlLqQefd")
ZERO = {dtype: np.zeros((), dtype) for dtype in _REAL}
ONE = {dtype: np.ones((), dtype) for dtype in _REAL}
