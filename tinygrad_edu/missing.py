"""Names that are not there answer with what is nearest, and how to add what is missing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

_RECIPE = (
    "To add an op of your own, see \"A new op\" in the README: @tinygrad_edu.op{} makes one of five lines of NumPy"
)


def nearest(name: str, names: Iterable[str]) -> str:
    names = sorted(n for n in names if not n.startswith("_"))
    near = difflib.get_close_matches(name.lower(), names, 3, 0.6) or difflib.get_close_matches(name, names, 1, 0.3)
    return f"; nearest: {', '.join(near)}" if near else ""


def no_attribute(owner: str, name: str, names: Iterable[str]) -> NoReturn:
    """Raise AttributeError for a name that `owner` lacks."""
    recipe = "" if name.startswith("__") else f"{nearest(name, names)}.\n{_RECIPE.format('')}"
    raise AttributeError(f"{owner} has no {name!r}{recipe}")


def no_answer(name: str, names: Iterable[str]) -> str:
    """The message for a NumPy function that met a Tensor and for which no op answers."""
    return (f"np.{name} met a tensor, and no op answers for it{nearest(name, names)}. On plain arrays: "
            f"t.detach().numpy()\n{_RECIPE.format(f'(np.{name})')}")  # fmt: skip


def no_complex(name: str, hint: str = "compute on t.detach().numpy(), where NumPy has them") -> Callable:
    """A function that says that complex numbers are left out."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{name}: its numbers are complex, and complex numbers are left out here; {hint}")

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "RuntimeError: complex numbers are left out here."
    return refuse
