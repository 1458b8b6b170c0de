"""``start``, ``stop`` and the like where there is no app: a take it left behind, or nothing."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app.media.containers import inspect
from recorder_app.system import local_socket
from tests.support.command import LIMIT_S, run, run_json
from tests.support.take_socket import PATTERN, Client, ListeningTake, listening_take, takes_folder

COMMANDS = (
    "start",
    "stop",
    "pause",
    "resume",
    "toggle",
    "cancel",
    "mark",
    "mute",
    "status",
    "quit",
)


@pytest.fixture
def take(screenless: dict[str, str]) -> Iterator[ListeningTake]:
    with listening_take(screenless) as started:
        yield started


@pytest.fixture
def client(take: ListeningTake, tmp_path: Path) -> Iterator[Client]:
    """The app's side of a recording that runs."""
    with take.client() as connected:
        # A microphone that is not there is silent, and can be muted.
        settings = PATTERN | {"mic": "default"}
        connected.send("start", settings=settings, output=str(tmp_path / "take.webm"))
        connected.wait_for_frames(5)
        yield connected


@pytest.mark.parametrize("command", COMMANDS)
def test_without_anything_it_is_said_how_to_go_on(screenless: dict[str, str], command: str) -> None:
    done = run(command, env=screenless)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "not running" in line
    assert "Start it with “recorder-app”" in line


def test_a_wrong_kind_is_refused_before_anybody_is_asked(screenless: dict[str, str]) -> None:
    done = run("start", "moon", env=screenless)
    assert done.returncode == 2
    assert "last_area" in done.stderr


@pytest.mark.usefixtures("client")
def test_status_tells_how_a_take_stands(screenless: dict[str, str], tmp_path: Path) -> None:
    run("mark", env=screenless)
    now = run_json("status", env=screenless)
    assert (now["app"], now["state"], now["markers"]) == (False, "recording", 1)
    assert now["target"] == PATTERN["target"]
    assert now["path"] == str(tmp_path / "take.webm")
    first, *_, path = run("status", env=screenless).stdout.splitlines()
    assert re.match(r"recording  \d\d:\d\d:\d\d  \d+ kB$|recording$", first)
    assert path == str(tmp_path / "take.webm")


def test_a_take_is_paused_marked_and_stopped(
    screenless: dict[str, str], client: Client, tmp_path: Path
) -> None:
    assert run_json("mark", "Chapter one", env=screenless)["markers"] == 1
    assert client.wait_for(lambda e: e["type"] == "marked")["text"] == "Chapter one"
    assert run("pause", env=screenless).stdout.split()[0] == "paused"
    client.wait_for_state("paused")
    # A second time goes on, as with the app.
    assert run_json("pause", env=screenless)["state"] == "recording"
    assert run_json("pause", env=screenless)["state"] == "paused"
    assert run_json("resume", env=screenless)["state"] == "recording"
    refused = run("resume", env=screenless)
    assert refused.returncode == 2
    assert "recording" in refused.stderr
    done = run_json("stop", env=screenless)
    output = tmp_path / "take.webm"
    assert (done["state"], done["path"]) == ("finished", str(output))
    assert done["recording_id"]
    assert inspect(output).duration_s == pytest.approx(done["elapsed_s"], abs=0.05)


def test_stop_prints_the_path_of_the_whole_file(
    screenless: dict[str, str], client: Client, tmp_path: Path
) -> None:
    client.wait_for_frames(20)
    lines = run("stop", env=screenless).stdout.splitlines()
    assert lines[-1] == str(tmp_path / "take.webm")
    assert inspect(Path(lines[-1])).video_frames >= 20


@pytest.mark.usefixtures("client")
def test_mute_mutes_and_unmutes(screenless: dict[str, str]) -> None:
    first, *_ = run("mute", env=screenless).stdout.splitlines()
    assert first.startswith("recording")
    assert first.endswith("muted")
    assert run_json("status", env=screenless)["is_muted"]
    assert not run_json("mute", env=screenless)["is_muted"]


def test_toggle_stops_a_take(screenless: dict[str, str], client: Client, tmp_path: Path) -> None:
    assert run("toggle", env=screenless).stdout.splitlines()[-1] == str(tmp_path / "take.webm")
    assert client.result()["error"] is None


def test_cancel_keeps_nothing(screenless: dict[str, str], client: Client, tmp_path: Path) -> None:
    assert run_json("cancel", env=screenless)["state"] == "cancelled"
    assert client.result()["result"] is None
    assert not list(tmp_path.glob("*.webm"))


@pytest.mark.usefixtures("client")
def test_cancel_with_a_job_leaves_the_take_alone(screenless: dict[str, str]) -> None:
    done = run("cancel", "zzzzzzz", env=screenless)
    assert done.returncode == 2
    assert "zzzzzzz" in done.stderr
    assert run_json("status", env=screenless)["state"] == "recording"


@pytest.mark.usefixtures("client")
def test_a_second_start_is_refused(screenless: dict[str, str]) -> None:
    done = run("start", env=screenless)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "recording" in done.stderr
    assert run_json("status", env=screenless)["state"] == "recording"


@pytest.mark.usefixtures("client")
def test_an_error_of_the_take_is_the_command_s(screenless: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "take.webm").unlink()
    stopped = run("stop", env=screenless)
    assert stopped.returncode in (0, 5)
    assert "Traceback" not in stopped.stderr


def test_a_process_that_only_waits_is_no_take(
    screenless: dict[str, str], take: ListeningTake
) -> None:
    with take.client() as idle:
        idle.snapshot()
        for command in ("status", "stop"):
            done = run(command, env=screenless)
            assert done.returncode == 2
            assert "not running" in done.stderr


def test_what_dead_takes_left_is_passed_over(
    screenless: dict[str, str], client: Client, tmp_path: Path
) -> None:
    assert client.events
    for name in ("1.sock", "99999999.sock", "text.sock"):
        local_socket.listen(takes_folder(screenless) / name).close()
    (takes_folder(screenless) / "plain.sock").touch()
    assert run_json("status", env=screenless)["path"] == str(tmp_path / "take.webm")


def test_a_take_that_hangs_is_given_up(
    screenless: dict[str, str], take: ListeningTake, client: Client
) -> None:
    with take.frozen():
        done = run("status", env=screenless)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert "does not answer" in line
    assert run_json("status", env=screenless)["state"] == "recording"
    assert client.send("stop")


def test_one_that_hangs_does_not_hide_one_that_goes_on(
    screenless: dict[str, str], client: Client, tmp_path: Path
) -> None:
    assert client.events
    with listening_take(screenless) as hung, hung.client() as other:
        other.snapshot()
        with hung.frozen():
            assert run_json("status", env=screenless)["path"] == str(tmp_path / "take.webm")


def test_a_take_that_dies_meanwhile_is_told(
    screenless: dict[str, str], take: ListeningTake, client: Client
) -> None:
    assert client.events
    with take.frozen():
        with subprocess.Popen(
            [sys.executable, "-m", "recorder_app", "status"],
            env=screenless,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as asking:
            threading.Timer(1.0, take.process.send_signal, [signal.SIGKILL]).start()
            _, told = asking.communicate(timeout=LIMIT_S)
        assert asking.returncode == 2
        assert "does not answer" in told
    assert run("status", env=screenless).returncode == 2


def test_quit_saves_a_take_whose_app_is_gone_only_when_it_is_told_to(
    screenless: dict[str, str], client: Client, tmp_path: Path
) -> None:
    client.wait_for_frames(20)
    refused = run("quit", env=screenless)
    assert refused.returncode == 2
    assert "“recorder-app stop” saves it." in refused.stderr
    assert run_json("status", env=screenless)["state"] == "recording"
    done = run_json("quit", "--finish", env=screenless)
    assert (done["state"], done["path"]) == ("finished", str(tmp_path / "take.webm"))
    assert inspect(tmp_path / "take.webm").video_frames >= 20


def test_json_is_one_object(screenless: dict[str, str], client: Client) -> None:
    assert client.events
    for command in ("status", "mark", "mute", "pause", "resume", "stop"):
        done = run(command, "--json", env=screenless)
        assert done.returncode == 0, done.stderr
        assert set(json.loads(done.stdout)) >= {"app", "state", "path", "recording_id", "is_muted"}
