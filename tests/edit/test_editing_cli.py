"""``trim``, ``cut``, ``export``, ``edits``, ``undo`` and ``redo`` as they are used."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from recorder_app.edit import presets
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording, RecordingEdit
from recorder_app.media.picture_times import picture_times
from recorder_app.media.probe import probe
from recorder_app.pipeline.journal import journal_path
from tests.support.command import ROOT, run, run_json
from tests.support.media import make

LIMIT_S = 30
# Slow enough to be stopped in the middle.
SLOW = {"RECORDER_APP_FAULTS": "outfile.write=sleep:0.5"}
FULL = {"RECORDER_APP_FAULTS": "outfile.write=enospc@2"}


def everything(database: Database, folder: Path) -> dict[str, Any]:
    """Return all that an edit that is refused must leave as it is."""
    with database.read() as session:
        steps = [(each.id, each.undone_at) for each in session.scalars(select(RecordingEdit))]
        rows = [(each.id, each.title) for each in session.scalars(select(Recording))]
        is_open = Job.state.in_(["queued", "running", "failed"])
        jobs = [each.id for each in session.scalars(select(Job).where(is_open))]
    media = {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*folder.glob("Videos/*"), *folder.glob("Videos/.*"), *folder.glob("*.*")]
        if path.is_file()
    }
    return {"steps": steps, "rows": rows, "jobs": jobs, "media": media}


def pictures(path: str) -> int:
    return len(picture_times(Path(path)))


def test_a_trim_becomes_a_new_version(
    home: dict[str, str], recording: Recording, tmp_path: Path
) -> None:
    before = Path(recording.path).read_bytes()
    made = run_json("trim", recording.id, "--start", "1", "--end", "0:02.5", env=home)
    assert (made["state"], made["title"]) == ("done", "A take (trimmed)")
    assert made["length_s"] == 1.5
    assert made["copied"] + made["encoded"] == pictures(made["path"]) == 45
    assert Path(made["path"]) == tmp_path / "Videos" / "talk (trimmed).webm"
    assert Path(recording.path).read_bytes() == before
    version = run_json("show", made["id"], env=home)
    assert version["version_of"] == version["origin"]["id"] == recording.id
    assert version["metadata"]["operations"] == [["trim", {"bounds": ["1", "5/2"]}]]
    assert version["duration_s"] == pytest.approx(1.5, abs=0.01)
    assert [each["id"] for each in run_json("show", recording.id, env=home)["versions"]] == [
        made["id"]
    ]
    shown = run("show", made["id"], env=home).stdout
    assert f"version of   A take ({recording.id[-7:]})" in shown
    lines = run("list", env=home).stdout.splitlines()
    assert [" v " in line for line in lines] == [True, False]
    # Its previews are in the queue, and another one has another name.
    kinds = {
        job["kind"]
        for job in run_json("jobs", env=home)["jobs"]
        if job["recording_id"] == made["id"]
    }
    assert {"poster", "strip", "checksum"} <= kinds
    again = run("trim", recording.id, "--start", "1", env=home)
    assert again.stdout.split(maxsplit=2)[1:] == ["00:00:05.000", "A take (trimmed 2)\n"]


def test_cuts_add_up_and_are_undone_and_redone(
    home: dict[str, str], recording: Recording, tmp_path: Path
) -> None:
    target = tmp_path / "cut.webm"
    run_json("trim", recording.id, "--end", "150f", "--output", str(target), env=home)
    assert pictures(str(target)) == 150
    cut = ("cut", recording.id, "--remove", "30f-60f", "--remove", "3-3.5")
    done = run(*cut, "--output", str(tmp_path / "short"), env=home)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'short.webm'}\n")
    assert pictures(str(tmp_path / "short.webm")) == 150 - 30 - 15
    shown = run_json("edits", recording.id, env=home)
    assert shown["kept"] == [[0.0, 1.0], [2.0, 3.0], [3.5, 5.0]]
    assert [step["operation"] for step in shown["steps"]] == ["trim", "cut"]
    undone = run_json("undo", recording.id, env=home)
    assert (undone["kept"], undone["can_redo"]) == ([[0.0, 5.0]], True)
    text = run("edits", recording.id, env=home).stdout
    assert "(undone)" in text
    assert "00:00:05.000 of 00:00:0" in text
    assert run_json("redo", recording.id, env=home)["kept"] == shown["kept"]
    again = run("redo", recording.id, env=home)
    assert (again.returncode, again.stderr) == (2, "recorder-app: There is nothing to redo.\n")
    exported = run_json(
        "export", recording.id, "--preset", "original", "--output", str(target), "--overwrite",
        env=home,
    )  # fmt: skip
    assert exported["length_s"] == 3.5
    assert pictures(str(target)) == 105


# What is given, with ID, PATH and TAKEN filled in; the exit code, and a part of the message.
BAD_TIMES = {
    "trim ID --start 3 --end 2": (2, "The end must come after the start: 3 s to 2 s"),
    "trim ID --start 2 --end 2": (2, "The end must come after the start"),
    "trim ID --start 1 --end 99": (2, "99 s is beyond the end"),
    "trim ID --start 99": (2, "beyond the end of the recording"),
    "trim ID --start 9999f": (2, "9999f is beyond the last picture"),
    "trim ID --start soon": (2, "“soon” is no time"),
    "trim ID": (2, "Nothing to trim was given"),
    "cut ID --remove 4": (2, "“4” is no part"),
}
BAD_EDITS = {
    "cut ID --remove 3-5 --remove 4-5.5": (2, "overlap: 3-5 and 4-5.5 s"),
    "cut ID --remove 0-1 --remove 2-6": (2, "Nothing of the recording"),
    "trim nobody --start 1": (2, "no recording with the id nobody"),
    "export ID --preset cinema": (2, "cinema"),
    "export ID --limit small": (2, "“small” is no size"),
}
BAD_FILES = {
    "trim ID --start 1 --output TAKEN": (5, "exists already"),
    "trim ID --start 1 --output PATH --overwrite": (2, "itself"),
    "trim ID --start 1 --output /nowhere/x.webm": (5, "no folder /nowhere"),
    "trim ID --start 1 --output x.mp4": (2, "is a .webm file"),
    "trim TAKEN --start 1": (6, "cannot be read as video"),
    "trim ./gone.webm --start 1": (6, "There is no file"),
    "trim PATH --start 1 --no-wait": (2, "left to the queue"),
}


@pytest.mark.parametrize("bad", [BAD_TIMES, BAD_EDITS, BAD_FILES])
def test_bad_input_says_why_and_changes_nothing(
    home: dict[str, str],
    database: Database,
    recording: Recording,
    tmp_path: Path,
    bad: dict[str, tuple[int, str]],
) -> None:
    taken = tmp_path / "taken.webm"
    taken.write_text("mine")
    run_json("cut", recording.id, "--remove", "1-2", "--output", f"{tmp_path}/a.webm", env=home)
    before = everything(database, tmp_path)
    words = {"ID": recording.id, "PATH": recording.path, "TAKEN": str(taken)}
    for command, (code, message) in bad.items():
        done = run(*(words.get(word, word) for word in command.split()), env=home)
        assert (done.returncode, done.stdout) == (code, ""), (command, done.stderr)
        assert message in done.stderr, command
        assert done.stderr.count("\n") == 1, done.stderr
        assert everything(database, tmp_path) == before, command


@pytest.mark.parametrize(
    ("preset", "codec", "name"),
    [("share", "h264", "a.mp4"), ("gif", "gif", "a.gif")],
)
def test_a_preset_makes_a_file_of_its_kind(
    home: dict[str, str], recording: Recording, tmp_path: Path, preset: str, codec: str, name: str
) -> None:
    part = str(tmp_path / "part.webm")
    run_json("trim", recording.id, "--start", "1", "--end", "3", "--output", part, env=home)
    guess = run_json("export", recording.id, "--preset", preset, "--estimate", env=home)
    assert (guess["preset"], guess["length_s"]) == (preset, 2.0)
    assert guess["bytes_about"] > 0
    output = tmp_path / name
    made = run_json("export", recording.id, "--preset", preset, "--output", str(output), env=home)
    assert made["size_bytes"] == output.stat().st_size
    found = probe(output)
    assert found.video_codec == codec
    assert found.duration_s == pytest.approx(2.0, abs=0.1)


def test_chat_stays_under_its_limit(
    home: dict[str, str], recording: Recording, tmp_path: Path
) -> None:
    output = tmp_path / "small.mp4"
    wish = ("--preset", "chat", "--limit", "60kB", "--output", str(output))
    run_json("export", recording.id, *wish, env=home)
    assert 10_000 < output.stat().st_size <= 60_000


def test_stills_are_a_folder(home: dict[str, str], recording: Recording, tmp_path: Path) -> None:
    output = tmp_path / "stills"
    run_json("export", recording.id, "--preset", "stills", "--output", str(output), env=home)
    assert [path.suffix for path in output.iterdir()] == [".png"]


def test_every_preset_is_named_in_the_help(home: dict[str, str]) -> None:
    told = run("export", "--help", env=home).stdout
    assert [name for name in presets.load().presets if name not in told] == []


def test_an_error_is_json_as_well(home: dict[str, str], recording: Recording) -> None:
    refused = run("trim", recording.id, "--start", "3", "--end", "2", "--json", env=home)
    assert json.loads(refused.stdout)["error"]["exit_code"] == refused.returncode == 2


@pytest.mark.parametrize("goes_to", ["version", "output", "beside"])
def test_a_full_disk_leaves_nothing(
    home: dict[str, str], database: Database, recording: Recording, tmp_path: Path, goes_to: str
) -> None:
    before = everything(database, tmp_path)
    given = recording.path if goes_to == "beside" else recording.id
    more = ("--output", str(tmp_path / "x.webm")) if goes_to == "output" else ()
    done = run("trim", given, "--start", "1", *more, env=home | FULL)
    assert (done.returncode, done.stdout) == (5, "")
    assert "The disk is full" in done.stderr
    assert everything(database, tmp_path) == before


def test_a_source_that_is_gone_is_said(
    home: dict[str, str], database: Database, recording: Recording, tmp_path: Path
) -> None:
    Path(recording.path).unlink()
    before = everything(database, tmp_path)
    done = run("trim", recording.id, "--start", "1", env=home)
    assert (done.returncode, done.stdout) == (6, "")
    assert f"The file {recording.path} is not there." in done.stderr
    assert everything(database, tmp_path) == before


@pytest.mark.parametrize("is_path", [False, True])
def test_ctrl_c_cancels(
    home: dict[str, str], database: Database, recording: Recording, tmp_path: Path, is_path: bool
) -> None:
    before = everything(database, tmp_path)
    given = recording.path if is_path else recording.id
    process = subprocess.Popen(
        [sys.executable, "-m", "recorder_app", "trim", given, "--start", "1"],
        cwd=ROOT,
        env=home | SLOW,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + LIMIT_S
        while not list(tmp_path.glob("Videos/.recorder-export-*")):
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, complaints = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    assert (process.returncode, out) == (9, "")
    assert "ancelled" in complaints
    assert everything(database, tmp_path) == before


def test_a_file_is_edited_without_the_library(
    home: dict[str, str], database: Database, short_take: Path, tmp_path: Path
) -> None:
    source = tmp_path / "screen.webm"
    shutil.copy(short_take, source)
    before = everything(database, tmp_path)["rows"]
    done = run("cut", str(source), "--remove", "1-5", env=home)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'screen (trimmed).webm'}\n")
    assert pictures(done.stdout.strip()) == pictures(str(source)) - 120
    again = run_json("trim", str(source), "--end", "15f", env=home)
    assert Path(again["path"]).name == "screen (trimmed) (2).webm"
    assert (again["length_s"], again["id"]) == (0.5, "")
    assert source.read_bytes() == short_take.read_bytes()
    assert everything(database, tmp_path)["rows"] == before


def test_a_foreign_file_is_edited(home: dict[str, str], tmp_path: Path) -> None:
    source = make(tmp_path / "phone.mp4", "-bf", "2")
    target = tmp_path / "out.mp4"
    made = run_json("trim", str(source), "--start", "0.5", "--output", str(target), env=home)
    assert made["path"] == str(target)
    assert probe(target).duration_s == pytest.approx(0.5, abs=0.05)


def test_what_is_not_waited_for_is_left_to_the_queue(
    home: dict[str, str], recording: Recording, tmp_path: Path
) -> None:
    queued = run_json("trim", recording.id, "--start", "1", "--no-wait", env=home)
    assert queued["state"] == "queued"
    # What is asked for is what counted then.
    run_json("undo", recording.id, env=home)
    assert run("jobs", "run", "--until-empty", env=home).stderr == ""
    assert pictures(str(tmp_path / "Videos" / "talk (trimmed).webm")) == 150


def test_a_version_comes_back_with_a_library_made_anew(
    home: dict[str, str], recording: Recording, tmp_path: Path
) -> None:
    made = run_json("cut", recording.id, "--remove", "1-2", env=home)
    assert journal_path(Path(made["path"])).is_file()
    for file in (tmp_path / "recorder-app").glob("library.sqlite*"):
        file.unlink()
    assert run("library", "rebuild", env=home).returncode == 0
    again = run_json("show", made["id"], env=home)
    assert (again["title"], again["version_of"]) == (made["title"], recording.id)
    assert again["metadata"]["operations"] == [["cut", {"parts": [["1", "2"]]}]]
    assert (again["status"], again["duration_s"]) == ("completed", pytest.approx(5.0, abs=0.02))


def test_progress_and_the_time_left_are_shown_on_a_terminal(
    home: dict[str, str], recording: Recording
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "recorder_app", "trim", recording.path, "--start", "0.2"],
        cwd=ROOT,
        env=home | {"RECORDER_APP_FAULTS": "outfile.write=sleep:0.7"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                # What Linux says when the other end is closed.
                break
        assert process.wait(LIMIT_S) == 0
    finally:
        process.kill()
        process.communicate()
        os.close(ours)
    assert re.search(rb"\d+%  \d+:\d\d left", shown), shown


def test_help_needs_no_codecs() -> None:
    script = (
        "import sys; from recorder_app.cli.main import main\n"
        "sys.argv = ['recorder-app', 'trim', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {'av', 'sqlalchemy', 'numpy'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--start" in done.stdout
