"""What an op's docstring says of its arguments, read by the laws.

    z = x y          x: (..., n, k), y: (..., k, m) -> (..., n, m)
    Domain: x > 0, 2 <= n
    Examples: dim=0; dim=-1, keepdim=True

The shape line names each input with its axes: letters, numbers, and `...` for leading axes that broadcast. Behind
the axes may stand a kind: `bool`, or `int n` for whole numbers from 0 to n − 1. `(...)` as the result of inputs
without `...` means: whatever the op gives. A letter that only the result knows stands for any length. Where settings
change the result's shape, the line shows it for the first of the Examples.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass, field

import tinygrad_edu
from tinygrad_edu import engine

INPUT = re.compile(r"(\w+): \(([^)]*)\)(?: (bool|int \w+))?")
LINE = re.compile(r"(\w+: \([^)]*\).*) -> \(([^)]*)\)\s*$", re.MULTILINE)
BOUND = re.compile(r"^(?:(-?[\d.]+) (<=?) )?(\w+)(?: (<=?|>=?|!=) (-?[\d.]+))?$")
FLAT = re.compile(r"derivative(?: in (\w+))? is zero everywhere")
NONE = re.compile(r"[Nn]o derivative in (\w+)")


@dataclass
class Input:
    """One positional argument: its axes, whether others broadcast in front of them, its kind and its domain."""

    name: str
    axes: tuple[str, ...]
    leading: bool
    kind: str = "float"
    low: float | None = None
    high: float | None = None


@dataclass
class Signature:
    """A docstring, understood."""

    inputs: list[Input]
    result: tuple[str, ...] | None  # None: whatever the op gives
    smallest: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)


class Unreadable(ValueError):
    """A docstring that the laws cannot read."""


def load() -> dict[str, engine.Op]:
    """The package's ops by name, once every module that may define one is imported. Ops of users are left out."""
    for module in pkgutil.walk_packages(tinygrad_edu.__path__, "tinygrad_edu."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {name: op for name, op in engine.registry.items() if op.formula.__module__.startswith("tinygrad_edu.")}


def signature(op: engine.Op) -> Signature | None:
    """What the docstring of `op` says, or None where it has no shape line."""
    text = op.formula.__doc__ or ""
    found = LINE.search(text)
    if found is None:
        return None
    inputs = [_input(*part) for part in INPUT.findall(found[1])]
    result = _axes(found[2])
    leading = any(x.leading for x in inputs)
    read = Signature(inputs, None if result == ("...",) and not leading else result)
    for condition in _after("Domain:", text, ","):
        _restrict(read, condition, op.name)
    read.examples = _after("Examples:", text, ";")
    return read


def flat(op: engine.Op) -> set[str]:
    """The arguments in which `op` declares its derivative to be zero everywhere."""
    names = FLAT.findall(op.formula.__doc__ or "")
    return set(op.positional) if "" in names else set(names)


def without_derivative(op: engine.Op) -> set[str]:
    """The floating arguments in which `op` declares to have no derivative."""
    return set(NONE.findall(op.formula.__doc__ or ""))


def paragraph(word: str, text: str) -> str:
    """What follows `word` in a docstring, up to the next such word or an empty line."""
    found = re.search(rf"^\s*{word}(.*?)(?=^\s*(?:[A-Z]\w+:|$)|\Z)", text, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def _after(word: str, text: str, separator: str) -> list[str]:
    return [part.strip() for part in paragraph(word, text).split(separator) if part.strip()]


def _axes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _input(name: str, axes: str, kind: str) -> Input:
    parts = _axes(axes)
    leading = parts[:1] == ("...",)
    return Input(name, parts[1:] if leading else parts, leading, kind or "float")


def _restrict(read: Signature, condition: str, name: str) -> None:
    found = BOUND.match(condition)
    if found is None:
        raise Unreadable(f"{name}: cannot read the condition {condition!r} of its Domain")
    below, _, what, sign, number = found.groups()
    x = next((x for x in read.inputs if x.name == what), None)
    if x is None:
        if below is None:
            raise Unreadable(f"{name}: the condition {condition!r} is on no input; of a length, write e.g. 2 <= n")
        read.smallest[what] = int(below)
        return
    if below is not None:
        x.low = float(below)
    if sign in ("<", "<="):
        x.high = float(number)
    elif sign in (">", ">="):
        x.low = float(number)
