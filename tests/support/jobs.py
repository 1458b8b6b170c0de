"""Libraries with jobs, processes that work on them, and what came of it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import av
from sqlalchemy import func, select

from recorder_app.jobs import kinds
from recorder_app.jobs.context import JobContext, Outcome
from recorder_app.jobs.runner import Runner
from recorder_app.library import job_list, queue, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import JobState
from recorder_app.media.containers import inspect
from tests.support.command import ROOT

LIMIT_S = 120.0


def add_recording(database: Database, path: Path | str, **columns: object) -> Recording:
    """Enter a recording with these columns; without any, with what its file holds."""
    values: dict[str, object] = {"title": "A take", "recording_type": "screen", "path": str(path)}
    if Path(path).is_file() and not columns:
        info = inspect(Path(path))
        values |= {"duration_s": info.duration_s, "width": info.width, "height": info.height}
        values["audio_codecs"] = list(info.audio_codecs)
    with database.write() as session:
        return recordings.add(session, Recording(**(values | columns)))


def state_of(database: Database, job_id: str) -> JobState:
    with database.read() as session:
        return JobState(session.get_one(Job, job_id).state)


def wait_for_state(database: Database, job_id: str, state: JobState, within_s: float = 20) -> Job:
    """Return the job once it is in `state`."""
    deadline = time.monotonic() + within_s
    while True:
        with database.read() as session:
            job = session.get_one(Job, job_id)
        if job.state == state:
            return job
        assert time.monotonic() < deadline, f"{job.kind} is {job.state}: {job.error}"
        time.sleep(0.02)


def counts(database: Database) -> dict[str, int]:
    """Return how many jobs are in each state."""
    with database.read() as session:
        rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
        return {state: count for state, count in rows}


# Two processes that enter recordings and jobs, and do each other's ------------------------------


def start_writer(
    library: Path, notes: Path, seconds: float, env: Mapping[str, str]
) -> subprocess.Popen[str]:
    """Start a process that writes all the time; it prints {"handed_in": [...]} at its end."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.jobs", str(library), str(notes), str(seconds)],
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass(frozen=True)
class Writers:
    """What two writers did: jobs handed in, lost, done more than once; what they complained of."""

    handed_in: int
    recordings: int
    lost: int
    repeated: int
    complaints: str
    problems: list[str]


def two_writers(folder: Path, seconds: float, env: Mapping[str, str]) -> Writers:
    """Let two processes write to one library for so long, then look for what is missing."""
    library, notes = folder / "library.sqlite", folder / "notes"
    Database(library).close()
    writers = [start_writer(library, notes, seconds, env) for _ in range(2)]
    told = [writer.communicate(timeout=seconds + LIMIT_S) for writer in writers]
    lines = [line for _, err in told for line in err.splitlines()]
    # On a busy machine anything may be slow.
    complaints = "\n".join(line for line in lines if not line.startswith("slow query"))
    assert all(writer.returncode == 0 for writer in writers), complaints
    handed_in = [number for out, _ in told for number in json.loads(out)["handed_in"]]
    done = notes.read_text().split()
    database = Database(library)
    with database.read() as session:
        ended = session.scalar(select(func.count()).where(Job.state == JobState.DONE)) or 0
        entered = (
            session.scalar(select(func.count()).where(Recording.checksum == Recording.id)) or 0
        )
    lost = set(handed_in) - set(done)
    missing = max(len(lost), len(handed_in) - ended, len(handed_in) - entered)
    return Writers(
        len(handed_in),
        entered,
        missing,
        len(done) - len(set(done)),
        complaints,
        database.check(),
    )


def _write(library: Path, notes: Path, seconds: float) -> None:
    descriptor = os.open(notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def note(context: JobContext) -> Outcome:
        context.save({"begun": True})
        os.write(descriptor, f"{context.payload['number']}\n".encode())
        return Outcome({}, {"checksum": context.recording_id})

    database = Database(library)
    runner = Runner(database, {"note": note}, {"notes": 4})
    runner.start()
    handed_in: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        recording = add_recording(database, "/nowhere")
        number = f"{os.getpid()}-{len(handed_in)}"
        with database.write() as session:
            queue.enqueue(session, "note", recording.id, lane="notes", payload={"number": number})
        handed_in.append(number)
        # Written all the time, but no more than is done in the end.
        while len(handed_in) % 50 == 0 and _open_count(database) > 200:
            time.sleep(0.05)
    while _open_count(database):
        assert runner.is_alive, runner.error
        time.sleep(0.1)
    runner.stop()
    sys.stdout.write(json.dumps({"handed_in": handed_in}))


def _open_count(database: Database) -> int:
    with database.read() as session:
        return job_list.open_count(session)


# A runner that is killed again and again -------------------------------------------------------


@dataclass(frozen=True)
class Kills:
    """What many kills of a runner led to; `in_a_job` of them came while one ran."""

    in_a_job: int
    jobs: int
    not_done: dict[str, int]
    problems: list[str]
    half_written: list[str]


def kill_runners(
    library: Path, media: Path, kills: int, env: Mapping[str, str], seed: int = 9
) -> Kills:
    """Kill ``recorder-app jobs run`` so often while it has work; then let it finish."""
    database = Database(library)
    moments = random.Random(seed)
    in_a_job = 0
    for _ in range(kills):
        while counts(database).get(JobState.QUEUED, 0) < 40:
            recording = add_recording(database, media)
            with database.write() as session:
                kinds.enqueue_previews(session, session.get_one(Recording, recording.id))
        done = counts(database).get(JobState.DONE, 0)
        runner = start_runner(env)
        try:
            # From its first job on; the start alone is no test of anything.
            deadline = time.monotonic() + LIMIT_S
            while counts(database).get(JobState.DONE, 0) == done and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(moments.uniform(0, 0.4))
        finally:
            runner.send_signal(signal.SIGKILL)
            runner.wait()
        in_a_job += counts(database).get(JobState.RUNNING, 0) > 0
        if problems := database.check():
            return Kills(in_a_job, 0, counts(database), problems, [])
    last = start_runner(env, "--until-empty")
    assert last.wait(LIMIT_S) == 0
    states = counts(database)
    jobs = states.pop(JobState.DONE)
    return Kills(in_a_job, jobs, states, database.check(), _half_written(database))


def start_runner(env: Mapping[str, str], *options: str) -> subprocess.Popen[bytes]:
    """Start ``recorder-app jobs run``."""
    return subprocess.Popen(
        [sys.executable, "-m", "recorder_app", "jobs", "run", *options],
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _half_written(database: Database) -> list[str]:
    """Return what is missing or cannot be read of all recordings' checksums and pictures."""
    with database.read() as session:
        rows = session.scalars(select(Recording)).all()
    found = []
    for row in rows:
        if row.checksum is None or row.thumbnail is None:
            found.append(f"{row.id} has no checksum or poster")
            continue
        folder = Path(row.thumbnail).parent
        for path in (Path(row.thumbnail), folder / "strip.jpg"):
            if not path.is_file():
                found.append(f"{path} is missing")
                continue
            with av.open(str(path)) as picture:
                if len(list(picture.decode(video=0))) != 1:
                    found.append(f"{path} is no picture")
        found += [f"{path} was left" for path in folder.iterdir() if path.name.startswith(".")]
    return found


class Gate:
    """A handler that runs until told to end."""

    def __init__(self) -> None:
        self.entered, self.leave = threading.Event(), threading.Event()

    def handler(self, context: JobContext) -> Outcome:
        self.entered.set()
        while not self.leave.is_set():
            context.proceed(0.5)
            time.sleep(0.02)
        return Outcome({"left": True})


if __name__ == "__main__":
    _write(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
