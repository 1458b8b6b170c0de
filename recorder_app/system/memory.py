"""Giving memory back that is free but still counted as ours."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable


@functools.cache
def _trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    # Only glibc has it; musl gives memory back by itself.
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def release_free_memory() -> None:
    """Return free memory to the system where the C library keeps it. Thread-safe.

    Pictures of 2 to 33 MB come and go in several threads, and glibc's heaps grow in steps of 10 MB
    for want of one large free piece. Having such blocks mapped singly would keep memory as flat
    and costs a third more CPU on full motion; this costs some milliseconds, so call it rarely.
    """
    trim = _trim()
    if trim is not None:
        trim(0)
