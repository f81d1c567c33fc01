"""Calls of NumPy in one form: what a call writes to, `out` or the first argument of a writer, may be given by position
or by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache

import numpy as np

from .errors import CannotFollow
from .program import WRITERS

# The arguments of functions in C, whose signature NumPy shows only since 2.4.
_IN_C = {
    "concatenate": ("arrays", "axis", "out"), "copyto": ("dst", "src", "casting", "where"), "dot": ("a", "b", "out"),
    "putmask": ("a", "mask", "values"),
}  # fmt: skip


@cache
def _names(function: Callable) -> tuple[str, ...]:
    """The arguments that may be given by position."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return _IN_C.get(function.__name__, ())
    return tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))


def in_one_form(name: str, function: Callable, args: tuple, options: dict) -> tuple[tuple, dict]:
    """The same call with `out` by name, and with a writer's arguments by position."""
    names = _names(function)
    given = {**dict(zip(names, args, strict=False)), **options}
    if given.get("overwrite_input") or (function is np.nan_to_num and not given.get("copy", True)):
        raise CannotFollow(f"{name}, told to change what it reads", f"x[...] = {name}(x)")
    if name in WRITERS:
        options = dict(options)
        while len(args) < len(names) and names[len(args)] in options:
            args = (*args, options.pop(names[len(args)]))
    elif "out" in names[: len(args)]:
        place = names.index("out")
        args, options = args[:place], {**dict(zip(names[place:], args[place:], strict=False)), **options}
    return args, options
