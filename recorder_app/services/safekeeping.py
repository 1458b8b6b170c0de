"""Checking, backing up and restoring this user's library."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from recorder_app.errors import LibraryCorrupt, LibraryError, RecorderError
from recorder_app.library import backups
from recorder_app.library.database import Database
from recorder_app.services.library import library_path, open_library
from recorder_app.texts import N_, translate

_log = logging.getLogger(__name__)


class CheckReport(msgspec.Struct, frozen=True):
    """What is wrong with the database, and what to do about it.

    `problems` are those that are left, `repaired` those that are no more.
    """

    path: str
    is_sound: bool
    problems: list[str]
    advice: str = ""
    repaired: list[str] = []


class BackupEntry(msgspec.Struct, frozen=True):
    path: str
    made_at: datetime
    size_bytes: int


class BackupList(msgspec.Struct, frozen=True):
    """The newest first."""

    backups: list[BackupEntry]


class RestoreReport(msgspec.Struct, frozen=True):
    """`set_aside` is the file with what was there before; None when there was nothing."""

    path: str
    restored_from: str
    set_aside: str | None


@contextlib.contextmanager
def opened_library() -> Iterator[Database]:
    """Yield the library for a command, backed up if the last backup is a day old.

    Not for the way of a recording: a backup takes its time. One that fails is logged.
    """
    database = open_library()
    try:
        try:
            backups.back_up_daily(database.path, datetime.now(UTC))
        except RecorderError as error:
            _log.warning("no daily backup error=%s", error)
        yield database
    finally:
        database.close()


def check_library(*, is_repaired: bool = False) -> CheckReport:
    """Check the whole database; with `is_repaired`, put rows right that refer to nothing.

    Raises LibraryError or StorageError when it cannot be read.
    """
    path = library_path()
    try:
        with contextlib.closing(open_library()) as database:
            problems = database.damage()
            if not problems:
                return _check_rows(database, is_repaired=is_repaired)
    except LibraryCorrupt as error:
        problems = [error.message]
    return CheckReport(str(path), False, problems, advice(path))


def _check_rows(database: Database, *, is_repaired: bool) -> CheckReport:
    path = str(database.path)
    if is_repaired:
        return CheckReport(path, True, [], repaired=database.repair())
    loose = database.loose_rows()
    way = translate(
        N_("“recorder-app library check --repair” puts that right. The recordings are safe.")
    )
    return CheckReport(path, not loose, loose, way if loose else "")


def advice(path: Path) -> str:
    """Return what to do about a damaged database, in the user's language."""
    newest = backups.newest_good(path)
    if newest is None:
        return translate(
            N_(
                "There is no good backup. “recorder-app library rebuild” makes a new library from "
                "the recordings. They are safe."
            )
        )
    return translate(
        N_(
            "“recorder-app library restore --newest” brings {name} back; “recorder-app library "
            "rebuild” makes a new library from the recordings. They are safe."
        ),
        name=newest.name,
    )


def back_up_library() -> BackupEntry:
    """Make a backup now. Raises LibraryError or StorageError."""
    with contextlib.closing(open_library()) as database:
        return _entry(backups.back_up(database.path, datetime.now(UTC)))


def list_backups() -> BackupList:
    return BackupList([_entry(each) for each in backups.backups(library_path())])


def restore_library(backup: Path | None) -> RestoreReport:
    """Bring `backup`, or the newest one that is not damaged, back.

    Raises LibraryError, or StorageError.
    """
    path = library_path()
    chosen = backup or backups.newest_good(path)
    if chosen is None:
        raise LibraryError(
            N_("There is no good backup of the library."),
            hint=N_("“recorder-app library rebuild” makes a new library from the recordings."),
        )
    aside = backups.restore(path, chosen, datetime.now(UTC))
    return RestoreReport(str(path), str(chosen), None if aside is None else str(aside))


def _entry(path: Path) -> BackupEntry:
    found = path.stat()
    return BackupEntry(str(path), datetime.fromtimestamp(found.st_mtime, UTC), found.st_size)
