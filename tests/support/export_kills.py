"""Exports whose runner is killed at random moments, and what that led to."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sqlalchemy import select

from recorder_app.library import media_rows
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import JobState
from recorder_app.library.versions import VERSION_OF
from recorder_app.media.picture_times import picture_times
from recorder_app.pipeline.journal import sidecar
from recorder_app.services import versions
from recorder_app.services.edit_times import CutWish
from recorder_app.services.export_entries import ExportWish
from tests.support.jobs import LIMIT_S, add_recording, start_runner

# Made slow, so that kills come in the middle: the writing of the file, or what comes after it.
_WRITING = {"RECORDER_APP_FAULTS": "outfile.write=sleep:0.05"}
_NAMING = {"RECORDER_APP_FAULTS": "export.place=sleep:0.25,export.placed=sleep:0.25"}
# How long either takes about, in seconds.
_MOST_S = {"writing": 2.0, "naming": 0.9}
# Pictures that the cut takes out of a take of 30 a second.
_CUT = CutWish([(Fraction(1), Fraction(2)), (Fraction(7, 2), Fraction(9, 2))])
_TAKEN_OUT = 60


@dataclass(frozen=True)
class ExportKills:
    """What many kills led to; `in_an_export` of them came while one ran.

    Of those, `while_named` came between the end of its file and the end of the job.
    `half` are files under a final name that are not whole, `lost` exports that were not done in the
    end, or done twice, `left` unfinished files that nobody removed.
    """

    in_an_export: int
    while_named: int
    exports: int
    half: list[str]
    lost: list[str]
    left: list[str]
    problems: list[str]


def kill_exports(
    library: Path, media: Path, videos: Path, kills: int, env: Mapping[str, str], seed: int = 4
) -> ExportKills:
    """Hand in an export and kill ``recorder-app jobs run`` within it, so often; let it finish.

    Every second one is a new version, the others are files of their own in `videos`. Half of the
    kills come while the file is written, half while it gets its name and its place in the library.
    """
    database = Database(library)
    whole = len(picture_times(media)) - _TAKEN_OUT
    moments = random.Random(seed)
    handed_in: dict[str, Path | None] = {}
    in_an_export, while_named = 0, 0
    half: list[str] = []
    problems: list[str] = []
    for number in range(kills):
        # Of a recording of its own: of one, only one job runs at a time.
        recording = add_recording(database, media, title=f"Take {number}", duration_s=12.0)
        output = None if number % 2 else videos / f"file {number}.webm"
        wanted = ExportWish("original", output)
        handed_in[versions.hand_in(database, recording.id, wanted, _CUT).job_id] = output
        stage = "naming" if number % 4 > 1 else "writing"
        runner = start_runner({**env, **(_NAMING if stage == "naming" else _WRITING)})
        try:
            _wait_for_a_running_one(database, is_whole=stage == "naming")
            time.sleep(moments.uniform(0, _MOST_S[stage]))
        finally:
            runner.send_signal(signal.SIGKILL)
            runner.wait()
        running = _in_state(database, JobState.RUNNING)
        in_an_export += bool(running)
        while_named += any(job.checkpoint for job in running)
        half += [f"kill {number}: {each}" for each in _half(videos, whole)]
        problems += database.check()
    last = start_runner(env, "--until-empty")
    assert last.wait(3 * LIMIT_S) == 0
    left = [str(path) for path in videos.iterdir() if path.name.startswith(".recorder-export")]
    half += [f"in the end: {each}" for each in _half(videos, whole)]
    lost = _lost(database, handed_in, videos)
    return ExportKills(
        in_an_export,
        while_named,
        len(handed_in),
        half,
        lost,
        left,
        problems + database.check(),
    )


def _wait_for_a_running_one(database: Database, *, is_whole: bool) -> None:
    """Wait for a running export; with `is_whole` for one that has only its name to get."""
    deadline = time.monotonic() + LIMIT_S
    while not any(job.checkpoint or not is_whole for job in _in_state(database, JobState.RUNNING)):
        assert time.monotonic() < deadline, "no export came so far"
        time.sleep(0.01)


def _in_state(database: Database, state: JobState) -> list[Job]:
    with database.read() as session:
        query = select(Job).where(Job.kind == "export", Job.state == state)
        return list(session.scalars(query))


def _half(videos: Path, pictures: int) -> list[str]:
    """Return what stands under a name that people see and is not whole."""
    found = []
    for path in videos.iterdir():
        if path.name.startswith("."):
            continue
        try:
            count = len(picture_times(path))
        except Exception as error:
            found.append(f"{path.name}: {error}")
            continue
        if count != pictures:
            found.append(f"{path.name} has {count} pictures of {pictures}")
    return found


def _lost(database: Database, handed_in: Mapping[str, Path | None], videos: Path) -> list[str]:
    """Return exports that did not lead to exactly one file and, if a version, one recording."""
    lost = []
    with database.read() as session:
        paths = media_rows.all_paths(session)
        made = [row for row in session.scalars(select(Recording)) if VERSION_OF in row.details]
        for job_id, output in handed_in.items():
            job = session.get_one(Job, job_id)
            of_it = [row for row in made if row.details[VERSION_OF] == job.recording_id]
            if job.state != JobState.DONE or job.result is None:
                lost.append(f"{job_id} is {job.state}: {job.error}")
            elif not Path(job.result["path"]).is_file():
                lost.append(f"{job.result['path']} is not there")
            elif output is None and (
                len(of_it) != 1
                or of_it[0].path != job.result["path"]
                or sidecar(Path(of_it[0].path)) is None
            ):
                lost.append(f"{job_id} led to {len(of_it)} versions")
            elif output is not None and (of_it or str(output) in paths):
                lost.append(f"{output} was entered")
    files = [path for path in videos.iterdir() if not path.name.startswith(".")]
    if len(files) != len(handed_in):
        lost.append(f"{len(handed_in)} exports made {len(files)} files")
    return lost
