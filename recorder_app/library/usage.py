"""Who has the library open, and whether someone ended without closing it.

Each process that opens the library leaves an empty file ``.NAME.used-PID`` beside it and takes it
away at its end. One whose process is gone tells of a crash; a living one keeps others from putting
another file into the database's place. Nothing is held open and nothing is written into the
database, so that a library that is only read stays as it is.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from collections import Counter
from pathlib import Path

# The clock of the file system may be a little behind that of the processes.
_TOLERANCE_S = 2.0

_lock = threading.Lock()
_open: Counter[Path] = Counter()


def begin(path: Path) -> None:
    """Note that this process has the library at `path` open. Thread-safe; counts."""
    with _lock:
        _open[path] += 1
        # What cannot be written is read-only: then nothing of ours can be damaged either.
        with contextlib.suppress(OSError):
            _marker(path, os.getpid()).touch(mode=0o600)


def end(path: Path) -> None:
    """Take the note back, when it was the last of this process."""
    with _lock:
        _open[path] -= 1
        if _open[path] <= 0:
            del _open[path]
            # On a read-only disk not even a missing file can be taken away.
            with contextlib.suppress(OSError):
                _marker(path, os.getpid()).unlink(missing_ok=True)


def is_open_here(path: Path) -> bool:
    """Return whether this process has the library open."""
    return _open[path] > 0


def others(path: Path) -> tuple[list[int], list[Path]]:
    """Return the other processes that have the library open, and the notes of those that crashed.

    Raises nothing: what cannot be found out counts as not there.
    """
    alive, crashed = [], []
    for marker in path.parent.glob(f".{path.name}.used-*"):
        number = marker.name.rpartition("-")[2]
        with contextlib.suppress(OSError):
            if number == str(os.getpid()):
                if not is_open_here(path):
                    # Of an earlier process with our number, as in containers.
                    crashed.append(marker.rename(path.with_name(f".{path.name}.used-crashed")))
            elif number.isdecimal() and _is_alive(int(number), marker.stat().st_mtime):
                alive.append(int(number))
            else:
                crashed.append(marker)
    return alive, crashed


def _is_alive(pid: int, noted_s: float) -> bool:
    # Slow to import, and only needed when there is such a note.
    import psutil

    try:
        # A process that began after the note is another one with the same number.
        began_s: float = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
    return began_s <= noted_s + _TOLERANCE_S


def _marker(path: Path, pid: int) -> Path:
    return path.with_name(f".{path.name}.used-{pid}")


def _end_all() -> None:
    with _lock:
        for path in _open:
            with contextlib.suppress(OSError):
                _marker(path, os.getpid()).unlink(missing_ok=True)


atexit.register(_end_all)
