"""Entering takes into the library that could not be entered when they ended."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import msgspec

from recorder_app.errors import DiskFull, LibraryLocked, RecorderError
from recorder_app.jobs import kinds
from recorder_app.jobs.kinds import enqueue_previews
from recorder_app.library.database import Database
from recorder_app.library.takes import enter_recording, enter_session
from recorder_app.media import profiles
from recorder_app.services.ledger import ACTIVE, COMPLETED, TakeRecord, pending_takes, sidecar_of
from recorder_app.settings.destinations import DestinationsStore

_log = logging.getLogger(__name__)


def enter_pending(database: Database) -> None:
    """Enter every take that waits; those still running are entered as active and go on waiting.

    Any number of processes may do so at once. What fails is logged and waits on.
    """
    for file, record in pending_takes():
        try:
            enter_take(database, record)
        except (LibraryLocked, DiskFull) as error:
            # The next one would fare no better.
            _log.warning("take not entered session=%s error=%s", record.session_id, error)
            return
        except RecorderError as error:
            _log.warning("take not entered session=%s error=%s", record.session_id, error)
            continue
        if record.status != ACTIVE:
            file.unlink(missing_ok=True)


def _automatic(record: TakeRecord) -> list[str]:
    """Return where every take is uploaded to; no take waits for a file that cannot be read."""
    if record.status != COMPLETED:
        return []
    try:
        known = DestinationsStore().read()
    except RecorderError as error:
        _log.warning("not uploaded session=%s error=%s", record.session_id, error)
        return []
    return [entry.name for entry in known.by_name.values() if entry.is_automatic]


def enter_take(database: Database, record: TakeRecord) -> None:
    """Enter one take, as often as one likes. Raises LibraryError or StorageError."""
    pauses, tracks = sidecar_of(record)
    result, error = record.result, record.error
    settings = msgspec.to_builtins(record.settings)
    devices = {"system": record.system, "tracks": tracks}
    health = msgspec.to_builtins(record.health)
    with database.write() as session:
        enter_session(
            session,
            record.session_id,
            recording_type=record.recording_type,
            status=record.status,
            started_at=record.started_at,
            ended_at=record.ended_at,
            duration_s=0.0 if result is None else result.duration_s,
            pauses=pauses,
            devices=devices,
            settings=settings,
            health=health,
            path=record.path if result is None else result.path,
            owner_pid=record.owner.pid,
            owner_started=record.owner.started,
            error=None if error is None else msgspec.to_builtins(error),
        )
        if result is None:
            return
        container = profiles.load().containers.get(result.container)
        ended_at = record.ended_at or record.started_at
        recording = enter_recording(
            session,
            record.recording_id,
            ended_at - timedelta(seconds=result.duration_s),
            title=Path(result.path).stem,
            recording_type=record.recording_type,
            path=result.path,
            container=result.container,
            video_codec=result.video_codec,
            audio_codecs=result.audio_codecs,
            width=result.width,
            height=result.height,
            duration_s=result.duration_s,
            file_size=result.size_bytes,
            mime_type="" if container is None else container.mime_type,
            quality=record.settings.quality,
            session_id=record.session_id,
            details={
                "settings": settings,
                "devices": devices,
                "warnings": result.warnings,
                "is_truncated": result.truncated,
            },
        )
        enqueue_previews(session, recording)
        for destination in _automatic(record):
            kinds.enqueue_upload(session, recording, destination)
