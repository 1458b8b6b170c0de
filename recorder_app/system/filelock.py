"""A lock that goes with its process, for work on one file that only one process may do."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[bool]:
    """Yield whether the lock file `path` is ours; it is gone at the end.

    It is the system that holds the lock, so that a killed process leaves none behind, only its
    file. Does not wait. Raises OSError when the file cannot be made or the disk knows no locks.
    """
    handle = _locked(path)
    if handle is None:
        yield False
        return
    try:
        yield True
    finally:
        # Before it is unlocked: afterwards it may be another's. Windows deletes no open file.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked(path: Path) -> int | None:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            if not _lock(handle):
                os.close(handle)
                return None
            if _is_still(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        # Its owner was done, and deleted it, between our opening and locking.
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_still(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
