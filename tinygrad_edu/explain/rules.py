"""The local rule of an op: its way back, word for word as its formula has it, and the numbers that went through."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any

import numpy as np

from .numbers import largest, number

LONGEST = 120  # characters of a rule; more are cut


def rule(way: Any) -> tuple[str, str]:
    """The way back as it is written, and where: ("g * z * (1 - z)  # …", "tinygrad_edu/ops/…:12")."""
    code = getattr(way, "__code__", None)
    return ("", "") if code is None else _written(code)


@lru_cache(maxsize=4096)
def _written(code: Any) -> tuple[str, str]:
    try:
        lines, start = inspect.getsourcelines(code)
    except (OSError, TypeError):  # written in a console
        return "", ""
    text = " ".join(" ".join(lines).split())
    head, _, body = text.partition(": ")
    text = body.removeprefix("return ") if head.startswith("def ") else text
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    file = code.co_filename.replace("\\", "/")
    return text, f"{file[file.rfind('tinygrad_edu/'):] if 'tinygrad_edu/' in file else file}:{start}"


def in_numbers(elementwise: bool, g: Any, passed: np.ndarray) -> dict[str, Any]:
    """The largest number that was passed on: its index and value, and for an elementwise op what came in there, and
    the slope between the two; then a sentence."""
    if not passed.size or passed.dtype.kind != "f":
        return {}
    index = largest(passed, 1)[0]
    value = float(passed[index])
    found: dict[str, Any] = {"index": list(index), "value": value, "text": f"largest {number(value)}{_at(index)}"}
    if elementwise and isinstance(g, np.ndarray) and g.shape == passed.shape and g[index]:
        came = float(g[index])
        found |= {"came": came, "slope": value / came,
                  "text": f"{number(came)} × {number(value / came)} = {number(value)}{_at(index)}"}  # fmt: skip
    return found


def _at(index: tuple) -> str:
    return f" at {list(index)}" if index else ""
