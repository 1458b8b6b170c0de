"""The queue: who gets which job when, and what becomes of it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from recorder_app.errors import InvalidRequest
from recorder_app.library import job_list, leases, queue, recordings
from recorder_app.library.database import Database
from recorder_app.library.leases import MAX_ABANDONED, MAX_ATTEMPTS, Hold
from recorder_app.library.models import Job
from recorder_app.library.queue import JobState
from tests.support.jobs import add_recording, state_of

LANES = {"media": 9, "network": 2}
ERROR = {"code": "share", "message": "No connection.", "hint": ""}


def enqueue(
    database: Database, kind: str = "work", recording_id: str | None = None, **more: object
) -> str:
    choices: dict[str, object] = {"lane": "media", "payload": {"n": kind}} | more
    with database.write() as session:
        return queue.enqueue(session, kind, recording_id, **choices).id  # type: ignore[arg-type]


def claim(database: Database, owner: str = "me", at: datetime | None = None) -> str | None:
    with database.write() as session:
        job = queue.claim(session, owner, LANES, at or queue.now())
        return None if job is None else job.id


def fail(database: Database, job_id: str, *, is_retryable: bool) -> JobState | None:
    with database.write() as session:
        return leases.fail(session, job_id, "me", ERROR, queue.now(), is_retryable=is_retryable)


def row(database: Database, job_id: str) -> Job:
    with database.read() as session:
        return session.get_one(Job, job_id)


def test_the_highest_priority_comes_first_then_the_oldest(database: Database) -> None:
    first, second = enqueue(database, "a"), enqueue(database, "b")
    urgent = enqueue(database, "c", priority=5)
    later = enqueue(database, "d", priority=9, run_after=queue.now() + timedelta(hours=1))
    assert [claim(database) for _ in range(4)] == [urgent, first, second, None]
    assert state_of(database, later) is JobState.QUEUED


def test_the_same_work_is_handed_in_once(database: Database) -> None:
    recording = add_recording(database, "/nowhere").id
    first = enqueue(database, "poster", recording)
    assert enqueue(database, "poster", recording) == first
    assert enqueue(database, "poster") != first
    assert enqueue(database, "poster", recording, payload={"other": 1}) != first
    assert claim(database) == first
    assert enqueue(database, "poster", recording) == first
    with database.write() as session:
        leases.succeed(session, first, "me", {})
    assert enqueue(database, "poster", recording) != first


def test_a_lane_takes_no_more_than_its_limit(database: Database) -> None:
    uploads = [enqueue(database, f"upload{n}", lane="network") for n in range(3)]
    work = enqueue(database)
    assert [claim(database) for _ in range(4)] == [*uploads[:2], work, None]
    with database.write() as session:
        leases.succeed(session, uploads[0], "me", {})
    assert claim(database) == uploads[2]


def test_a_recording_has_one_job_at_a_time(database: Database) -> None:
    one, other = (add_recording(database, "/nowhere").id for _ in range(2))
    jobs = [enqueue(database, "a", one), enqueue(database, "b", one), enqueue(database, "c", other)]
    assert [claim(database) for _ in range(3)] == [jobs[0], jobs[2], None]
    with database.write() as session:
        leases.give_back(session, jobs[0], "me")
    assert row(database, jobs[0]).attempts == 0
    assert claim(database) == jobs[0]


def test_a_lease_that_ran_out_goes_to_somebody_else(database: Database) -> None:
    job = enqueue(database)
    assert claim(database) == job
    much_later = queue.now() + timedelta(seconds=queue.LEASE_S + 1)
    with database.write() as session:
        assert leases.take_back(session, queue.now(), lambda _: False) == 0
        assert leases.take_back(session, much_later, lambda _: False) == 1
    assert claim(database, "you", much_later) is None
    assert claim(database, "you", much_later + timedelta(seconds=3)) == job
    with database.write() as session:
        assert leases.renew(session, job, "me", queue.now()) is Hold.LOST
        assert not leases.succeed(session, job, "me", {})
        assert leases.renew(session, job, "you", queue.now()) is Hold.KEPT
        # The process of `you` has ended: nobody has to wait for its lease.
        assert leases.take_back(session, queue.now(), lambda owner: owner == "you") == 1


def test_attempts_are_further_and_further_apart_and_end(database: Database) -> None:
    job = enqueue(database)
    waits = []
    at = queue.now()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim(database, at=at + timedelta(days=1)) == job
        state = fail(database, job, is_retryable=True)
        assert state is (JobState.QUEUED if attempt < MAX_ATTEMPTS else JobState.FAILED)
        waits.append((row(database, job).run_after - queue.now()).total_seconds())
    assert waits[0] > 1
    assert all(later > 2 * earlier for earlier, later in itertools.pairwise(waits[:-1]))
    assert row(database, job).error == ERROR
    assert claim(database, at=datetime.now(UTC) + timedelta(days=2)) is None


def test_a_job_that_gets_on_has_all_its_attempts_again(database: Database) -> None:
    job = enqueue(database)
    for at in range(1, 3 * MAX_ATTEMPTS):
        assert claim(database, at=queue.now() + timedelta(days=1)) == job
        with database.write() as session:
            place = {"at": at}
            leases.renew(session, job, "me", queue.now(), checkpoint=place, reached=at)
            leases.renew(session, job, "me", queue.now(), progress=2.0)
        assert fail(database, job, is_retryable=True) is JobState.QUEUED
    assert leases.checkpoint_of(row(database, job)) == {"at": at}
    assert row(database, job).progress == 1.0


def test_a_job_that_only_comes_as_far_as_before_ends(database: Database) -> None:
    job = enqueue(database)
    later = queue.now() + timedelta(days=1)

    def attempt() -> None:
        assert claim(database, at=later) == job
        with database.write() as session:
            for reached in (0, 3, 7):
                place = {"at": reached}
                leases.renew(session, job, "me", queue.now(), checkpoint=place, reached=reached)
            # Begun anew, which leaves nothing to go on from.
            leases.renew(session, job, "me", queue.now(), checkpoint={})

    attempt()
    with database.write() as session:
        leases.postpone(session, job, "me", queue.now(), None, {"asked": 1})
    assert leases.checkpoint_of(row(database, job)) == {"asked": 1}
    for _person in range(2):
        for left in reversed(range(MAX_ATTEMPTS)):
            attempt()
            state = fail(database, job, is_retryable=True)
            assert state is (JobState.QUEUED if left else JobState.FAILED)
            assert leases.checkpoint_of(row(database, job)) == {}
        assert row(database, job).error == ERROR
        with database.write() as session:
            job_list.retry(session, job_list.get(session, job))
    assert row(database, job).attempts == 0


def test_what_cannot_help_is_not_tried_again(database: Database) -> None:
    job = enqueue(database)
    assert claim(database) == job
    assert fail(database, job, is_retryable=False) is JobState.FAILED
    assert row(database, job).error == ERROR


def test_a_job_that_ends_its_process_is_given_up(database: Database) -> None:
    job = enqueue(database)
    for _ in range(MAX_ABANDONED):
        assert claim(database, at=queue.now() + timedelta(days=1)) == job
        with database.write() as session:
            leases.take_back(session, queue.now(), lambda _: True)
    failed = row(database, job)
    assert failed.state == JobState.FAILED
    assert failed.error is not None
    assert "ended 12 times" in failed.error["message"]


def test_cancelling(database: Database) -> None:
    queued, running = enqueue(database, "a", priority=-1), enqueue(database, "b")
    assert claim(database) == running
    with database.write() as session:
        for job in (queued, running):
            job_list.request_cancel(session, job_list.get(session, job[-7:]))
        assert leases.look(session, running, "me") is Hold.CANCELLED
        leases.confirm_cancel(session, running, "me")
    assert {state_of(database, job) for job in (queued, running)} == {JobState.CANCELLED}
    with database.write() as session, pytest.raises(InvalidRequest, match="ended already"):
        job_list.request_cancel(session, job_list.get(session, queued))


def test_trying_again(database: Database) -> None:
    job = enqueue(database)
    assert claim(database) == job
    with database.write() as session, pytest.raises(InvalidRequest, match="is running"):
        job_list.retry(session, job_list.get(session, job))
    fail(database, job, is_retryable=False)
    with database.write() as session:
        job_list.retry(session, job_list.get(session, job))
    again = row(database, job)
    assert (again.state, again.attempts, again.error) == (JobState.QUEUED, 0, None)
    with database.write() as session:
        job_list.request_cancel(session, job_list.get(session, job))
    enqueue(database)
    with database.write() as session, pytest.raises(InvalidRequest, match="queued already"):
        job_list.retry(session, job_list.get(session, job))


def test_what_was_worked_out_is_no_change_of_the_recording(database: Database) -> None:
    recording = add_recording(database, "/nowhere")
    job = enqueue(database, "sum", recording.id)
    assert claim(database) == job
    with database.write() as session:
        assert leases.succeed(session, job, "me", {"sha256": "ab"}, {"checksum": "ab"})
    with database.read() as session:
        found = recordings.get(session, recording.id)
        assert (found.checksum, found.updated_at) == ("ab", recording.updated_at)


def test_ended_jobs_are_forgotten_and_failed_ones_are_not(database: Database) -> None:
    done, failed = enqueue(database, "a"), enqueue(database, "b")
    assert [claim(database), claim(database)] == [done, failed]
    fail(database, failed, is_retryable=False)
    with database.write() as session:
        leases.succeed(session, done, "me", {})
        assert job_list.forget(session, queue.now() - timedelta(days=1)) == 0
        assert job_list.forget(session, queue.now() + timedelta(days=1)) == 1
        assert [job.id for job in job_list.listed(session)] == [failed]


@pytest.mark.parametrize("is_running", [False, True])
def test_a_job_that_goes_on_while_it_is_listed_is_listed_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, is_running: bool
) -> None:
    job = enqueue(database)
    if is_running:
        assert claim(database) == job
    with database.read() as session:
        asked = session.scalars

        def go_on(*query: object) -> list[object]:
            """Answer, then have the job do something before the next query."""
            found = list(asked(*query))  # type: ignore[call-overload]
            if is_running:
                with database.write() as other:
                    leases.give_back(other, job, "me")
            else:
                claim(database)
            return found

        monkeypatch.setattr(session, "scalars", go_on)
        listed = [(each.id, each.state) for each in job_list.listed(session)]
    assert listed == [(job, "running" if is_running else "queued")]
    assert state_of(database, job) is (JobState.QUEUED if is_running else JobState.RUNNING)


def test_a_paused_job_rests_until_it_is_tried_again(database: Database) -> None:
    waiting, running = enqueue(database, "a"), enqueue(database, "b", priority=1)
    assert claim(database) == running
    with database.write() as session:
        for each in job_list.of(session, [waiting, running]):
            assert job_list.pause(session, each)
            assert not job_list.pause(session, each)
        # Whoever ran it finds that it is not theirs any more, and changes nothing.
        assert leases.renew(session, running, "me", queue.now(), checkpoint={"n": 1}) is Hold.LOST
        assert [each.state for each in job_list.listed(session)] == ["paused", "paused"]
    assert claim(database) is None
    assert enqueue(database, "a") == waiting
    with database.write() as session:
        job_list.retry(session, session.get_one(Job, running))
        job_list.request_cancel(session, session.get_one(Job, waiting))
    assert claim(database) == running
    assert row(database, running).attempts == 1
    assert state_of(database, waiting) is JobState.CANCELLED


def test_a_postponed_job_was_not_begun(database: Database) -> None:
    job = enqueue(database)
    for _ in range(2 * MAX_ATTEMPTS):
        assert claim(database, at=queue.now() + timedelta(hours=1)) == job
        later = queue.now() + timedelta(minutes=1)
        with database.write() as session:
            leases.postpone(session, job, "me", later, ERROR, {"asked": 1})
        assert claim(database) is None
    found = row(database, job)
    assert (found.attempts, found.error, found.checkpoint) == (0, ERROR, {"asked": 1})
    assert claim(database, at=queue.now() + timedelta(hours=1)) == job
    with database.write() as session:
        job_list.request_cancel(session, session.get_one(Job, job))
        leases.postpone(session, job, "me", queue.now(), None, {})
    assert state_of(database, job) is JobState.CANCELLED


def test_a_server_says_how_long_it_wants_to_be_left_alone(database: Database) -> None:
    job = enqueue(database)
    claim(database)
    at = queue.now()
    with database.write() as session:
        leases.fail(session, job, "me", ERROR, at, is_retryable=True, least_s=600.0)
    assert row(database, job).run_after >= at + timedelta(seconds=600)


def test_uploads_go_on_beside_what_else_is_done_with_a_recording(database: Database) -> None:
    recording = add_recording(database, "/nowhere").id
    jobs = [
        enqueue(database, kind, recording, lane=lane)
        for kind, lane in (("poster", "media"), ("strip", "media"), ("upload", "network"))
    ]
    assert [claim(database) for _ in range(3)] == [jobs[0], jobs[2], None]


def test_one_that_is_put_first_comes_first(database: Database) -> None:
    first, second = enqueue(database, "a"), enqueue(database, "b")
    with database.write() as session:
        job_list.put_first(session, session.get_one(Job, second))
    assert [claim(database), claim(database)] == [second, first]
