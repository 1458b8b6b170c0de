"""The app by its icon in the tray, as most people use it; and started twice, and quit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, chapters, running_app
from tests.support.command import LIMIT_S, environment, run_json
from tests.support.hands import wait_until
from tests.support.notifications import shown
from tests.support.recordings import pictures

# The monitor on which the icon in the tray of the shared desktop is.
SCREEN = (1280, 1080)
LENGTH_S = 2.0


@pytest.fixture
def app(full_desktop: VirtualDesktop, tmp_path: Path) -> Iterator[RunningApp]:
    with running_app(environment(full_desktop.environment, home=tmp_path)) as running:
        yield running


def test_a_click_starts_and_another_one_stops(app: RunningApp) -> None:
    app.click_icon()
    app.wait_for("recording")
    app.wait_for_seconds(LENGTH_S)
    app.click_icon()
    path = app.wait_for_file()
    found = probe(path)
    assert (found.width, found.height) == SCREEN
    assert LENGTH_S <= found.duration_s < LENGTH_S + LIMIT_S
    assert sum(1 for _ in pictures(path))
    # At idle again: the next click starts the next.
    app.click_icon()
    app.wait_for("recording")
    assert app.stop() != path
    wait_until(lambda: len(app.recordings()) == 2)


def test_the_menu_pauses_and_marks(app: RunningApp) -> None:
    app.click_icon()
    app.wait_for("recording")
    app.choose("Pause")
    app.wait_for("paused")
    before = app.status()["elapsed_s"]
    names = app.menu_names()
    assert "Resume" in names
    assert "Pause" not in names
    app.choose("Resume")
    app.wait_for("recording")
    app.wait_for_seconds(before + 1)
    app.choose("Add marker")
    wait_until(lambda: app.status()["markers"] == 1)
    app.wait_for_seconds(app.status()["elapsed_s"] + 1)
    told = app.status()["elapsed_s"]
    app.choose("Stop")
    path = app.wait_for_file()
    marks = [at_s for at_s, _ in chapters(path) if at_s > 0]
    assert len(marks) == 1
    assert before + 1 <= marks[0] <= told
    found = probe(path)
    assert found.duration_s >= told - 1


def test_cancel_asks_and_leaves_nothing(app: RunningApp) -> None:
    app.click_icon()
    app.wait_for("recording")
    app.wait_for_seconds(1)
    app.choose("Cancel", "Keep recording")
    app.wait_for_seconds(2)
    assert app.status()["state"] == "recording"
    app.choose("Cancel", "Delete this recording")
    app.wait_for("idle")
    videos = Path(app.env["XDG_VIDEOS_DIR"])
    wait_until(lambda: not [one for one in videos.rglob("*") if one.is_file()])
    assert app.recordings() == []
    assert app.status()["path"] == ""


def test_a_second_start_shows_the_first(full_desktop: VirtualDesktop, app: RunningApp) -> None:
    app.click_icon()
    pid = app.process.pid
    app.wait_for("recording")
    before = len(shown(full_desktop))
    second = subprocess.run(
        [sys.executable, "-m", "recorder_app"], env=app.env, timeout=LIMIT_S, check=False
    )
    assert second.returncode == 0
    told = wait_until(lambda: shown(full_desktop)[before:])
    assert [one.title for one in told] == ["Recorder is running"]
    app.wait_for_seconds(1)
    assert app.process.pid == pid
    assert app.process.poll() is None
    assert len(app.hands.tray_icons()) == 1
    assert probe(app.stop()).duration_s


def test_quit_asks_while_something_is_recorded(app: RunningApp) -> None:
    app.click_icon()
    app.wait_for("recording")
    app.choose("Quit")
    app.press("push button", "Keep recording")
    wait_until(lambda: not app.shows("push button", "Keep recording"))
    app.wait_for_seconds(app.status()["elapsed_s"] + 1)
    assert app.status()["state"] == "recording"
    app.choose("Quit")
    app.press("push button", "Save and quit")
    assert app.has_ended() == 0
    wait_until(lambda: len(app.recordings()) == 1)
    found = probe(Path(app.recordings()[0]["path"]))
    assert (found.width, found.height) == SCREEN
    assert found.duration_s >= 1


def test_quit_without_a_take_ends_everything(app: RunningApp) -> None:
    app.choose("Quit")
    assert app.has_ended() == 0
    wait_until(lambda: not app.others())
    assert app.command("status").returncode == 2


def test_the_command_quits(app: RunningApp) -> None:
    assert run_json("quit", env=app.env)["state"] == "quit"
    # It is gone when the command has ended: another may be started at once.
    assert app.process.wait(1) == 0
    assert app.command("quit").returncode == 2


def test_the_command_asks_while_something_is_recorded(app: RunningApp) -> None:
    app.click_icon()
    app.wait_for("recording")
    with subprocess.Popen(
        [sys.executable, "-m", "recorder_app", "quit"],
        env=app.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as asking:
        app.press("push button", "Keep recording")
        _, told = asking.communicate(timeout=LIMIT_S)
    assert asking.returncode == 9
    assert "The recording goes on." in told
    app.wait_for_seconds(app.status()["elapsed_s"] + 1)
    done = run_json("quit", "--finish", env=app.env)
    assert app.process.wait(1) == 0
    assert done["state"] == "finished"
    assert probe(Path(done["path"])).duration_s == pytest.approx(done["elapsed_s"], abs=0.1)


def test_a_take_that_ends_while_it_is_asked_about_keeps_no_app_alive(app: RunningApp) -> None:
    app.click_icon()
    app.wait_for("recording")
    app.choose("Quit")
    app.eyes.find("push button", "Save and quit")
    assert app.command("stop").returncode == 0
    app.press("push button", "Save and quit")
    assert app.has_ended() == 0
