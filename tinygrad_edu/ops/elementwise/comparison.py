"""Comparisons and tests: their values are booleans, and nothing flows back."""

from __future__ import annotations

import numpy as np

from ...engine import op


def _comparison(function, name, sentence, line="z: bool          x: (...), y: (...) -> (...)"):
    """A comparison has no derivative, so its formula is NumPy's function."""
    def formula(x, y):
        return function(x, y), None, None
    formula.__doc__ = f"{sentence}\n\n    {line}\n    "
    formula.__module__ = __name__
    return op(function, elementwise=True, promote="arithmetic", name=name)(formula)


eq = _comparison(np.equal, "eq", "Whether x = y.")
ne = _comparison(np.not_equal, "ne", "Whether x ≠ y.")
lt = _comparison(np.less, "lt", "Whether x < y.")
le = _comparison(np.less_equal, "le", "Whether x ≤ y.")
gt = _comparison(np.greater, "gt", "Whether x > y.")
ge = _comparison(np.greater_equal, "ge", "Whether x ≥ y.")
logical_and = _comparison(np.logical_and, "logical_and", "Whether both are nonzero.")
logical_or = _comparison(np.logical_or, "logical_or", "Whether one is nonzero.")
logical_xor = _comparison(np.logical_xor, "logical_xor", "Whether exactly one is nonzero.")


def _test(function, name, sentence):
    def formula(x):
        return function(x), None
    formula.__doc__ = f"{sentence}\n\n    z: bool          x: (...) -> (...)\n    "
    formula.__module__ = __name__
    return op(function, elementwise=True, name=name)(formula)


isnan = _test(np.isnan, "isnan", "Whether x is not a number.")
isinf = _test(np.isinf, "isinf", "Whether x is infinite.")
isfinite = _test(np.isfinite, "isfinite", "Whether x is a finite number.")
signbit = _test(np.signbit, "signbit", "Whether the sign bit is set, which tells −0 from 0.")
logical_not = _test(np.logical_not, "logical_not", "Whether x is zero.")


def _bitwise(function, name, sentence):
    line = "z: int          x: (...) int 8, y: (...) int 8 -> (...)"
    return _comparison(function, name, f"{sentence} Integers and booleans only.", line)


bitwise_and = _bitwise(np.bitwise_and, "bitwise_and", "Bitwise and.")
bitwise_or = _bitwise(np.bitwise_or, "bitwise_or", "Bitwise or.")
bitwise_xor = _bitwise(np.bitwise_xor, "bitwise_xor", "Bitwise exclusive or.")


@op(np.invert, elementwise=True)
def bitwise_not(x):
    """Bitwise not; for booleans, the opposite.

    z = ~x          x: (...) int 8 -> (...)
    """
    return np.invert(x), None
