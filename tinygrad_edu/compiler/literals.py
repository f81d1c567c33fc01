"""Constants of a program as Python: a number where the bits allow it, np.ones(10, np.float32), a short np.array."""

from __future__ import annotations

import numpy as np

from .text import literal

_LONGEST = 60  # characters; a longer constant is a parameter of the page


def array_text(array: np.ndarray) -> str | None:
    """Python that makes an equal array: same dtype, shape, bits and, where sums depend on it, strides. Or None."""
    dtype = literal(array.dtype, str)
    for text in (_scalar(array), _uniform(array, dtype), _counting(array, dtype), _listed(array, dtype)):
        if text is not None and len(text) <= _LONGEST:
            return text
    return None


def number_text(array: np.ndarray) -> str | None:
    """A Python number that is every element of the array, once it has the array's dtype; or None."""
    first = _every(array)
    if first is None or array.dtype.kind not in "fiub":
        return None
    if array.dtype.kind != "f":
        return repr(first.item())
    if not np.isfinite(first):
        return None
    whole = first == np.rint(first) and np.abs(first) < 10_000 and not (first == 0 and np.signbit(first))
    text = str(int(first)) if whole else repr(float(str(first)))
    return text if _same_bits(np.array(float(text), array.dtype), np.asarray(first)) else None


def name_of(array: np.ndarray) -> str:
    """What a constant with a line of its own is called."""
    number = number_text(array)
    if array.ndim and number in ("0", "1"):
        return "zeros" if number == "0" else "ones"
    return "constant"


def _every(array: np.ndarray) -> np.generic | None:
    """The element that all others equal to the bit."""
    if array.size == 0 or array.dtype.kind not in "fiub":
        return None
    seen = array[tuple(slice(1) if stride == 0 else slice(None) for stride in array.strides)]
    first = seen.flat[0]
    return first if seen.tobytes() == np.full(seen.shape, first, seen.dtype).tobytes() else None


def _same_bits(x: np.ndarray, y: np.ndarray) -> bool:
    return x.dtype == y.dtype and x.tobytes() == y.tobytes()


def _scalar(array: np.ndarray) -> str | None:
    number = number_text(array) if array.ndim == 0 else None
    return None if number is None else f"{literal(array.dtype, str)}({number})"


def _uniform(array: np.ndarray, dtype: str) -> str | None:
    number = number_text(array)
    if number is None or array.ndim == 0:
        return None
    shape = str(array.shape[0] if array.ndim == 1 else array.shape)
    if array.flags.c_contiguous:
        known = {"1": f"np.ones({shape}, {dtype})", "0": f"np.zeros({shape}, {dtype})"}
        return known.get(number, f"np.full({shape}, {number}, {dtype})")
    if all(stride == 0 or n == 1 for n, stride in zip(array.shape, array.strides, strict=True)):
        return f"np.broadcast_to({dtype}({number}), {array.shape})"
    return None


def _counting(array: np.ndarray, dtype: str) -> str | None:
    """0, 1, 2 ... in some shape: layout means nothing to whole numbers."""
    if array.dtype.kind not in "iu" or array.size < 3 or not np.array_equal(array.ravel(), np.arange(array.size)):
        return None
    kind = "" if array.dtype == np.int64 else f", dtype={dtype}"
    shape = f".reshape{array.shape}" if array.ndim > 1 else ""
    return f"np.arange({array.size}{kind}){shape}"


def _listed(array: np.ndarray, dtype: str) -> str | None:
    if array.dtype.kind not in "fiub" or array.size > 16 or array.ndim == 0 or not array.flags.c_contiguous:
        return None
    if array.dtype.kind == "f":
        items = [number_text(x[()].reshape(())) if x.ndim == 0 else None for x in map(np.asarray, array.ravel())]
        if array.ndim != 1 or None in items:
            return None
        return f"np.array([{', '.join(map(str, items))}], {dtype})"
    natural = array.dtype in (np.int64, np.bool_) and array.size > 0
    return f"np.array({array.tolist()})" if natural else f"np.array({array.tolist()}, {dtype})"
