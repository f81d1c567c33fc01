"""What editors and type checkers read: `python -m tests.stubs` writes the .pyi files of the modules listed below.

Ops are plain formulas, whose arguments are arrays inside and tensors outside; and a Tensor's methods are names of ops.
So their types stand nowhere in the source. Here they are put together: names, order and defaults from the signature
that each function has at run time; a Tensor as the result where its source names no other; and the types of arguments
from what they are called (`dim`, `keepdim`, `dtype`), which is the same in all of the framework.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu
from tinygrad_edu import graph
from tinygrad_edu.tensor import Tensor

FOLDER = Path(tinygrad_edu.__file__).parent
MODULES = {"tinygrad_edu": "__init__.pyi", "tinygrad_edu.tensor": "tensor.pyi",
           "tinygrad_edu.linalg": "linalg.pyi", "tinygrad_edu.special": "special.pyi",
           "tinygrad_edu.nn.functional": "nn/functional.pyi"}  # fmt: skip

# What an argument is, by its name.
TENSORS = (
    "input", "mask", "index", "src", "tensor", "tensor1", "tensor2", "mat", "mat1", "mat2", "batch1", "batch2", "vec",
    "vec1", "vec2", "weight", "target", "elements", "boundaries", "sorted_sequence", "source", "x1", "x2", "A", "B",
    "L", "bias", "values", "weights", "fweights", "aweights", "prepend", "append", "condition",
)  # fmt: skip
WHOLE = (
    "k", "n", "chunks", "dim0", "dim1", "axis0", "axis1", "offset", "diagonal", "num_samples", "bins", "minlength",
    "start", "length", "step", "start_dim", "end_dim", "decimals",
)  # fmt: skip
SIZES = ("dims", "indices_or_sections", "split_size", "sizes", "size", "shape", "shifts", "padding", "stride",
         "dilation", "kernel_size")  # fmt: skip
TYPES = {
    **dict.fromkeys(TENSORS, "Tensor"), **dict.fromkeys(WHOLE, "int"), **dict.fromkeys(SIZES, "int | Sequence[int]"),
    **dict.fromkeys(("other", "exponent", "value", "min", "max"), "Tensor | Number"),
    **dict.fromkeys(("alpha", "beta", "p"), "Number"), **dict.fromkeys(("q", "mean", "std"), "Tensor | float"),
    **dict.fromkeys(("equation", "indexing", "rounding_mode", "reduce"), "str"),
    **dict.fromkeys(("eps", "posinf", "neginf", "maxnorm"), "float"),
    "dtype": "DTypeLike", "generator": "Generator", "device": "DeviceLike", "correction": "int", "unbiased": "bool",
    "output_size": "int | Sequence[int | None]", "tensors": "Tensor | Sequence[Tensor]", "repeats": "Tensor | int",
}  # fmt: skip
AXES = "int | Sequence[int] | None"
# Arguments on which the kind of result hangs, written "one | other": their types for the one, and for the other.
SWITCHES = {"dim": ("Tensor | None", "int"), "as_tuple": ("Literal[False]", "Literal[True]"),
            "return_indices": ("Literal[False]", "Literal[True]")}  # fmt: skip
NUMBERS = ("int", "float", "bool", "str", "complex")
GENERIC = {"np.dtype": "Any", "np.ndarray": "Any, Any", "Callable": "..., Any", "Sequence": "Any",
           "dict": "Any, Any", "tuple": "Any, ...", "list": "Any"}  # fmt: skip

HEADER = '''"""Written by `python -m tests.stubs` from the code beside it, for editors and checkers. Do not edit."""

# ruff: noqa
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, NoReturn, Self, overload

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_edu import graph
from tinygrad_edu.devices import device as _device
{0}
Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

'''


# Where the types are that annotations name.
HOMES = {"Size": "devices", "Geqrf": "factors", "TriangularSolve": "factors", "Place": "graph", "Handle": "hooks",
         "QR": "linalg", "OldSVD": "linalg", "Slogdet": "linalg", "Values": "ops.order", "Extremes": "ops.statistics",
         "Histogram": "ops.statistics", "Generator": "random", "Sparse": "sparse", "Tensor": "tensor",
         "TypedStorage": "storage"}  # fmt: skip


def header(module: Any) -> str:
    """The first lines of a file: what its annotations name. Only what the module itself offers is offered on."""
    return HEADER.format("".join(
        f"from tinygrad_edu.{home} import {name}{f' as {name}' if hasattr(module, name) else ''}\n"
        for name, home in HOMES.items()
        if f"tinygrad_edu.{home}" != getattr(module, "__module__", module.__name__)))  # fmt: skip


def type_of(parameter: inspect.Parameter) -> str:
    """The type of an argument: as its source says, or by its name, or by its default."""
    if parameter.annotation not in (parameter.empty, "Any", Any):
        return _written(parameter.annotation)
    name, default = parameter.name, parameter.default
    if parameter.kind is parameter.VAR_POSITIONAL and name in ("size", "sizes", "shape", "dims", "repeats"):
        return "int | Sequence[int]"
    if name == "dim":
        return AXES if default is None else "int"
    kind = TYPES.get(name) or ("Tensor" if name in TENSORS else "int" if name in WHOLE else "")
    if not kind and default is not parameter.empty and type(default) in (bool, int, float, str):
        kind = "float" if type(default) is int else type(default).__name__
    if kind and default is None and not kind.endswith("| None"):
        kind += " | None"
    return kind or "Any"


def _written(annotation: Any) -> str:
    """An annotation as text, also where it is an object."""
    if annotation is np.dtype:
        return "np.dtype"
    if isinstance(annotation, str):
        return annotation
    return annotation.__name__ if type(annotation) is type else str(annotation).replace("typing.", "")


def full(annotation: str) -> str:
    """An annotation for a scope where `int`, `float` and `bool` are dtypes or methods."""
    annotation = re.sub(r"(?<![\w.])_?builtins\.", "", annotation).replace("graph.Tensor", "Tensor")
    annotation = re.sub(r"(?<![\w.])_np\.", "np.", annotation).replace("tinygrad_edu.tensor.", "")
    annotation = re.sub(r"(?<![\w.])device(?!\w)", "_device", annotation)
    for name, of in GENERIC.items():
        annotation = re.sub(rf"(?<![\w.]){name}(?![\w\[])", f"{name}[{of}]", annotation)
    return re.sub(rf"(?<![\w.])({'|'.join((*NUMBERS, 'type', 'tuple', 'list', 'dict'))})(?![\w(])", r"builtins.\1",
                  annotation)  # fmt: skip


def parameters_of(function: Callable, method: bool) -> tuple[list[inspect.Parameter], str]:
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    returned = signature.return_annotation
    if method and parameters:
        parameters[0] = parameters[0].replace(name="self", annotation="", default=inspect.Parameter.empty)
    return parameters, "Tensor" if returned is signature.empty else _written(returned)


def line(name: str, parameters: list[inspect.Parameter], returned: str, doc: str, method: bool) -> str:
    """`def name(...) -> returned:` with its sentence."""
    shown, marked = [], False
    for i, p in enumerate(parameters):
        if p.kind is p.KEYWORD_ONLY and not marked:
            shown.append("*")
        marked = marked or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        stars = "*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else ""
        kind = "" if method and i == 0 else f": {full(type_of(p))}"
        default = "" if p.default is p.empty else f" = {_default(p.default)}"
        shown.append(f"{stars}{p.name}{kind}{default}")
    text = f"def {name}({', '.join(shown)}) -> {full(returned)}:"
    return f"{text} ...\n" if not doc else f'{text}\n    """{doc}"""\n'


def _default(value: Any) -> str:
    if value is None or type(value) in (bool, int, str):
        return repr(value)
    return repr(value) if type(value) is float and np.isfinite(value) else "..."


def sentence(function: Any) -> str:
    """The first sentence of a function's page."""
    doc = (inspect.getdoc(function) or "").split("\n\n")[0]
    return " ".join(doc.split()).replace("\\", "\\\\").replace('"', "'")


def definition(name: str, function: Callable, method: bool) -> str:
    """A function's lines; several where the result's type hangs on the arguments."""
    parameters, returned = parameters_of(function, method)
    doc = sentence(function)
    by_name = {p.name: i for i, p in enumerate(parameters)}
    first, _, second = returned.partition(" | ")
    if second and list(by_name) == ["condition", "input", "other"]:  # where: with the condition alone, places
        three = [parameters[0], *(p.replace(default=inspect.Parameter.empty) for p in parameters[1:])]
        return ("@overload\n" + line(name, three, first, doc, method)
                + "@overload\n" + line(name, parameters[:1], second, doc, method))  # fmt: skip
    switch = next((key for key in SWITCHES if key in by_name), None)
    if second and second != "None" and switch:
        i, (off, on) = by_name[switch], SWITCHES[switch]
        without, given = [*parameters], [*parameters]
        without[i] = without[i].replace(annotation=off)
        given[i] = given[i].replace(annotation=on, default=inspect.Parameter.empty)
        if any(p.default is not p.empty for p in parameters[:i]):
            given[i] = given[i].replace(kind=inspect.Parameter.KEYWORD_ONLY)
            given.sort(key=lambda p: p.kind)
        ways = [(given, second), (without, first)]
        if "Literal" in on:
            any_way = [*parameters]
            any_way[i] = any_way[i].replace(annotation="bool")
            ways.append((any_way, "Any"))
        return "".join("@overload\n" + line(name, each, kind, doc, method) for each, kind in ways)
    return line(name, parameters, returned, doc, method)


def indented(text: str) -> str:
    return "".join(f"    {part}\n" for part in text.splitlines())


def attributes_of(kind: type) -> dict[str, Any]:
    """What a class and its bases (but the engine's) define."""
    found: dict[str, Any] = {}
    for base in reversed([c for c in kind.__mro__ if c not in (object, graph.Tensor)]):
        found.update(vars(base))
    skipped = ("__module__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__getattr__", "__firstlineno__",
               "__static_attributes__")  # fmt: skip
    return {n: v for n, v in found.items() if n not in skipped and (n.startswith("__") or not n.startswith("_"))}


def class_body(kind: type) -> Iterator[str]:
    for name, value in attributes_of(kind).items():
        if isinstance(value, property):
            returned = inspect.signature(value.fget).return_annotation if value.fget else "Any"
            returned = full("Tensor" if returned is inspect.Signature.empty else _written(returned))
            yield f"@property\ndef {name}(self) -> {returned}: ...\n"
            if value.fset:
                kind = "Any" if name == "data" else "builtins.bool"
                yield f"@{name}.setter\ndef {name}(self, value: {kind}) -> None: ...\n"
        elif name in ("__eq__", "__ne__"):
            yield f"def {name}(self, other: object) -> Tensor: ...  # type: ignore[override]\n"
        elif callable(value):
            yield definition(name, value, True).replace("value: Tensor | Number", "value: Any" if name == "__setitem__"
                                                        else "value: Tensor | Number")  # fmt: skip
        else:
            yield f"{name}: {'Any' if value is None else full(type(value).__name__)}\n"
    yield "grad: Tensor | None\n"


def tensor_stub() -> str:
    text = header(Tensor)
    text += f'class Tensor(graph.Tensor):\n    """{sentence(Tensor)}"""\n\n'
    text += "".join(map(indented, class_body(Tensor)))
    return text + "\n" + definition("tensor", tinygrad_edu.tensor, False)


def typed(function: Any) -> bool:
    """Whether a function's own source says what it returns, and means the Tensor with methods."""
    if hasattr(function, "op") or not isinstance(function, types.FunctionType) or "__signature__" in vars(function):
        return False
    returned = function.__annotations__.get("return")
    module = sys.modules[function.__module__]
    if returned in (None, "Any") or " | tuple" in str(returned):
        return False
    return "Tensor" not in str(returned) or getattr(module, "Tensor", None) is Tensor


def module_stub(module: types.ModuleType) -> str:
    """The names of a module: those with types of their own are brought from where they are, the others written out."""
    brought, written = [], []
    here = module.__name__
    for name, value in vars(module).items():
        if (name.startswith("_") and name != "__version__") or name == "annotations" or hasattr(typing, name):
            continue
        if getattr(value, "__module__", "") == "tinygrad_edu.engine" and not hasattr(tinygrad_edu, name):
            continue
        if isinstance(value, types.ModuleType):
            if value.__name__.startswith("tinygrad_edu."):
                folder, _, file = value.__name__.rpartition(".")
                brought.append(f"from {folder} import {file} as {name}\n")
        elif name in HOMES and HOMES[name] != here.rpartition(".")[2]:
            continue
        elif isinstance(value, type) and value.__module__ == here:
            written.append(inspect.getsource(value) + "\n")
        elif isinstance(value, type) or typed(value):
            home = value.__module__
            own = value.__qualname__
            if home.startswith("tinygrad_edu") and not hasattr(sys.modules[home], own):  # a closure's
                written.append(definition(name, value, False))
            elif home.startswith("tinygrad_edu") and home != here:
                brought.append(f"from {home} import {own} as {name}\n")
            elif home == here:
                written.append(definition(name, value, False))
            elif home.startswith("numpy"):
                brought.append(f"from {home} import {value.__name__} as {name}\n")
        elif callable(value) and value.__module__.startswith("tinygrad_edu"):
            written.append(definition(name, value, False))
        elif isinstance(value, np.dtype):
            written.append(f"{name}: np.dtype[Any]\n")
        else:
            home = type(value).__module__
            kind = type(value).__name__
            written.append(f"{name}: {'Any' if home != 'builtins' or value is None else full(kind)}\n")
    return header(module) + "".join(brought) + "\n" + "".join(written)


def stubs() -> dict[str, str]:
    """The files, by their path in the package."""
    found = {}
    for name, path in MODULES.items():
        module = importlib.import_module(name)
        found[path] = tensor_stub() if name.endswith(".tensor") else module_stub(module)
    return found


def main() -> None:
    for path, text in stubs().items():
        (FOLDER / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
