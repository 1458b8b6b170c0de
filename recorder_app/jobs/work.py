"""One job: its handler's turn, and settling in the database what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from recorder_app.errors import (
    Cancelled,
    DiskFull,
    LibraryLocked,
    OutputExists,
    RecorderError,
    ShareError,
    StorageError,
)
from recorder_app.jobs.context import Handler, JobContext, Postponed, Stop
from recorder_app.library import leases
from recorder_app.library.queue import JobState, Session, now
from recorder_app.pipeline.stage import as_recorder_error

_log = logging.getLogger(__name__)

# A library that is busy, or has no room, is tried for as long; then the lease runs out, and the
# work is done again.
_SETTLE_FOR_S = 60.0
_SETTLE_AGAIN_S = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended:
    """A job's turn is over; a `queued` one goes on later."""

    job_id: str
    kind: str
    recording_id: str | None
    state: JobState
    error: RecorderError | None = None


def handle(context: JobContext, tasks: Mapping[str, Handler]) -> Ended | None:
    """Do the work and settle what came of it; return None when it is no longer ours."""
    error: RecorderError | None = None
    state: JobState | None
    try:
        outcome = tasks[context.kind](context)
    except Cancelled:
        state = _stopped(context)
    except Postponed as wish:
        error = wish.reason
        state = _postponed(context, wish)
    except BaseException as failure:
        error = as_recorder_error(failure)
        state = _failed(context, error)
    else:
        job_id, owner = context.job_id, context.owner
        is_kept = _settled(
            context,
            lambda session: leases.succeed(session, job_id, owner, outcome.result, outcome.derived),
        )
        state = JobState.DONE if is_kept else None
    if state is None:
        return None
    return Ended(context.job_id, context.kind, context.recording_id, state, error)


def give_back(context: JobContext) -> None:
    """Put the job back into the queue."""
    _settled(context, lambda session: leases.give_back(session, context.job_id, context.owner))


def _stopped(context: JobContext) -> JobState | None:
    match context.stop:
        case Stop.LEASE_LOST:
            return None
        case Stop.RUNNER_ENDS:
            give_back(context)
            return JobState.QUEUED
        case _:
            job_id, owner = context.job_id, context.owner
            _settled(context, lambda session: leases.confirm_cancel(session, job_id, owner))
            return JobState.CANCELLED


def _postponed(context: JobContext, wish: Postponed) -> JobState:
    told = None if wish.reason is None else _told(wish.reason)
    at = now() + timedelta(seconds=wish.seconds)
    job_id, owner, checkpoint = context.job_id, context.owner, context.checkpoint
    _settled(context, lambda session: leases.postpone(session, job_id, owner, at, told, checkpoint))
    return JobState.QUEUED


def _told(error: RecorderError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _failed(context: JobContext, error: RecorderError) -> JobState | None:
    told = _told(error)
    asked_s = (error.retry_after or 0.0) if isinstance(error, ShareError) else 0.0
    # A disk may get room again, and a folder its rights; a name that is taken stays so.
    is_retryable = error.retryable or (
        isinstance(error, StorageError) and not isinstance(error, OutputExists)
    )
    return _settled(
        context,
        lambda session: leases.fail(
            session,
            context.job_id,
            context.owner,
            told,
            now(),
            is_retryable=is_retryable,
            least_s=asked_s,
        ),
    )


def _settled(context: JobContext, write: Callable[[Session], T]) -> T | None:
    """Do a transaction, waiting for a library that cannot be written just now."""
    deadline = time.monotonic() + _SETTLE_FOR_S
    while True:
        try:
            with context.database.write() as session:
                return write(session)
        except (LibraryLocked, DiskFull) as error:
            if context.stop is Stop.RUNNER_ENDS or time.monotonic() > deadline:
                _log.warning("job not settled id=%s error=%s", context.job_id, error)
                return None
            time.sleep(_SETTLE_AGAIN_S)
        except RecorderError as error:
            _log.warning("job not settled id=%s error=%s", context.job_id, error)
            return None
