"""Backups of the database beside it: before each migration, daily, and ten of them kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from recorder_app.errors import OutputNotWritable
from recorder_app.library.database import copy_database, problems_of
from recorder_app.media.outfile import storage_error
from recorder_app.texts import N_

KEPT = 10
_STAMP = "%Y-%m-%dT%H%M%SZ"


def backup_folder(path: Path) -> Path:
    return path.parent / "backups"


def backups(path: Path) -> list[Path]:
    """Return the backups of the database at `path`, the newest first."""
    return sorted(backup_folder(path).glob(f"{path.stem}-*.sqlite"), reverse=True)


def back_up(path: Path, now: datetime, reason: str = "") -> Path:
    """Copy the database to a new backup and drop the oldest beyond ten; return its path.

    Raises LibraryError or StorageError.
    """
    folder = backup_folder(path)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    suffix = f"-{reason}" if reason else ""
    target = folder / f"{path.stem}-{now.astimezone(UTC):{_STAMP}}{suffix}.sqlite"
    copy_database(path, target)
    for old in backups(path)[KEPT:]:
        old.unlink(missing_ok=True)
    return target


def back_up_daily(path: Path, now: datetime) -> Path | None:
    """Make a backup unless there is one of the last 24 hours; return it."""
    newest = next(iter(backups(path)), None)
    if newest is not None and now.timestamp() - newest.stat().st_mtime < 86_400:
        return None
    return back_up(path, now)


def newest_good(path: Path) -> Path | None:
    """Return the newest backup that passes SQLite's check; None when none does."""
    return next((each for each in backups(path) if not problems_of(each)), None)


def before_migration(path: Path, now: datetime) -> Path:
    return back_up(path, now, "before-update")


def restore(path: Path, backup: Path, now: datetime) -> Path | None:
    """Put `backup` in the place of the database at `path`, which nobody may be using.

    The database that was there is set aside, not deleted; its new name is returned. Raises
    StorageError.
    """
    if not backup.is_file():
        raise OutputNotWritable(N_("There is no backup {path}."), path=backup)
    aside = None
    try:
        if path.exists():
            aside = path.with_name(f"{path.stem}-set-aside-{now.astimezone(UTC):{_STAMP}}.sqlite")
            path.replace(aside)
        for companion in ("-wal", "-shm"):
            left = path.with_name(path.name + companion)
            if left.exists():
                left.replace(path.with_name(f"{aside or path.name}{companion}"))
        copy_database(backup, path)
    except OSError as error:
        raise storage_error(error, path) from error
    return aside
