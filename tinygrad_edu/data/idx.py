"""IDX, the file format of MNIST: a typed array of any rank behind a header of a few bytes.

    two zero bytes | a byte: the type | a byte: the rank | a big-endian uint32 per dimension | the values

The values lie in C order, big-endian. The whole file may be packed with gzip; the first two bytes tell.
Source: the description of the format that accompanied MNIST (LeCun, Cortes, Burges).
"""

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .files import atomic_write

DTYPE_OF_CODE: dict[int, np.dtype[Any]] = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
CODE_OF_DTYPE = {dtype.newbyteorder("="): code for code, dtype in DTYPE_OF_CODE.items()}

GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 1 << 20                 # bytes asked for at a time: a header that lies cannot claim the memory
MOST_DIMENSIONS = 64            # NumPy's limit
LARGEST_SIZE = 2**32 - 1        # of one dimension: it is stored as a uint32
GET_AGAIN = "get the file again"


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Read the array in an IDX file, plain or gzip (told apart by content, not by name).

    Returns: a writable array in the machine's byte order: uint8, int8, int16, int32, float32, float64.
    Raises: ValueError where the file is not exactly one well-formed IDX array, with the reason;
    OSError where it cannot be opened.
    """
    with open(path, "rb") as file:
        is_gzip = file.read(2) == GZIP_MAGIC
        file.seek(0)
        if not is_gzip:
            return _read_array(file, path)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read_array(cast(BinaryIO, unpacked), path)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(f"read_idx: {path}: expected a whole gzip file, but unpacking failed "
                             f"({error}); {GET_AGAIN}") from error


def write_idx(path: str | os.PathLike[str], array: ArrayLike, compress: bool | None = None) -> None:
    """Write `array` as an IDX file, in one step: an older file is replaced whole or not at all.

    `compress` packs it with gzip; None, the default, does so where the name ends in `.gz`. The same array
    gives the same bytes.

    Raises: TypeError for a dtype that IDX has no code for, ValueError for sizes that its header cannot hold.
    """
    values = np.asarray(array)
    content = _header(values) + values.astype(DTYPE_OF_CODE[_code(values.dtype)], copy=False).tobytes()
    if compress is None:
        compress = Path(path).suffix == ".gz"
    with atomic_write(path) as file:
        # mtime=0 keeps the time of day out of the bytes
        file.write(gzip.compress(content, mtime=0) if compress else content)


def _read_array(stream: BinaryIO, path: str | os.PathLike[str]) -> NDArray[Any]:
    dtype, shape = _read_header(stream, path)
    expected = math.prod(shape) * dtype.itemsize
    content = _read_at_most(stream, expected)
    if len(content) < expected:
        raise ValueError(f"read_idx: {path} is cut short: shape {shape} of {dtype.name} needs {expected:,} "
                         f"bytes, got {len(content):,}; {GET_AGAIN}")
    if stream.read(1):
        raise ValueError(f"read_idx: {path} is too long: shape {shape} of {dtype.name} needs {expected:,} "
                         f"bytes, but more follow; {GET_AGAIN}")
    try:
        stored = np.frombuffer(content, dtype).reshape(shape)
    except ValueError as error:         # no values, but sizes whose product NumPy cannot count
        raise ValueError(f"read_idx: {path}: NumPy has no array of shape {shape}; {GET_AGAIN}") from error
    return stored.astype(dtype.newbyteorder("="), copy=False)


def _read_header(stream: BinaryIO, path: str | os.PathLike[str]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    start = _read_at_most(stream, 4)
    if len(start) < 4:
        raise ValueError(f"read_idx: {path} is cut short: expected a header of at least 4 bytes, "
                         f"got {len(start)}; {GET_AGAIN}")
    zeros, code, rank = struct.unpack(">HBB", start)
    if zeros != 0:
        raise ValueError(f"read_idx: {path} is no IDX file: expected it to begin with two zero bytes, "
                         f"got {start[:2].hex(' ')}; is it another format?")
    if code not in DTYPE_OF_CODE:
        known = ", ".join(f"0x{each:02x} {dtype.name}" for each, dtype in DTYPE_OF_CODE.items())
        raise ValueError(f"read_idx: {path}: unknown type code 0x{code:02x}, expected one of {known}; "
                         f"is it an IDX file?")
    if rank > MOST_DIMENSIONS:
        raise ValueError(f"read_idx: {path}: expected at most {MOST_DIMENSIONS} dimensions, got {rank}; "
                         f"is it an IDX file?")
    sizes = _read_at_most(stream, 4 * rank)
    if len(sizes) < 4 * rank:
        raise ValueError(f"read_idx: {path} is cut short: the sizes of {rank} dimensions need {4 * rank} "
                         f"bytes, got {len(sizes)}; {GET_AGAIN}")
    return DTYPE_OF_CODE[code], struct.unpack(f">{rank}I", sizes)


def _read_at_most(stream: BinaryIO, count: int) -> bytearray:
    """The next `count` bytes of `stream`, or all that are left if those are fewer."""
    content = bytearray()
    while len(content) < count:
        part = stream.read(min(CHUNK, count - len(content)))
        if not part:
            break
        content += part
    return content


def _code(dtype: np.dtype[Any]) -> int:
    native = dtype.newbyteorder("=")
    if native not in CODE_OF_DTYPE:
        known = ", ".join(each.name for each in CODE_OF_DTYPE)
        raise TypeError(f"write_idx: expected one of {known}, got {dtype}; convert it first, "
                        f"as in labels.astype(np.uint8)")
    return CODE_OF_DTYPE[native]


def _header(values: NDArray[Any]) -> bytes:
    if any(size > LARGEST_SIZE for size in values.shape):
        raise ValueError(f"write_idx: expected sizes of at most {LARGEST_SIZE:,}, got shape {values.shape}; "
                         f"split the array")
    return struct.pack(f">HBB{values.ndim}I", 0, _code(values.dtype), values.ndim, *values.shape)
