"""What an editor has made of a recording: a version at once, a file by the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable

from recorder_app.edit.presets import ORIGINAL
from recorder_app.errors import RecorderError, from_report
from recorder_app.library import job_list
from recorder_app.library.queue import JobState
from recorder_app.services import versions
from recorder_app.services.export_entries import ExportEntry, ExportWish
from recorder_app.services.jobs import JobEntry, cancel_job, entry_of
from recorder_app.services.safekeeping import opened_library


def save_version(
    recording_id: str, stop: threading.Event, on_progress: Callable[[float], None]
) -> ExportEntry:
    """Make a new recording of what is kept, in this process, until it is done or `stop`.

    `on_progress` is told a share, 0 to 1. Raises what it failed of, and Cancelled; then nothing was
    changed.
    """
    with opened_library() as database:
        handed_in = versions.hand_in(database, recording_id, ExportWish(ORIGINAL))
        return versions.make(
            database, handed_in, stop, lambda entry: on_progress(float(entry.progress))
        )


def queue_export(recording_id: str, wish: ExportWish) -> str:
    """Queue an export of what is kept; return its job's id. Raises what ``hand_in`` raises."""
    with opened_library() as database:
        return versions.hand_in(database, recording_id, wish).job_id


def estimate(recording_id: str, wish: ExportWish) -> versions.Estimate:
    """Return about how large it will be. Raises InvalidRequest, MediaError or LibraryError."""
    with opened_library() as database:
        return versions.estimated(database, recording_id, wish)


def export_job(job_id: str) -> JobEntry:
    """Return how far an export is. Raises InvalidRequest and LibraryError."""
    with opened_library() as database, database.read() as session:
        return entry_of(job_list.get(session, job_id))


def cancel_export(job_id: str) -> JobEntry:
    """Cancel an export. Raises InvalidRequest and LibraryError."""
    with opened_library() as database:
        return cancel_job(database, job_id)


def ended(job: JobEntry) -> bool:
    """Return whether nothing more happens by itself soon: done, cancelled, or failed once."""
    if job.state in (JobState.QUEUED, JobState.RUNNING):
        return job.state == JobState.QUEUED and job.error is not None
    return True


def failure_of(job: JobEntry) -> RecorderError | None:
    """Return what a job failed of, if it did."""
    if job.error is None or job.state in (JobState.DONE, JobState.CANCELLED):
        return None
    told = job.error
    return from_report(
        str(told.get("code", "")), str(told.get("message", "")), str(told.get("hint", ""))
    )
