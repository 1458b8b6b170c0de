"""The runner: cancelling, stopping, going on where it was, and failing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from recorder_app.errors import DiskFull, ShareError
from recorder_app.jobs.context import Handler, JobContext, Outcome
from recorder_app.jobs.owners import is_gone, new_owner
from recorder_app.jobs.runner import Runner
from recorder_app.library import backups, job_list, leases, queue
from recorder_app.library.database import Database
from recorder_app.library.models import Job, RecordingSessionRow
from recorder_app.library.queue import JobState
from tests.support.jobs import Gate, wait_for_state

LANES = {"work": 2}


class Offline(ShareError):
    retryable = True


@contextlib.contextmanager
def running(database: Database, **handlers: Handler) -> Iterator[Runner]:
    runner = Runner(database, handlers, LANES)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop(5)
    assert runner.error is None


def enqueue(database: Database, kind: str, payload: Mapping[str, object] | None = None) -> str:
    with database.write() as session:
        return queue.enqueue(session, kind, lane="work", payload=payload).id


def cancel(database: Database, job: str) -> None:
    with database.write() as session:
        job_list.request_cancel(session, job_list.get(session, job))


def test_a_cancelled_job_stops_within_a_second(database: Database) -> None:
    gate = Gate()
    job = enqueue(database, "gate")
    with running(database, gate=gate.handler):
        assert gate.entered.wait(5)
        began = time.monotonic()
        cancel(database, job)
        wait_for_state(database, job, JobState.CANCELLED)
        assert time.monotonic() - began < 1.5


def test_a_runner_that_ends_gives_its_jobs_back(database: Database) -> None:
    gate = Gate()
    job = enqueue(database, "gate")
    with running(database, gate=gate.handler):
        assert gate.entered.wait(5)
    back = wait_for_state(database, job, JobState.QUEUED)
    assert (back.attempts, back.lease_owner) == (0, None)
    gate.leave.set()
    with running(database, gate=gate.handler):
        assert wait_for_state(database, job, JobState.DONE).result == {"left": True}


def test_a_handler_that_hangs_does_not_keep_its_job(database: Database) -> None:
    def hang(_: JobContext) -> Outcome:
        time.sleep(4)
        return Outcome({"too": "late"})

    job = enqueue(database, "hang")
    runner = Runner(database, {"hang": hang}, LANES)
    runner.start()
    wait_for_state(database, job, JobState.RUNNING)
    runner.stop(0.5)
    wait_for_state(database, job, JobState.QUEUED)


def test_a_job_goes_on_where_it_was(database: Database) -> None:
    seen: list[Mapping[str, object]] = []

    def count(context: JobContext) -> Outcome:
        seen.append(context.checkpoint)
        place = int(context.checkpoint.get("place", 0))
        while place < 6:
            place += 1
            context.progress(place / 6)
            context.save({"place": place}, place)
            if place == 4 and len(seen) == 1:
                raise Offline("No connection.")
        return Outcome({"place": place})

    job = enqueue(database, "count")
    with running(database, count=count):
        waiting = wait_for_state(database, job, JobState.QUEUED)
        while not waiting.error:
            waiting = wait_for_state(database, job, JobState.QUEUED)
        assert waiting.error["message"] == "No connection."
        assert waiting.progress == pytest.approx(4 / 6)
        done = wait_for_state(database, job, JobState.DONE)
    assert seen == [{}, {"place": 4}]
    assert (done.result, done.checkpoint, done.progress) == ({"place": 6}, {}, 1.0)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ShareError("Not yours."), JobState.FAILED),
        (RuntimeError("A fault."), JobState.FAILED),
        (Offline("No connection."), JobState.QUEUED),
        (DiskFull("No room."), JobState.QUEUED),
    ],
)
def test_why_a_job_failed_is_kept(database: Database, error: Exception, state: JobState) -> None:
    ended: list[JobState] = []

    def work(_: JobContext) -> Outcome:
        raise error

    job = enqueue(database, "work")
    runner = Runner(database, {"work": work}, LANES, on_end=lambda end: ended.append(end.state))
    runner.start()
    while not ended:
        time.sleep(0.02)
    runner.stop()
    told = wait_for_state(database, job, state).error
    assert told is not None
    assert str(error) in told["message"]
    assert ended == [state]


def test_work_of_an_unknown_kind_waits_for_who_knows_it(database: Database) -> None:
    gate = Gate()
    gate.leave.set()
    unknown, known = enqueue(database, "dance"), enqueue(database, "gate")
    with running(database, gate=gate.handler):
        wait_for_state(database, known, JobState.DONE)
    assert wait_for_state(database, unknown, JobState.QUEUED).attempts == 0
    with database.read() as session:
        assert job_list.open_count(session) == 1
        assert job_list.open_count(session, ["gate"]) == 0


def test_a_runner_backs_the_library_up_and_thins_old_sessions(database: Database) -> None:
    with database.write() as session:
        old = RecordingSessionRow(
            recording_type="screen",
            status="completed",
            started_at=queue.now() - timedelta(days=31),
            settings={"fps": 30},
        )
        session.add(old)
    gate = Gate()
    enqueue(database, "gate")
    with running(database, gate=gate.handler):
        # Jobs are begun after that.
        assert gate.entered.wait(5)
    assert len(backups.backups(database.path)) == 1
    with database.read() as session:
        assert [row.settings for row in session.scalars(select(RecordingSessionRow))] == [{}]


def test_a_job_taken_by_somebody_else_is_left_to_them(database: Database) -> None:
    gate = Gate()
    job = enqueue(database, "gate")
    with running(database, gate=gate.handler):
        assert gate.entered.wait(5)
        with database.write() as session:
            session.get_one(Job, job).lease_owner = "elsewhere/1/0.0/0"
        time.sleep(1.2)
        gate.leave.set()
        time.sleep(0.3)
    taken = wait_for_state(database, job, JobState.RUNNING)
    assert taken.lease_owner == "elsewhere/1/0.0/0"


def test_the_lease_of_a_process_that_ended_is_free_at_once(database: Database) -> None:
    gate = Gate()
    gate.leave.set()
    node = new_owner().split("/")[0]
    job = enqueue(database, "gate")
    with database.write() as session:
        assert queue.claim(session, f"{node}/1/0.0/abcd", LANES, queue.now()) is not None
    with running(database, gate=gate.handler):
        assert wait_for_state(database, job, JobState.DONE, within_s=10).attempts == 2


def test_owners_are_told_apart() -> None:
    mine = new_owner()
    node, pid, started, _ = mine.rsplit("/", 3)
    assert mine != new_owner()
    assert not is_gone(mine)
    assert is_gone(f"{node}/{pid}/{float(started) - 9}/1")
    assert not is_gone(f"another/{pid}/{float(started) - 9}/1")
    assert not is_gone("nonsense")


def test_leases_are_renewed_and_progress_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    job = enqueue(database, "gate")
    monkeypatch.setattr("recorder_app.jobs.runner._RENEW_EVERY_S", 0.2)
    with running(database, gate=gate.handler):
        assert gate.entered.wait(5)
        first = wait_for_state(database, job, JobState.RUNNING)
        time.sleep(2)
        second = wait_for_state(database, job, JobState.RUNNING)
    assert first.lease_until is not None
    assert second.lease_until is not None
    assert second.lease_until > first.lease_until + timedelta(seconds=1)
    assert second.progress == 0.5
    assert leases.MAX_ATTEMPTS > second.attempts == 1
