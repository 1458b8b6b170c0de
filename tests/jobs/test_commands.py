"""``jobs``, ``jobs run``, ``cancel`` and ``retry`` as a person or a script uses them."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app.jobs import kinds
from recorder_app.library import job_list, leases, queue
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.library.queue import JobState
from tests.support.command import ROOT, run, run_json
from tests.support.jobs import add_recording, state_of, wait_for_state

LIMIT_S = 20


@pytest.fixture
def home(screenless: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A user's environment whose library is `database`."""
    return screenless | {"XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "recorder-app" / "library.sqlite")
    yield opened
    opened.close()


def hand_in(database: Database, recording: Recording) -> list[str]:
    with database.write() as session:
        return [job.id for job in kinds.enqueue_previews(session, recording)]


def start(env: dict[str, str], *arguments: str, stdout: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "recorder_app", "jobs", *arguments],
        cwd=ROOT,
        env=env,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def test_work_is_listed_and_done(home: dict[str, str], database: Database, take: Path) -> None:
    assert run("jobs", env=home).stdout == "Nothing is queued.\n"
    recording = add_recording(database, take)
    jobs = hand_in(database, recording)
    lines = run("jobs", env=home).stdout.splitlines()
    assert [line.split()[1:] for line in lines] == [
        [kind, recording.id[-7:], "queued", "0%"] for kind in ("poster", "strip", "checksum")
    ]
    assert len({line.index("queued") for line in lines}) == 1
    done = run("jobs", "run", "--until-empty", env=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"poster of {recording.id[-7:]} done" in done.stdout
    listed = run_json("jobs", env=home)["jobs"]
    assert {each["id"] for each in listed} == set(jobs)
    assert {each["state"] for each in listed} == {"done"}
    assert all(
        Path(each["result"]["path"]).is_file() for each in listed if "path" in each["result"]
    )


def test_a_dead_letter_has_its_reason_and_can_be_tried_again(
    home: dict[str, str], database: Database, take: Path, tmp_path: Path
) -> None:
    media = tmp_path / "later.webm"
    jobs = hand_in(database, add_recording(database, media, width=640, duration_s=12.0))
    done = run("jobs", "run", "--until-empty", env=home)
    assert done.returncode == 0
    assert done.stderr.count("later.webm") == 3
    assert run("jobs", env=home).stdout.count("later.webm") == 3
    media.write_bytes(take.read_bytes())
    for job in jobs:
        again = run("retry", job[-7:], env=home)
        assert (again.returncode, again.stdout) == (0, f"{job[-7:]} queued\n")
    assert run("jobs", "run", "--until-empty", env=home).stderr == ""
    assert {state_of(database, job) for job in jobs} == {JobState.DONE}


def test_cancelling_by_id(home: dict[str, str], database: Database) -> None:
    jobs = hand_in(database, add_recording(database, "/nowhere", width=1))
    assert run("cancel", jobs[0][-5:], env=home).stdout == f"{jobs[0][-7:]} cancelled\n"
    assert run_json("cancel", jobs[1], env=home)["state"] == "cancelled"
    again = run("cancel", jobs[0], env=home)
    assert again.returncode == 2
    assert "ended already" in again.stderr
    unknown = run("cancel", "zzzzzzz", env=home)
    assert unknown.returncode == 2
    assert "recorder-app jobs" in unknown.stderr
    with database.write() as session:
        assert queue.claim(session, "else/1/1/1", kinds.LANES, queue.now()) is not None
    assert "being stopped" in run("cancel", jobs[2], env=home).stdout
    assert "stopping" in run("jobs", env=home).stdout
    with database.write() as session:
        leases.confirm_cancel(session, jobs[2], "else/1/1/1")
        assert job_list.open_count(session) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_runner_ends_when_asked(
    home: dict[str, str], database: Database, take: Path, number: signal.Signals
) -> None:
    jobs = hand_in(database, add_recording(database, take))
    runner = start(home, "run", stdout=subprocess.DEVNULL)
    try:
        for job in jobs:
            wait_for_state(database, job, JobState.DONE)
        runner.send_signal(number)
        _, complaints = runner.communicate(timeout=LIMIT_S)
    finally:
        runner.kill()
    assert (runner.returncode, complaints) == (0, b"")


def test_watching_redraws_in_place_until_ctrl_c(home: dict[str, str], database: Database) -> None:
    hand_in(database, add_recording(database, "/nowhere", width=1))
    ours, theirs = pty.openpty()
    watcher = start(home, "--watch", stdout=theirs)
    os.close(theirs)
    shown = b""
    try:
        deadline = time.monotonic() + LIMIT_S
        while shown.count(b"poster") < 3 and time.monotonic() < deadline:
            shown += os.read(ours, 4096)
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(LIMIT_S) == 0
    finally:
        watcher.kill()
        watcher.communicate()
        os.close(ours)
    assert b"\x1b[3F\x1b[J" in shown
