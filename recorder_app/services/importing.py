"""Entering files that exist: looked at, copied or left in place, each refused or entered alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.errors import InvalidRequest, MediaError, RecorderError, UnreadableMedia
from recorder_app.jobs import kinds
from recorder_app.library import media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.models import Recording
from recorder_app.media.digest import checksum
from recorder_app.media.probe import probe
from recorder_app.media.subtitles import is_subtitles
from recorder_app.pipeline.events import ErrorReport
from recorder_app.pipeline.journal import JournalEntry, is_journal
from recorder_app.pipeline.outcome import report
from recorder_app.services import describing, notes, transcribing
from recorder_app.services.copying import copy_media, discard_copy
from recorder_app.services.missing import take_sidecar_along
from recorder_app.services.transcribing import Beside
from recorder_app.services.walking import files_below, is_media, printable
from recorder_app.texts import N_

Progress = Callable[[int, int, str], None]
"""Called before each file: its number from 1, how many there are, its path."""

IMPORTED, KNOWN, FOUND, REFUSED = "imported", "known", "found", "refused"


class ImportEntry(msgspec.Struct, frozen=True):
    """What became of one file.

    `state` is ``imported``, ``known`` (it is in the library already, as `id`), ``found`` (it is
    the missing file of `id`) or ``refused`` (`error` says why). `path` is the file as it was
    given, `entered` where it is for the library. `transcripts` are the languages of those that lay
    beside it, `transcript_problems` why others were left out, `jobs` the ids of what is to be made.
    """

    path: str
    state: str
    id: str = ""
    short_id: str = ""
    title: str = ""
    entered: str = ""
    is_in_trash: bool = False
    error: ErrorReport | None = None
    transcripts: list[str] = []
    transcript_problems: list[ErrorReport] = []
    jobs: list[str] = []


def import_files(
    database: Database,
    given: Iterable[Path],
    *,
    copy_to: Path | None = None,
    on_progress: Progress = lambda *_: None,
) -> Iterator[ImportEntry]:
    """Enter the files `given`, and those below folders that are; yield what became of each.

    With `copy_to` they are copied into that folder under a free name; otherwise they stay where
    they are. What is refused does not stop the rest. Raises LibraryError, and StorageError when
    the folder to copy to cannot be written.
    """
    found = list(_without_subtitles(list(_files(given))))
    for number, (path, error) in enumerate(found, start=1):
        on_progress(number, len(found), printable(path))
        if error is not None:
            yield _refused(path, error)
            continue
        try:
            yield import_file(database, path, copy_to=copy_to)
        except (MediaError, InvalidRequest) as refusal:
            yield _refused(path, refusal)


def import_file(database: Database, path: Path, *, copy_to: Path | None = None) -> ImportEntry:
    """Enter one file. Raises MediaError, InvalidRequest, StorageError or LibraryError."""
    _check(path)
    entry = notes.sidecar(path)
    if entry is not None and not entry.state.is_final:
        raise InvalidRequest(
            N_("{path} is being recorded, or was cut short."),
            hint=N_("On the command line, “recorder-app recover” looks after it."),
            path=printable(path),
        )
    if copy_to is None:
        describing.check_name(path)
    if describing.is_text(path):
        with database.read() as session:
            row = media_rows.at_path(session, str(path))
            if row is not None and row.status != media_rows.MISSING:
                return _told(path, KNOWN, row)
    # Read first, then copied: what is no media is not worth the room.
    found = probe(path)
    total = checksum(path)
    _sum_up(database, found.size_bytes)
    with database.read() as session:
        row = media_rows.with_content(session, found.size_bytes, total)
        if row is not None and not _is_missing(row):
            return _told(path, KNOWN, row)
    place = path if copy_to is None else copy_media(path, copy_to, entry)
    columns = describing.columns_of(place, found, entry)
    columns |= {"checksum": total, "status": describing.status_of(entry)}
    try:
        told, former = _enter(database, path, columns, entry, transcribing.beside(path))
    except BaseException:
        if place != path:
            discard_copy(place)
        raise
    if place != path and told.state == KNOWN:
        discard_copy(place)
    if former is not None:
        take_sidecar_along(former, Path(told.entered))
    return told


def _enter(
    database: Database,
    path: Path,
    columns: dict[str, Any],
    entry: JournalEntry | None,
    beside: Beside,
) -> tuple[ImportEntry, Path | None]:
    """Return what became of it, and for one that was found where it was before."""
    with database.write() as session:
        # Once more, now that nobody else writes: two may import the same file.
        row = media_rows.at_path(session, columns["path"])
        if row is None:
            row = media_rows.with_content(session, columns["file_size"], columns["checksum"])
        if row is None:
            wanted = describing.recording_id(entry, columns["created_at"])
            row = media_rows.enter(session, wanted, **columns)
            notes.bring_back(session, row, None if entry is None else entry.library)
            transcribing.enter(session, row, beside)
            jobs = kinds.enqueue_previews(session, row)
            entered = msgspec.structs.replace(
                _told(path, IMPORTED, row),
                transcripts=sorted(beside.found),
                transcript_problems=[report(error) for error in beside.problems],
                jobs=[job.id for job in jobs],
            )
            return entered, None
        if not _is_missing(row):
            return _told(path, KNOWN, row), None
        former = Path(row.path)
        recordings.change(session, row, path=columns["path"], **media_rows.returned(row))
        return _told(path, FOUND, row), former


def _sum_up(database: Database, size: int) -> None:
    """Make the checksums of recordings that could be the same file by their size."""
    with database.read() as session:
        rows = [(row.id, row.path) for row in media_rows.unsummed(session, size)]
    for recording_id, path in rows:
        try:
            total = checksum(Path(path))
        except MediaError:
            continue
        with database.write() as session:
            found = media_rows.with_id(session, recording_id)
            if found is not None and found.checksum is None:
                found.checksum = total


def _is_missing(row: Recording) -> bool:
    return row.deleted_at is None and not os.path.isfile(row.path)


def _files(given: Iterable[Path]) -> Iterator[tuple[Path, RecorderError | None]]:
    """Yield the files `given` and those below folders, once each, with what is wrong with them."""
    seen = set()
    for path in given:
        whole = Path(os.path.abspath(path))
        errors: list[OSError] = []
        files = files_below(whole, errors.append) if whole.is_dir() else iter([whole])
        for file in files:
            if file not in seen:
                seen.add(file)
                yield file, None
        for error in errors:
            place = Path(error.filename or whole)
            yield place, _unreadable(place, error)


def _without_subtitles(
    found: list[tuple[Path, RecorderError | None]],
) -> Iterator[tuple[Path, RecorderError | None]]:
    """Leave out the subtitles of media that are `found` as well; those bring them along."""
    media = {path.with_suffix("") for path, _ in found if is_media(path)}
    for path, error in found:
        if not (is_subtitles(path) and transcribing.media_of(path) & media):
            yield path, error


def _check(path: Path) -> None:
    """Refuse what is no file to look into."""
    if is_journal(path.name):
        raise InvalidRequest(N_("{path} is the sidecar of a recording."), path=printable(path))
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableMedia(N_("{path} is not an ordinary file."), path=printable(path))
    if not found.st_size:
        raise UnreadableMedia(N_("{path} is empty."), path=printable(path))


def _unreadable(path: Path, error: OSError) -> UnreadableMedia:
    reason = error.strerror or type(error).__name__
    return UnreadableMedia(
        N_("{path} cannot be read ({reason})."), path=printable(path), reason=reason
    )


def _told(path: Path, state: str, row: Recording) -> ImportEntry:
    return ImportEntry(
        path=printable(path),
        state=state,
        id=row.id,
        short_id=short_id(row.id),
        title=row.title,
        entered=row.path,
        is_in_trash=row.deleted_at is not None,
    )


def _refused(path: Path, error: RecorderError) -> ImportEntry:
    return ImportEntry(printable(path), REFUSED, error=report(error))
