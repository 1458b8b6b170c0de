"""Copies of recordings elsewhere as plain data; pausing uploads, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from recorder_app.errors import InvalidRequest
from recorder_app.jobs import opening
from recorder_app.library import job_list, recordings, uploads
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import OPEN, UNFINISHED, JobState, Session
from recorder_app.library.uploads import UploadState
from recorder_app.texts import N_


class UploadEntry(msgspec.Struct, frozen=True):
    """A copy elsewhere, as lists and --json show it. Times are UTC.

    `state` is that of the copy: queued, linked, uploaded, playable, failed or gone. `job_state` is
    that of its upload: queued, running, paused, done, failed or cancelled. With `is_signed` the
    `link` only names the place: links that work are made when they are asked for, and end.
    """

    id: str
    recording_id: str
    short_id: str
    title: str
    destination: str
    state: str
    link: str | None
    is_signed: bool
    job_id: str | None
    job_state: str | None
    progress: float
    size_bytes: int
    sent_bytes: int
    error: dict[str, Any] | None
    run_after: datetime | None
    links_end_at: datetime | None
    created_at: datetime


def list_uploads(database: Database, limit: int = 50) -> list[UploadEntry]:
    """Return the newest copies. Raises LibraryError."""
    with database.read() as session:
        return [entry_of(session, row) for row in uploads.listed(session, limit)]


def entries(database: Database, upload_ids: Sequence[str]) -> list[UploadEntry]:
    """Return these uploads; those that were taken back are left out."""
    with database.read() as session:
        rows = [uploads.with_id(session, each) for each in upload_ids]
        return [entry_of(session, row) for row in rows if row is not None]


def of_recording(database: Database, recording_id: str) -> list[UploadEntry]:
    """Return the copies of a recording, the newest first."""
    with database.read() as session:
        return [entry_of(session, row) for row in uploads.of(session, recording_id)]


def pause(database: Database, recording_ids: Sequence[str] = ()) -> list[UploadEntry]:
    """Pause the uploads of these recordings, or all that are not done. InvalidRequest."""
    return _each_job(database, recording_ids, job_list.pause, OPEN)


def resume(database: Database, recording_ids: Sequence[str] = ()) -> list[UploadEntry]:
    """Go on with uploads that are paused, failed or wait, or with all of them. InvalidRequest."""
    states = (JobState.PAUSED, JobState.FAILED, JobState.QUEUED)
    return _each_job(database, recording_ids, job_list.retry, states)


def go_on(database: Database) -> list[UploadEntry]:
    """Go on with all uploads that are paused, and with no others."""
    return _each_job(database, (), job_list.retry, (JobState.PAUSED,))


def put_first(database: Database, recording_ids: Sequence[str]) -> list[UploadEntry]:
    """Have the uploads of these recordings begun before all others. Raises InvalidRequest."""
    return _each_job(database, recording_ids, job_list.put_first, UNFINISHED)


def copies_of(session: Session, recording_id: str, destination: str | None) -> Sequence[Upload]:
    """Return the copies of a recording, of one destination or of all. Raises InvalidRequest."""
    recording = recordings.get(session, recording_id)
    rows = uploads.of(session, recording.id, destination)
    if rows:
        return rows
    raise InvalidRequest(
        N_("“{title}” is not shared.")
        if destination is None
        else N_("“{title}” is not shared at “{destination}”."),
        hint=N_("Share it first; on the command line, “recorder-app upload {id}” does."),
        title=recording.title,
        destination=destination,
        id=short_id(recording.id),
    )


def entry_of(session: Session, row: Upload) -> UploadEntry:
    """Return `row` as plain data."""
    recording = session.get_one(Recording, row.recording_id)
    job = uploads.job_of(session, row)
    is_there = row.state in uploads.ARRIVED
    progress = 1.0 if is_there else 0.0 if job is None else job.progress
    ticket = opening.ticket_of(row)
    states = {UploadState.UPLOADED: "uploaded", UploadState.QUEUED: "linked" if row.link else None}
    return UploadEntry(
        id=row.id,
        recording_id=row.recording_id,
        short_id=short_id(row.recording_id),
        title=recording.title,
        destination=row.destination,
        state=states.get(UploadState(row.state)) or row.state,
        link=row.link,
        is_signed=ticket is not None and opening.is_signed(ticket),
        job_id=None if job is None else job.id,
        job_state=None if job is None else job.state,
        progress=round(progress, 4),
        size_bytes=recording.file_size,
        sent_bytes=round(recording.file_size * progress),
        error=_reason(row, job),
        run_after=None if job is None or job.state != JobState.QUEUED else job.run_after,
        links_end_at=uploads.last_end(row),
        created_at=row.created_at,
    )


def _each_job(
    database: Database, recording_ids: Sequence[str], change: Any, states: Sequence[str]
) -> list[UploadEntry]:
    changed = []
    with database.write() as session:
        for row, job in _with_jobs(session, recording_ids):
            if job.state in states:
                change(session, job)
                changed.append(entry_of(session, row))
    return changed


def _with_jobs(session: Session, recording_ids: Sequence[str]) -> list[tuple[Upload, Job]]:
    rows: list[Upload] = []
    if recording_ids:
        for each in recording_ids:
            rows += copies_of(session, each, None)
    else:
        rows += uploads.listed(session, 100_000)
    found = [(row, uploads.job_of(session, row)) for row in rows]
    return [(row, job) for row, job in found if job is not None]


def _reason(row: Upload, job: Job | None) -> dict[str, Any] | None:
    if reason := row.details.get("reason"):
        return {"code": "remote_rejected", "message": reason, "hint": ""}
    return None if job is None else job.error
