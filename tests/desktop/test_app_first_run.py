"""The app's very first start: a window that says what is in order, and is in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, running_app
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until
from tests.support.sound import play_tone
from tests.support.thief import key_thief

WELCOME = "Welcome to Recorder"


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(full_desktop.environment, home=tmp_path)


def texts(app: RunningApp) -> str:
    """Return everything that is said in its windows."""
    tree = app.eyes.look()
    assert tree is not None
    return "\n".join(one.name for one in tree.all())


def test_it_comes_once_and_is_left_with_a_key(env: dict[str, str]) -> None:
    with running_app(env, is_first_run=True) as app:
        app.eyes.find(name=WELCOME)
        wait_until(lambda: "Screen: in order" in texts(app))
        wait_until(lambda: "Folder: in order" in texts(app))
        wait_until(lambda: "Shortcuts: in order" in texts(app))
        assert str(Path(env["HOME"], "Videos")) in texts(app)
        app.hands.focus(app.hands.window(WELCOME))
        app.hands.key("Escape")
        wait_until(lambda: not app.shows("", WELCOME))
        app.choose("Quit")
        assert app.has_ended() == 0
    with running_app(env, is_first_run=True) as app:
        # Who starts it a second time sees the icon at work, and nothing else.
        app.click_icon()
        app.wait_for("recording")
        assert not app.shows("", WELCOME)
        app.stop()
        assert not app.shows("", WELCOME)


def test_it_keeps_nobody_from_recording(env: dict[str, str]) -> None:
    with running_app(env, is_first_run=True) as app:
        app.eyes.find(name=WELCOME)
        app.hands.key("ctrl+alt+r")
        app.wait_for("recording")
        # Nor is it in the picture.
        wait_until(lambda: not app.shows("", WELCOME))
        app.wait_for_seconds(1)
        app.hands.key("ctrl+alt+r")
        assert probe(app.wait_for_file()).duration_s >= 1


def test_what_is_not_in_order_is_said(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "note").write_text("in the way")
    folder = str(tmp_path / "note" / "inside")
    assert run("settings", "set", "files.folder", folder, env=env).returncode == 0
    with key_thief(env, "Ctrl+Alt+R"), running_app(env, is_first_run=True) as app:
        app.eyes.find(name=WELCOME)
        wait_until(lambda: "Shortcuts: not in order" in texts(app))
        wait_until(lambda: "Folder: not in order" in texts(app))
        said = texts(app)
        assert "Ctrl+Alt+R is taken by another program." in said
        assert f"The folder {folder} of your settings cannot be written." in said
        app.press("push button", "Change...")
        app.hands.window("Settings")
        app.eyes.find(name="Start and stop")
        # Put right from elsewhere, it shows at once.
        assert run("settings", "reset", "files.folder", env=env).returncode == 0
        wait_until(lambda: "Folder: in order" in texts(app))


def test_a_microphone_is_chosen_and_heard(env: dict[str, str]) -> None:
    with running_app(env, is_first_run=True) as app, play_tone(env, "mic_in", 440, level=0.5):
        app.eyes.find(name=WELCOME)
        assert "The microphone is off." in texts(app)
        app.hands.focus(app.hands.window(WELCOME))
        # By keyboard: the list, and down to the default one.
        box = app.eyes.find("combo box")
        app.hands.click_on(box.rect)
        app.hands.key("Down", "Return")
        wait_until(lambda: run_json("settings", "get", "sound.mic", env=env)["value"] == "default")
        wait_until(lambda: "Sound: in order" in texts(app))
        app.press("push button", "Done")
        wait_until(lambda: not app.shows("", WELCOME))
