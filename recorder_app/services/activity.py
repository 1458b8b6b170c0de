"""Background work as people watch it: every job with what it is about, how much there is to do."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from recorder_app.edit import timeline
from recorder_app.edit.timeline import EditList
from recorder_app.errors import RecorderError
from recorder_app.library import job_list, media_rows, uploads
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording, Upload
from recorder_app.library.queue import JobState
from recorder_app.services.activity_entries import Activity, ActivityList, Unit

_MOST = 200


def activity(database: Database, limit: int = _MOST) -> ActivityList:
    """Return what is being done in the background, `limit` jobs of it. Raises LibraryError."""
    with database.read() as session:
        jobs = job_list.listed(session, limit=limit)
        failed = job_list.listed(session, (JobState.FAILED,), limit=limit)
        known = {job.id for job in jobs}
        # What failed long ago still waits for somebody, whatever ended since.
        jobs = [*jobs, *(job for job in failed if job.id not in known)]
        rows = media_rows.with_ids(session, list({job.recording_id or "" for job in jobs}))
        copies = {job.id: uploads.with_id(session, _upload_id(job)) for job in jobs}
        found = [_activity(job, rows.get(job.recording_id or ""), copies[job.id]) for job in jobs]
        counts = {state.value: count for state, count in job_list.counts(session).items()}
    return ActivityList(found, counts)


def _activity(job: Job, row: Recording | None, upload: Upload | None) -> Activity:
    amount, unit = _amount(job, row)
    result = job.result or {}
    is_gone = job.kind == uploads.UPLOAD and upload is None
    return Activity(
        id=job.id,
        kind=job.kind,
        state=job.state,
        recording_id=job.recording_id,
        title="" if row is None else row.title,
        target=_target(job, upload),
        progress=1.0 if job.state == JobState.DONE else job.progress,
        amount=amount,
        unit=unit,
        is_stopping=job.state == JobState.RUNNING and job.cancel_requested,
        can_pause=job.kind == uploads.UPLOAD,
        # An upload that was taken back has nowhere to go any more.
        can_retry=not is_gone,
        error=job.error,
        run_after=job.run_after,
        updated_at=job.updated_at,
        result_id=result.get("recording_id") or None,
        result_path=result.get("path") or None,
    )


def _upload_id(job: Job) -> str:
    return str(job.payload.get("upload_id", ""))


def _target(job: Job, upload: Upload | None) -> str:
    if upload is not None:
        return upload.destination
    return str(job.payload.get("destination") or job.payload.get("preset") or "")


def _amount(job: Job, row: Recording | None) -> tuple[float, Unit]:
    if job.kind == uploads.UPLOAD and row is not None:
        return float(row.file_size), Unit.BYTES
    if job.kind == "export":
        return _kept_s(job.payload), Unit.SECONDS
    return 0.0, Unit.NONE


def _kept_s(order: Mapping[str, Any]) -> float:
    """Return how long the result of an export will be; 0 for an order of a newer version."""
    try:
        steps = [timeline.operation(name, given) for name, given in order["operations"]]
        return float(EditList.of(Fraction(order["length"]), steps).kept_length)
    except (RecorderError, KeyError, TypeError, ValueError):
        return 0.0
