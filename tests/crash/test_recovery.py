"""Takes that were killed become whole files, also when their recovery is killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from recorder_app.errors import DiskFull, UnreadableMedia
from recorder_app.library import media_rows, recordings
from recorder_app.library.database import Database
from recorder_app.library.models import RecordingSessionRow
from recorder_app.media.probe import probe
from recorder_app.pipeline.events import RecordingState
from recorder_app.pipeline.journal import journal_path, read_journal
from recorder_app.pipeline.recovery import Recovered, find_cut_short, recover
from recorder_app.services import recovery
from tests.support.command import ROOT, Recorder, environment, run, run_json
from tests.support.media import make
from tests.support.recordings import pictures, track_ends
from tests.support.takes import set_fault

StartTake = Callable[[dict[str, str]], Recorder]
FRAMES = 45


def killed_take(
    start_take: StartTake, env: dict[str, str], output: Path, **settings: object
) -> float:
    """Kill a take with picture and sound after some pictures; return how long it was."""
    take = start_take(env)
    choices = {"target": "synthetic:pattern@320x180", "mic": "synthetic:tone", **settings}
    take.send("start", settings=choices, output=str(output))
    take.wait_for_frames(FRAMES // 2)
    take.send("mark", text="Hälfte \u202eenod")
    elapsed_s: float = take.wait_for_frames(FRAMES)["elapsed_s"]
    take.signal(signal.SIGKILL)
    take.exit_code()
    return elapsed_s


def ffprobe(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-show_chapters", "-of", "json", str(path)],
        check=True,
        capture_output=True,
    )
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


def decodes(path: Path) -> bool:
    """Return whether ffmpeg finds nothing to complain about."""
    # Pictures lie closer together than the frame rate says when the machine was busy.
    nowhere = ("-map", "0:v", "-map", "0:a", "-vsync", "vfr", "-f", "null", "-")
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-xerror", "-i", str(path), *nowhere],
        check=False,
        capture_output=True,
    )
    return done.returncode == 0 and not done.stderr


@pytest.mark.parametrize("form", ["webm", "mp4", "av1"])
def test_a_killed_take_becomes_a_whole_file(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake, form: str
) -> None:
    output = tmp_path / f"täke – \u202e“1”.{'mp4' if form == 'mp4' else 'webm'}"
    elapsed_s = killed_take(start_take, screenless, output, format=form)
    before, count = probe(output), sum(1 for _ in pictures(output))
    (cut,) = find_cut_short([tmp_path])
    assert cut.media == str(output)
    recovered = recover(Path(cut.journal))
    assert recovered is not None
    assert probe(output).tracks == before.tracks
    assert sum(1 for _ in pictures(output)) == count
    found = ffprobe(output)
    assert float(found["format"]["duration"]) == pytest.approx(before.duration_s, abs=0.05)
    assert recovered.description.duration_s >= elapsed_s - 0.8
    titles = [chapter["tags"]["title"] for chapter in found["chapters"]]
    # MP4 has one at the beginning.
    assert titles[output.suffix == ".mp4" :] == ["Hälfte \u202eenod"]
    assert decodes(output)
    journal = read_journal(journal_path(output))
    assert journal.state is RecordingState.FINISHED
    assert journal.recovery is not None
    assert journal.recovery.is_recovered
    assert journal.result is not None
    assert journal.result.duration_s == recovered.description.duration_s
    assert find_cut_short([tmp_path]) == []
    assert recover(Path(cut.journal)) is None
    assert left_over(tmp_path) == []


def test_every_sound_track_is_kept(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    choices = {"separate_tracks": True, "system_audio": True}
    killed_take(start_take, screenless, output, **choices)
    tracks = probe(output).tracks
    recover(journal_path(output))
    assert probe(output).tracks == tracks
    assert [track.kind for track in tracks] == ["video", "audio", "audio"]
    assert tracks[1].title


@pytest.mark.parametrize("point", ["copied", "verified", "replaced"])
@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_a_killed_recovery_is_done_again(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake, form: str, point: str
) -> None:
    output = tmp_path / f"take.{form}"
    killed_take(start_take, screenless, output, format=form)
    tracks = probe(output).tracks
    worker = _recovery(output, f"recovery.{point}=sleep:60")
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"copied\n"
    if point != "copied":
        worker.stdout.readline()
    # Asleep at the point, or before it: either way in the middle.
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert [t.packets for t in probe(output).tracks] == [t.packets for t in tracks]
    assert recover(journal_path(output)) is not None
    assert [t.packets for t in probe(output).tracks] == [t.packets for t in tracks]
    assert decodes(output)
    assert left_over(tmp_path) == []


def test_only_one_of_two_processes_recovers(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    killed_take(start_take, screenless, output)
    worker = _recovery(output, "recovery.copied=sleep:60")
    assert worker.stdout is not None
    worker.stdout.readline()
    assert recover(journal_path(output)) is None
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert recover(journal_path(output)) is not None


def test_a_running_take_is_left_alone(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    take = start_take(screenless)
    take.send("start", settings={"target": "synthetic:pattern@320x180"}, output=str(output))
    take.wait_for_frames(5)
    assert find_cut_short([tmp_path]) == []
    assert recover(journal_path(output)) is None
    take.send("stop")
    assert take.result()["result"]["truncated"] is False


def test_what_cannot_be_read_is_kept_and_told(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    killed_take(start_take, screenless, output)
    output.write_bytes(os.urandom(10_000))
    before = output.read_bytes()
    with pytest.raises(UnreadableMedia):
        recover(journal_path(output))
    assert output.read_bytes() == before
    (cut,) = find_cut_short([tmp_path])
    assert cut.reason
    assert left_over(tmp_path) == []


def test_a_file_with_a_damaged_middle_keeps_what_plays(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    killed_take(start_take, screenless, output)
    data = bytearray(output.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    output.write_bytes(data)
    end_s = max(track_ends(output))
    recovered = recover(journal_path(output))
    assert recovered is not None
    assert recovered.description.duration_s == pytest.approx(end_s, abs=0.1)


def test_a_full_disk_leaves_the_take_for_another_time(
    screenless: dict[str, str],
    tmp_path: Path,
    start_take: StartTake,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output = tmp_path / "take.mp4"
    killed_take(start_take, screenless, output, format="mp4")
    before = output.read_bytes()
    set_fault(monkeypatch, "outfile.write=enospc@3")
    with pytest.raises(DiskFull):
        recover(journal_path(output))
    assert output.read_bytes() == before
    assert left_over(tmp_path) == []
    set_fault(monkeypatch, "")
    assert recover(journal_path(output)) is not None


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_the_next_command_recovers_and_enters_a_take(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake, form: str
) -> None:
    output = tmp_path / f"Größe 🎬 “1”.{form}"
    other = tmp_path / "in" / "other.gif"
    killed_take(start_take, screenless, output, format=form)
    listed = run_json("recover", env=screenless)
    assert [(take["path"], take["state"]) for take in listed["takes"]] == [(str(output), "found")]
    # Any command of the library.
    done = run("import", str(make(other)), "--json", env=screenless)
    assert done.returncode == 0
    # Who reads stdout gets JSON and nothing else, a person is told all the same.
    assert json.loads(done.stdout)["imported"] == 1
    (told,) = done.stderr.splitlines()
    assert told.endswith(f"is whole again: {output}")
    recording = read_journal(journal_path(output)).recording_id
    shown = run_json("show", recording, env=screenless)
    assert (shown["status"], shown["title"], shown["path"]) == (
        "recovered",
        output.stem,
        str(output),
    )
    found = probe(output)
    assert (shown["duration_s"], shown["file_size"]) == (found.duration_s, output.stat().st_size)
    assert (shown["container"], shown["audio_codecs"]) == (form, found.audio_codecs)
    with opened(tmp_path) as database, database.read() as session:
        (take,) = session.query(RecordingSessionRow).all()
        assert (take.status, take.path) == ("interrupted", str(output))
        assert take.duration_s == found.duration_s
        assert recordings.get(session, recording).session_id == take.id
    assert run_json("recover", env=screenless) == {"takes": []}
    rebuilt = run_json("library", "rebuild", str(tmp_path), env=screenless)
    assert (rebuilt["entered"], rebuilt["known"]) == (0, 2)


def test_recover_lists_applies_and_keeps_what_cannot_be_read(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    good, bad = folder / "good.webm", folder / "bad.webm"
    for output in (good, bad):
        killed_take(start_take, screenless, output)
    # As if they had come from another machine: only the folder tells of them.
    shutil.rmtree(data_folder(tmp_path), ignore_errors=True)
    bad.write_bytes(bytes(5000))
    assert run_json("recover", env=screenless) == {"takes": []}
    listed = run_json("recover", "--folder", str(folder), env=screenless)
    assert [take["state"] for take in listed["takes"]] == ["found", "found"]
    applied = run("recover", "--apply", "--folder", str(folder), "--json", env=screenless)
    assert applied.returncode == 6
    states = {take["path"]: take for take in json.loads(applied.stdout)["takes"]}
    assert states[str(good)]["state"] == "recovered"
    assert states[str(bad)]["state"] == "kept"
    assert states[str(bad)]["reason"]
    assert bad.read_bytes() == bytes(5000)
    with opened(tmp_path) as database, database.read() as session:
        (row,) = media_rows.file_rows(session)
    assert (row.path, row.status) == (str(good), "recovered")


def test_a_recovery_killed_while_it_is_entered_enters_the_take_once(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.mp4"
    killed_take(start_take, screenless, output, format="mp4")
    (cut,) = find_cut_short([tmp_path])
    with opened(tmp_path) as database:

        def enter_and_die(whole: Recovered) -> None:
            recovery._enter(database, whole)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            recover(Path(cut.journal), on_whole=enter_and_die)
        (entry,) = recovery.recover_all(database, [tmp_path])
        with database.read() as session:
            (row,) = media_rows.file_rows(session)
    assert (row.id, row.status, row.size) == (entry.id, "recovered", output.stat().st_size)


@contextlib.contextmanager
def opened(home: Path) -> Iterator[Database]:
    database = Database(data_folder(home) / "library.sqlite")
    try:
        yield database
    finally:
        database.close()


def data_folder(home: Path) -> Path:
    return home / ".local" / "share" / "recorder-app"


def left_over(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.suffix in (".recovered", ".recovery")]


def _recovery(output: Path, faults: str) -> subprocess.Popen[bytes]:
    """Recover in another process that says how far it has come."""
    code = (
        "import sys; from pathlib import Path; from recorder_app import faults\n"
        "from recorder_app.pipeline.recovery import recover\n"
        "check = faults.check\n"
        "def told(point):\n"
        "    if point.startswith('recovery.'): print(point.removeprefix('recovery.'), flush=True)\n"
        "    check(point)\n"
        "faults.check = told\n"
        "recover(Path(sys.argv[1]))\n"
    )
    env: Mapping[str, str] = environment({"RECORDER_APP_FAULTS": faults}, home=output.parent)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(journal_path(output))],
        env=dict(env),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
