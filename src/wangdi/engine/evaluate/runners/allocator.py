"""How the C library keeps freed memory. Evaluation makes and drops arrays of megabytes thousands of times."""

import ctypes
import os
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of glibc's mallopt(3)."""

_LARGEST_KEPT = 32 << 20
"""Arrays up to 32 MiB come from the heap, the most glibc allows; larger ones are mapped and given back."""

_KEPT = 512 << 20
"""Freed memory at the top of the heap that is not given back to the system."""


@cache
def keep_freed_memory() -> bool:
    """Lets the process reuse freed arrays instead of returning them to the system; whether it could be arranged.

    Threads of their own arenas return every large array at once, and the system clears each page anew: two threads then
    spend as long in page faults as in arithmetic and are slower than one (measured; docs/architecture.md). To be called
    before NumPy and Arrow are imported: NumPy starts threads, whose arena later ones would take over, and Arrow, which
    has an allocator of its own, chooses it then (``ARROW_DEFAULT_MEMORY_POOL``, unless that is set already).
    Elsewhere than on glibc nothing is changed.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    wanted = ((_MMAP_THRESHOLD, _LARGEST_KEPT), (_TRIM_THRESHOLD, _KEPT), (_ARENA_MAX, 1))
    kept = all(bool(mallopt(parameter, value)) for parameter, value in wanted)
    if kept:
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    return kept
