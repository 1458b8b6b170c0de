"""Areas and windows, chosen and recorded as a person does; what the app shows is in no picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.geometry import Rect
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, running_app
from tests.support.command import environment, run
from tests.support.hands import wait_until
from tests.support.painting import paint_root, painter
from tests.support.recordings import Picture, last_picture, pictures, rgb

WIDTH, HEIGHT = 1600, 900
LEFT, RIGHT = Rect(0, 0, 1000, 900), Rect(1000, 0, 600, 900)
BLOCK = 8
AREA = Rect(160, 120, 400, 304)
# Encoded and decoded again a plain colour is off by less; whatever is shown by more.
NOISE = 12


@pytest.fixture(scope="module")
def shared() -> Iterator[VirtualDesktop]:
    """Two monitors; the tray is on the left one."""
    monitors = [("LEFT", tuple_of(LEFT)), ("RIGHT", tuple_of(RIGHT))]
    with VirtualDesktop(
        f"{WIDTH}x{HEIGHT}", monitors, dbus=True, tray=True, accessibility=True
    ) as desktop:
        yield desktop


@pytest.fixture
def env(shared: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    env = environment(shared.environment, home=tmp_path)
    for key, value in (
        ("capture.cursor", "false"),
        ("video.format", "mp4"),
        ("video.quality", "high"),
    ):
        assert run("settings", "set", key, value, env=env).returncode == 0
    return env


@pytest.fixture
def app(env: dict[str, str]) -> Iterator[RunningApp]:
    with running_app(env) as running:
        running.hands.move(700, 500)
        yield running


@pytest.fixture
def blocks(shared: VirtualDesktop) -> Picture:
    """Grey blocks at random on the desktop itself: no part of it looks like another."""
    chance = np.random.default_rng(20261121)
    small = chance.integers(30, 226, (HEIGHT // BLOCK + 1, WIDTH // BLOCK), np.uint8)
    grey = small.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)[:HEIGHT]
    paint_root(shared.display, np.dstack([grey, grey, grey, np.zeros_like(grey)]))
    whole: Picture = np.dstack([grey, grey, grey])
    return whole


@pytest.fixture
def plain(shared: VirtualDesktop) -> tuple[int, int, int]:
    """One colour on the whole desktop."""
    colour = 40, 120, 160
    paint_plain(shared, colour)
    return colour


def paint_plain(desktop: VirtualDesktop, colour: tuple[int, int, int]) -> None:
    red, green, blue = colour
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[:, :] = (blue, green, red, 0)
    paint_root(desktop.display, pixels)


def tuple_of(rect: Rect) -> tuple[int, int, int, int]:
    return rect.x, rect.y, rect.width, rect.height


def pick(app: RunningApp) -> None:
    """Have the picker open, as it is when the command has come back and the screen is dimmed."""
    assert app.command("start", "area").returncode == 0
    wait_until(lambda: len(overlays(app)) == 2)


def overlays(app: RunningApp) -> list[Rect]:
    """Return the windows of the picker: one on each monitor."""
    screens = {(one.width, one.height) for one in (LEFT, RIGHT)}
    tree = app.eyes.look()
    assert tree is not None
    return [
        one.rect
        for one in tree.children
        if one.is_showing and (one.rect.width, one.rect.height) in screens
    ]


def drag(app: RunningApp, area: Rect) -> None:
    """Draw `area` from its first pixel to its last."""
    middle = area.x + area.width // 2, area.y + area.height // 2
    last = area.right - 1, area.bottom - 1
    app.hands.tool("mousemove", area.x, area.y, "mousedown", 1, "sleep", 0.2)
    app.hands.tool("mousemove", *middle, "sleep", 0.2, "mousemove", *last, "sleep", 0.2)
    app.hands.tool("mouseup", 1, "sleep", 0.2)


def assert_shows(path: Path, whole: Picture, area: Rect) -> None:
    """Check that the file shows this part of the painted desktop, and no other near it."""
    picture = rgb(last_picture(path)).astype(int)
    assert picture.shape == (area.height, area.width, 3)

    def off(dx: int, dy: int) -> float:
        part = whole[area.y + dy : area.bottom + dy, area.x + dx : area.right + dx].astype(int)
        return float(np.abs(picture - part)[8:-8, 8:-8].mean())

    offs = {(dx, dy): off(dx, dy) for dx in (-2, 0, 2) for dy in (-2, 0, 2)}
    assert min(offs, key=offs.__getitem__) == (0, 0), offs
    assert offs[0, 0] < NOISE


def assert_plain(path: Path, colour: tuple[int, int, int]) -> int:
    """Check that no picture of the file shows anything else; return how many there are."""
    count = 0
    for at_s, frame in pictures(path):
        # The very first is among them: it is the one that would show what goes too late.
        assert count or at_s == 0
        off = np.abs(rgb(frame).astype(int) - colour).max(axis=2)
        foreign = np.argwhere(off > NOISE)
        assert not len(foreign), (at_s, foreign.min(axis=0), foreign.max(axis=0), off.max())
        count += 1
    assert count
    return count


def bar_is_shown(app: RunningApp) -> bool:
    return app.shows("push button", "Stop")


def test_an_area_is_drawn_recorded_paused_and_stopped_by_the_bar(
    app: RunningApp, blocks: Picture
) -> None:
    pick(app)
    drag(app, AREA)
    app.hands.key("Return")
    app.wait_for("recording")
    app.wait_for_seconds(1)
    app.press("push button", "Pause")
    app.wait_for("paused")
    # The last figures come a moment later.
    time.sleep(1)
    at_s = app.status()["elapsed_s"]
    time.sleep(1.5)
    assert app.status()["elapsed_s"] == at_s
    app.press("push button", "Resume")
    app.wait_for("recording")
    app.wait_for_seconds(at_s + 1)
    app.press("push button", "Add marker")
    wait_until(lambda: app.status()["markers"] == 1)
    begun = time.monotonic()
    app.press("push button", "Stop")
    path = app.wait_for_file()
    assert_shows(path, blocks, AREA)
    took = time.monotonic() - begun
    assert at_s + 1 <= probe(path).duration_s < at_s + 2 + took + 20
    assert not bar_is_shown(app)


def test_an_area_is_chosen_by_keyboard_alone(app: RunningApp, blocks: Picture) -> None:
    pick(app)
    app.hands.key("Down")
    for _ in ("the switch", "the size"):
        app.hands.key("Tab")
    app.hands.key("ctrl+a")
    app.hands.type("400x304")
    app.hands.key("Return")
    for key in ("Right", "ctrl+Down", "Left", "Left"):
        app.hands.key(key)
    app.hands.key("Return")
    target = app.wait_for("recording")["target"]
    app.wait_for_seconds(1)
    app.hands.key("ctrl+alt+r")
    path = app.wait_for_file()
    # A half of the left screen in its middle, made smaller; one to the left and ten down.
    area = Rect(LEFT.width // 4 - 1, HEIGHT // 4 + 10, 400, 304)
    assert target == f"region:{area.x},{area.y},400x304"
    assert_shows(path, blocks, area)
    # The same once more, without choosing.
    assert app.command("start", "last_area").returncode == 0
    app.wait_for_seconds(1)
    again = app.stop()
    assert again != path
    assert_shows(again, blocks, area)


def test_the_picker_is_left_with_nothing_recorded(app: RunningApp) -> None:
    pick(app)
    drag(app, AREA)
    app.hands.key("Escape")
    wait_until(lambda: not overlays(app))
    assert app.status()["state"] == "idle"
    assert app.recordings() == []


def test_the_open_picker_goes_over_to_a_screen_without_system_sound(app: RunningApp) -> None:
    pick(app)
    app.press("check box", "Record system sound")
    app.press("radio button", "Record a whole screen")
    # A screen is marked once the pointer is seen to move over it.
    app.hands.tool("mousemove", 1300, 330, "sleep", 0.3, "mousemove", 1310, 330, "sleep", 0.3)
    app.hands.key("Return")
    app.wait_for("recording")
    app.wait_for_seconds(1)
    found = probe(app.stop())
    assert (found.width, found.height) == (RIGHT.width, RIGHT.height)
    told = app.command("settings", "get", "sound.system_audio")
    assert told.stdout.strip() == "off", told


def test_a_window_is_clicked_and_followed(
    app: RunningApp, env: dict[str, str], blocks: Picture
) -> None:
    assert blocks.any()
    colour = (200, 80, 20)
    with painter(
        env,
        "colours",
        *("--title", "Chosen", "--geometry", "402x302+200+200", "--colours", "c85014"),
    ):
        assert app.command("start", "window").returncode == 0
        wait_until(lambda: len(overlays(app)) == 2)
        # A window is marked once the pointer is seen to move over it.
        app.hands.tool("mousemove", 330, 330, "sleep", 0.3, "mousemove", 340, 340, "sleep", 0.5)
        app.hands.tool("click", 1)
        now = app.wait_for("recording")
        assert now["target"].startswith("window:")
        app.wait_for_seconds(1)
        path = app.stop()
    found = probe(path)
    assert (found.width, found.height) == (402, 302)
    assert_plain(path, colour)


@pytest.mark.parametrize("way", ["let it run", "space"])
def test_countdown_bar_and_frame_are_in_no_picture_of_an_area(
    app: RunningApp, plain: tuple[int, int, int], way: str
) -> None:
    assert app.command("settings", "set", "capture.delay", "2").returncode == 0
    area = Rect(100, 60, 800, 600)
    pick(app)
    drag(app, area)
    app.hands.key("Return")
    go(app, way, area)
    wait_until(lambda: bar_is_shown(app))
    app.wait_for_seconds(1.5)
    app.hands.key("ctrl+alt+p")
    app.wait_for("paused")
    app.hands.key("ctrl+alt+p")
    app.wait_for("recording")
    path = app.stop()
    found = probe(path)
    assert (found.width, found.height) == (800, 600)
    assert_plain(path, plain)


@pytest.mark.parametrize("way", ["let it run", "space"])
def test_countdown_and_bar_are_in_no_picture_of_a_screen(
    app: RunningApp, plain: tuple[int, int, int], way: str
) -> None:
    assert app.command("settings", "set", "capture.delay", "2").returncode == 0
    # The icon in the tray is on the other one.
    app.hands.move(1300, 400)
    app.hands.key("ctrl+alt+r")
    go(app, way, RIGHT)
    wait_until(lambda: bar_is_shown(app))
    app.wait_for_seconds(1.5)
    path = app.stop()
    found = probe(path)
    assert (found.width, found.height) == (RIGHT.width, RIGHT.height)
    assert_plain(path, plain)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("way", ["enter", "button", "screen"])
def test_the_picker_is_in_no_picture(app: RunningApp, shared: VirtualDesktop, way: str) -> None:
    """Nothing is between the picker and the first picture here."""
    pick(app)
    if way == "screen":
        app.press("radio button", "Record a whole screen")
        app.hands.tool("mousemove", 1300, 330, "sleep", 0.3, "mousemove", 1310, 330, "sleep", 0.3)
    else:
        drag(app, Rect(100, 60, 800, 600))
    # The picker shows the desktop as it was, so that all of it can be told from what is under it.
    colour = 150, 60, 60
    paint_plain(shared, colour)
    if way == "button":
        app.press("push button", "Record")
    else:
        app.hands.key("Return")
    app.wait_for("recording")
    app.wait_for_seconds(1)
    assert_plain(app.stop(), colour)


def go(app: RunningApp, way: str, recorded: Rect) -> None:
    """Wait until the countdown is there, amid what is recorded, and for its end or press a key."""
    assert recorded.contains(app.eyes.find("push button", "Start now").rect)
    if way != "let it run":
        app.hands.key(way)
    app.wait_for("recording")
    assert not app.shows("push button", "Start now")


def test_space_skips_the_countdown(app: RunningApp) -> None:
    assert app.command("settings", "set", "capture.delay", "10").returncode == 0
    app.hands.key("ctrl+alt+r")
    app.eyes.find("push button", "Start now")
    begun = time.monotonic()
    app.hands.key("space")
    app.wait_for("recording")
    assert time.monotonic() - begun < 8
    app.wait_for_seconds(1)
    assert probe(app.stop()).duration_s >= 1


@pytest.mark.parametrize(
    "leave",
    [
        lambda app: app.hands.key("Escape"),
        lambda app: app.press("push button", "Cancel"),
    ],
    ids=["Esc", "button"],
)
def test_the_countdown_is_cancelled(app: RunningApp, leave: Callable[[RunningApp], None]) -> None:
    assert app.command("settings", "set", "capture.delay", "10").returncode == 0
    app.hands.key("ctrl+alt+r")
    app.eyes.find("push button", "Start now")
    assert app.status()["state"] == "countdown"
    leave(app)
    app.wait_for("idle")
    wait_until(lambda: not app.shows("push button", "Start now"))
    videos = Path(app.env["XDG_VIDEOS_DIR"])
    wait_until(lambda: not [one for one in videos.rglob("*") if one.is_file()])
    assert app.recordings() == []
