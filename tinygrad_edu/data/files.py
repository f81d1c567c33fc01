"""Files that are either whole or not there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a new binary file that takes the name `path` only once the block has ended well.

    The bytes go to a hidden neighbour `.NAME.xxxxxxxx.partial` in the same folder (renaming is atomic only
    within one file system), are forced to the disk, and then take the place of `path` in one step. Whoever
    reads `path` sees the old bytes or the new ones, never half of them. If the block raises, Ctrl-C included,
    the neighbour is removed and `path` stays as it was.

    Raises: OSError where the folder is missing or cannot be written.
    """
    target = Path(path)
    if not target.name:
        raise ValueError(f"atomic_write: expected the path of a file, got {str(path)!r}")
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        with open(partial, "xb") as stream:     # not tempfile: others could not read its files
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
