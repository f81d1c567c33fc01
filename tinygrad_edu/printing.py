"""How a tensor looks: as in PyTorch, `tensor([1., 2.], requires_grad=True)`.

4 digits behind the point, none where all numbers are whole, powers of ten where sizes differ by more than 1000;
of more than 1000 numbers, the first and last three of each axis. `set_printoptions` changes all that.
Source: https://github.com/pytorch/pytorch/blob/main/torch/_tensor_str.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .engine import array_of
from .promotion import get_default_dtype


@dataclass(frozen=True)
class Options:
    """How tensors are written."""

    precision: int = 4  # digits behind the point
    threshold: float = 1000  # how many numbers are shown in full
    edgeitems: int = 3  # of more, how many at each end of an axis
    linewidth: int = 80
    sci_mode: bool | None = None  # powers of ten: always, never, or as the numbers suggest


PROFILES = {"default": Options(), "short": Options(2, 1000, 2), "full": Options(threshold=np.inf)}
_options = PROFILES["default"]


def set_printoptions(precision: int | None = None, threshold: float | None = None, edgeitems: int | None = None,
                     linewidth: int | None = None, profile: str | None = None, sci_mode: bool | None = None) -> None:
    """How tensors are written from here on; what is left out stays, but for sci_mode. profile: default, short or full.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
    """  # fmt: skip
    global _options
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f"set_printoptions: profile must be one of {', '.join(PROFILES)}, got {profile!r}")
        _options = PROFILES[profile]
    given: dict[str, Any] = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems,
                             "linewidth": linewidth}  # fmt: skip
    _options = replace(_options, sci_mode=sci_mode, **{k: v for k, v in given.items() if v is not None})


def tensor_repr(tensor: Any) -> str:
    """The values, and what is not plain about them: dtype, gradient."""
    array = array_of(tensor)
    name = "tensor" if type(tensor).__name__ == "Tensor" else type(tensor).__name__
    if not isinstance(array, np.ndarray):  # on another device, or of a step that is being traced
        return f"{name}({array!r})"
    notes = []
    if array.size == 0 and array.ndim != 1:
        notes.append(f"size={array.shape}")
    plain = (get_default_dtype(), np.int64, np.bool_) if array.size else (get_default_dtype(),)
    if array.dtype not in plain:
        notes.append(f"dtype=torch.{array.dtype}")
    if tensor.grad_fn is not None:
        notes.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        notes.append("requires_grad=True")
    indent = len(name) + 1
    text = f"{name}({_values(array, indent) if array.size else '[]'}"
    for note in notes:
        last = len(text) - text.rfind("\n") + 1
        text += (", " if last + len(note) + 2 <= _options.linewidth else ",\n" + " " * indent) + note
    return text + ")"


def _values(array: np.ndarray, indent: int) -> str:
    short = array.size > _options.threshold
    shown = array[np.ix_(*(_edges(n) for n in array.shape))] if short else array
    number, width = _formatter(shown.reshape(-1))
    return _nested(array, indent, short, number, width)


def _edges(n: int) -> list[int]:
    """The indices that are shown of an axis of length n."""
    edge = _options.edgeitems
    return list(range(n)) if n <= 2 * edge else [*range(edge), *range(n - edge, n)]


def _formatter(numbers: np.ndarray) -> tuple[Callable[[Any], str], int]:
    """How to write one of these numbers, and the width they share."""
    plain: Callable[[Any], str] = str
    measured = numbers.tolist()
    if numbers.dtype.kind == "f":
        finite = numbers[np.isfinite(numbers) & (numbers != 0)].astype(np.float64)
        measured = finite.tolist()
        whole = bool((finite == np.trunc(finite)).all())
        low, high = (np.abs(finite).min(), np.abs(finite).max()) if finite.size else (1, 1)
        wide = high > 1000 * low or high > 1e8 or (not whole and low < 1e-4)
        if wide if _options.sci_mode is None else _options.sci_mode:
            def plain(x): return f"{x:.{_options.precision}e}"
        elif whole:
            def plain(x): return f"{x:.0f}." if np.isfinite(x) else str(x)
        else:
            def plain(x): return f"{x:.{_options.precision}f}"
    width = max((len(plain(x)) for x in measured), default=1)
    return lambda x: plain(x).rjust(width), width


def _nested(array: np.ndarray, indent: int, short: bool, number: Callable[[Any], str], width: int) -> str:
    """Brackets within brackets; the innermost rows are broken into lines."""
    if array.ndim == 0:
        return number(array.item())
    parts: list[str] = []
    edge = _options.edgeitems
    for i in _edges(len(array)) if short else range(len(array)):
        if short and i and i == len(array) - edge and len(array) > 2 * edge:
            parts.append("..." if array.ndim > 1 else " ...")
        parts.append(_nested(array[i], indent + 1, short, number, width))
    if array.ndim > 1:
        return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
    per_line = max(1, (_options.linewidth - indent) // (width + 2))
    lines = [", ".join(parts[i : i + per_line]) for i in range(0, len(parts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
