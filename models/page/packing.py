"""Arrays as text: base64 of their bytes, which the page reads back to the bit."""

import base64
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("uint8", "uint16", "float32")      # what JavaScript has typed arrays for, and the page needs


def packed(array: NDArray[Any]) -> dict[str, Any]:
    """The array as JSON holds it: dtype, shape, and its bytes in C order, the lowest byte of a number first."""
    if array.dtype.name not in KINDS:
        raise TypeError(f"packed: one of {', '.join(KINDS)} expected, got {array.dtype.name}")
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    text = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": array.dtype.name, "shape": list(array.shape), "base64": text}


def rounded(value: Any, digits: int = 6) -> Any:
    """The same JSON with numbers of so many significant digits. What JSON has no name for (NaN, inf) becomes null."""
    if isinstance(value, dict):
        return {str(key): rounded(each, digits) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each, digits) for each in value]
    if isinstance(value, np.ndarray):
        return rounded(value.tolist(), digits)
    if isinstance(value, np.generic):
        return rounded(value.item(), digits)
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value
