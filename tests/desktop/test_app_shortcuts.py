"""The app by its shortcuts, and settings that change while it runs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mss
import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, running_app
from tests.support.command import environment, run
from tests.support.hands import wait_until
from tests.support.notifications import shown
from tests.support.thief import key_thief

# A program that a person works in: it has the keyboard, and tells of each key that reaches it.
_OTHER = """
import sys
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(sys.argv)
line = QLineEdit()
line.setWindowTitle("Other program")
line.textChanged.connect(lambda text: print(text, flush=True))
line.show()
app.exec()
"""


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(full_desktop.environment, home=tmp_path)


@pytest.fixture
def app(env: dict[str, str]) -> Iterator[RunningApp]:
    with running_app(env) as running:
        yield running


@contextlib.contextmanager
def program(env: dict[str, str], text: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", text, *arguments],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_shortcuts_work_from_another_program(env: dict[str, str], app: RunningApp) -> None:
    with program(env, _OTHER) as other:
        app.hands.focus(app.hands.window("Other program"))
        app.hands.key("ctrl+alt+r")
        app.wait_for("recording")
        app.wait_for_seconds(1)
        app.hands.key("ctrl+alt+p")
        app.wait_for("paused")
        at_s = app.status()["elapsed_s"]
        app.hands.key("ctrl+alt+p")
        app.wait_for("recording")
        app.wait_for_seconds(at_s + 1)
        app.hands.key("ctrl+alt+k")
        wait_until(lambda: app.status()["markers"] == 1)
        told = app.status()["elapsed_s"]
        app.hands.key("ctrl+alt+r")
        path = app.wait_for_file()
        # The other program has kept the keyboard, and none of the keys reached it.
        app.hands.type("w")
        assert other.stdout is not None
        assert other.stdout.readline() == "w\n"
    assert probe(path).duration_s >= told - 1
    assert len(app.recordings()) == 1


def test_the_shortcut_that_cancels_asks_first(app: RunningApp) -> None:
    app.hands.key("ctrl+alt+r")
    app.wait_for("recording")
    app.wait_for_seconds(1)
    app.hands.key("ctrl+alt+shift+x")
    # The bar stands on the other monitor.
    app.press("push button", "Keep")
    assert app.status()["state"] == "recording"
    app.hands.key("ctrl+alt+shift+x")
    app.press("push button", "Delete")
    app.wait_for("idle")
    assert app.recordings() == []


def test_a_shortcut_that_is_taken_is_told(
    full_desktop: VirtualDesktop, env: dict[str, str]
) -> None:
    before = len(shown(full_desktop))
    with key_thief(env, "Ctrl+Alt+R"), running_app(env) as app:
        told = wait_until(lambda: shown(full_desktop)[before:])
        assert len(told) == 1
        assert "Ctrl+Alt+R" in told[0].title + told[0].body
        assert told[0].urgency == "critical"
        # The others are to be had.
        assert app.command("start").returncode == 0
        app.hands.key("ctrl+alt+p")
        app.wait_for("paused")
        assert probe(app.stop()).duration_s


def test_settings_changed_by_another_process_hold_at_once(
    full_desktop: VirtualDesktop, env: dict[str, str]
) -> None:
    def change(key: str, value: str) -> None:
        assert run("settings", "set", key, value, env=env).returncode == 0

    change("appearance.theme", "light")
    with running_app(env) as app:

        def icon() -> bytes:
            rect = app.hands.tray_icon().rect
            box = {"left": rect.x, "top": rect.y, "width": rect.width, "height": rect.height}
            with mss.MSS(display=full_desktop.display) as grabber:
                return bytes(grabber.grab(box).raw)

        in_light = wait_until(lambda: icon() if len(set(icon())) > 8 else b"")
        change("appearance.theme", "dark")
        wait_until(lambda: icon() != in_light)
        change("appearance.theme", "light")
        wait_until(lambda: icon() == in_light)
        change("shortcuts.start_stop", "Ctrl+Alt+J")

        def starts() -> bool:
            app.hands.key("ctrl+alt+j")
            return bool(app.status()["state"] != "idle")

        wait_until(starts)
        app.wait_for("recording")
        # The one before is nobody's now.
        app.hands.key("ctrl+alt+r")
        app.wait_for_seconds(app.status()["elapsed_s"] + 1)
        assert probe(app.stop()).duration_s >= 1


def test_what_is_set_while_it_runs_holds_for_the_next_take(app: RunningApp) -> None:
    assert app.command("settings", "set", "video.format", "mp4").returncode == 0
    app.click_icon()
    app.wait_for("recording")
    app.wait_for_seconds(1)
    path = app.stop()
    assert path.suffix == ".mp4"
    assert probe(path).video_codec == "h264"
