"""Entering a new version of a recording into the library, as often as one likes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from recorder_app.errors import StorageError
from recorder_app.jobs import kinds
from recorder_app.library import media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.library.queue import Session
from recorder_app.library.versions import OPERATIONS, PRESET, VERSION_OF, free_title
from recorder_app.media.probe import MediaDescription, probe
from recorder_app.pipeline.events import RecordingResult, RecordingState
from recorder_app.pipeline.journal import (
    SCHEMA,
    Journal,
    JournalEntry,
    LibraryNote,
    Origin,
    Owner,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Version:
    """The file of a version, what it shall be called in the library, and when it was made."""

    path: Path
    recording_id: str
    made_at: datetime


def enter(
    database: Database,
    origin_id: str,
    *,
    made: Version,
    word: str,
    preset: str,
    operations: list[tuple[str, dict[str, Any]]],
) -> tuple[str, str]:
    """Enter `made` as a version of the recording `origin_id`; return its id and title.

    Raises InvalidRequest when that recording is gone, UnreadableMedia and LibraryError.
    """
    found = probe(made.path)
    details = {VERSION_OF: origin_id, OPERATIONS: operations, PRESET: preset}
    with database.write() as session:
        origin = recordings.get(session, origin_id)
        row = media_rows.with_id(session, made.recording_id)
        if row is None:
            row = media_rows.at_path(session, str(made.path))
            if row is not None:
                # Somebody imported it, or made the library anew, before it was entered.
                details = row.details | details
                recordings.change(session, row, details=details)
            else:
                row = _add(session, origin, made, found, free_title(session, origin, word), details)
        recording_id, title = row.id, row.title
        entry = _sidecar(origin, row, made, found, Origin(origin.id, preset, operations))
    try:
        Journal(made.path, entry).save()
    except StorageError as error:
        # Without it a library made anew has the version as an imported file, no less.
        _log.warning("sidecar not written path=%s error=%s", made.path, error)
    return recording_id, title


def _add(
    session: Session,
    origin: Recording,
    made: Version,
    found: MediaDescription,
    title: str,
    details: dict[str, Any],
) -> Recording:
    row = media_rows.enter(
        session,
        made.recording_id,
        tags=[tag.name for tag in origin.tags],
        project=None if origin.project is None else origin.project.name,
        title=title,
        recording_type=origin.recording_type,
        path=str(made.path),
        container=found.container,
        mime_type=found.mime_type,
        video_codec=found.video_codec,
        audio_codecs=found.audio_codecs,
        width=found.width,
        height=found.height,
        duration_s=found.duration_s,
        file_size=found.size_bytes,
        quality=origin.quality,
        created_at=made.made_at,
        details={"settings": _settings(origin), **details},
    )
    kinds.enqueue_previews(session, row)
    return row


def _sidecar(
    origin: Recording, row: Recording, made: Version, found: MediaDescription, of: Origin
) -> JournalEntry:
    return JournalEntry(
        schema=SCHEMA,
        media=made.path.name,
        state=RecordingState.FINISHED,
        started=made.made_at,
        owner=Owner.this_process(),
        settings=_settings(origin),
        tracks=[],
        result=RecordingResult(
            path=str(made.path),
            duration_s=found.duration_s,
            size_bytes=found.size_bytes,
            width=found.width,
            height=found.height,
            container=found.container,
            video_codec=found.video_codec,
            audio_codecs=found.audio_codecs,
            frames_captured=0,
            frames_unchanged=0,
            frames_dropped=0,
            warnings=[],
            truncated=False,
            recording_id=row.id,
        ),
        recording_id=row.id,
        library=LibraryNote(
            id=row.id,
            title=row.title,
            description=row.description,
            project=None if row.project is None else row.project.name,
            tags=[tag.name for tag in row.tags],
            is_favourite=row.is_favourite,
            platform=row.platform,
            content_type=row.content_type,
        ),
        origin=of,
    )


def _settings(origin: Recording) -> dict[str, str | int | float | bool | None]:
    """Return what the original was recorded by, as far as that is known."""
    kept = origin.details.get("settings")
    return dict(kept) if isinstance(kept, dict) else {}
