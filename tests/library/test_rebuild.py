"""The library is made again from the folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recorder_app.library import media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.pipeline.journal import (
    LibraryNote,
    journal_path,
    read_journal,
    sidecar,
    write_library_note,
)
from recorder_app.services import catalogue
from recorder_app.services.library import open_library
from recorder_app.services.rebuild import RebuildEntry, rebuild
from tests.support.command import environment, run, run_json
from tests.support.media import make
from tests.support.takes import virtual


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "data" / "library.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    folder = tmp_path / "Videos"
    folder.mkdir()
    return folder


def rebuilt(database: Database, folder: Path) -> dict[str, RebuildEntry]:
    return {Path(entry.path).name: entry for entry in rebuild(database, [folder])}


def record(path: Path) -> None:
    virtual(path, "pattern@160x120", limit_s=1.0, target="window:Terminal").run()


def test_recordings_come_back_with_what_their_sidecars_say(
    database: Database, videos: Path
) -> None:
    path = videos / "שלום “a” 🎬.webm"
    record(path)
    note = LibraryNote(
        "01hzzzzzzzzzzzzzzzzzzzzzzz", "A title\u202e", "Words", "Project", ["b", "a", "b"], True
    )
    assert write_library_note(path, note)
    make(videos / "deep" / "other.mp4")
    (videos / "broken.webm").write_text("no")
    (videos / "notes.txt").write_text("no media")
    told = rebuilt(database, videos)
    assert {name: entry.state for name, entry in told.items()} == {
        path.name: "entered",
        "other.mp4": "entered",
        "broken.webm": "refused",
    }
    with database.read() as session:
        row = recordings.get(session, note.id)
        assert (row.title, row.description, row.is_favourite) == ("A title\u202e", "Words", True)
        assert [tag.name for tag in row.tags] == ["a", "b"]
        assert row.project is not None
        assert row.project.name == "Project"
        assert (row.status, row.recording_type, row.quality) == ("completed", "window", "medium")
        assert (row.width, row.height, row.video_codec) == (160, 120, "vp9")
        assert row.duration_s == pytest.approx(1, abs=0.1)
        assert row.created_at == read_journal(journal_path(path)).started
        assert recordings.get(session, told["other.mp4"].id).status == "imported"


def test_what_it_is_published_as_comes_back(
    tmp_path: Path, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.webm", "older.webm"):
        record(videos / name)
    changes = catalogue.Changes(platform="YouTube", content_type="Talk")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "lost"))
    with contextlib.closing(open_library()) as lost:
        for entry in rebuilt(lost, videos).values():
            catalogue.edit(entry.id, changes)
    # As an earlier version wrote it.
    older = journal_path(videos / "older.webm")
    fields = json.loads(older.read_text())
    assert (fields["schema"], fields["library"].pop("platform")) == (1, "YouTube")
    assert fields["library"].pop("content_type") == "Talk"
    older.write_text(json.dumps(fields))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "anew"))
    with contextlib.closing(open_library()) as anew:
        told = rebuilt(anew, videos)
        with anew.read() as session:
            rows = [recordings.get(session, told[name].id) for name in ("a.webm", "older.webm")]
    assert [(row.platform, row.content_type) for row in rows] == [("YouTube", "Talk"), ("", "")]


def test_a_second_time_changes_nothing(database: Database, videos: Path) -> None:
    for name in ("a.webm", "b.webm"):
        record(videos / name)
    first = rebuilt(database, videos)
    with database.write() as session:
        row = recordings.get(session, first["a.webm"].id)
        recordings.change(session, row, title="Changed")
        recordings.delete(session, recordings.get(session, first["b.webm"].id))
    assert {entry.state for entry in rebuilt(database, videos).values()} == {"known"}
    with database.read() as session:
        assert recordings.get(session, first["a.webm"].id).title == "Changed"
        assert len(media_rows.file_rows(session)) == 1


def test_a_moved_recording_is_the_same_one(database: Database, videos: Path) -> None:
    record(videos / "a.webm")
    write_library_note(videos / "a.webm", LibraryNote("01hzzzzzzzzzzzzzzzzzzzzzzz"))
    rebuilt(database, videos)
    for name in ("a.webm", ".a.webm.recorder.json"):
        (videos / name).rename(videos / name.replace("a.webm", "b.webm"))
    assert rebuilt(database, videos)["b.webm"].state == "moved"
    with database.read() as session:
        (row,) = media_rows.file_rows(session)
    assert row.path == str(videos / "b.webm")


def test_damaged_and_old_sidecars(database: Database, videos: Path) -> None:
    for name in ("damaged.webm", "old.webm", "hostile.webm", "grown.webm"):
        record(videos / name)
    journal_path(videos / "damaged.webm").write_text('{"schema": 1, "media"')
    old = journal_path(videos / "old.webm")
    fields = json.loads(old.read_text())
    for name in ("recording_id", "recovery", "library"):
        del fields[name]
    old.write_text(json.dumps(fields))
    assert sidecar(videos / "old.webm") is not None
    write_library_note(videos / "hostile.webm", LibraryNote("../../x", "'; DROP TABLE tags; --"))
    with (videos / "grown.webm").open("ab") as stream:
        stream.write(bytes(100))
    told = rebuilt(database, videos)
    assert {entry.state for entry in told.values()} == {"entered"}
    assert told["damaged.webm"].status == "imported"
    assert told["old.webm"].status == "completed"
    assert told["hostile.webm"].title == "'; DROP TABLE tags; --"
    assert len(told["hostile.webm"].id) == 26


def test_a_damaged_library_is_set_aside_and_made_again(tmp_path: Path) -> None:
    env = environment(home=tmp_path)
    target = ("--target", "synthetic:pattern@160x120", "--duration", "1")
    path = tmp_path / "Videos" / "a.webm"
    path.parent.mkdir()
    recorded = run_json("record", *target, "--output", str(path), env=env)
    library = tmp_path / ".local" / "share" / "recorder-app" / "library.sqlite"
    for companion in ("", "-wal", "-shm"):
        library.with_name(library.name + companion).unlink(missing_ok=True)
    library.write_bytes(b"This is not a database. " * 1000)
    told = run_json("library", "rebuild", env=env)
    assert (told["entered"], Path(told["set_aside"]).read_bytes()[:4]) == (1, b"This")
    assert told["files"][0]["id"] == recorded["recording_id"]
    assert run_json("show", recorded["recording_id"], env=env)["path"] == str(path)
    again = run("library", "rebuild", str(tmp_path / "Videos"), env=env)
    assert (again.returncode, "1 known" in again.stderr) == (0, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"started": "2026-01-01T00:00:00"},
        {"started": "0001-01-01T00:00:00+14:00"},
        {"started": "9999-12-31T23:59:59-12:00"},
        {"result": {"width": 2**63}},
        {"result": {"duration_s": 1e308}},
        {"result": {"duration_s": -5}},
        {"library": {"id": "x", "title": "a\0b", "tags": ["", " ", "\0"], "project": "\0"}},
        {"library": {"id": "x", "title": "t" * 100_000, "tags": ["t" * 20_000]}},
        {"library": {"id": "x", "platform": "a\0b", "content_type": "\0"}},
    ],
    ids=range(9),
)
def test_what_no_sidecar_can_mean_stops_nothing(
    database: Database, videos: Path, changes: dict[str, Any]
) -> None:
    path = videos / "a.webm"
    record(path)
    entry = json.loads(journal_path(path).read_bytes())
    for name, value in changes.items():
        entry[name] = entry[name] | value if name == "result" else value
    journal_path(path).write_text(json.dumps(entry))
    told = rebuilt(database, videos)
    assert told["a.webm"].state == "entered"
    with database.read() as session:
        row = recordings.get(session, told["a.webm"].id)
        assert row.width == 160
        assert row.duration_s == pytest.approx(1, abs=0.1)
        assert abs((row.created_at - datetime.now(UTC)).total_seconds()) < 3600
        assert "\0" not in row.title
        assert [tag.name for tag in row.tags] in ([], ["t" * 20_000])


def test_a_sidecar_nested_too_deeply_is_none(database: Database, videos: Path) -> None:
    path = videos / "a.webm"
    record(path)
    journal_path(path).write_text('{"a":' * 100_000)
    assert rebuilt(database, videos)["a.webm"].state == "entered"
    assert sidecar(path) is None
    assert not write_library_note(path, LibraryNote("01hzzzzzzzzzzzzzzzzzzzzzzz"))
