"""From a media file and its sidecar to the columns of a recording."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from recorder_app.errors import UnreadableMedia
from recorder_app.library.ids import is_id, new_id
from recorder_app.library.media_rows import COMPLETED, IMPORTED, RECOVERED
from recorder_app.library.versions import OPERATIONS, PRESET, VERSION_OF
from recorder_app.media import profiles
from recorder_app.media.probe import MediaDescription, probe
from recorder_app.pipeline.events import RecordingResult, RecordingState
from recorder_app.pipeline.journal import JournalEntry
from recorder_app.services.walking import printable, storable
from recorder_app.texts import N_

_TYPES = {"region": "region", "window": "window"}
# Sidecars may come from anywhere, and so may times of files: what is beyond is neither stored nor
# shown.
_MOST_SECONDS, _MOST_PIXELS = 1e8, 2**31
_YEARS = range(1900, 3000)


def describe(path: Path, entry: JournalEntry | None) -> MediaDescription:
    """Return what the file holds: from its sidecar where that fits, else by reading it.

    Raises UnreadableMedia, also for a name that is no Unicode, which nothing could store.
    """
    check_name(path)
    result = None if entry is None else entry.result
    if result is None or not _is_credible(result) or not _has_size(path, result.size_bytes):
        return probe(path)
    known = profiles.load().containers.get(result.container)
    return MediaDescription(
        container=result.container,
        mime_type="" if known is None else known.mime_type,
        duration_s=result.duration_s,
        size_bytes=result.size_bytes,
        width=result.width,
        height=result.height,
        video_codec=result.video_codec,
        audio_codecs=result.audio_codecs,
        tracks=[],
    )


def columns_of(path: Path, found: MediaDescription, entry: JournalEntry | None) -> dict[str, Any]:
    """Return what ``media_rows.enter`` takes of a recording, all but id and status."""
    columns: dict[str, Any] = {
        "title": path.stem or path.name,
        "recording_type": "video" if found.width else "audio",
        "path": str(path),
        "container": found.container,
        "mime_type": found.mime_type,
        "video_codec": found.video_codec,
        "audio_codecs": found.audio_codecs,
        "width": found.width,
        "height": found.height,
        "duration_s": found.duration_s,
        "file_size": found.size_bytes,
        "created_at": created_at(path, entry),
    }
    if entry is None:
        return columns
    target = str(entry.settings.get("target") or "")
    if target or entry.origin is None:
        columns["recording_type"] = _TYPES.get(target.partition(":")[0], "screen")
    columns["quality"] = str(entry.settings.get("quality") or "")
    columns["details"] = {
        "settings": entry.settings,
        "devices": {"tracks": msgspec.to_builtins(entry.tracks)},
        "warnings": [] if entry.result is None else entry.result.warnings,
        "is_truncated": entry.result is not None and entry.result.truncated,
    }
    if entry.origin is not None and is_id(entry.origin.of):
        columns["details"] |= {
            VERSION_OF: entry.origin.of,
            OPERATIONS: entry.origin.operations,
            PRESET: storable(entry.origin.preset),
        }
    if entry.library is not None:
        tags = dict.fromkeys(map(storable, entry.library.tags))
        columns["tags"] = [tag for tag in tags if tag.strip()]
        columns["project"] = storable(entry.library.project or "") or None
        columns["title"] = storable(entry.library.title) or columns["title"]
        columns["description"] = storable(entry.library.description)
        columns["is_favourite"] = entry.library.is_favourite
        columns["platform"] = storable(entry.library.platform)
        columns["content_type"] = storable(entry.library.content_type)
    return columns


def created_at(path: Path, entry: JournalEntry | None) -> datetime:
    """Return when it was recorded, or else when the file was written last."""
    started = None if entry is None else entry.started
    if started is not None and started.tzinfo is not None and started.year in _YEARS:
        return started.astimezone(UTC)
    with contextlib.suppress(OverflowError, ValueError, OSError):
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if written.year in _YEARS:
            return written
    return datetime.now(UTC)


def recording_id(entry: JournalEntry | None, created: datetime) -> str:
    """Return the id that the sidecar gives, or a new one that sorts by when it was recorded."""
    given = [] if entry is None else [entry.recording_id]
    if entry is not None and entry.library is not None:
        given.insert(0, entry.library.id)
    # A sidecar may come from anywhere.
    return next(filter(is_id, given), None) or new_id(max(created.timestamp(), 0))


def status_of(entry: JournalEntry | None) -> str:
    """Return a recording's status when its file is there."""
    if entry is None or entry.state is not RecordingState.FINISHED:
        return IMPORTED
    return RECOVERED if entry.recovery is not None else COMPLETED


def is_text(path: Path) -> bool:
    """Return whether the name is Unicode; others can be read, but not stored."""
    try:
        str(path).encode()
    except UnicodeError:
        return False
    return True


def check_name(path: Path) -> None:
    """Raise UnreadableMedia for a name that is no Unicode."""
    if not is_text(path):
        raise UnreadableMedia(
            N_("The name {name} is no Unicode."),
            hint=N_("Rename the file; on the command line, --copy imports it under another name."),
            name=printable(path),
        )


def _is_credible(result: RecordingResult) -> bool:
    return (
        0 <= result.duration_s <= _MOST_SECONDS
        and 0 <= result.width <= _MOST_PIXELS
        and 0 <= result.height <= _MOST_PIXELS
    )


def _has_size(path: Path, size: int) -> bool:
    try:
        return os.stat(path).st_size == size
    except OSError:
        return False
