"""What SQLite's errors mean to a person."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import DatabaseError as SqlError

from recorder_app.errors import DiskFull, LibraryCorrupt, LibraryError, LibraryLocked, RecorderError
from recorder_app.texts import N_

WAYS_OUT = N_(
    "On the command line, “recorder-app library restore --newest” brings the newest good backup "
    "back, and “recorder-app library rebuild” makes a new library from the recordings. They are "
    "safe."
)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except SqlError as error:
        cause = error.orig if isinstance(error.orig, sqlite3.Error) else error
        raise _meaning(cause, path) from error
    except sqlite3.Error as error:
        raise _meaning(error, path) from error


def locked() -> LibraryLocked:
    """Return the error for a database that others write to for too long."""
    return LibraryLocked(
        N_("The library is in use by another program."), hint=N_("Try again in a moment.")
    )


def corrupt(path: Path, reason: str) -> LibraryCorrupt:
    """Return the error for a database that is damaged."""
    return LibraryCorrupt(
        N_("The library's database {path} is damaged ({reason})."),
        hint=WAYS_OUT,
        path=path,
        reason=reason,
    )


def _meaning(error: BaseException, path: Path) -> RecorderError:
    whole_code = getattr(error, "sqlite_errorcode", 0)
    code = whole_code & 0xFF
    text = str(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return locked()
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return corrupt(path, text)
    # The second is said where there is no room for what connections share.
    if code == sqlite3.SQLITE_FULL or whole_code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return DiskFull(
            N_("The disk of {path} is full: the library cannot be changed."),
            hint=N_("What is in it is safe. Free some space, then try again."),
            path=path,
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LibraryError(
            N_("The library {path} cannot be written ({reason})."),
            hint=N_("Recordings are safe. Give yourself the right to write in its folder."),
            path=path,
            reason=text,
        )
    return LibraryError(
        N_("The library cannot be used ({reason})."),
        hint=N_(
            "Recordings are safe. On the command line, “recorder-app library check” looks at it."
        ),
        reason=text,
    )
