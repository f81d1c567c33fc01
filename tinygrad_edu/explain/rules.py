"""The local rule of an op: its way back, word for word as its formula has it, and the numbers that went through."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any

import numpy as np

from ..graph import Op
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
    return text, f"{file[file.rfind('tinygrad_edu/') :] if 'tinygrad_edu/' in file else file}:{start}"


def in_numbers(op: Op, names: tuple, argument: int, g: Any, passed: np.ndarray) -> dict[str, Any]:
    """The largest number that was passed on: its index and value, then a sentence; and where it was made of one number
    that arrived, that number (came) and what it was multiplied by (slope)."""
    if not passed.size or passed.dtype.kind != "f":
        return {}
    index = largest(passed, 1)[0]
    value = float(passed[index])
    came = _came(op, names[argument] if argument < len(names) else "", index, g, passed)
    if not came:
        return {"index": list(index), "value": value, "text": f"largest {number(value)}{_at(index)}"}
    slope = value / came
    return {"index": list(index), "value": value, "came": came, "slope": slope,
            "text": f"{number(came)} × {number(slope)} = {number(value)}{_at(index)}"}  # fmt: skip


def _came(op: Op, name: str, index: tuple, g: Any, passed: np.ndarray) -> float | None:
    """The one number of g that the passed one at `index` was made of, if there is one."""
    if not isinstance(g, np.ndarray):
        return None
    if op.elementwise and g.shape == passed.shape:
        return float(g[index])
    if (
        op.name == "linear" and name in ("w", "b") and g.size == g.shape[-1]
    ):  # one example: a neuron's weights, and its g
        return float(g.ravel()[index[0]])
    return None


def _at(index: tuple) -> str:
    return f" at {list(index)}" if index else ""
