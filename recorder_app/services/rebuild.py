"""Making the library again from the folders in which recordings lie."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from recorder_app.errors import LibraryCorrupt, UnreadableMedia
from recorder_app.jobs import kinds
from recorder_app.library import backups, media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.models import Recording
from recorder_app.pipeline.events import ErrorReport
from recorder_app.pipeline.journal import JournalEntry
from recorder_app.pipeline.outcome import report
from recorder_app.services import describing, notes, transcribing
from recorder_app.services.library import library_path, open_library
from recorder_app.services.walking import media_below, printable

_log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Called before each file: its number from 1, how many there are, its path."""

ENTERED, KNOWN, MOVED, SKIPPED, REFUSED = "entered", "known", "moved", "skipped", "refused"


class RebuildEntry(msgspec.Struct, frozen=True):
    """What became of one file.

    `state` is ``entered``, ``known``, ``moved`` (the recording's file was elsewhere), ``skipped``
    (it is being recorded, or was cut short) or ``refused`` (`error` says why).
    """

    path: str
    state: str
    id: str = ""
    short_id: str = ""
    title: str = ""
    status: str = ""
    error: ErrorReport | None = None


def open_or_begin() -> tuple[Database, Path | None]:
    """Open this user's library; a damaged one is set aside first, and its new path returned.

    Rows that refer to nothing are no damage: they are put right. Raises LibraryError or
    StorageError.
    """
    try:
        database = open_library()
        if not database.damage():
            for each in database.repair():
                _log.warning("library repaired problem=%s", each)
            return database, None
        database.close()
    except LibraryCorrupt as error:
        _log.warning("library damaged error=%s", error)
    aside = backups.begin_anew(library_path(), datetime.now(UTC))
    return open_library(), aside


def rebuild(
    database: Database, folders: Iterable[Path], on_progress: Progress = lambda *_: None
) -> Iterator[RebuildEntry]:
    """Enter what lies below `folders` and is not in the library; yield what became of each file.

    Recordings come back with what their sidecars say, other media as imported. What is in the
    library stays as it is, so that a second time changes nothing. Raises LibraryError.
    """
    whole = [Path(os.path.abspath(folder)) for folder in folders]
    found = list(dict.fromkeys(path for folder in whole for path in media_below(folder)))
    with database.read() as session:
        known = media_rows.all_paths(session)
    for number, path in enumerate(found, start=1):
        on_progress(number, len(found), printable(path))
        if str(path) in known:
            yield RebuildEntry(str(path), KNOWN)
            continue
        try:
            yield _rebuild(database, path)
        except UnreadableMedia as error:
            yield RebuildEntry(printable(path), REFUSED, error=report(error))


def _rebuild(database: Database, path: Path) -> RebuildEntry:
    entry = notes.sidecar(path)
    if entry is not None and not entry.state.is_final:
        return RebuildEntry(printable(path), SKIPPED)
    found = describing.describe(path, entry)
    columns = describing.columns_of(path, found, entry)
    # What the sidecar says of transcripts counts, also that there is none any more.
    has_note = entry is not None and entry.library is not None
    beside = transcribing.Beside() if has_note else transcribing.beside(path)
    with database.write() as session:
        row = media_rows.at_path(session, str(path))
        if row is not None:
            return _told(row, KNOWN)
        row = media_rows.with_id(session, _given_id(entry))
        if row is not None and not os.path.isfile(row.path):
            recordings.change(session, row, path=str(path), **media_rows.returned(row))
            return _told(row, MOVED)
        row = media_rows.enter(
            session,
            describing.recording_id(entry, columns["created_at"]),
            **columns,
            status=describing.status_of(entry),
        )
        notes.bring_back(session, row, None if entry is None else entry.library)
        transcribing.enter(session, row, beside)
        kinds.enqueue_previews(session, row)
        return _told(row, ENTERED)


def _given_id(entry: JournalEntry | None) -> str:
    if entry is None:
        return ""
    return entry.library.id if entry.library is not None else entry.recording_id


def _told(row: Recording, state: str) -> RebuildEntry:
    return RebuildEntry(row.path, state, row.id, short_id(row.id), row.title, row.status)
