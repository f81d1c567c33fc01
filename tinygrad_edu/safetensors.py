"""The safetensors format: 8 bytes with the header's length, a JSON header, then the numbers of all tensors in a row.

The header names for each tensor its dtype, shape and the place of its bytes; under "__metadata__" stand strings.
Nothing in such a file can run.
Source: https://huggingface.co/docs/safetensors, https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
          "U16": "<u2", "U32": "<u4", "U64": "<u8", "BOOL": "?"}  # fmt: skip
_NAMES = {np.dtype(code).newbyteorder("="): name for name, code in DTYPES.items()}
_LONGEST = 100_000_000  # bytes of header that the format allows


def write(stream: BinaryIO, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> None:
    """Write arrays, by name, and strings."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    # The widest numbers first, so that each array begins at a multiple of its item size.
    names = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    for name in names:
        array = arrays[name]
        if array.dtype not in _NAMES:
            raise TypeError(f"safetensors: {name!r} has dtype {array.dtype}, which the format has no name for")
        place = [end, end + array.nbytes]
        header[name] = {"dtype": _NAMES[array.dtype], "shape": list(array.shape), "data_offsets": place}
        end += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    stream.write(len(text).to_bytes(8, "little"))
    stream.write(text)
    for name in names:
        array = arrays[name]
        stream.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())


def read(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """(arrays by name, strings) of a file's content. ValueError, saying what, where it is broken."""
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > _LONGEST or 8 + length > len(content):
        raise ValueError(f"safetensors: the file is cut off, or of another kind: {len(content)} bytes, and a header of "
                         f"{length} is announced")  # fmt: skip
    try:
        header = json.loads(content[8 : 8 + length])
    except ValueError as error:
        raise ValueError(f"safetensors: the header is no JSON: {error}") from None
    metadata = header.pop("__metadata__", {})
    numbers = memoryview(content)[8 + length :]
    return {name: _array(name, entry, numbers) for name, entry in header.items()}, metadata


def _array(name: str, entry: Any, numbers: memoryview) -> np.ndarray:
    try:
        code, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"safetensors: {name!r} must have dtype, shape and data_offsets, got {entry!r}") from None
    if code == "BF16":  # the upper half of a float32
        halves = _cut(name, numbers, start, end, shape, np.dtype("<u2"))
        return (halves.astype(np.uint32) << 16).view(np.float32)
    if code not in DTYPES:
        raise ValueError(f"safetensors: {name!r} has dtype {code}, which NumPy has not")
    dtype = np.dtype(DTYPES[code])
    return _cut(name, numbers, start, end, shape, dtype).astype(dtype.newbyteorder("="))


def _cut(name: str, numbers: memoryview, start: int, end: int, shape: tuple, dtype: np.dtype) -> np.ndarray:
    count = int(np.prod(shape, dtype=object)) if shape else 1
    if not 0 <= start <= end <= len(numbers) or end - start != count * dtype.itemsize:
        raise ValueError(f"safetensors: {name!r}, of shape {shape} and dtype {dtype}, cannot lie at bytes {start} to "
                         f"{end} of {len(numbers)}")  # fmt: skip
    return np.frombuffer(numbers[start:end], dtype).reshape(shape)
