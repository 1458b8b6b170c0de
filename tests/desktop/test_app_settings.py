"""The app's settings window, used as a person does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, running_app
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until
from tests.support.sound import RawRecording, loudness, pitch, play_tone


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(full_desktop.environment, home=tmp_path)


def open_page(app: RunningApp, name: str) -> None:
    """Open the settings from the tray and go to a page by its name."""
    app.choose("Settings")
    app.hands.focus(app.hands.window("Settings"))
    app.hands.click_on(app.eyes.find("list item", name).rect)
    app.eyes.find("push button", "Reset page")


def test_a_test_recording_is_heard(env: dict[str, str]) -> None:
    for key, value in (("mic", "default"), ("system_audio", "off")):
        assert run("settings", "set", f"sound.{key}", value, env=env).returncode == 0
    with running_app(env) as app:
        open_page(app, "Sound")
        with RawRecording(env, "speakers.monitor", 2) as heard:
            with play_tone(env, "mic_in", 600):
                app.hands.click_on(app.eyes.find("push button", "Test recording").rect)
                app.eyes.find("push button", "Stop")
                wait_until(lambda: said(app, "Recording: "))
                wait_until(lambda: said(app, "Playing: "))
            wait_until(lambda: loudness(last := heard.read(0.5)) > 0.1 and is_tone(last, 600))
        app.eyes.find("push button", "Test recording")


def test_a_preset_of_the_window_records_by_its_shortcut(env: dict[str, str]) -> None:
    with running_app(env) as app:
        app.choose("Settings")
        app.hands.focus(app.hands.window("Settings"))
        app.hands.click_on(app.eyes.find("list item", "Presets").rect)
        app.press("push button", "Add preset")
        name = app.eyes.find("text", "Name")
        wait_until(lambda: "focused" in app.eyes.find("text", "Name").states)
        assert name.text == "Preset 1"
        app.hands.type("Demo")
        app.hands.key("Tab", "Tab", "Down", "Down", "Tab", "Tab", "Tab", "Tab", "ctrl+alt+d")
        expected = {"format": "mp4", "shortcut": "Ctrl+Alt+D"}
        wait_until(lambda: preset(env) == expected)
        app.hands.key("Escape")
        app.hands.key("ctrl+alt+d")
        app.wait_for("recording")
        app.wait_for_seconds(1)
        assert probe(app.stop()).video_codec == "h264"


def test_the_window_opens_where_it_was_left(env: dict[str, str]) -> None:
    def open_it(app: RunningApp) -> int:
        app.choose("Settings")
        window = app.hands.window("Settings")
        app.hands.focus(window)
        return window

    with running_app(env) as app:
        window = open_it(app)
        app.hands.tool("windowmove", window, 60, 80)
        app.hands.tool("windowsize", window, 700, 500)
        wait_until(lambda: app.hands.place(window).width == 700)
        left = app.hands.place(window)
        app.hands.key("Escape")
        wait_until(lambda: "Settings" not in app.windows())
        assert app.hands.place(open_it(app)) == left
        # Also when the app ends with it open.
        assert run("quit", env=env).returncode == 0
    with running_app(env) as app:
        window = open_it(app)
        wait_until(lambda: app.hands.place(window) == left)


def preset(env: dict[str, str]) -> dict[str, object]:
    """Return what is stored of the preset that is called Demo, without what it leaves open."""
    stored = run_json("settings", env=env)["settings"]
    named = {one["key"]: one["value"] for one in stored if one["key"].startswith("presets.Demo.")}
    return {key.rpartition(".")[2]: value for key, value in named.items() if value}


def said(app: RunningApp, beginning: str) -> bool:
    tree = app.eyes.look()
    return tree is not None and any(one.name.startswith(beginning) for one in tree.all("label"))


def is_tone(samples: np.ndarray, hz: float) -> bool:
    return abs(pitch(samples) - hz) < 5
