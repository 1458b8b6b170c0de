"""Every take is entered into the library, whatever comes of it and whatever state it is in."""

from __future__ import annotations

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recorder_app.errors import LibraryError
from recorder_app.library.database import Database
from recorder_app.library.ids import new_id
from recorder_app.library.models import Recording, RecordingSessionRow
from recorder_app.pipeline.journal import sidecar
from recorder_app.services import entering
from tests.support.command import ROOT, Recorder, run, run_json

SHORT = ("record", "--target", "synthetic:pattern@320x240", "--duration", "0.5")


@pytest.fixture
def library(screenless: dict[str, str], tmp_path: Path) -> Path:
    """Where the library of the commands run with `screenless` is."""
    assert "XDG_DATA_HOME" not in screenless
    return tmp_path / ".local" / "share" / "recorder-app" / "library.sqlite"


def rows(library: Path) -> tuple[list[Recording], list[RecordingSessionRow]]:
    database = Database(library)
    with contextlib.closing(database), database.read() as session:
        return (
            session.query(Recording).order_by(Recording.created_at).all(),
            session.query(RecordingSessionRow).order_by(RecordingSessionRow.started_at).all(),
        )


def test_a_take_becomes_a_recording_and_a_session(
    screenless: dict[str, str], library: Path, tmp_path: Path
) -> None:
    output = tmp_path / "My take.webm"
    told = run_json(*SHORT, "--mic", "synthetic:tone", "--output", str(output), env=screenless)
    (recording,), (session,) = rows(library)
    assert recording.id == told["recording_id"]
    assert recording.title == "My take"
    assert recording.path == str(output)
    assert recording.status == "completed"
    assert recording.duration_s == pytest.approx(0.5, abs=0.1)
    assert recording.file_size == output.stat().st_size
    assert (recording.video_codec, recording.audio_codecs) == ("vp9", ["opus"])
    assert recording.session_id == session.id
    assert session.status == "completed"
    assert session.settings["mic"] == "synthetic:tone"
    assert [track["kind"] for track in session.devices["tracks"]] == ["video", "microphone"]
    assert not list(library.parent.glob("pending/*"))


def test_a_take_that_fails_is_a_session_with_its_error(
    screenless: dict[str, str], library: Path
) -> None:
    done = run("record", "--target", "synthetic:lost", "--mic", "nosuch", env=screenless)
    assert done.returncode == 3
    recordings, (session,) = rows(library)
    assert recordings == []
    assert session.status == "failed"
    assert session.error is not None
    assert session.error["code"] == "source_unavailable"


def test_a_killed_take_is_a_session_that_was_interrupted(
    screenless: dict[str, str],
    library: Path,
    tmp_path: Path,
    start_take: Callable[[dict[str, str]], Recorder],
) -> None:
    take = start_take(screenless)
    settings = {"target": "synthetic:pattern@320x240"}
    take.send("start", settings=settings, output=str(tmp_path / "take.webm"))
    take.wait_for_frames(10)
    assert run("show", "0000", env=screenless).returncode == 2
    assert [session.status for session in rows(library)[1]] == ["active"]
    take.signal(signal.SIGKILL)
    take.exit_code()
    assert run("show", "0000", env=screenless).returncode == 2
    assert [session.status for session in rows(library)[1]] == ["interrupted"]


def test_a_locked_library_loses_nothing(screenless: dict[str, str], library: Path) -> None:
    run_json(*SHORT, env=screenless)
    with contextlib.closing(sqlite3.connect(library, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began_s = time.monotonic()
        told = run_json(*SHORT, env=screenless)
        assert time.monotonic() - began_s < 8
        assert Path(told["path"]).exists()
        other.execute("ROLLBACK")
    shown = json.loads(run("show", told["recording_id"], "--json", env=screenless).stdout)
    assert shown["path"] == told["path"]
    assert len(rows(library)[0]) == 2


def test_a_broken_library_stops_no_recording(screenless: dict[str, str], library: Path) -> None:
    library.parent.mkdir(parents=True)
    library.write_bytes(b"this is no database" * 1000)
    done = run(*SHORT, "--json", env=screenless)
    assert done.returncode == 0
    assert "library" in done.stderr
    assert Path(json.loads(done.stdout)["path"]).exists()
    damaged = library.read_bytes()
    assert damaged.startswith(b"this is no database")
    # It waits for a library that can be opened.
    library.unlink()
    shown = run("show", json.loads(done.stdout)["recording_id"], env=screenless)
    assert shown.returncode == 0


def test_recording_does_not_load_the_library() -> None:
    code = (
        "import sys\n"
        "import recorder_app.cli.record, recorder_app.services.take\n"
        "import recorder_app.services.recording, recorder_app.services.ledger\n"
        "print([name for name in ('sqlalchemy', 'alembic', 'rapidfuzz') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


HOSTILE: list[Any] = [
    "'; DROP TABLE recordings; --",
    '"quoted" \\ %s {0} $HOME `id`',
    "🎬👩‍👩‍👧 emoji",
    "עברית وعربي",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "x" * 10_000,
]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_any_title_is_kept_as_it_is(screenless: dict[str, str], title: str) -> None:
    told = run_json(*SHORT, env=screenless)
    run_json("edit", told["recording_id"], "--title", title, "--tag", title[:50], env=screenless)
    shown = run_json("show", told["recording_id"], env=screenless)
    assert shown["title"] == title
    assert shown["tags"] == [title[:50]]


def test_a_recording_is_edited_deleted_and_restored(screenless: dict[str, str]) -> None:
    told = run_json(*SHORT, env=screenless)
    short = told["recording_id"][-7:]
    changes = ("--title", "Demo", "--project", "Alpha", "--tag", "a", "--tag", "b", "--favourite")
    edited = run_json("edit", short, *changes, env=screenless)
    assert (edited["title"], edited["project"], edited["tags"]) == ("Demo", "Alpha", ["a", "b"])
    # The sidecar knows too, so that the library can be made anew from the folder.
    noted = sidecar(Path(told["path"]))
    assert noted is not None
    assert noted.library is not None
    assert (noted.library.title, noted.library.tags) == ("Demo", ["a", "b"])
    edited = run_json("edit", short, "--untag", "a", "--project", "", env=screenless)
    assert (edited["project"], edited["tags"]) == (None, ["b"])
    assert edited["is_favourite"]
    (deleted,) = json.loads(run("delete", short, "--json", env=screenless).stdout)
    assert deleted["deleted_at"] is not None
    assert Path(told["path"]).exists()
    (restored,) = json.loads(run("restore", short, "--json", env=screenless).stdout)
    assert restored["deleted_at"] is None


def test_what_is_not_there_is_said(screenless: dict[str, str]) -> None:
    for verb in ("show", "delete", "restore"):
        done = run(verb, "nosuchid", env=screenless)
        assert done.returncode == 2
        assert "There is no recording" in done.stderr
    assert run("edit", "nosuchid", env=screenless).returncode == 2


def _with_pending_take(library: Path, told: dict[str, Any], **fields: Any) -> Path:
    """Leave what a process leaves that was killed just before it could note its take's end."""
    with contextlib.closing(sqlite3.connect(library)) as file:
        file.execute("DELETE FROM recordings")
        file.execute("DELETE FROM recording_sessions")
        file.commit()
    record = {
        "session_id": new_id(),
        "recording_id": told["recording_id"],
        "recording_type": "screen",
        "path": told["path"],
        "settings": {},
        "owner": {"pid": 2**22 + 1, "started": 1.0},
        "system": "",
        "started_at": "2026-05-01T12:00:00Z",
    }
    pending = library.parent / "pending" / f"{record['session_id']}.json"
    pending.write_text(json.dumps(record | fields))
    return pending


def test_a_whole_file_is_entered_although_its_process_could_not_note_the_end(
    screenless: dict[str, str], library: Path
) -> None:
    told = run_json(*SHORT, env=screenless)
    _with_pending_take(library, told)
    shown = run_json("show", told["recording_id"], env=screenless)
    assert (shown["path"], shown["status"]) == (told["path"], "completed")
    assert shown["duration_s"] == told["duration_s"]
    assert shown["created_at"] == "2026-05-01T12:00:00Z"
    assert [session.status for session in rows(library)[1]] == ["completed"]


def test_a_note_of_a_take_that_cannot_be_stored_stops_no_command(
    screenless: dict[str, str], library: Path
) -> None:
    told = run_json(*SHORT, env=screenless)
    pending = _with_pending_take(library, told, started_at="2026-05-01T12:00:00")
    done = run("list", env=screenless)
    assert (done.returncode, done.stderr) == (0, "No recordings.\n")
    assert [each.suffix for each in pending.parent.iterdir()] == [".damaged"]


def test_one_take_that_cannot_be_entered_does_not_hold_back_the_others(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def enter(_: Database, record: str) -> None:
        entered.append(record)
        if record == "first":
            raise LibraryError("refused")

    entered: list[str] = []
    library.parent.mkdir(parents=True)
    files = {name: library.with_name(name) for name in ("first", "second")}
    for file in files.values():
        file.touch()
    takes = [(file, SimpleNamespace(session_id=name, status="")) for name, file in files.items()]
    monkeypatch.setattr(entering, "pending_takes", lambda: takes)
    monkeypatch.setattr(entering, "enter_take", lambda _, record: enter(_, record.session_id))
    with contextlib.closing(Database(library)) as database:
        entering.enter_pending(database)
    assert entered == ["first", "second"]
    assert [file.exists() for file in files.values()] == [True, False]


def test_a_take_that_could_not_be_noted_is_entered_all_the_same(
    screenless: dict[str, str], library: Path
) -> None:
    library.parent.mkdir(parents=True)
    (library.parent / "pending").touch()
    told = run_json(*SHORT, env=screenless)
    assert [recording.id for recording in rows(library)[0]] == [told["recording_id"]]


def test_a_take_that_nobody_will_enter_is_told(screenless: dict[str, str], library: Path) -> None:
    library.parent.mkdir(parents=True)
    (library.parent / "pending").touch()
    library.write_bytes(b"this is no database" * 1000)
    done = run(*SHORT, env=screenless)
    assert done.returncode == 0
    assert "recorder-app import" in done.stderr
