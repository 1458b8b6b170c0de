"""Less motion, where the desktop asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mss
import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.system.motion import DesktopMotion
from tests.support.app import RunningApp, running_app
from tests.support.command import environment
from tests.support.hands import wait_until
from tests.support.portal import Portal

BUS = "DBUS_SESSION_BUS_ADDRESS"
ANIMATIONS = ("org.gnome.desktop.interface", "enable-animations")
REDUCED = ("org.freedesktop.appearance", "reduced-motion")


@pytest.fixture
def told(own_full_desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """What is told of a desktop from now on; its portal may come later."""
    monkeypatch.setenv(BUS, own_full_desktop.environment[BUS])
    heard: list[bool] = []
    motion = DesktopMotion(heard.append)
    motion.start()
    yield heard
    motion.close()


def test_the_portal_is_asked_when_it_comes_and_followed(
    own_full_desktop: VirtualDesktop, told: list[bool]
) -> None:
    address = own_full_desktop.environment[BUS]
    with Portal(address, {ANIMATIONS: ("b", False)}) as portal:
        wait_until(lambda: told == [True])
        portal.change(*ANIMATIONS, ("b", True))
        wait_until(lambda: told == [True, False])
        portal.change("org.gnome.desktop.interface", "font-name", ("s", "Sans"))
        portal.change(*REDUCED, ("u", 1))
        wait_until(lambda: told == [True, False, True])
        portal.change(*REDUCED, ("u", 0))
        wait_until(lambda: told == [True, False, True, False])


def test_one_that_wants_motion_says_nothing(
    own_full_desktop: VirtualDesktop, told: list[bool]
) -> None:
    address = own_full_desktop.environment[BUS]
    with Portal(address, {ANIMATIONS: ("b", True), REDUCED: ("u", 0)}) as portal:
        portal.change(*REDUCED, ("u", 1))
        wait_until(lambda: told == [True])


def test_the_sign_in_the_tray_stands_still(
    own_full_desktop: VirtualDesktop, tmp_path: Path
) -> None:
    env = environment(own_full_desktop.environment, home=tmp_path)
    with Portal(env[BUS], {ANIMATIONS: ("b", True)}) as portal, running_app(env) as app:
        app.click_icon()
        app.wait_for("recording")
        wait_until(lambda: len(looks(app, own_full_desktop)) > 1)
        portal.change(*ANIMATIONS, ("b", False))
        wait_until(lambda: len(looks(app, own_full_desktop)) == 1)
        # A person's own choice counts more.
        assert app.command("settings", "set", "appearance.reduced_motion", "off").returncode == 0
        wait_until(lambda: len(looks(app, own_full_desktop)) > 1)


def looks(app: RunningApp, desktop: VirtualDesktop) -> set[bytes]:
    """Return how the icon looks in the time of some beats."""
    rect = app.hands.tray_icon().rect
    box = {"left": rect.x, "top": rect.y, "width": rect.width, "height": rect.height}
    found = set()
    with mss.MSS(display=desktop.display) as grabber:
        for _ in range(12):
            found.add(bytes(grabber.grab(box).raw))
            app.hands.tool("sleep", 0.15)
    return found
