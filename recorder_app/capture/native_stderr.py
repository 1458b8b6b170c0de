"""Keeping what native libraries print for themselves off a person's terminal."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import platform
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_inside = 0
_kept: int | None = None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Have C code that writes to ``stderr`` write nowhere. Thread-safe, and may be nested.

    ALSA and PortAudio print lines for every card that is missing and every device that fails, and
    report the same by their results. Only the variable ``stderr`` of the C library is exchanged:
    descriptor 2 stays, so that what Python writes meanwhile, in any thread, is not lost, and a call
    that never returns silences nobody else. Does nothing where the library is not glibc; PortAudio
    prints nothing on Windows and macOS.
    """
    variable = _c_stderr()
    if variable is None:
        yield
        return
    _enter(variable)
    try:
        yield
    finally:
        _leave(variable)


def _enter(variable: ctypes.c_void_p) -> None:
    global _inside, _kept
    with _lock:
        if not _inside:
            _kept, variable.value = variable.value, _nowhere()
        _inside += 1


def _leave(variable: ctypes.c_void_p) -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            variable.value = _kept


@functools.cache
def _c_stderr() -> ctypes.c_void_p | None:
    # Elsewhere the variable has another name, or lies where nobody may write.
    if platform.libc_ver()[0] != "glibc":
        return None
    return ctypes.c_void_p.in_dll(ctypes.CDLL(None), "stderr")


@functools.cache
def _nowhere() -> int | None:
    library = ctypes.CDLL(None, use_errno=True)
    library.fopen.restype = ctypes.c_void_p
    library.fopen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    opened: int | None = library.fopen(b"/dev/null", b"we")
    if opened is None:
        # Noise is better than a null pointer that the libraries would write through.
        variable = _c_stderr()
        return None if variable is None else variable.value
    return opened
