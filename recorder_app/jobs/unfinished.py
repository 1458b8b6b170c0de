"""Files that are being made: under a name of their own until they are whole."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from pathlib import Path

import psutil

from recorder_app.media.outfile import storage_error, sync_folder
from recorder_app.media.renaming import rename_new

_PREFIX = ".recorder-export-"
_NAME = re.compile(rf"{re.escape(_PREFIX)}(?P<work>\w+)-(?P<pid>\d+)-\w+(\.\w+)?")
# Another machine may work in the same folder, where this one cannot tell whether it still does.
_FORGOTTEN_S = 3600.0


class UnfinishedFile:
    """A name in `folder` for what does not exist yet; ``place`` gives it its own.

    Hidden, so that nobody takes it for a recording, and of this attempt alone: one that was thought
    to be dead may still be at its own. `work` tells which files belong together. A context manager:
    what was not placed is deleted. Raises StorageError.
    """

    def __init__(self, folder: Path, extension: str, work: str = "file") -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, folder) from error
        token = secrets.token_hex(4)
        suffix = f".{extension}" if extension else ""
        self.path = folder / f"{_PREFIX}{work}-{os.getpid()}-{token}{suffix}"
        _remove_left_behind(folder, work)

    def __enter__(self) -> UnfinishedFile:
        return self

    def __exit__(self, *_: object) -> None:
        _remove(self.path)

    def place(self, target: Path, *, overwrite: bool = False) -> None:
        """Give it its name, onto another file only with `overwrite`.

        Raises FileExistsError and other OSErrors.
        """
        if overwrite:
            os.replace(self.path, target)
        else:
            rename_new(self.path, target)
        sync_folder(target.parent)


def _remove_left_behind(folder: Path, work: str) -> None:
    """Delete what attempts that were killed had not finished: of the same work, or long ago."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*"):
            found = _NAME.fullmatch(path.name)
            if found is None:
                continue
            is_ours = work != "file" and found["work"] == work
            if is_ours or (not psutil.pid_exists(int(found["pid"])) and _is_forgotten(path)):
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder. Raises OSError."""
    if path.is_dir():
        return sum(each.stat().st_size for each in path.iterdir())
    return path.stat().st_size


def _is_forgotten(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _FORGOTTEN_S
    except OSError:
        return False
