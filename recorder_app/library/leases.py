"""Running jobs: their leases, and how they end.

A lease is told by its owner's text and renewed while the work goes on. One that ran out, or whose
owner is gone, goes back into the queue. So work may be done twice, and handlers have to bear it; it
is never lost.

Functions take the session of ``Database.write`` where they do not say that any will do.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import LEASE_S, JobState
from recorder_app.texts import N_, translate

# How often a job is begun without getting on before it is given up.
MAX_ATTEMPTS = 5
# More often where the program ended in the middle of it: that is hardly ever the job's own fault.
MAX_ABANDONED = 12
_ABANDONED_MOST_S = 30.0
# 2 s, 8 s, 32 s, 2 minutes; a crash in the middle of a job takes the same turn, so that a job that
# ends its process does not do so at once again.
_BACKOFF_S = 2.0
_BACKOFF_FACTOR = 4.0
_BACKOFF_MOST_S = 3600.0
# Beside what the handler keeps: how far the job ever was.
_REACHED = "_reached"


class Hold(enum.Enum):
    """What a runner learns about a job it works on."""

    KEPT = "kept"
    CANCELLED = "cancelled"
    LOST = "lost"


def abandoned(session: Session, at: datetime, is_gone: Callable[[str], bool]) -> list[Job]:
    """Return jobs whose lease ran out, or whose owner `is_gone`; any session will do."""
    return [
        job
        for job in session.scalars(select(Job).where(Job.state == JobState.RUNNING))
        if job.lease_owner is None
        or job.lease_until is None
        or job.lease_until < at
        or is_gone(job.lease_owner)
    ]


def take_back(session: Session, at: datetime, is_gone: Callable[[str], bool]) -> int:
    """Put abandoned jobs back into the queue; return how many there were.

    One that was begun too often without getting on has failed: it may be what ends the process.
    """
    found = abandoned(session, at, is_gone)
    for job in found:
        if job.cancel_requested:
            _end(job, JobState.CANCELLED)
        elif job.attempts >= MAX_ABANDONED:
            _end(job, JobState.FAILED)
            job.error = {
                "code": "abandoned",
                "message": translate(
                    N_("The program ended {count} times in the middle of it."), count=job.attempts
                ),
                "hint": "",
            }
        else:
            _wait(job, at, _ABANDONED_MOST_S)
    session.flush()
    return len(found)


def look(session: Session, job_id: str, owner: str) -> Hold:
    """Return whether `owner` still has the job and shall go on; any session will do."""
    held = session.execute(select(Job.cancel_requested).where(*_held(job_id, owner))).one_or_none()
    if held is None:
        return Hold.LOST
    return Hold.CANCELLED if held[0] else Hold.KEPT


def renew(
    session: Session,
    job_id: str,
    owner: str,
    at: datetime,
    *,
    progress: float | None = None,
    checkpoint: Mapping[str, Any] | None = None,
    reached: int | None = None,
    lease_s: float = LEASE_S,
) -> Hold:
    """Prolong the lease and keep how far the job is (0 to 1), and where to go on after a crash.

    A job that gets on has all its attempts again: one that `reached` more than ever before, in
    whatever unit. Writing a checkpoint alone is not getting on, or a job that does the same in vain
    again and again would never end.
    """
    values: dict[str, Any] = {"lease_until": at + timedelta(seconds=lease_s)}
    if progress is not None:
        values["progress"] = min(max(progress, 0.0), 1.0)
    if checkpoint is not None or reached is not None:
        kept = session.scalar(select(Job.checkpoint).where(*_held(job_id, owner))) or {}
        before = int(kept.get(_REACHED, 0))
        if reached is not None and reached > before:
            values["attempts"] = 1
        furthest = max(before, reached or 0)
        plain = _plain(kept) if checkpoint is None else dict(checkpoint)
        values["checkpoint"] = plain | ({_REACHED: furthest} if furthest else {})
    session.execute(update(Job).where(*_held(job_id, owner)).values(**values))
    return look(session, job_id, owner)


def succeed(
    session: Session,
    job_id: str,
    owner: str,
    result: Mapping[str, Any],
    derived: Mapping[str, Any] | None = None,
) -> bool:
    """End a job well; return False if it is not `owner`'s any more.

    `derived` are columns of the recording that were worked out, such as its checksum; they are kept
    with the end of the job or not at all, and do not count as a change of the recording.
    """
    job = _mine(session, job_id, owner)
    if job is None:
        return False
    _end(job, JobState.DONE)
    job.result, job.progress, job.checkpoint = dict(result), 1.0, {}
    if derived and job.recording_id is not None:
        session.execute(
            update(Recording)
            .where(Recording.id == job.recording_id)
            .values(**derived, updated_at=Recording.updated_at)
        )
    session.flush()
    return True


def fail(
    session: Session,
    job_id: str,
    owner: str,
    error: Mapping[str, Any],
    at: datetime,
    *,
    is_retryable: bool,
    least_s: float = 0.0,
) -> JobState | None:
    """Note why a job failed, and queue it again for later if that may help.

    It then waits for `least_s` at least. Returns its state; None if it is not `owner`'s any more.
    """
    job = _mine(session, job_id, owner)
    if job is None:
        return None
    if is_retryable and job.attempts < MAX_ATTEMPTS and not job.cancel_requested:
        _wait(job, at)
        job.run_after = max(job.run_after, at + timedelta(seconds=least_s))
    else:
        _end(job, JobState.FAILED)
    job.error = dict(error)
    session.flush()
    return JobState(job.state)


def give_back(session: Session, job_id: str, owner: str) -> None:
    """Return an unfinished job to the queue, as if it had not been begun; progress stays."""
    job = _mine(session, job_id, owner)
    if job is not None:
        if job.cancel_requested:
            _end(job, JobState.CANCELLED)
        else:
            job.state, job.lease_owner, job.lease_until = JobState.QUEUED, None, None
            job.attempts -= 1
        session.flush()


def postpone(
    session: Session,
    job_id: str,
    owner: str,
    at: datetime,
    reason: Mapping[str, Any] | None,
    checkpoint: Mapping[str, Any],
) -> None:
    """Return a job to the queue until `at`, as if it had not been begun; `reason` is shown."""
    job = _mine(session, job_id, owner)
    if job is not None:
        give_back(session, job_id, owner)
        furthest = {name: value for name, value in job.checkpoint.items() if name == _REACHED}
        job.checkpoint = dict(checkpoint) | furthest
        if job.state == JobState.QUEUED:
            job.run_after, job.error = at, None if reason is None else dict(reason)
        session.flush()


def confirm_cancel(session: Session, job_id: str, owner: str) -> None:
    """End a job whose handler has stopped because that was asked for."""
    job = _mine(session, job_id, owner)
    if job is not None:
        _end(job, JobState.CANCELLED)
        session.flush()


def checkpoint_of(job: Job) -> dict[str, Any]:
    """Return what the handler of a job kept last."""
    return _plain(job.checkpoint)


def delay_s(attempts: int) -> float:
    """Return how long to wait after so many attempts, in seconds.

    It varies by a quarter, so that what failed together does not come back together.
    """
    exact = min(_BACKOFF_S * _BACKOFF_FACTOR ** max(attempts - 1, 0), _BACKOFF_MOST_S)
    return exact * random.uniform(0.75, 1.25)


def _plain(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != _REACHED}


def _held(job_id: str, owner: str) -> list[ColumnElement[bool]]:
    return [Job.id == job_id, Job.lease_owner == owner, Job.state == JobState.RUNNING]


def _mine(session: Session, job_id: str, owner: str) -> Job | None:
    return session.scalar(select(Job).where(*_held(job_id, owner)))


def _wait(job: Job, at: datetime, most_s: float = _BACKOFF_MOST_S) -> None:
    _end(job, JobState.QUEUED)
    job.run_after = at + timedelta(seconds=min(delay_s(job.attempts), most_s))


def _end(job: Job, state: JobState) -> None:
    job.state, job.lease_owner, job.lease_until = state, None, None
