"""`save` and `load`: nested dictionaries, lists and tuples of tensors, numbers and strings, as one safetensors file.

The tensors stand in the file under dotted names ("model.0.weight"), so that other programs find them; what the nest
looks like stands in the header as JSON. A file without that, as the safetensors package writes, loads as a dictionary.
A pickle (PyTorch's .pt) is refused: loading one runs whatever program its author put into it.
Source: https://docs.pytorch.org/docs/stable/generated/torch.save.html
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import safetensors
from .data.files import atomic_write
from .devices import Size, check, device
from .engine import constant
from .nn.parameter import Parameter
from .tensor import Tensor

_STRUCTURE = "tinygrad_edu.structure"
_PLAIN = (bool, int, str, type(None))
_WAY_OUT = (
    "In PyTorch, load it there and write it anew:\n"
    "  from safetensors.torch import save_file; save_file(torch.load(path, map_location='cpu'), 'model.safetensors')"
)


def save(obj: Any, f: Any, pickle_module: Any = None, pickle_protocol: Any = None,
         _use_new_zipfile_serialization: bool = True) -> None:  # fmt: skip
    """Write a nest of tensors, numbers and strings to a path (whole or not at all) or into a binary file.

    TypeError, with the path inside the nest, for anything else: of a module or an optimizer, save the state_dict().
    """
    arrays: dict[str, np.ndarray] = {}
    structure = json.dumps(_taken_apart(obj, "", arrays, {}))
    if isinstance(f, (str, os.PathLike)):
        with atomic_write(f) as stream:
            safetensors.write(stream, arrays, {_STRUCTURE: structure})
    else:
        safetensors.write(f, arrays, {_STRUCTURE: structure})


def load(f: Any, map_location: Any = None, pickle_module: Any = None, *, weights_only: bool | None = None,
         mmap: bool | None = None, **_: Any) -> Any:  # fmt: skip
    """What `save` wrote, from a path or a binary file; tensors have memory of their own.

    map_location: "cpu", the only place there is ("cuda" is refused). weights_only: nothing else is ever loaded.
    Errors: ValueError for a pickle and for broken files.
    """
    if not callable(map_location) and not isinstance(map_location, dict):
        check("load: map_location", map_location)
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as stream:
            content = stream.read()
    else:
        content = f.read()
    name = repr(os.fspath(f)) if isinstance(f, (str, os.PathLike)) else "the file"
    # a header's length may begin with any byte, also a pickle's \x80; but then the header itself follows
    if content[8:9] != b"{" and (content[:4] == b"PK\x03\x04" or content[:1] == b"\x80"):
        raise ValueError(f"load: {name} is a pickle, as torch.save writes it. Loading one can run any program, so it "
                         f"is not read here.\n{_WAY_OUT}")  # fmt: skip
    try:
        arrays, metadata = safetensors.read(content)
    except ValueError as error:
        raise ValueError(f"load: {name}: {error}") from None
    if _STRUCTURE not in metadata:
        return {key: constant(array) for key, array in arrays.items()}
    return _put_together(json.loads(metadata[_STRUCTURE]), arrays, {})


# --------------------------------------------------------------------------- the nest, as JSON and back


def _taken_apart(x: Any, path: str, arrays: dict[str, np.ndarray], seen: dict[Any, str]) -> Any:
    """A description of x in JSON; its arrays go to `arrays` under their paths, shared ones once."""
    if isinstance(x, Tensor):
        name = seen.get(id(x))
        if name is None:
            name = path or "tensor"
            while name in arrays:
                name += "_"
            arrays[name] = x.detach().numpy()
            seen[id(x)] = name
        kind = "parameter" if isinstance(x, Parameter) else "tensor"
        return {kind: name, "requires_grad": x.requires_grad}
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "biuf":
        if isinstance(x, np.generic):
            return _taken_apart(x.item(), path, arrays, seen)
        arrays[path or "array"] = x
        return {"array": path or "array"}
    if isinstance(x, Size):
        return {"size": list(x)}
    if isinstance(x, np.dtype):
        return {"dtype": x.name}
    if isinstance(x, device):
        return {"device": str(x)}
    if isinstance(x, _PLAIN):
        return x
    if isinstance(x, float):
        return x if np.isfinite(x) else {"float": repr(x)}
    below = f"{path}." if path else ""
    if isinstance(x, Mapping):
        pairs = [[_taken_apart(key, f"{below}key", arrays, seen), _taken_apart(value, f"{below}{key}", arrays, seen)]
                 for key, value in x.items()]  # fmt: skip
        return {"ordered" if isinstance(x, OrderedDict) else "dict": pairs}
    if isinstance(x, (list, tuple, set)):
        kind = type(x).__name__ if type(x) in (list, tuple, set) else "tuple" if isinstance(x, tuple) else "list"
        return {kind: [_taken_apart(value, f"{below}{i}", arrays, seen) for i, value in enumerate(x)]}
    raise TypeError(f"save: {path or 'the object'} is a {type(x).__name__}; tensors, numbers, strings, and dicts, "
                    "lists and tuples of them are saved: of a module or optimizer, its state_dict()")  # fmt: skip


def _put_together(x: Any, arrays: dict[str, np.ndarray], made: dict[str, Any]) -> Any:
    if not isinstance(x, dict):
        return x
    kind = next(iter(x))
    inside = x[kind]
    if kind in ("tensor", "parameter"):
        if inside not in made:
            tensor = constant(arrays[inside])
            made[inside] = (Parameter(tensor, x["requires_grad"]) if kind == "parameter"
                            else tensor.requires_grad_(x["requires_grad"]))  # fmt: skip
        return made[inside]
    if kind == "array":
        return arrays[inside]
    plain = {"float": float, "dtype": np.dtype, "device": device, "size": Size}
    if kind in plain:
        return plain[kind](inside)  # type: ignore[operator]
    if kind in ("dict", "ordered"):
        pairs = [(_put_together(k, arrays, made), _put_together(v, arrays, made)) for k, v in inside]
        return OrderedDict(pairs) if kind == "ordered" else dict(pairs)
    parts = [_put_together(value, arrays, made) for value in inside]
    return {"list": list, "tuple": tuple, "set": set}[kind](parts)


# --------------------------------------------------------------------------- names that PyTorch's pickles need


@contextlib.contextmanager
def safe_globals(safe_globals: list) -> Iterator[None]:
    """Without effect: no class is ever loaded from a file."""
    yield


def add_safe_globals(safe_globals: list) -> None:
    """Without effect: no class is ever loaded from a file."""
