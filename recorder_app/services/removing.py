"""Erasing recordings for good, and moving outdated ones to the system's trash.

Files go first, rows after them: whoever is interrupted begins again and finds the rest.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import InvalidRequest
from recorder_app.library import backups, recordings, removal, retention
from recorder_app.library.database import Database
from recorder_app.pipeline.journal import journal_path
from recorder_app.services.ledger import ACTIVE, pending_folder, pending_takes
from recorder_app.services.library import open_library
from recorder_app.texts import N_

_log = logging.getLogger(__name__)


class RemovedEntry(msgspec.Struct, frozen=True):
    """What became of one recording; with a `problem` it is still in the library."""

    id: str
    title: str
    path: str
    files: list[str]
    freed_bytes: int
    remote_copies_queued: int = 0
    problem: str | None = None


class RemovalReport(msgspec.Struct, frozen=True):
    """`backups_left` still hold what the library knew until newer ones take their place."""

    recordings: list[RemovedEntry]
    files: int
    freed_bytes: int
    remote_copies_queued: int
    problems: int
    backups_left: int


def erase(recording_ids: Sequence[str]) -> RemovalReport:
    """Erase recordings: files, pictures, rows. Copies elsewhere are queued for deletion.

    Raises InvalidRequest when one is not there; then nothing is erased.
    """
    with contextlib.closing(open_library()) as database:
        with database.read() as session:
            wanted = [recordings.get(session, each).id for each in recording_ids]
        entries = [
            _remove(database, each, _unlink, queue_remote=True) for each in dict.fromkeys(wanted)
        ]
        with database.write() as session:
            removal.forget_words(session)
        database.compact()
        return _report(entries, database.path)


def erase_everything() -> RemovalReport:
    """Erase every recording, what the library knows of them, and its backups.

    Only the jobs stay that delete the copies elsewhere. Raises InvalidRequest while a recording
    is going on, LibraryError and StorageError.
    """
    if any(record.status == ACTIVE for _, record in pending_takes()):
        raise InvalidRequest(
            N_("A recording is going on."), hint=N_("Stop it first, then try again.")
        )
    with contextlib.closing(open_library()) as database:
        with database.read() as session:
            every = removal.every_id(session)
        entries = [_remove(database, each, _unlink, queue_remote=True) for each in every]
        if any(entry.problem for entry in entries):
            # What is left has to be found again.
            return _report(entries, database.path)
        removal.remove_everything(database)
        for each in (*backups.backups(database.path), *backups.ones_set_aside(database.path)):
            each.unlink(missing_ok=True)
        shutil.rmtree(paths.preview_folder(""), ignore_errors=True)
        shutil.rmtree(paths.frame_folder(""), ignore_errors=True)
        shutil.rmtree(pending_folder(), ignore_errors=True)
        return _report(entries, database.path)


def purge(days: float) -> RemovalReport:
    """Move what was in the library's trash for `days` days to the system's, and forget it."""
    # Only now: it asks the desktop for its trash.
    from send2trash import send2trash

    with contextlib.closing(open_library()) as database:
        with database.read() as session:
            found = retention.outdated_trash(session, datetime.now(UTC), days)
            wanted = [row.id for row in found]
        entries = [_remove(database, each, send2trash, queue_remote=False) for each in wanted]
        return _report(entries, database.path)


def _remove(
    database: Database, recording_id: str, take_away: Callable[[Path], None], *, queue_remote: bool
) -> RemovedEntry:
    with database.read() as session:
        held = removal.holdings(session, recordings.get(session, recording_id))
    gone: list[str] = []
    freed, queued, problem = 0, 0, None
    own = () if held.is_shared else (held.media, journal_path(held.media))
    try:
        for path in own:
            if path.is_file() or path.is_symlink():
                size = path.lstat().st_size
                take_away(path)
                gone.append(str(path))
                freed += size
        # What can be made anew from the recording is nothing to look for in a trash.
        for path in held.pictures:
            if path.is_file():
                freed += path.stat().st_size
                path.unlink()
                gone.append(str(path))
        shutil.rmtree(paths.preview_folder(recording_id), ignore_errors=True)
        shutil.rmtree(paths.frame_folder(recording_id), ignore_errors=True)
        with database.write() as session:
            row = recordings.get(session, recording_id)
            queued = removal.remove(session, row, queue_remote=queue_remote)
    except OSError as error:
        _log.warning("recording not removed id=%s error=%s", recording_id, error)
        problem = f"{error.strerror or error}"
    return RemovedEntry(
        held.recording_id, held.title, str(held.media), gone, freed, queued, problem
    )


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _report(entries: list[RemovedEntry], library: Path) -> RemovalReport:
    return RemovalReport(
        recordings=entries,
        files=sum(len(entry.files) for entry in entries),
        freed_bytes=sum(entry.freed_bytes for entry in entries),
        remote_copies_queued=sum(entry.remote_copies_queued for entry in entries),
        problems=sum(1 for entry in entries if entry.problem is not None),
        backups_left=len(backups.backups(library)),
    )
