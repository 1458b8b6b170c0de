"""Takes that were cut short, from finding them to their place in the library."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from recorder_app import paths
from recorder_app.errors import MediaError, RecorderError
from recorder_app.jobs import kinds
from recorder_app.library import media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.pipeline import recovery
from recorder_app.pipeline.recovery import CutShort, Recovered
from recorder_app.services import describing
from recorder_app.services.ledger import INTERRUPTED
from recorder_app.services.preferences import recordings_folder
from recorder_app.services.recovery_entry import BUSY, FOUND, KEPT, RECOVERED, RecoveryEntry

_log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
"""Called with the take's path and the share that is done."""


def known_folders(database: Database, more: Iterable[Path] = ()) -> list[Path]:
    """Return where takes may lie: `more`, that of recordings, and those of all that is known."""
    with database.read() as session:
        known = media_rows.all_paths(session) | set(media_rows.interrupted_paths(session))
    parents = {Path(path).parent for path in known}
    places = recordings_folder(), paths.videos_folder()
    return list(dict.fromkeys([*more, *places, *sorted(parents)]))


def list_cut_short(database: Database, more: Iterable[Path] = ()) -> list[RecoveryEntry]:
    """Return the takes that were cut short, the oldest first, and change nothing."""
    return [_entry(cut, FOUND) for cut in recovery.find_cut_short(known_folders(database, more))]


def recover_all(
    database: Database, more: Iterable[Path] = (), on_progress: Progress = lambda _, __: None
) -> Iterator[RecoveryEntry]:
    """Make every take whole that was cut short, enter it, and yield what became of it.

    One that cannot be recovered does not stop the others. Raises LibraryError.
    """
    for cut in recovery.find_cut_short(known_folders(database, more)):
        yield _recover(database, cut, on_progress)


def recover_at_start(
    database: Database, on_progress: Progress = lambda _, __: None
) -> list[RecoveryEntry]:
    """Recover the takes of this library that were cut short since; quick when there are none.

    What was left alone before is not tried again: ``recover --apply`` does that.
    """
    with database.read() as session:
        folders = {Path(path).parent for path in media_rows.interrupted_paths(session)}
    found = recovery.find_cut_short(sorted(folders))
    return [_recover(database, cut, on_progress) for cut in found if not cut.reason]


def _recover(database: Database, cut: CutShort, on_progress: Progress) -> RecoveryEntry:
    ids: list[str] = []

    def enter(whole: Recovered) -> None:
        ids.append(_enter(database, whole))

    try:
        done = recovery.recover(
            Path(cut.journal), lambda share: on_progress(cut.media, share), enter
        )
    except RecorderError as error:
        _log.warning("take not recovered path=%s error=%s", cut.media, error)
        if isinstance(error, MediaError):
            _mark_lost(database, cut, error)
        return _entry(cut, KEPT, " ".join(f"{error.message} {error.hint}".split()))
    if done is None:
        return _entry(cut, BUSY)
    return RecoveryEntry(
        path=done.media,
        state=RECOVERED,
        started=cut.started,
        size_bytes=done.description.size_bytes,
        duration_s=done.description.duration_s,
        id=ids[0],
        short_id=short_id(ids[0]),
    )


def _enter(database: Database, whole: Recovered) -> str:
    """Enter a take that is whole now, once however often it is recovered; return its id."""
    media, entry = Path(whole.media), whole.entry
    columns = describing.columns_of(media, whole.description, entry)
    with database.write() as session:
        take = media_rows.take_of(session, whole.media, entry.owner.pid, entry.owner.started)
        if take is not None:
            take.status = INTERRUPTED
            take.path = whole.media
            take.duration_s = whole.description.duration_s
            take.ended_at = entry.started + timedelta(seconds=whole.description.duration_s)
            take.pauses = msgspec.to_builtins(entry.pauses)
            take.error = None
        known = (
            media_rows.with_id(session, entry.recording_id)
            if entry.recording_id
            else media_rows.at_path(session, whole.media)
        )
        if known is not None:
            recordings.change(session, known, **_measures(columns), status=media_rows.RECOVERED)
            return known.id
        row = media_rows.enter(
            session,
            describing.recording_id(entry, columns["created_at"]),
            **columns,
            status=media_rows.RECOVERED,
            session_id=None if take is None else take.id,
        )
        kinds.enqueue_previews(session, row)
        return row.id


def _mark_lost(database: Database, cut: CutShort, error: MediaError) -> None:
    """Let the next starts pass over a take that nothing can be made of."""
    entry = recovery.journal_of(cut)
    if entry is None:
        return
    with database.write() as session:
        take = media_rows.take_of(session, cut.media, entry.owner.pid, entry.owner.started)
        if take is not None:
            take.status, take.ended_at = INTERRUPTED, take.ended_at or datetime.now(UTC)
            take.error = {"code": error.code, "message": error.message, "hint": error.hint}


def _measures(columns: dict[str, object]) -> dict[str, object]:
    kept = ("duration_s", "file_size", "width", "height", "video_codec", "audio_codecs")
    return {name: columns[name] for name in kept}


def _entry(cut: CutShort, state: str, reason: str = "") -> RecoveryEntry:
    return RecoveryEntry(
        path=cut.media,
        state=state,
        started=cut.started,
        size_bytes=cut.size_bytes,
        reason=reason or cut.reason,
    )
