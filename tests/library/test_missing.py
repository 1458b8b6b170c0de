"""Recordings whose files are gone are missing, and found again when they are back or moved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app.library import recordings
from recorder_app.library.database import Database
from recorder_app.services.importing import import_files
from recorder_app.services.missing import MissingReport, note_whether_there, refresh_missing
from tests.support.command import run, run_json
from tests.support.media import make


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "data" / "library.sqlite")
    yield opened
    opened.close()


def entered(database: Database, *paths: Path) -> list[str]:
    return [entry.id for entry in import_files(database, paths)]


def state(database: Database, recording_id: str) -> tuple[str, str]:
    with database.read() as session:
        row = recordings.get(session, recording_id)
        return row.status, row.path


def test_one_is_looked_for_by_itself(database: Database, tmp_path: Path) -> None:
    path = make(tmp_path / "a.webm")
    (recording,) = entered(database, path)
    assert note_whether_there(database, recording)
    assert state(database, recording)[0] == "imported"
    away = path.rename(tmp_path / "away")
    for _ in range(2):
        assert not note_whether_there(database, recording)
        assert state(database, recording)[0] == "missing"
    away.rename(path)
    assert note_whether_there(database, recording)
    assert state(database, recording)[0] == "imported"
    # What is in the trash is not missed, and what nobody knows is not there.
    with database.write() as session:
        recordings.delete(session, recordings.get(session, recording))
    path.unlink()
    assert not note_whether_there(database, recording)
    assert state(database, recording)[0] == "imported"
    assert not note_whether_there(database, "unknown")


def counts(report: MissingReport) -> tuple[int, int, int, int]:
    found = (report.missing, report.newly, report.returned, report.moved)
    return tuple(map(len, found))  # type: ignore[return-value]


def test_a_file_that_goes_and_returns(database: Database, tmp_path: Path) -> None:
    path, other = make(tmp_path / "a.webm"), make(tmp_path / "b.mp4")
    recording, _ = entered(database, path, other)
    with database.write() as session:
        recordings.change(session, recordings.get(session, recording), status="recovered")
    away = path.rename(tmp_path / "away")
    assert counts(refresh_missing(database)) == (1, 1, 0, 0)
    assert counts(refresh_missing(database)) == (1, 0, 0, 0)
    assert state(database, recording) == ("missing", str(path))
    away.rename(path)
    assert counts(refresh_missing(database)) == (0, 0, 1, 0)
    assert state(database, recording) == ("recovered", str(path))
    with database.read() as session:
        assert recordings.get(session, recording).details == {}


def test_a_moved_file_is_found_by_its_content(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    paths = [make(folder / f"{n}.webm", "-t", f"0.{n}") for n in (3, 5, 7)]
    ids = entered(database, *paths)
    same_size = make(folder / "same size.webm")
    same_size.write_bytes(bytes(paths[0].stat().st_size))
    renamed = paths[0].rename(folder / "renamed.webm")
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    moved = paths[1].rename(elsewhere / "5.webm")
    assert counts(refresh_missing(database)) == (1, 1, 0, 1)
    assert state(database, ids[0]) == ("imported", str(renamed))
    assert state(database, ids[1]) == ("missing", str(paths[1]))
    assert counts(refresh_missing(database, [tmp_path / "else"])) == (0, 0, 0, 1)
    assert state(database, ids[1]) == ("imported", str(moved))
    assert state(database, ids[2]) == ("imported", str(paths[2]))


def test_a_copy_beside_a_recording_is_not_taken_for_another(
    database: Database, tmp_path: Path
) -> None:
    path = make(tmp_path / "a.webm")
    (recording,) = entered(database, path)
    shutil.copy(path, tmp_path / "copy.webm")
    assert counts(refresh_missing(database)) == (0, 0, 0, 0)
    path.unlink()
    assert counts(refresh_missing(database)) == (0, 0, 0, 1)
    assert state(database, recording) == ("imported", str(tmp_path / "copy.webm"))


def test_a_recording_takes_its_sidecar_along_when_it_is_found(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "a.webm"
    target = ("--target", "synthetic:pattern@160x120", "--duration", "1")
    recorded = run_json("record", *target, "--output", str(path), env=screenless)
    recording = recorded["recording_id"]
    run("edit", recording, "--title", "First", env=screenless)
    moved = tmp_path / "Videos" / "deep" / "b.webm"
    moved.parent.mkdir(parents=True)
    path.rename(moved)
    (tmp_path / ".a.webm.recorder.json").rename(moved.parent / ".b.webm.recorder.json")
    report = run_json("library", "check", "--files", env=screenless)
    assert [entry["path"] for entry in report["moved"]] == [str(moved)]
    shown = run_json("show", recording, env=screenless)
    assert (shown["path"], shown["status"], shown["title"]) == (str(moved), "completed", "First")
    moved.unlink()
    done = run("library", "check", "--files", env=screenless)
    assert (done.returncode, "1 missing" in done.stderr) == (1, True)
    assert run_json("show", recording, env=screenless)["status"] == "missing"


def test_the_sidecar_that_was_left_behind_follows_when_the_file_is_imported(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    path, moved = tmp_path / "a.webm", tmp_path / "elsewhere" / "b.webm"
    target = ("--target", "synthetic:pattern@160x120", "--duration", "1")
    recording = run_json("record", *target, "--output", str(path), env=screenless)["recording_id"]
    assert run("jobs", "run", "--until-empty", env=screenless).returncode == 0
    moved.parent.mkdir()
    path.rename(moved)
    (found,) = run_json("import", str(moved), env=screenless)["files"]
    assert (found["state"], found["id"]) == ("found", recording)
    assert not (tmp_path / ".a.webm.recorder.json").exists()
    assert (moved.parent / ".b.webm.recorder.json").exists()
