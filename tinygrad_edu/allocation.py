"""Why a training step does not hand its memory back to the system between two steps.

An array of more than 128 KiB is given back when it is freed, and its pages are fetched and cleared anew when the
next array of that size is made. A step that allocates and frees a dozen of them spends more time on pages than on
arithmetic: a million-element expression, forward and backward, took 16 ms so and 5 ms otherwise. Here glibc is
asked once, at import, to keep up to 512 MiB of freed memory for the next step. Where the C library is another
one, nothing happens; TINYGRAD_EDU_KEEP_MEMORY=0 in the environment leaves it as it was.
Source: https://man7.org/linux/man-pages/man3/mallopt.3.html
"""

from __future__ import annotations

import ctypes
import os

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory(trim_above: int = 512 << 20, map_above: int = 32 << 20) -> bool:
    """Keep freed memory up to `trim_above` bytes, in arrays up to `map_above` bytes. False where that has no effect."""
    if os.environ.get("TINYGRAD_EDU_KEEP_MEMORY") == "0":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # not glibc
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, map_above) and mallopt(_M_TRIM_THRESHOLD, trim_above))
