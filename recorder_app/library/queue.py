"""The job queue: handing in work, and taking the next job.

A job goes from `queued` to `running` and ends as `done`, `failed` or `cancelled`; one that a person
paused is neither until it is queued again. Whoever runs one holds a lease on it (``leases``).

Functions take the session of ``Database.write`` (``Database.read`` where they say so). One
transaction each, begun with its lock: two processes never take the same job.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm import aliased

from recorder_app.library.models import Job

# Much longer than the time between two renewals, short enough to wait for after a crash that
# nobody noticed.
LEASE_S = 30.0


class JobState(enum.StrEnum):
    """Where a job is in its life; `failed` ones stay, with their reason, until retried."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.QUEUED, JobState.RUNNING)
UNFINISHED = (*OPEN, JobState.PAUSED)

NETWORK_LANE, CALLS_LANE = "network", "calls"
# Their jobs only read a recording's file: they go on beside others of the same recording.
_READING_LANES = (NETWORK_LANE, CALLS_LANE)


def now() -> datetime:
    return datetime.now(UTC)


def enqueue(
    session: Session,
    kind: str,
    recording_id: str | None = None,
    *,
    lane: str,
    payload: Mapping[str, Any] | None = None,
    priority: int = 0,
    run_after: datetime | None = None,
) -> Job:
    """Hand in work; return the job, or the one that is not finished for the same already.

    Larger priorities come first. The same work is the same kind and payload for one recording.
    """
    wanted = dict(payload or {})
    known = session.scalars(
        select(Job).where(
            Job.kind == kind,
            Job.recording_id == recording_id,
            Job.state.in_(UNFINISHED),
            Job.cancel_requested.is_(False),
        )
    )
    for job in known:
        if job.payload == wanted:
            return job
    job = Job(
        kind=kind,
        lane=lane,
        recording_id=recording_id,
        payload=wanted,
        priority=priority,
        run_after=run_after or now(),
    )
    session.add(job)
    session.flush()
    return job


def is_due(session: Session, kinds: Iterable[str], lanes: Iterable[str], at: datetime) -> bool:
    """Return whether `claim` may find something; any session will do. It costs no lock."""
    waiting = select(Job.id).where(
        Job.state == JobState.QUEUED,
        Job.kind.in_(list(kinds)),
        Job.lane.in_(list(lanes)),
        Job.run_after <= at,
    )
    return session.scalar(waiting.limit(1)) is not None


def claim(
    session: Session,
    owner: str,
    lanes: Mapping[str, int],
    at: datetime,
    *,
    kinds: Iterable[str] | None = None,
    lease_s: float = LEASE_S,
) -> Job | None:
    """Take the next job for `owner`: the highest priority, then the oldest.

    `lanes` is how many jobs of a lane may run at once, in all processes together, and `kinds` what
    the owner can do. Never taken is a job of a recording that another one works on, lanes that only
    read its file apart.
    """
    running = session.execute(
        select(Job.lane, func.count()).where(Job.state == JobState.RUNNING).group_by(Job.lane)
    )
    busy: dict[str, int] = {lane: count for lane, count in running}
    free = [lane for lane, limit in lanes.items() if busy.get(lane, 0) < limit]
    other = aliased(Job)
    is_excluded = (
        select(other.id)
        .where(
            other.recording_id == Job.recording_id,
            other.state == JobState.RUNNING,
            other.lane.not_in(_READING_LANES),
            Job.lane.not_in(_READING_LANES),
        )
        .exists()
    )
    is_known = true() if kinds is None else Job.kind.in_(list(kinds))
    job = session.scalar(
        select(Job)
        .where(
            Job.state == JobState.QUEUED,
            is_known,
            Job.lane.in_(free),
            Job.run_after <= at,
            ~is_excluded,
        )
        .order_by(Job.priority.desc(), Job.created_at, Job.id)
        .limit(1)
    )
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.lease_owner, job.lease_until = owner, at + timedelta(seconds=lease_s)
    job.attempts += 1
    job.error = None
    session.flush()
    return job
