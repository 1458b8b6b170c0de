"""Recordings whose files are gone, came back, or were moved."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import MediaError, StorageError
from recorder_app.library import media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.media_rows import MISSING, FileRow
from recorder_app.media.digest import checksum
from recorder_app.pipeline.journal import Journal, journal_path, sidecar
from recorder_app.services.describing import is_text
from recorder_app.services.preferences import recordings_folder
from recorder_app.services.walking import library_note, media_below, media_in

_log = logging.getLogger(__name__)


class FileEntry(msgspec.Struct, frozen=True):
    """A recording whose file was looked for; `path` is where it is, or was."""

    id: str
    short_id: str
    title: str
    path: str


class MissingReport(msgspec.Struct, frozen=True):
    """What was found out: `missing` are gone now, of which `newly` were there before.

    `returned` are where they were again, `moved` were found elsewhere.
    """

    checked: int
    missing: list[FileEntry]
    newly: list[FileEntry]
    returned: list[FileEntry]
    moved: list[FileEntry]


def refresh_missing(database: Database, folders: Iterable[Path] = ()) -> MissingReport:
    """Look for the file of every recording and bring the library up to date.

    What is gone is searched below `folders` and the Videos folder, and in the folders of all
    recordings: a file of the same size and checksum is the same file. Raises LibraryError.
    """
    with database.read() as session:
        rows = media_rows.file_rows(session)
    present = [row for row in rows if os.path.isfile(row.path)]
    gone = [row for row in rows if not os.path.isfile(row.path)]
    returned = [row for row in present if row.status == MISSING]
    places: dict[str, Path] = {}
    if gone:
        places = _find(gone, _searched(rows, folders), {row.path for row in present})
    moved = [row for row in gone if row.id in places]
    lost = [row for row in gone if row.id not in places]
    newly = [row for row in lost if row.status != MISSING]
    with database.write() as session:
        for row in [*returned, *moved, *newly]:
            found = media_rows.with_id(session, row.id)
            if found is None or found.path != row.path:
                # Somebody changed it while we were looking.
                continue
            if row.id in places:
                changes = {"path": str(places[row.id])} | media_rows.returned(found)
                recordings.change(session, found, **changes)
            elif os.path.isfile(row.path):
                recordings.change(session, found, **media_rows.returned(found))
            elif found.status != MISSING:
                recordings.change(session, found, **media_rows.missing(found))
    for row in moved:
        take_sidecar_along(Path(row.path), places[row.id])
    return MissingReport(
        checked=len(rows),
        missing=[_entry(row) for row in lost],
        newly=[_entry(row) for row in newly],
        returned=[_entry(row) for row in returned],
        moved=[_entry(row, places[row.id]) for row in moved],
    )


def note_whether_there(database: Database, recording_id: str) -> bool:
    """Look for the file of one recording, and note where the library is wrong about it.

    Returns whether the file is there. One in the trash is left as it is. Raises LibraryError.
    """
    with database.read() as session:
        row = media_rows.with_id(session, recording_id)
    if row is None:
        return False
    is_there = os.path.isfile(row.path)
    if row.deleted_at is None and is_there == (row.status == MISSING):
        with database.write() as session:
            found = media_rows.with_id(session, recording_id)
            # Somebody may have changed it while we were looking.
            if found is not None and (found.path, found.status) == (row.path, row.status):
                changes = media_rows.returned(found) if is_there else media_rows.missing(found)
                recordings.change(session, found, **changes)
    return is_there


def _searched(rows: list[FileRow], folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that may be the missing ones, some of them twice."""
    # Not below them: a single recording in the home folder would have all of it read.
    for folder in sorted({Path(row.path).parent for row in rows}):
        yield from media_in(folder)
    for folder in dict.fromkeys([*folders, recordings_folder(), paths.videos_folder()]):
        yield from media_below(Path(os.path.abspath(folder)))


def _find(gone: list[FileRow], files: Iterable[Path], taken: set[str]) -> dict[str, Path]:
    """Return where files that are gone lie now, by the recordings' ids."""
    wanted: dict[int, list[FileRow]] = {}
    for row in gone:
        wanted.setdefault(row.size, []).append(row)
    places: dict[str, Path] = {}
    seen: set[str] = set()
    for path in files:
        if str(path) in seen or str(path) in taken:
            continue
        seen.add(str(path))
        found = _same(path, [row for row in _of_size(path, wanted) if row.id not in places])
        if found is not None:
            places[found.id] = path
            if len(places) == len(gone):
                break
    return places


def _of_size(path: Path, wanted: dict[int, list[FileRow]]) -> list[FileRow]:
    try:
        return wanted.get(path.stat().st_size, [])
    except OSError:
        return []


def _same(path: Path, candidates: list[FileRow]) -> FileRow | None:
    """Return the recording whose file `path` is."""
    # A name that is no Unicode could not be stored.
    if not candidates or not is_text(path):
        return None
    # The sidecar that went along says it at once.
    note = library_note(path)
    for row in candidates:
        if note is not None and row.id == note.id:
            return row
    sums = {row.checksum: row for row in candidates if row.checksum is not None}
    if not sums:
        return None
    try:
        return sums.get(checksum(path))
    except MediaError:
        return None


def take_sidecar_along(old: Path, new: Path) -> None:
    """Put the sidecar of a file that was moved from `old` beside `new`, unless there is one."""
    entry = sidecar(old)
    if entry is None or journal_path(new).exists() or old.exists():
        return
    try:
        Journal(old, entry).follow(new)
    except (StorageError, OSError) as error:
        _log.info("sidecar left behind path=%s error=%s", old, error)


def _entry(row: FileRow, place: Path | None = None) -> FileEntry:
    return FileEntry(row.id, short_id(row.id), row.title, row.path if place is None else str(place))
