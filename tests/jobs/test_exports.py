"""Exports as jobs: what is done twice, changed meanwhile, in the way, cancelled or killed."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from recorder_app import faults
from recorder_app.errors import Cancelled, OutputExists, SourceChanged, from_report
from recorder_app.jobs import exports
from recorder_app.jobs.context import JobContext, Stop
from recorder_app.jobs.rendering import render
from recorder_app.jobs.runner import Runner
from recorder_app.jobs.tasks import TASKS
from recorder_app.jobs.unfinished import UnfinishedFile
from recorder_app.library import edits, leases, queue, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording
from recorder_app.library.queue import JobState
from recorder_app.library.versions import versions_of
from recorder_app.media.digest import checksum
from recorder_app.media.picture_times import picture_times
from recorder_app.pipeline.journal import journal_path
from recorder_app.services import versions
from recorder_app.services.edit_times import PictureNumber, TrimWish
from recorder_app.services.export_entries import ExportWish
from recorder_app.services.library import library_path
from tests.support.command import environment
from tests.support.export_kills import kill_exports
from tests.support.jobs import add_recording, wait_for_state
from tests.support.takes import set_fault

# A second.
TRIM = TrimWish(PictureNumber(30), PictureNumber(60))


@pytest.fixture
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this user's recordings."""
    folder = tmp_path / "Videos"
    folder.mkdir()
    monkeypatch.setenv("XDG_VIDEOS_DIR", str(folder))
    return folder


@pytest.fixture
def recording(database: Database, take: Path, tmp_path: Path) -> Recording:
    path = tmp_path / "talk.webm"
    shutil.copy(take, path)
    return add_recording(database, path)


def hand_in(database: Database, recording: Recording, **wanted: object) -> str:
    wish = ExportWish("original", **wanted)  # type: ignore[arg-type]
    return versions.hand_in(database, recording.id, wish, TRIM).job_id


def begun(database: Database) -> JobContext:
    """Take the next job as a runner does."""
    with database.write() as session:
        job = queue.claim(session, "me/1/1/1", {"media": 1}, queue.now(), kinds=["export"])
    assert job is not None
    return JobContext(database, job, "me/1/1/1")


def killed(context: JobContext) -> JobContext:
    """Return the job as the next runner has it, after the death of the first."""
    with context.database.write() as session:
        leases.take_back(session, queue.now(), lambda _: True)
        job = session.get_one(Job, context.job_id)
        job.run_after = queue.now()
    return begun(context.database)


def seen(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Killed(BaseException):
    """The end of the process, at the point of a fault."""


@pytest.mark.parametrize("point", ["export.place", "export.placed"])
def test_one_that_was_killed_while_it_got_its_name_knows_its_file(
    database: Database,
    recording: Recording,
    videos: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    hand_in(database, recording)
    first = begun(database)

    def die(passed: str) -> None:
        if passed == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(faults, "check", die)
        with pytest.raises(Killed):
            exports.make_export(first)
    assert seen(videos) == (["talk (trimmed).webm"] if point == "export.placed" else [])
    outcome = exports.make_export(killed(first))
    assert [name for name in seen(videos) if not name.startswith(".")] == ["talk (trimmed).webm"]
    with database.read() as session:
        made = versions_of(session, recording.id)
    assert [row.id for row in made] == [outcome.result["recording_id"]]
    assert len(picture_times(Path(made[0].path))) == 30


def test_one_that_was_done_but_not_settled_is_not_done_twice(
    database: Database, recording: Recording, videos: Path
) -> None:
    hand_in(database, recording)
    first = begun(database)
    once = exports.make_export(first)
    sidecar = journal_path(videos / "talk (trimmed).webm")
    sidecar.unlink()
    twice = exports.make_export(killed(first))
    assert twice == once
    assert seen(videos) == [sidecar.name, "talk (trimmed).webm"]
    with database.read() as session:
        assert len(versions_of(session, recording.id)) == 1


def test_a_version_that_was_imported_meanwhile_is_still_one(
    database: Database, recording: Recording, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(database, recording)
    first = begun(database)

    def die(passed: str) -> None:
        if passed == "export.placed":
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(faults, "check", die)
        with pytest.raises(Killed):
            exports.make_export(first)
    known = add_recording(database, videos / "talk (trimmed).webm")
    outcome = exports.make_export(killed(first))
    assert outcome.result["recording_id"] == known.id
    with database.read() as session:
        assert [row.id for row in versions_of(session, recording.id)] == [known.id]


def test_what_came_meanwhile_is_not_replaced(
    database: Database, recording: Recording, videos: Path, tmp_path: Path
) -> None:
    hand_in(database, recording, output=tmp_path / "out.webm")
    (tmp_path / "out.webm").write_text("mine")
    with pytest.raises(OutputExists):
        exports.make_export(begun(database))
    assert (tmp_path / "out.webm").read_text() == "mine"
    assert not list(tmp_path.glob(".recorder-export*"))
    # A version has another name then.
    with database.write() as session:
        edits.undo(session, recordings.get(session, recording.id))
        for job in session.scalars(select(Job)):
            session.delete(job)
    (videos / "talk (trimmed).webm").write_text("mine")
    hand_in(database, recording)
    outcome = exports.make_export(begun(database))
    assert outcome.result["path"] == str(videos / "talk (trimmed) (2).webm")
    assert (videos / "talk (trimmed).webm").read_text() == "mine"


def test_a_file_is_replaced_where_that_was_said(
    database: Database, recording: Recording, tmp_path: Path
) -> None:
    target = tmp_path / "out.webm"
    target.write_text("old")
    hand_in(database, recording, output=target, overwrite=True)
    exports.make_export(begun(database))
    assert len(picture_times(target)) == 30


def touched(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes()[:-1] + b"x")
    os.utime(other, ns=(1, 1))
    other.replace(path)


@pytest.mark.parametrize("change", [touched, grown, replaced])
@pytest.mark.parametrize("is_summed", [False, True])
def test_a_source_that_changed_is_noticed(
    database: Database,
    recording: Recording,
    videos: Path,
    change: Callable[[Path], None],
    is_summed: bool,
) -> None:
    path = Path(recording.path)
    if is_summed:
        with database.write() as session:
            recordings.get(session, recording.id).checksum = checksum(path)
    hand_in(database, recording)
    change(path)
    context = begun(database)
    if is_summed and change is touched:
        # It is the same file all the same.
        assert exports.make_export(context).result["copied"] >= 0
        return
    with pytest.raises(SourceChanged, match="changed or replaced"):
        exports.make_export(context)
    assert seen(videos) == []


def test_a_source_that_changes_during_the_export_is_noticed(
    database: Database, recording: Recording, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(database, recording)

    def render_and_change(*arguments: object) -> object:
        report = render(*arguments)  # type: ignore[arg-type]
        grown(Path(recording.path))
        return report

    monkeypatch.setattr(exports, "render", render_and_change)
    with pytest.raises(SourceChanged):
        exports.make_export(begun(database))
    assert seen(videos) == []


def test_a_full_disk_is_waited_for(
    database: Database, recording: Recording, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "outfile.write=enospc")
    job_id = hand_in(database, recording)
    runner = Runner(database, {"export": TASKS["export"]})
    runner.start()
    try:
        deadline = time.monotonic() + 20
        while True:
            with database.read() as session:
                job = session.get_one(Job, job_id)
            if job.state == JobState.QUEUED and job.error:
                break
            assert time.monotonic() < deadline, job.state
            time.sleep(0.02)
        assert job.error["code"] == "disk_full"
        assert seen(videos) == []
        set_fault(monkeypatch, "")
        wait_for_state(database, job_id, JobState.DONE)
    finally:
        runner.stop()
    assert "talk (trimmed).webm" in seen(videos)


def test_cancelling_leaves_nothing(
    database: Database, recording: Recording, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fault(monkeypatch, "outfile.write=sleep:0.1")
    hand_in(database, recording)
    context = begun(database)
    threading.Timer(0.3, context.end, [Stop.CANCELLED]).start()
    with pytest.raises(Cancelled):
        exports.make_export(context)
    assert seen(videos) == []


def test_what_was_left_behind_is_removed(tmp_path: Path) -> None:
    def left(work: str, pid: int, age_s: float = 0) -> Path:
        path = tmp_path / f".recorder-export-{work}-{pid}-abcd.webm"
        path.write_text("half")
        os.utime(path, (time.time() - age_s,) * 2)
        return path

    nobody = 2**22 + 1
    own, old = left("mine", nobody), left("other", nobody, 7200)
    kept = [left("another", nobody), left("file", nobody), left("other", os.getpid(), 7200)]
    with UnfinishedFile(tmp_path, "webm", "mine") as unfinished:
        assert not own.exists()
        assert not old.exists()
        assert all(path.exists() for path in kept)
        unfinished.path.write_text("half")
    assert not unfinished.path.exists()


def test_a_folder_is_placed_but_onto_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with UnfinishedFile(tmp_path, "", "stills") as unfinished:
        unfinished.path.mkdir()
        (unfinished.path / "1.png").write_text("picture")
        with pytest.raises(FileExistsError):
            unfinished.place(tmp_path / "taken")
        unfinished.place(tmp_path / "stills")
    assert seen(tmp_path) == ["stills", "taken"]
    with UnfinishedFile(tmp_path, "", "stills") as unfinished:
        unfinished.path.mkdir()
        (unfinished.path / "1.png").write_text("picture")
    assert seen(tmp_path) == ["stills", "taken"]


def test_errors_come_back_from_what_was_told() -> None:
    error = from_report("disk_full", "The disk is full: {there}.", "Free some.")
    assert (error.code, error.exit_code) == ("disk_full", 5)
    assert str(error) == "The disk is full: {there}. Free some."
    assert from_report("invalid_state", "No.", "").exit_code == 2
    assert from_report("of a newer version", "No.", "").exit_code == 70


def test_kills_leave_no_half_file_and_lose_no_export(
    tmp_path: Path, videos: Path, take: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The long form is make bench-export-kills."""
    env = environment(home=tmp_path)
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
        if name in env:
            monkeypatch.setenv(name, env[name])
    done = kill_exports(library_path(), take, videos, 6, env)
    assert done.exports == 6
    assert done.in_an_export > 0
    assert (done.half, done.lost, done.left, done.problems) == ([], [], [], [])
