"""Desktops that change under the app: monitors come and go, and so does the tray."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.geometry import Rect
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, running_app
from tests.support.command import LIMIT_S, environment
from tests.support.hands import wait_until

SIZE = "1600x900"
LEFT, RIGHT = (0, 0, 1000, 900), (1000, 0, 600, 900)


@contextlib.contextmanager
def tray(env: Mapping[str, str]) -> Iterator[None]:
    """Have a place for icons from now on."""
    process = subprocess.Popen(
        ["trayer", "--edge", "bottom", "--align", "right", "--SetDockType", "true"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait(LIMIT_S)


def place_of(app: RunningApp, window: str) -> Rect | None:
    tree = app.eyes.look()
    assert tree is not None
    return next((one.rect for one in tree.children if one.name == window and one.is_showing), None)


def is_inside(rect: Rect | None, area: tuple[int, int, int, int]) -> bool:
    return rect is not None and Rect(*area).intersection(rect) == rect


def test_the_bar_moves_when_its_monitor_is_unplugged(tmp_path: Path) -> None:
    monitors = [("LEFT", LEFT), ("RIGHT", RIGHT)]
    with VirtualDesktop(SIZE, monitors, dbus=True, tray=True, accessibility=True) as desktop:
        env = environment(desktop.environment, home=tmp_path)
        with running_app(env) as app:
            app.hands.move(500, 400)
            assert app.command("start").returncode == 0
            app.wait_for_seconds(1)
            # The whole left screen is recorded: the bar has gone to the other one.
            wait_until(lambda: is_inside(place_of(app, "Recording"), RIGHT))
            desktop.remove_monitor("RIGHT")
            # There is no room for it any more outside the picture.
            wait_until(lambda: place_of(app, "Recording") is None)
            assert app.status()["state"] == "recording"
            desktop.add_monitor("RIGHT", RIGHT)
            wait_until(lambda: is_inside(place_of(app, "Recording"), RIGHT))
            at_s = app.status()["elapsed_s"]
            app.wait_for_seconds(at_s + 1)
            app.press("push button", "Stop")
            found = probe(app.wait_for_file())
            assert (found.width, found.height) == LEFT[2:]
            assert found.duration_s >= at_s + 1


def test_a_tray_that_comes_late_has_the_icon(tmp_path: Path) -> None:
    with VirtualDesktop(SIZE, dbus=True, accessibility=True) as desktop:
        env = environment(desktop.environment, home=tmp_path)
        with running_app(env) as app, tray(env):
            app.click_icon()
            app.wait_for("recording")
            app.wait_for_seconds(1)
            app.click_icon()
            assert probe(app.wait_for_file()).duration_s >= 1
            assert place_of(app, "Screen recorder") is None


def test_a_tray_that_goes_and_comes_again_has_the_icon_again(tmp_path: Path) -> None:
    with VirtualDesktop(SIZE, dbus=True, accessibility=True) as desktop:
        env = environment(desktop.environment, home=tmp_path)
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(contextlib.ExitStack())
            first.enter_context(tray(env))
            app = stack.enter_context(running_app(env))
            app.click_icon()
            app.wait_for("recording")
            first.close()
            wait_until(lambda: not app.hands.tray_icons())
            stack.enter_context(tray(env))
            app.click_icon()
            assert probe(app.wait_for_file()).duration_s > 0


def test_without_a_tray_there_is_a_small_window(tmp_path: Path) -> None:
    with VirtualDesktop(SIZE, dbus=True, accessibility=True) as desktop:
        env = environment(desktop.environment, home=tmp_path)
        with running_app(env) as app:
            app.press("push button", "Record screen")
            app.wait_for("recording")
            app.wait_for_seconds(1)
            app.press("push button", "Pause")
            app.wait_for("paused")
            app.press("push button", "Resume")
            app.wait_for("recording")
            app.press("push button", "Stop")
            found = probe(app.wait_for_file())
            assert (found.width, found.height) == (1600, 900)
            assert found.duration_s >= 1
            app.press("push button", "Quit")
            assert app.has_ended() == 0
