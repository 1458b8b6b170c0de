"""Everything there is to know of one recording, or of several together, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.errors import RecorderError
from recorder_app.library import media_rows, moments, names, recordings, uploads, versions
from recorder_app.library.database import Database
from recorder_app.library.models import Recording, RecordingSessionRow
from recorder_app.library.queue import Session
from recorder_app.services import editing, notes
from recorder_app.services.editing import EditsEntry
from recorder_app.services.library import RecordingEntry
from recorder_app.services.library import entry_of as recording_entry
from recorder_app.services.uploads import UploadEntry
from recorder_app.services.uploads import entry_of as upload_entry

# How many lines of the audit log are worth showing.
_MOST_LINES = 100


class TrackEntry(msgspec.Struct, frozen=True):
    """A stream of the file; what is not known is empty."""

    kind: str = ""
    encoder: str = ""
    description: str = ""


class HealthEntry(msgspec.Struct, frozen=True):
    """What went wrong while it was recorded; `severity` is info, warning or danger."""

    severity: str
    message: str


class TakeEntry(msgspec.Struct, frozen=True):
    """How a recording was made. `paused_s` are the pauses' lengths, in seconds."""

    started_at: datetime
    status: str
    system: str
    target: str
    microphone: str
    tracks: list[TrackEntry]
    paused_s: list[float]
    health: list[HealthEntry]


class ChapterEntry(msgspec.Struct, frozen=True):
    """A marker, or a note on a moment, `at_s` seconds into the recording."""

    at_s: float
    text: str
    is_note: bool


class VersionEntry(msgspec.Struct, frozen=True):
    id: str
    title: str
    duration_s: float
    created_at: datetime


class AuditLine(msgspec.Struct, frozen=True):
    """What was done with a recording, and when."""

    at: datetime
    action: str
    details: dict[str, Any]


class Details(msgspec.Struct, frozen=True):
    """One recording. `source` is what it was made from; `edits` is None where it cannot be read."""

    recording: RecordingEntry
    platform: str
    content_type: str
    has_file: bool
    take: TakeEntry | None
    warnings: list[str]
    chapters: list[ChapterEntry]
    copies: list[UploadEntry]
    source: VersionEntry | None
    versions: list[VersionEntry]
    edits: EditsEntry | None
    history: list[AuditLine]


class Together(msgspec.Struct, frozen=True):
    """What several recordings have in common.

    `project` and `is_favourite` are None where they differ (`project` is empty where none has one);
    `tags` counts how many have each.
    """

    ids: list[str]
    duration_s: float
    file_size: int
    project: str | None
    is_favourite: bool | None
    tags: dict[str, int]


class Names(msgspec.Struct, frozen=True):
    """What people called things so far."""

    projects: list[str] = []
    tags: list[str] = []
    platforms: list[str] = []
    content_types: list[str] = []


def details_of(database: Database, recording_id: str) -> Details:
    """Return all there is to know of a recording; reads its sidecar. InvalidRequest, LibraryError.

    A file that is not there, or a sidecar that cannot be read, only leaves out what they tell.
    """
    with database.read() as session:
        row = recordings.get(session, recording_id)
        entry = recording_entry(row)
        origin = media_rows.with_id(session, entry.version_of or "")
        found = Details(
            recording=entry,
            platform=row.platform,
            content_type=row.content_type,
            has_file=False,
            take=_take(session, row),
            warnings=[str(each) for each in row.details.get("warnings") or []],
            chapters=[
                ChapterEntry(each.at_s, each.text, is_note=True)
                for each in moments.annotations_of(session, row.id)
            ],
            copies=[upload_entry(session, each) for each in uploads.of(session, row.id)],
            source=None if origin is None else _version(origin),
            versions=[_version(each) for each in versions.versions_of(session, row.id)],
            edits=_edits(session, row),
            history=[
                AuditLine(each.at, each.action, dict(each.details))
                for each in recordings.audit_of(session, row.id, _MOST_LINES)
            ],
        )
    # Not with the library open: a disk may be slow.
    media = Path(entry.path)
    chapters = [*found.chapters, *_markers(media)]
    chapters.sort(key=lambda chapter: chapter.at_s)
    return msgspec.structs.replace(found, has_file=_is_file(media), chapters=chapters)


def together(database: Database, recording_ids: Sequence[str]) -> Together:
    """Return what recordings have in common; those that are gone are left out. LibraryError."""
    with database.read() as session:
        rows = list(media_rows.with_ids(session, recording_ids).values())
        projects = {"" if row.project is None else row.project.name for row in rows}
        favourites = {row.is_favourite for row in rows}
        tags: dict[str, int] = {}
        for row in rows:
            for tag in row.tags:
                tags[tag.name] = tags.get(tag.name, 0) + 1
    return Together(
        ids=[row.id for row in rows],
        duration_s=sum(row.duration_s for row in rows),
        file_size=sum(row.file_size for row in rows),
        project=projects.pop() if len(projects) == 1 else None,
        is_favourite=favourites.pop() if len(favourites) == 1 else None,
        tags=dict(sorted(tags.items())),
    )


def known_names(database: Database) -> Names:
    """Return the names that fields can be completed with. Raises LibraryError."""
    with database.read() as session:
        return Names(
            projects=names.projects(session),
            tags=names.tags(session),
            platforms=names.platforms(session),
            content_types=names.content_types(session),
        )


def _take(session: Session, row: Recording) -> TakeEntry | None:
    kept = None if row.session_id is None else session.get(RecordingSessionRow, row.session_id)
    if kept is None:
        return None
    settings = kept.settings or {}
    return TakeEntry(
        started_at=kept.started_at,
        status=kept.status,
        system=str(kept.devices.get("system") or ""),
        target=str(settings.get("target") or ""),
        microphone=str(settings.get("mic") or ""),
        tracks=[_track(each) for each in kept.devices.get("tracks") or []],
        paused_s=[float(end) - float(start) for start, end in kept.pauses],
        health=[
            HealthEntry(str(each.get("severity", "")), str(each.get("message", "")))
            for each in kept.health
        ],
    )


def _track(told: dict[str, Any]) -> TrackEntry:
    known = ("kind", "encoder", "description")
    return TrackEntry(**{name: str(told.get(name) or "") for name in known})


def _edits(session: Session, row: Recording) -> EditsEntry | None:
    # One without a length would be looked up in its file.
    if row.duration_s <= 0:
        return None
    try:
        return editing.entry_of(session, row, editing.length_of(row))
    except RecorderError:
        # A step of a newer version of ours; the rest can be told.
        return None


def _markers(media: Path) -> list[ChapterEntry]:
    return [ChapterEntry(at_s, text, is_note=False) for at_s, text in notes.markers(media)]


def _version(row: Recording) -> VersionEntry:
    return VersionEntry(row.id, row.title, row.duration_s, row.created_at)


def _is_file(media: Path) -> bool:
    try:
        return media.is_file()
    except (OSError, ValueError):
        return False
