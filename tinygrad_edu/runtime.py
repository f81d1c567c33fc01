"""What importing tinygrad_edu sets in the process, and why. TINYGRAD_EDU_RUNTIME=0 in the environment sets nothing.

**Freed memory is kept.** An array of more than 128 KiB goes back to the system when it is freed, and its pages are
fetched and cleared anew for the next array of that size. A step that allocates and frees a dozen of them spends more
time on pages than on arithmetic: a million-element expression, forward and backward, took 16 ms so and 5 ms otherwise.
So glibc is asked to keep up to 512 MiB for the next step; where the C library is another one, nothing happens.
Source: https://man7.org/linux/man-pages/man3/mallopt.3.html

**The garbage collector looks less often.** A recorded step is thousands of small objects. None of them stands in a
cycle, so all go as soon as nobody needs them; but Python looks for cycles after every 700 new ones, which took a tenth
of the time of a chain of small ops. It looks after every 10,000 here, unless the program has chosen a number itself.
Source: https://docs.python.org/3/library/gc.html#gc.set_threshold
"""

from __future__ import annotations

import ctypes
import gc
import os

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_CHOSEN_BY_PYTHON = (700, 2000)  # gc thresholds, by version


def set_up() -> None:
    """Set both, once, at import."""
    if os.environ.get("TINYGRAD_EDU_RUNTIME") != "0":
        keep_freed_memory()
        collect_less_often()


def keep_freed_memory(trim_above: int = 512 << 20, map_above: int = 32 << 20) -> bool:
    """Keep freed memory up to `trim_above` bytes, in arrays up to `map_above` bytes. False where that has no effect."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # not glibc
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, map_above) and mallopt(_M_TRIM_THRESHOLD, trim_above))


def collect_less_often(threshold: int = 10_000) -> bool:
    """Look for cycles after so many new objects. False where the program has chosen a number already."""
    youngest, *older = gc.get_threshold()
    if youngest not in _CHOSEN_BY_PYTHON:
        return False
    gc.set_threshold(threshold, *older)
    return True
