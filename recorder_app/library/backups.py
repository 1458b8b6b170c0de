"""Backups of the database beside it: before each migration, daily, and ten of them kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recorder_app.errors import InvalidRequest, LibraryCorrupt, LibraryLocked, RecorderError
from recorder_app.library import schema, usage
from recorder_app.library.database import Database
from recorder_app.library.files import copy_database, fill, problems_of, revision_of
from recorder_app.library.sqlite_errors import corrupt
from recorder_app.media.outfile import storage_error, sync_folder
from recorder_app.texts import N_

KEPT = 10
DAY_S = 86_400
_STAMP = "%Y-%m-%dT%H%M%SZ"


def backup_folder(path: Path) -> Path:
    return path.parent / "backups"


def backups(path: Path) -> list[Path]:
    """Return the backups of the database at `path`, the newest first.

    Those of the future were made by a wrong clock, nobody knows when: they come last.
    """
    tomorrow = f"{path.stem}-{datetime.now(UTC) + timedelta(days=1):{_STAMP}}"
    return sorted(
        backup_folder(path).glob(f"{path.stem}-*.sqlite"),
        key=lambda each: (each.name < tomorrow, each.name),
        reverse=True,
    )


def ones_set_aside(path: Path) -> list[Path]:
    """Return the databases that gave way to another, with what belongs to them."""
    return sorted(path.parent.glob(f"{path.stem}-set-aside-*"))


def newest_good(path: Path) -> Path | None:
    """Return the newest backup that passes SQLite's check; None when none does."""
    return next((each for each in backups(path) if not problems_of(each)), None)


def back_up(path: Path, now: datetime, reason: str = "") -> Path:
    """Copy the database to a new backup and drop the oldest beyond ten; return its path.

    A damaged database pushes no good backup out: then LibraryCorrupt is raised. Raises
    LibraryError or StorageError.
    """
    folder = backup_folder(path)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    suffix = f"-{reason}" if reason else ""
    target = folder / f"{path.stem}-{now.astimezone(UTC):{_STAMP}}{suffix}.sqlite"
    copy_database(path, target)
    problems = problems_of(target)
    if problems:
        target.unlink(missing_ok=True)
        raise corrupt(path, problems[0])
    _tidy(path, now)
    return target


def back_up_daily(path: Path, now: datetime) -> Path | None:
    """Make a backup unless there is one of the last 24 hours; return it."""
    newest = next(iter(backups(path)), None)
    if newest is not None:
        with contextlib.suppress(FileNotFoundError):
            # A backup of the future was made by a wrong clock.
            if 0 <= now.timestamp() - newest.stat().st_mtime + 60 < DAY_S:
                return None
    return back_up(path, now)


def restore(path: Path, backup: Path, now: datetime) -> Path | None:
    """Bring `backup` into the place of the library at `path`; return where the old one is kept.

    The backup is checked and brought up to date first, in a copy. A library that is sound may be
    in use meanwhile: its contents are replaced in one transaction. A damaged one is moved aside,
    and must not be in use. Raises InvalidRequest, LibraryLocked, LibraryCorrupt, LibraryTooNew or
    StorageError; then everything is as it was.
    """
    if not backup.is_file():
        raise InvalidRequest(
            N_("There is no backup {path}."),
            hint=N_("“recorder-app library restore” lists them."),
            path=backup,
        )
    with _fresh(path, "restoring") as fresh:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _prepare(backup, fresh)
        if not path.exists():
            # The log of the one that is gone would be read as that of this one.
            _discard(path)
            copy_database(fresh, path)
            return None
        if _is_usable(path):
            aside = _aside(path, now)
            copy_database(path, aside)
            fill(path, fresh)
            return aside
        return _give_way(path, fresh, now)


def begin_anew(path: Path, now: datetime) -> Path:
    """Put an empty library into the place of the damaged one at `path`; return where that is kept.

    At no moment there is none. Raises LibraryLocked while anyone has it open, and StorageError.
    """
    with _fresh(path, "empty") as fresh:
        Database(fresh, is_scratch=True).close()
        return _give_way(path, fresh, now)


@contextlib.contextmanager
def _fresh(path: Path, kind: str) -> Iterator[Path]:
    """Give the path of a database beside `path`, of which nothing is left afterwards.

    OSErrors within become StorageError.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{kind}")
    try:
        yield fresh
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        _discard(fresh)


def _give_way(path: Path, fresh: Path, now: datetime) -> Path:
    """Put `fresh` into the place of the database at `path`; return where that is kept."""
    aside = set_aside(path, now, keep=True)
    os.replace(fresh, path)
    sync_folder(path.parent)
    return aside


def set_aside(path: Path, now: datetime, *, keep: bool = False) -> Path:
    """Give the database at `path` another name, which is returned, with what belongs to it.

    With `keep` it stays under its old name too, to be replaced at once, so that at no moment
    somebody could find no library and begin an empty one. Raises LibraryLocked while anyone has it
    open, and StorageError.
    """
    alive, crashed = usage.others(path)
    if alive or usage.is_open_here(path):
        raise LibraryLocked(
            N_("The library is in use by another program (process {pids})."),
            hint=N_("End it first, then try again."),
            pids=", ".join(map(str, alive or [os.getpid()])),
        )
    aside = _aside(path, now)
    try:
        linked = False
        if keep:
            # Not every file system can.
            with contextlib.suppress(OSError):
                os.link(path, aside)
                linked = True
        if not linked:
            path.replace(aside)
        for companion in ("-wal", "-shm"):
            left = path.with_name(path.name + companion)
            if left.exists():
                left.replace(aside.with_name(aside.name + companion))
        # What the crashes left behind is no matter of the database that comes now.
        for marker in crashed:
            marker.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, path) from error
    return aside


def _discard(database: Path) -> None:
    for part in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + part).unlink(missing_ok=True)


def _prepare(backup: Path, fresh: Path) -> None:
    try:
        copy_database(backup, fresh)
        database = Database(fresh, is_scratch=True)
    except LibraryCorrupt as error:
        raise _bad_backup(backup, str(error.details.get("reason", ""))) from error
    try:
        problems = database.damage()
        if not problems:
            database.repair()
    finally:
        database.close()
    if problems:
        raise _bad_backup(backup, problems[0])


def _bad_backup(backup: Path, reason: str) -> LibraryCorrupt:
    return LibraryCorrupt(
        N_("The backup {path} is damaged ({reason}). Nothing was changed."),
        hint=N_("“recorder-app library restore --newest” takes the newest good one."),
        path=backup,
        reason=reason,
    )


def _is_usable(path: Path) -> bool:
    """Whether the database is sound and of a version this program may write to."""
    try:
        return not problems_of(path) and schema.is_known(revision_of(path))
    except RecorderError:
        return False


def _aside(path: Path, now: datetime) -> Path:
    name = f"{path.stem}-set-aside-{now.astimezone(UTC):{_STAMP}}"
    count, aside = 1, path.with_name(f"{name}.sqlite")
    while aside.exists():
        count += 1
        aside = path.with_name(f"{name}-{count}.sqlite")
    return aside


def _tidy(path: Path, now: datetime) -> None:
    for old in backups(path)[KEPT:]:
        old.unlink(missing_ok=True)
    for left in backup_folder(path).glob(".*.unfinished*"):
        with contextlib.suppress(FileNotFoundError):
            if now.timestamp() - left.stat().st_mtime > DAY_S:
                left.unlink()
