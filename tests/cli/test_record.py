"""The command line as a person or a script uses it, its mistakes included."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder_app import __version__
from recorder_app.media.containers import inspect
from recorder_app.pipeline.events import RecordingState
from recorder_app.pipeline.journal import journal_path, read_journal
from tests.support.command import LIMIT_S, Recorder, run, run_json

PATTERN = ("record", "--target", "synthetic:pattern@320x180")
StartTake = Callable[[dict[str, str]], Recorder]


def test_a_recording_prints_its_path_last(screenless: dict[str, str], tmp_path: Path) -> None:
    done = run(*PATTERN, "--duration", "1", env=screenless)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.splitlines()[-1])
    assert path.parent == tmp_path / "Videos"
    assert re.fullmatch(r"Test pattern \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.webm", path.name)
    assert inspect(path).duration_s == pytest.approx(1.0, abs=0.1)


def test_a_recording_stops_at_its_size(screenless: dict[str, str]) -> None:
    result = run_json(*PATTERN, "--max-size", "0.3", env=screenless)
    assert 300_000 <= result["size_bytes"] < 900_000
    assert not result["truncated"]


def test_json_has_every_field_and_nothing_else_is_on_stdout(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "take.mp4"
    done = run(
        *PATTERN,
        "--duration",
        "1",
        "--format",
        "mp4",
        "--output",
        str(output),
        "--json",
        env=screenless,
    )
    result = json.loads(done.stdout)
    assert set(result) == {
        "path",
        "duration_s",
        "size_bytes",
        "width",
        "height",
        "container",
        "video_codec",
        "audio_codecs",
        "frames_captured",
        "frames_unchanged",
        "frames_dropped",
        "warnings",
        "truncated",
        "sounds",
        "recording_id",
    }
    assert result["path"] == str(output)
    assert result["size_bytes"] == output.stat().st_size
    assert (result["container"], result["video_codec"]) == ("mp4", "h264")
    assert result["truncated"] is False
    assert done.stderr == ""


MISTAKES = {
    "no display": (["record"], 3, "DISPLAY"),
    "no such target": (["record", "--target", "moon"], 2, "recorder-app targets"),
    "no such pattern": (["record", "--target", "synthetic:moon"], 2, "pattern"),
    "tiny region": (["record", "--target", "region:0,0,15x100"], 2, "at least 16"),
    "frame rate too low": ([*PATTERN, "--fps", "0"], 2, "1 to 120"),
    "frame rate too high": ([*PATTERN, "--fps", "500"], 2, "1 to 120"),
    "frame rate no number": ([*PATTERN, "--fps", "many"], 2, "--fps"),
    "duration zero": ([*PATTERN, "--duration", "0"], 2, "more than 0"),
    "duration negative": ([*PATTERN, "--duration", "-1"], 2, "more than 0"),
    "size zero": ([*PATTERN, "--max-size", "0"], 2, "more than 0"),
    "no time of day": ([*PATTERN, "--until", "25:00"], 2, "17:30"),
    "duration no number": ([*PATTERN, "--duration", "long"], 2, "--duration"),
    "unknown format": ([*PATTERN, "--format", "avi"], 2, "webm, mp4, av1"),
    "unknown quality": ([*PATTERN, "--quality", "best"], 2, "near-lossless"),
    "unknown option": ([*PATTERN, "--speed", "9"], 2, "--help"),
    "unknown verb": (["rekord"], 2, "--help"),
    "missing folder": ([*PATTERN, "--output", "/nowhere/take.webm"], 5, "--output"),
    "unwritable folder": ([*PATTERN, "--output", "/proc/take.webm"], 5, "--output"),
    "unknown home": ([*PATTERN, "--output", "~nosuchuser/take.webm"], 5, "--output"),
    "name too long": ([*PATTERN, "--output", "/tmp/" + "x" * 300 + ".webm"], 5, "--output"),
    "name no text": ([*PATTERN, "--output", "/tmp/caf\udce9.webm"], 5, "--output"),
    "name of another format": ([*PATTERN, "--output", "/tmp/take.mp4"], 2, ".webm"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_that_says_what_to_do(
    screenless: dict[str, str], tmp_path: Path, mistake: str
) -> None:
    arguments, code, way_on = MISTAKES[mistake]
    done = run(*arguments, env=screenless)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("recorder-app: ")
    assert way_on in line
    assert not list(tmp_path.rglob("*.webm"))


@pytest.mark.parametrize(
    ("target", "way_on"),
    [
        ("region:5000,0,640x480", "within the desktop"),
        ("region:1900,1000,640x480", "within the desktop"),
        ("monitor:9", "targets"),
        ("window:no such window", "targets"),
    ],
)
def test_what_is_not_on_the_desktop_is_refused(
    on_desktop: dict[str, str], tmp_path: Path, target: str, way_on: str
) -> None:
    done = run("record", "--target", target, "--duration", "1", env=on_desktop)
    assert done.returncode == 2, done.stderr
    assert way_on in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.rglob("*.webm"))


def test_a_wayland_session_is_refused_before_anything_is_opened(
    on_desktop: dict[str, str], tmp_path: Path
) -> None:
    env = on_desktop | {"XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": "wayland-0"}
    done = run("record", "--duration", "1", env=env)
    assert done.returncode == 3
    assert "Xorg" in done.stderr
    assert not (tmp_path / "Videos").exists()


def test_a_display_that_does_not_answer_is_said(screenless: dict[str, str]) -> None:
    done = run("record", env=screenless | {"DISPLAY": ":4711"})
    assert done.returncode == 3
    assert "DISPLAY" in done.stderr


def test_an_error_is_an_object_with_json(screenless: dict[str, str]) -> None:
    done = run("record", "--target", "moon", "--json", env=screenless)
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["exit_code"]) == ("invalid_request", done.returncode)
    assert error["message"] in done.stderr


def test_an_existing_file_is_kept_unless_overwrite_is_asked_for(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "take.webm"
    output.write_text("mine")
    refused = run(*PATTERN, "--output", str(output), "--duration", "1", env=screenless)
    assert refused.returncode == 5
    assert "--overwrite" in refused.stderr
    assert output.read_text() == "mine"
    run_json(*PATTERN, "--output", str(output), "--duration", "1", "--overwrite", env=screenless)
    assert inspect(output).video_frames > 20


def test_no_encoder_is_an_error_of_its_own(screenless: dict[str, str]) -> None:
    faults = "encoder.open.libvpx-vp9=einval,encoder.open.libvpx=einval"
    done = run(*PATTERN, "--duration", "1", env=screenless | {"RECORDER_APP_FAULTS": faults})
    assert done.returncode == 4
    assert "--format" in done.stderr


def test_a_full_disk_keeps_the_file_and_says_so(screenless: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "take.mp4"
    done = run(
        *("record", "--target", "synthetic:motion@320x180", "--format", "mp4"),
        *("--output", str(output), "--duration", "20", "--json"),
        env=screenless | {"RECORDER_APP_FAULTS": "outfile.write=enospc@8"},
    )
    assert done.returncode == 5
    assert "full" in done.stderr
    told = json.loads(done.stdout)
    assert (told["path"], told["truncated"]) == (str(output), True)
    assert told["error"]["code"] == "disk_full"
    assert inspect(output).video_frames > 10


# A closing terminal sends its signal twice, a supervisor more often. A second Ctrl-C means
# something else: the test after this one.
@pytest.mark.parametrize(
    ("number", "times"),
    [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGTERM, 3), (signal.SIGHUP, 3)],
)
def test_a_signal_finishes_the_file(
    screenless: dict[str, str],
    tmp_path: Path,
    start_take: StartTake,
    number: signal.Signals,
    times: int,
) -> None:
    output = tmp_path / "take.mp4"
    # Slow enough that the file is still being finished when the next signal comes.
    take = start_take(screenless | {"RECORDER_APP_FAULTS": "encoder.encode=sleep:0.3@20"})
    settings = {"target": "synthetic:pattern@320x180", "format": "mp4"}
    take.send("start", settings=settings, output=str(output))
    take.wait_for_frames(24)
    for _ in range(times):
        take.signal(number)
        take.wait_for_state("stopping")
    result = take.result()["result"]
    assert take.exit_code() == 0
    assert not result["truncated"]
    assert inspect(output).duration_s == pytest.approx(result["duration_s"], abs=0.05)


def test_a_second_interrupt_gives_up_at_once_and_the_file_plays(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    # Each picture takes a second: what is queued at the stop would take many.
    slow = {"RECORDER_APP_FAULTS": "encoder.encode=sleep:1@30"}
    take = start_take(screenless | slow)
    take.send("start", settings={"target": "synthetic:pattern@320x180"}, output=str(output))
    take.wait_for_frames(33)
    take.signal(signal.SIGINT)
    take.wait_for_state("stopping")
    take.signal(signal.SIGINT)
    finished = take.result()
    assert finished["result"]["truncated"]
    assert inspect(output).video_frames >= 25


def test_ctrl_c_on_a_terminal_shows_a_live_line_and_the_path(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "take.webm"
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "recorder_app", *PATTERN, "--output", str(output)],
        env=screenless,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        text=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while b"00:00:02" not in shown:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=LIMIT_S)
        os.close(ours)
    assert process.returncode == 0
    assert b"recording" in shown
    assert b"dropped" in shown
    assert stdout.splitlines() == [str(output)]


def test_a_terminal_that_closes_costs_nothing(screenless: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "take.webm"
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "recorder_app", *PATTERN, "--output", str(output)],
        env=screenless,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while b"00:00:01" not in shown:
            shown += os.read(ours, 4096)
        os.close(ours)
        # The terminal is gone; the recording goes on until it is told to stop.
        threading.Event().wait(1.2)
        process.send_signal(signal.SIGHUP)
        assert process.wait(LIMIT_S) == 0
    assert inspect(output).duration_s > 2.0
    assert read_journal(journal_path(output)).state is RecordingState.FINISHED


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_a_file_that_may_not_grow_is_kept_as_far_as_it_came(
    screenless: dict[str, str], tmp_path: Path, form: str
) -> None:
    output = tmp_path / f"take.{form}"
    arguments = ["record", "--target", "synthetic:motion@640x360", "--duration", "25", "--json"]
    arguments += ["--format", form, "--output", str(output), "--quality", "near-lossless"]
    # The kernel's own refusal at 1 MB, as from a quota.
    done = subprocess.run(
        [
            "bash",
            "-c",
            'ulimit -f 1000; exec "$0" -m recorder_app "$@"',
            sys.executable,
            *arguments,
        ],
        env=screenless,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    told = json.loads(done.stdout)
    assert told["error"]["code"] == "disk_full"
    assert told["truncated"]
    assert inspect(output).duration_s > 1.0


@pytest.mark.parametrize("redirection", ["2>&-", ">&- 2>&-", ">/dev/full", "| true"])
def test_output_that_cannot_be_written_costs_nothing(
    screenless: dict[str, str], tmp_path: Path, redirection: str
) -> None:
    output = tmp_path / "take.webm"
    command = f"'{sys.executable}' -m recorder_app {' '.join(PATTERN)} --duration 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} --output '{output}' {redirection}"],
        env=screenless,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert read_journal(journal_path(output)).state is RecordingState.FINISHED


def test_a_take_without_standard_input_ends(screenless: dict[str, str]) -> None:
    subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m recorder_app take <&-"],
        env=screenless,
        capture_output=True,
        timeout=LIMIT_S,
        check=True,
    )


def test_two_recordings_of_the_same_second_are_both_kept(
    screenless: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "recorder_app", *PATTERN, "--duration", "1", "--overwrite"]
    both = [
        subprocess.Popen(
            [*command, "--output", str(tmp_path)], env=screenless, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    paths = {process.communicate(timeout=LIMIT_S)[0].strip() for process in both}
    assert len(paths) == 2
    assert all(inspect(Path(path)).video_frames > 20 for path in paths)


def test_the_other_side_may_die_and_the_take_goes_on(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    output = tmp_path / "take.webm"
    take = start_take(screenless)
    settings = {"target": "synthetic:pattern@320x180", "duration": 2.0}
    take.send("start", settings=settings, output=str(output))
    take.close_commands()
    assert take.result()["result"]["duration_s"] == pytest.approx(2.0, abs=0.1)
    assert take.exit_code() == 0


def test_a_take_obeys_and_refuses_as_its_state_allows(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake
) -> None:
    take = start_take(screenless)
    assert take.wait_for(lambda e: e["type"] == "ready")
    assert take.send("pause")["error"]["code"] == "invalid_state"
    assert take.send("dance")["error"]["code"] == "invalid_state"
    assert take.send("start", settings={"fps": 0})["error"]["code"] == "invalid_setting"
    assert take.send("start", settings={"fps": "x"})["error"]["code"] == "invalid_setting"
    settings = {"target": "synthetic:pattern@320x180"}
    assert "error" not in take.send("start", settings=settings, output=str(tmp_path))
    take.wait_for_frames(5)
    assert take.send("start")["error"]["code"] == "invalid_state"
    assert "error" not in take.send("pause")
    assert take.send("pause")["error"]["code"] == "invalid_state"
    assert "error" not in take.send("resume")
    assert "error" not in take.send("mark", text="here")
    assert "error" not in take.send("cancel")
    assert take.result()["state"] == "cancelled"
    assert take.exit_code() == 9
    assert not [path for path in tmp_path.iterdir() if "webm" in path.name]


def test_a_take_without_a_recording_ends_with_its_commands(
    screenless: dict[str, str], start_take: StartTake
) -> None:
    take = start_take(screenless)
    take.wait_for(lambda e: e["type"] == "ready")
    take.close_commands()
    assert take.exit_code() == 0


def test_version_and_help(screenless: dict[str, str]) -> None:
    assert __version__ in run("--version", env=screenless).stdout
    help_text = run("--help", env=screenless).stdout
    assert all(verb in help_text for verb in ("record", "targets", "doctor", "Exit codes"))
    assert "--target" in run("record", "--help", env=screenless).stdout


def test_help_loads_no_heavy_package(screenless: dict[str, str]) -> None:
    code = (
        "import sys; sys.argv = ['recorder-app', '--help']\n"
        "from recorder_app.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'av', 'numpy', 'mss', 'xcffib', 'psutil'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], env=screenless, check=True, timeout=LIMIT_S)


def test_doctor_exits_by_what_it_found(
    screenless: dict[str, str], on_desktop: dict[str, str]
) -> None:
    good = run("doctor", "--json", env=on_desktop)
    diagnosis = json.loads(good.stdout)
    assert (good.returncode, diagnosis["can_record"]) == (0, True), good.stdout
    checks = {check["name"]: check for check in diagnosis["checks"]}
    assert all(checks[f"format {name}"]["works"] for name in ("webm", "mp4", "av1"))
    assert checks["change reports"]["works"]
    assert "MIT-SHM" in checks["capture"]["detail"]
    bad = run("doctor", env=screenless)
    assert bad.returncode == 1
    assert "FAILS" in bad.stdout
    assert "Recording works." in run("doctor", env=on_desktop).stdout


def test_targets_need_a_display(screenless: dict[str, str]) -> None:
    done = run("targets", env=screenless)
    assert done.returncode == 3
    assert "DISPLAY" in done.stderr


def test_no_file_of_ours_gets_the_number_of_standard_error(screenless: dict[str, str]) -> None:
    code = (
        "import os\n"
        "from recorder_app.cli.output import take_standard_descriptors\n"
        "os.close(0), os.close(2)\n"
        "take_standard_descriptors()\n"
        "assert os.open(os.devnull, os.O_RDONLY) > 2\n"
    )
    subprocess.run([sys.executable, "-c", code], env=screenless, check=True, timeout=LIMIT_S)
