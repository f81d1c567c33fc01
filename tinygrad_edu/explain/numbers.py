"""Arrays as a reader meets them: a few words in a line of text, a summary in JSON."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

SHORT = 34  # letters
LIMIT = 1024  # numbers of an array that JSON holds; of a larger one it holds the summary alone


def number(x: Any) -> str:
    """Four digits that count, and a real minus sign."""
    x = float(x)
    text = f"{x:.4g}" if math.isfinite(x) else str(x)
    return text.replace("-", "−")


def brief(array: Any) -> str:
    """Up to four numbers in full, where they are short; of more, the smallest, the largest and the mean."""
    array = np.asarray(array)
    if array.dtype.kind not in "fiub" or not array.size:
        return "nothing" if not array.size else str(array.dtype)
    text = "  ".join(number(x) for x in array.ravel()[:5])
    if array.size <= 4 and len(text) <= SHORT:
        return text
    return f"{number(array.min())} … {number(array.max())}, mean {number(array.mean())}"


def shape(array: Any) -> str:
    """(1, 16), as Python writes it; a single number is one."""
    return str(np.shape(array)) if np.ndim(array) else "a number"


def norm(array: Any) -> float:
    """The length of all numbers taken together as one arrow."""
    return float(np.sqrt(np.sum(np.square(array, dtype=np.float64))))


def largest(array: np.ndarray, count: int) -> list[tuple[int, ...]]:
    """The indices of the `count` numbers farthest from 0, the farthest first."""
    flat = np.abs(array).ravel()
    order = np.argsort(-flat, kind="stable")[:count]
    return [tuple(int(i) for i in np.unravel_index(k, array.shape)) for k in order]


def plain(x: Any, limit: int = LIMIT) -> Any:
    """Dataclasses, arrays and numbers as what JSON knows.

    An array is {"shape", "dtype", "min", "max", "mean", "norm", "values"}: nested lists, or None where there are more
    than `limit` numbers. What is not finite is a word: "nan", "inf", "-inf".
    """
    if dataclasses.is_dataclass(x):
        return {f.name: plain(getattr(x, f.name), limit) for f in dataclasses.fields(x) if f.repr}
    if isinstance(x, np.ndarray):
        return _array(x, limit)
    if isinstance(x, dict):
        return {str(k): plain(v, limit) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v, limit) for v in x]
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, float) and not math.isfinite(x):
        return str(x)
    return x if isinstance(x, (bool, int, float, str, type(None))) else str(x)


def _array(x: np.ndarray, limit: int) -> dict[str, Any]:
    known = x.size and x.dtype.kind in "fiub"
    facts = {"min": x.min(), "max": x.max(), "mean": x.mean(), "norm": norm(x)} if known else {}
    return {"shape": list(x.shape), "dtype": str(x.dtype), **{k: plain(float(v)) for k, v in facts.items()},
            "values": plain(x.tolist()) if x.size <= limit else None}  # fmt: skip
