"""What happens to the arguments of an op before its formula sees them, when they are not plain tensors in order:
names and defaults, PyTorch's type promotion; and to its errors: they name the op and the shapes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import promotion
from .graph import Op, Tensor, mode, registry

ALIASES = {"axis": "dim", "keepdims": "keepdim", "axes": "dims"}
_AXES = ("dim", "dims", "shape")
_FIRST_AND_SECOND = ("input", "other")


class ArgumentError(ValueError, RuntimeError):
    """What NumPy calls a ValueError is a RuntimeError in PyTorch: code that expects either one catches it."""


class PlaceError(IndexError, RuntimeError):
    """The same of an IndexError."""


class DtypeError(TypeError, RuntimeError):
    """The same of a TypeError."""


class SingularError(np.linalg.LinAlgError, RuntimeError):
    """The same of LAPACK's errors."""


_KINDS = {np.linalg.LinAlgError: SingularError, IndexError: PlaceError, TypeError: DtypeError,
          OverflowError: OverflowError, ValueError: ArgumentError}  # fmt: skip


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
            names = (op.positional[len(args)], *_FIRST_AND_SECOND[len(args) : len(args) + 1])
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


def promoted(op: Op, args: Sequence) -> list:
    """The arguments, cast to the dtype that PyTorch would compute in. Casts are ops: gradients cast back."""
    try:
        dtype = promotion.result_type(*(x._array if isinstance(x, Tensor) else x for x in args))
    except TypeError as error:
        raise TypeError(f"{op.name}: {error}") from None
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
    kind = next(kind for base, kind in _KINDS.items() if isinstance(error, base))
    if text.partition(":")[0] in registry:  # it names an op already, this one or one that its formula calls
        return error if isinstance(error, RuntimeError) else kind(text)
    shapes = ", ".join(str(x.shape) if hasattr(x, "shape") else repr(x) for x in arrays)
    if op.elementwise and "broadcast" in text:
        text = "shapes must be equal, or 1 where they differ (counted from the right); add an axis, or transpose one"
    return kind(f"{op.name}: {text}; got shapes {shapes}")
