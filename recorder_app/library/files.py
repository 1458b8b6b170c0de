"""Database files as a whole: looking into one, copying one, filling one from another.

Always through SQLite, also to read: to open and close a file that this process has open as a
database would take its locks away.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from recorder_app.errors import LibraryLocked, RecorderError
from recorder_app.library.sqlite_errors import translated
from recorder_app.media.outfile import storage_error, sync_folder
from recorder_app.texts import N_

# Others write for milliseconds; who holds the database longer has a reason.
_WAIT_S = 10.0


def quoted(path: Path) -> str:
    """Return `path` as SQLite's URIs want it."""
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def revision_of(path: Path) -> str | None:
    """Return the schema's revision without changing a byte; None for an empty database.

    Raises LibraryError or StorageError.
    """
    with translated(path), contextlib.closing(_reader(path)) as file:
        found = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        if found.fetchone() is None:
            return None
        row = file.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with a database, by SQLite's own check, without changing it."""
    try:
        with translated(path), contextlib.closing(_reader(path)) as file:
            found = [str(row[0]) for row in file.execute("PRAGMA quick_check")]
            tables = file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except RecorderError as error:
        return [error.message]
    return [problem for problem in found if problem != "ok"] or ([] if tables else ["it is empty"])


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use, as it is at one moment, durably.

    `target` is there as a whole or not at all. Raises LibraryError or StorageError.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        # Ours alone from the start: there is everything in it.
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
        with (
            translated(source),
            contextlib.closing(_reader(source)) as old,
            contextlib.closing(sqlite3.connect(unfinished)) as new,
        ):
            # In one step: in parts it would begin anew whenever somebody writes.
            old.backup(new, pages=-1, progress=_patience())
            # One file: nothing beside it has to be kept with it.
            new.execute("PRAGMA journal_mode = DELETE")
        os.replace(unfinished, target)
        sync_folder(target.parent)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def fill(target: Path, source: Path) -> None:
    """Put the contents of `source` in the place of those of the database `target`, at once.

    Others may have `target` open: they see all of the old or all of the new. Raises LibraryLocked
    when somebody keeps writing, LibraryError and StorageError.
    """
    with (
        translated(target),
        contextlib.closing(_reader(source)) as new,
        contextlib.closing(sqlite3.connect(target, timeout=_WAIT_S)) as old,
    ):
        new.backup(old, pages=-1, progress=_patience())


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quoted(path)}?mode=ro", uri=True, timeout=_WAIT_S)


def _patience() -> Callable[[int, int, int], None]:
    """Return a progress function that ends the driver's endless waiting for a lock."""
    until_s = time.monotonic() + _WAIT_S

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until_s:
            raise LibraryLocked(
                N_("The library is in use by another program."), hint=N_("Try again in a moment.")
            )

    return progress
