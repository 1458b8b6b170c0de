"""The job queue, as people see it: listing, finding by id, cancelling, trying again.

Functions take a session of ``Database`` and raise InvalidRequest for what is not there or makes no
sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from recorder_app.errors import InvalidRequest
from recorder_app.library.leases import checkpoint_of
from recorder_app.library.lookup import by_id
from recorder_app.library.models import Job
from recorder_app.library.queue import OPEN, UNFINISHED, JobState, now
from recorder_app.texts import N_

_AT_ONCE = 500


def get(session: Session, text: str) -> Job:
    """Return the job whose id is, begins or ends with `text`.

    Raises InvalidRequest when there is none or more than one.
    """
    matches = by_id(session, Job, text)
    if len(matches) == 1:
        return matches[0]
    raise InvalidRequest(
        N_("Several jobs have an id like {id}.")
        if matches
        else N_("There is no job with the id {id}."),
        hint=N_(
            "On the command line, “recorder-app jobs” shows them; give at least four characters of "
            "an id."
        ),
        id=text,
    )


def listed(
    session: Session, states: Iterable[JobState] = tuple(JobState), *, limit: int = 50
) -> Sequence[Job]:
    """Return jobs in one of `states`: running, to come, paused, then the newest ends."""
    wanted = set(states)
    found: list[Job] = []
    for state in (JobState.RUNNING, JobState.QUEUED, JobState.PAUSED):
        if state in wanted:
            found += session.scalars(
                select(Job)
                .where(Job.state == state)
                .order_by(Job.priority.desc(), Job.created_at, Job.id)
                .limit(limit - len(found))
            )
    ended = [state for state in wanted if state not in UNFINISHED]
    found += session.scalars(
        select(Job)
        .where(Job.state.in_(ended))
        .order_by(Job.updated_at.desc(), Job.id.desc())
        .limit(limit - len(found))
    )
    return found


def of(session: Session, job_ids: Iterable[str]) -> Sequence[Job]:
    """Return the jobs with these ids; those that are gone are left out."""
    wanted = list(job_ids)
    found: list[Job] = []
    # SQLite takes only so many values in a statement.
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        found += session.scalars(select(Job).where(Job.id.in_(some)))
    return found


def unfinished_of(session: Session, recording_id: str) -> Sequence[Job]:
    """Return the jobs of a recording that are queued, running or paused."""
    query = select(Job).where(Job.recording_id == recording_id, Job.state.in_(UNFINISHED))
    return session.scalars(query).all()


def open_count(session: Session, kinds: Iterable[str] | None = None) -> int:
    """Return how many jobs, of these kinds or of all, are queued or running."""
    query = select(func.count()).where(Job.state.in_(OPEN))
    if kinds is not None:
        query = query.where(Job.kind.in_(list(kinds)))
    return session.scalar(query) or 0


def counts(session: Session) -> dict[JobState, int]:
    """Return how many jobs are in each state; states without any are left out."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {JobState(state): count for state, count in rows}


def request_cancel(session: Session, job: Job) -> None:
    """End a queued job; ask whoever runs it to end a running one, which takes about a second.

    A failed one is not tried again any more. Raises InvalidRequest when it has ended otherwise.
    """
    match JobState(job.state):
        case JobState.QUEUED | JobState.PAUSED | JobState.FAILED:
            job.state = JobState.CANCELLED
        case JobState.RUNNING:
            job.cancel_requested = True
        case JobState.DONE | JobState.CANCELLED:
            raise InvalidRequest(
                N_("Job {id} has ended already ({state})."), id=job.id, state=job.state
            )
    session.flush()


def pause(session: Session, job: Job) -> bool:
    """Keep a queued or running job from going on until `retry`; return whether it was one.

    Whoever runs it finds its lease gone within a second, and lets go.
    """
    if job.state not in OPEN or job.cancel_requested:
        return False
    if job.state == JobState.RUNNING:
        job.attempts -= 1
    job.state, job.lease_owner, job.lease_until = JobState.PAUSED, None, None
    session.flush()
    return True


def put_first(session: Session, job: Job) -> None:
    """Have a job begun before all others of its lane that wait."""
    highest = session.scalar(
        select(func.max(Job.priority)).where(Job.lane == job.lane, Job.state.in_(UNFINISHED))
    )
    job.priority = (highest or 0) + 1
    session.flush()


def retry(session: Session, job: Job) -> None:
    """Queue a job again that failed, was cancelled or paused, or begin a waiting one at once.

    It goes on where it was, with all its attempts, as one that never got on. Raises InvalidRequest
    when it runs, is done, or is queued anew already.
    """
    if job.state in (JobState.RUNNING, JobState.DONE):
        raise InvalidRequest(
            N_("Job {id} need not be tried again: it is {state}."), id=job.id, state=job.state
        )
    same = session.scalars(
        select(Job).where(
            Job.id != job.id,
            Job.kind == job.kind,
            Job.recording_id == job.recording_id,
            Job.state.in_(UNFINISHED),
        )
    )
    if any(other.payload == job.payload for other in same):
        raise InvalidRequest(N_("The same work is queued already."), id=job.id)
    job.state, job.error, job.attempts = JobState.QUEUED, None, 0
    job.checkpoint = checkpoint_of(job)
    job.cancel_requested, job.run_after = False, now()
    session.flush()


def forget(session: Session, before: datetime) -> int:
    """Delete jobs that were done or cancelled before that time; return how many."""
    ended = session.scalars(
        delete(Job)
        .where(
            Job.state.in_([JobState.DONE, JobState.CANCELLED]),
            Job.updated_at < before,
        )
        .returning(Job.id)
    )
    return len(ended.all())
