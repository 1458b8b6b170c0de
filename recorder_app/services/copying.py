"""Copying media into a folder: under a free name, as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from recorder_app.errors import StorageError
from recorder_app.media.outfile import storage_error, sync_folder
from recorder_app.media.renaming import free_names, rename_new
from recorder_app.pipeline.journal import Journal, JournalEntry, journal_path
from recorder_app.services.walking import printable


def copy_media(path: Path, folder: Path, entry: JournalEntry | None) -> Path:
    """Copy `path`, and its sidecar `entry`, into `folder`; return the new file.

    Nothing is ever overwritten. A file that lies in `folder` already is not copied. Raises
    StorageError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.parent.resolve() == folder.resolve() and printable(path) == str(path):
            return path
        handle, name = tempfile.mkstemp(dir=folder, prefix=".recorder-import-", suffix=".tmp")
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as target, path.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            before = path.stat()
            os.utime(unfinished, ns=(before.st_atime_ns, before.st_mtime_ns))
            copy = _placed(unfinished, folder, printable(path))
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise storage_error(error, folder) from error
    if entry is not None:
        entry.media = copy.name
        # Without its sidecar it is an imported file, no less.
        with contextlib.suppress(StorageError):
            Journal(copy, entry).save()
    return copy


def discard_copy(copy: Path) -> None:
    """Delete what ``copy_media`` made."""
    with contextlib.suppress(OSError):
        copy.unlink(missing_ok=True)
        journal_path(copy).unlink(missing_ok=True)


def _placed(unfinished: Path, folder: Path, given: str) -> Path:
    """Give the file a free name like `given`."""
    # A hidden copy would never be seen again.
    name = Path(given).name.lstrip(".") or "recording"
    for target in free_names(folder, name):
        try:
            rename_new(unfinished, target)
        except FileExistsError:
            continue
        return target
    raise AssertionError("there is always a free name")
