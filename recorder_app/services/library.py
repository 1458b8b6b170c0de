"""Opening the library where this user's is, and rows as plain data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from recorder_app import paths
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.models import Recording
from recorder_app.library.versions import VERSION_OF
from recorder_app.services.entering import enter_pending


def library_path() -> Path:
    """Return where this user's library is; it may not exist yet."""
    return paths.data_folder() / "library.sqlite"


def open_library(wait_s: float | None = None) -> Database:
    """Open this user's library, making it if need be, and enter the takes that wait for it.

    `wait_s` is how long to wait for other writers, if not as long as usual. Raises LibraryError or
    StorageError.
    """
    path = library_path()
    database = Database(path) if wait_s is None else Database(path, wait_s=wait_s)
    enter_pending(database)
    return database


class RecordingEntry(msgspec.Struct, frozen=True):
    """A recording as lists and --json show it. Times are UTC.

    `version_of` is the id of the recording that it was made from.
    """

    id: str
    short_id: str
    title: str
    description: str
    recording_type: str
    path: str
    status: str
    duration_s: float
    width: int
    height: int
    file_size: int
    container: str
    video_codec: str
    audio_codecs: list[str]
    project: str | None
    tags: list[str]
    is_favourite: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    checksum: str | None
    thumbnail: str | None
    share_links: dict[str, Any]
    metadata: dict[str, Any]
    version_of: str | None


def entry_of(row: Recording) -> RecordingEntry:
    """Return `row` as plain data."""
    return RecordingEntry(
        id=row.id,
        short_id=short_id(row.id),
        title=row.title,
        description=row.description,
        recording_type=row.recording_type,
        path=row.path,
        status=row.status,
        duration_s=row.duration_s,
        width=row.width,
        height=row.height,
        file_size=row.file_size,
        container=row.container,
        video_codec=row.video_codec,
        audio_codecs=list(row.audio_codecs),
        project=None if row.project is None else row.project.name,
        tags=[tag.name for tag in row.tags],
        is_favourite=row.is_favourite,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        checksum=row.checksum,
        thumbnail=row.thumbnail,
        share_links=row.share_links,
        metadata=row.details,
        version_of=row.details.get(VERSION_OF),
    )
