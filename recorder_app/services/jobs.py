"""Background work: what is queued as plain data, cancelling, trying again, and running it here."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from recorder_app.errors import InvalidRequest
from recorder_app.library import job_list, uploads
from recorder_app.library.database import Database
from recorder_app.library.ids import short_id
from recorder_app.library.models import Job
from recorder_app.library.queue import NETWORK_LANE, UNFINISHED, JobState
from recorder_app.settings.store import SettingsStore

if TYPE_CHECKING:
    from recorder_app.jobs.runner import Runner
    from recorder_app.jobs.work import Ended

_LOOK_EVERY_S = 0.2


class JobEntry(msgspec.Struct, frozen=True):
    """A job as lists and --json show it. Times are UTC; `error` has code, message and hint."""

    id: str
    short_id: str
    kind: str
    lane: str
    state: str
    priority: int
    recording_id: str | None
    progress: float
    attempts: int
    cancel_requested: bool
    run_after: datetime
    created_at: datetime
    updated_at: datetime
    error: dict[str, Any] | None
    result: dict[str, Any] | None


def entry_of(row: Job) -> JobEntry:
    """Return `row` as plain data."""
    return JobEntry(
        id=row.id,
        short_id=short_id(row.id),
        kind=row.kind,
        lane=row.lane,
        state=row.state,
        priority=row.priority,
        recording_id=row.recording_id,
        progress=round(row.progress, 3),
        attempts=row.attempts,
        cancel_requested=row.cancel_requested,
        run_after=row.run_after,
        created_at=row.created_at,
        updated_at=row.updated_at,
        error=row.error,
        result=row.result,
    )


def list_jobs(database: Database, limit: int = 50) -> list[JobEntry]:
    """Return running jobs, those to come, and those that ended last, in this order."""
    with database.read() as session:
        return [entry_of(row) for row in job_list.listed(session, limit=limit)]


def cancel_job(database: Database, text: str) -> JobEntry:
    """Cancel the job with the id `text`. Raises InvalidRequest and LibraryError."""
    with database.write() as session:
        row = job_list.get(session, text)
        upload = None
        if row.kind == uploads.UPLOAD:
            upload = uploads.with_id(session, str(row.payload.get("upload_id")))
        if upload is None or upload.state in uploads.ARRIVED:
            job_list.request_cancel(session, row)
        else:
            # What was begun at the destination goes as well.
            uploads.withdraw(session, upload)
        return entry_of(row)


def retry_job(database: Database, text: str) -> JobEntry:
    """Queue the job with the id `text` again. Raises InvalidRequest and LibraryError."""
    with database.write() as session:
        row = job_list.get(session, text)
        job_list.retry(session, row)
        return entry_of(row)


def retry_jobs(database: Database, job_ids: Sequence[str]) -> int:
    """Queue again those of these jobs that failed; return how many. Raises LibraryError."""
    queued = 0
    with database.write() as session:
        for row in job_list.of(session, job_ids):
            if row.state == JobState.FAILED:
                # The same may be queued anew already.
                with contextlib.suppress(InvalidRequest):
                    job_list.retry(session, row)
                    queued += 1
    return queued


def pause_job(database: Database, text: str) -> JobEntry:
    """Keep the job with the id `text` from going on until it is tried again.

    Raises InvalidRequest and LibraryError.
    """
    with database.write() as session:
        row = job_list.get(session, text)
        job_list.pause(session, row)
        return entry_of(row)


def put_job_first(database: Database, text: str) -> JobEntry:
    """Have the job with the id `text` begun before all others that wait for the same.

    Raises InvalidRequest and LibraryError.
    """
    with database.write() as session:
        row = job_list.get(session, text)
        job_list.put_first(session, row)
        return entry_of(row)


def forget_ended(database: Database) -> int:
    """Forget the jobs that were done or cancelled; return how many. Raises LibraryError."""
    with database.write() as session:
        return job_list.forget(session, datetime.now(UTC))


def runner_of(database: Database, on_end: Callable[[Ended], None] = lambda _: None) -> Runner:
    """Return what runs jobs in this process, with as many uploads at once as is set."""
    # Imported only now: listing needs no codecs.
    from recorder_app.jobs.kinds import LANES
    from recorder_app.jobs.runner import Runner

    at_once = SettingsStore(keeps_broken=True).current.sharing.at_once
    return Runner(database, lanes={**LANES, NETWORK_LANE: at_once}, on_end=on_end)


def run_jobs(
    database: Database,
    stop: threading.Event,
    *,
    until_empty: bool = False,
    on_end: Callable[[Ended], None] = lambda _: None,
) -> None:
    """Run jobs in this process until `stop`, or until none that it can do is open.

    Raises LibraryError when the library cannot be used any more.
    """
    from recorder_app.jobs.tasks import TASKS

    runner = runner_of(database, on_end)
    runner.start()
    try:
        while not stop.wait(_LOOK_EVERY_S) and runner.is_alive:
            if until_empty:
                with database.read() as session:
                    if job_list.open_count(session, TASKS) == 0:
                        break
    finally:
        runner.stop()
    if runner.error is not None:
        raise runner.error


def finish_jobs(
    database: Database,
    job_ids: Iterable[str],
    stop: threading.Event,
    on_progress: Callable[[list[JobEntry]], None] = lambda _: None,
    *,
    tries_again: bool = True,
) -> list[JobEntry]:
    """Run jobs in this process until those with `job_ids` have ended (--wait), or until `stop`.

    Without `tries_again` one that failed is not waited for, be it that it would be tried again
    later. Returns how they ended; what is open still is left in the queue.
    """
    wanted = list(job_ids)
    ended: dict[str, JobEntry] = {}
    runner = runner_of(database)
    runner.start()
    try:
        while runner.is_alive:
            # What has ended is not looked at again: there may be thousands.
            left = _entries(database, [each for each in wanted if each not in ended])
            ended |= {entry.id: entry for entry in left if entry.state not in UNFINISHED}
            is_open = [entry for entry in left if entry.state in UNFINISHED]
            on_progress([*ended.values(), *is_open])
            waited_for = [each for each in is_open if tries_again or not _waits_to_try(each)]
            if not waited_for or stop.wait(_LOOK_EVERY_S):
                break
    finally:
        runner.stop()
    if runner.error is not None:
        raise runner.error
    return _entries(database, wanted)


def _waits_to_try(entry: JobEntry) -> bool:
    return entry.state == JobState.QUEUED and entry.error is not None


def _entries(database: Database, job_ids: list[str]) -> list[JobEntry]:
    with database.read() as session:
        return [entry_of(row) for row in job_list.of(session, job_ids)]
