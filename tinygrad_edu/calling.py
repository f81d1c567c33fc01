"""What happens to the arguments of an op before its formula sees them, when they are not plain tensors in order:
names and defaults, PyTorch's type promotion; and to its errors: they name the op and the shapes.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import promotion
from .errors import DtypeError, both
from .graph import Op, Tensor, mode, registry

ALIASES = {"axis": "dim", "keepdims": "keepdim", "axes": "dims"}
_AXES = ("dim", "dims", "shape")
_LETTERS = {"x": "input", "y": "other", "w": "weight", "b": "bias"}  # what PyTorch calls a formula's letters
_SECOND = {"pow": "exponent", "outer": "vec2", "dot": "tensor", "heaviside": "values"}  # and these ops' y


def outward(function: Callable, name: str = "") -> inspect.Signature:
    """A formula's signature as users call it: PyTorch's names for its letters, and settings also by position."""
    parameters, was_optional, variadic = [], False, False
    signature = inspect.signature(function)
    letters = _letters(signature)
    for p in signature.parameters.values():
        optional, kind = p.default is not p.empty, p.kind
        variadic = variadic or kind is p.VAR_POSITIONAL
        if kind is p.KEYWORD_ONLY and not variadic and (optional or not was_optional):
            kind = p.POSITIONAL_OR_KEYWORD
        was_optional = was_optional or optional
        outer = _SECOND[name] if p.name == "y" and name in _SECOND else letters.get(p.name, p.name)
        parameters.append(p.replace(name=outer, kind=kind))
    return signature.replace(parameters=sorted(parameters, key=lambda p: p.kind))


def signature_of(op: Callable, **settings: Any) -> inspect.Signature:
    """The signature of an op that takes further settings, by keyword; these are their defaults."""
    signature = inspect.signature(op)
    more = {name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=x) for name, x in settings.items()}
    return signature.replace(parameters=[*{**signature.parameters, **more}.values()])


def _letters(signature: inspect.Signature) -> dict[str, str]:
    """What the letters of a formula are called outside; none where y comes first, as in the area below y(x)."""
    names = list(signature.parameters)
    return {} if names[:1] == ["y"] else {name: _LETTERS[name] for name in names if name in _LETTERS}


def either_name(function: Callable) -> Callable:
    """Let a function composed of ops take what ops take: NumPy's axis= and keepdims= for dim= and keepdim=, PyTorch's
    input= and other= for x and y, and out=.
    """
    signature = inspect.signature(function)
    letters = _letters(signature)
    names = {**ALIASES, **{outer: letter for letter, outer in letters.items()}}

    @functools.wraps(function)
    def call(*args: Any, out: Any = None, **options: Any) -> Any:
        options = {names.get(key, key): value for key, value in options.items()} if options else options
        try:
            result = function(*args, **options)
        except (ValueError, TypeError, IndexError) as error:
            raise both(error) from error.__cause__
        except AttributeError as error:
            raise not_a_tensor(function.__name__, args or tuple(options.values()), error) from None
        return result if out is None else into(out, result)

    call.__signature__ = signature.replace(parameters=[  # type: ignore[attr-defined]
        p.replace(name=letters.get(p.name, p.name)) for p in signature.parameters.values()])  # fmt: skip
    return call


def bind(op: Op, args: tuple, static: dict) -> tuple[tuple, dict]:
    """Sort the arguments of a call: arrays by position, the rest by keyword, under the formula's names."""
    count = len(op.positional)
    static = {ALIASES[k] if k in ALIASES and k not in op.static else k: v for k, v in static.items()}
    if not op.variadic:
        if len(args) > count:
            extra, args = args[count:], args[:count]
            if len(extra) > len(op.static):
                raise TypeError(f"{op.name}: at most {count + len(op.static)} arguments, got {count + len(extra)}")
            for key, value in zip(op.static, extra, strict=False):
                if key in static:
                    raise TypeError(f"{op.name}: argument {key!r} was given twice")
                static[key] = value
        while len(args) < count:
            letter = op.positional[len(args)]
            names = (letter, _SECOND.get(op.name) if letter == "y" else None, _LETTERS.get(letter),
                     *("input", "other")[len(args) : len(args) + 1])  # fmt: skip
            given = next((key for key in names if key in static), None)
            if given is None:
                break
            args = (*args, static.pop(given))
        if len(args) < op.required:
            raise TypeError(f"{op.name}: argument {op.positional[len(args)]!r} is missing")
    for key, value in static.items():
        if key not in op.static:
            raise TypeError(f"{op.name}: no argument {key!r}; it takes {', '.join(op.positional + op.static)}")
        if isinstance(value, Tensor):
            if value._place is not None and mode.recording:
                raise TypeError(f"{op.name}: {key} is a fixed setting and has no derivative here, but the tensor "
                                f"given requires grad; pass {key}.detach()")  # fmt: skip
            static[key] = value._array.item() if value._array.ndim == 0 else value._array
        elif key in _AXES and type(value) is list:
            static[key] = tuple(value)
    return args, static


def into(out: Any, result: Any) -> Any:
    """PyTorch's out=: the tensor (or tuple of tensors) that takes a result's numbers, and its shape."""
    if isinstance(out, (tuple, list)):
        for part, found in zip(out, result, strict=True):
            into(part, found)
        return out
    if out._place is not None or (result._place is not None and mode.recording):
        raise RuntimeError("out=: there is no derivative through a tensor that is written into; leave out= away")
    if not out._array.flags.writeable:
        raise RuntimeError("out=: several of its numbers share one place in memory; give a tensor of its own")
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        raise RuntimeError(f"out=: a result of dtype {result.dtype} does not fit into a tensor of dtype {out.dtype}")
    if out.shape != result.shape:
        out.resize_(result.shape)
    return out.copy_(result)


def promoted(op: Op, args: Sequence) -> list:
    """The arguments, cast to the dtype that PyTorch would compute in. Casts are ops: gradients cast back."""
    try:
        dtype = promotion.result_type(*(x._array if isinstance(x, Tensor) else x for x in args))
    except TypeError as error:
        raise DtypeError(f"{op.name}: {error}") from None
    if op.promote == "same":
        dtypes = dict.fromkeys(x._array.dtype for x in args if isinstance(x, Tensor))
        if len(dtypes) > 1:
            raise DtypeError(f"{op.name}: the tensors must have one dtype, got {' and '.join(map(str, dtypes))}; "
                             "convert one of them, e.g. x.to(y.dtype)")  # fmt: skip
        (dtype,) = dtypes  # a plain array, or a number, follows the tensors
    elif op.promote == "float" and dtype.kind != "f":
        dtype = promotion.get_default_dtype()
    with np.errstate(all="ignore"):
        numbers = [np.asarray(x) if isinstance(x, np.generic) else x for x in args]
        return [np.astype(x, dtype) if getattr(x, "dtype", dtype) is not dtype else x for x in numbers]


def named(op: Op, error: Exception, arrays: list) -> Exception:
    """The same error, naming the op and the shapes it met."""
    text = str(error)
    if text.partition(":")[0] in registry:  # it names an op already, this one or one that its formula calls
        return both(error)
    shapes = ", ".join(str(x.shape) if hasattr(x, "shape") else repr(x) for x in arrays)
    if op.elementwise and "broadcast" in text:
        text = "shapes must be equal, or 1 where they differ (counted from the right); add an axis, or transpose one"
    return both(error, f"{op.name}: {text}; got shapes {shapes}")


def not_a_tensor(name: str, args: tuple, error: AttributeError) -> Exception:
    """What to raise where a function looked for the shape of something that has none."""
    first = args[0] if args else None
    if hasattr(first, "shape"):
        return error
    return DtypeError(f"{name}: a tensor expected, got {type(first).__name__}; make one with tinygrad_edu.tensor(...)")
