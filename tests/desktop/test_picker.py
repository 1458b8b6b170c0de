"""The picker on real monitors: what is pointed at is what is recorded, to the pixel."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mss
import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage

from installers.virtual_desktop import VirtualDesktop
from recorder_app.capture.x11 import X11Desktop
from recorder_app.media.geometry import Rect
from tests.support.command import LIMIT_S, ROOT, environment, run_json
from tests.support.painting import paint_root, painter
from tests.support.recordings import last_picture, rgb

WIDTH, HEIGHT = 1920, 1080
BLOCK = 4
SIDE_BY_SIDE = [("LEFT", (0, 0, 1280, 1080)), ("RIGHT", (1280, 0, 640, 1080))]
STACKED = [("TOP", (200, 0, 1520, 500)), ("BOTTOM", (0, 500, 1920, 580))]

# Monitors, factors, and areas to draw: the first of each within the second monitor, at odd
# places, the second across both.
DESKTOPS = {
    "factor-1": (SIDE_BY_SIDE, {}, [Rect(1301, 157, 442, 362), Rect(1001, 101, 600, 400)]),
    "factors-1-and-2": (
        SIDE_BY_SIDE,
        {"QT_SCREEN_SCALE_FACTORS": "LEFT=1;RIGHT=2"},
        [Rect(1301, 157, 442, 362), Rect(1001, 101, 600, 400)],
    ),
    "factor-1.5-stacked": (
        STACKED,
        {"QT_SCALE_FACTOR": "1.5"},
        [Rect(101, 607, 642, 362), Rect(1001, 301, 600, 500)],
    ),
}
Pixels = npt.NDArray[np.uint8]


class Picker:
    """The picker in a process of its own, used with a real pointer and real keys."""

    def __init__(self, env: Mapping[str, str], *arguments: str) -> None:
        self._env = dict(env)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.pick", *arguments],
            env=self._env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def act(self, *steps: object) -> None:
        """Give xdotool these steps."""
        words = [str(step) for step in steps]
        subprocess.run(["xdotool", *words], env=self._env, check=True, timeout=LIMIT_S)

    def drag(self, area: Rect) -> None:
        """Draw `area` from its first pixel to its last."""
        middle = area.x + area.width // 2, area.y + area.height // 2
        last = area.right - 1, area.bottom - 1
        self.act("mousemove", area.x, area.y, "mousedown", 1, "sleep", 0.1)
        self.act("mousemove", *middle, "sleep", 0.1, "mousemove", *last, "sleep", 0.1, "mouseup", 1)

    def key(self, *keys: str) -> None:
        self.act("key", "--delay", 60, *keys)

    def answer(self) -> Any:
        return json.loads(self._line())

    def close(self) -> None:
        self._process.kill()
        self._process.wait(LIMIT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def painted_pixels() -> Pixels:
    """Grey blocks at random: no part of it looks like another, or like itself moved."""
    chance = np.random.default_rng(20261121)
    blocks = chance.integers(30, 226, (HEIGHT // BLOCK, WIDTH // BLOCK), np.uint8)
    grey = blocks.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    return np.dstack([grey, grey, grey, np.zeros_like(grey)])


@contextlib.contextmanager
def painted_desktop(
    pixels: Pixels, name: str, home: Path
) -> Iterator[tuple[VirtualDesktop, dict[str, str]]]:
    """Yield a desktop that shows `pixels` and the environment of a user on it."""
    monitors, factors, _ = DESKTOPS[name]
    with VirtualDesktop(f"{WIDTH}x{HEIGHT}", monitors) as desktop:
        paint_root(desktop.display, pixels)
        env = environment(desktop.environment, home=home)
        env |= {"QT_QPA_PLATFORM": "xcb", "XDG_PICTURES_DIR": str(home / "Pictures"), **factors}
        yield desktop, env


@contextlib.contextmanager
def picking(env: Mapping[str, str], *arguments: str) -> Iterator[Picker]:
    picker = Picker(env, *arguments)
    try:
        yield picker
    finally:
        picker.close()


@pytest.fixture
def on_painted(
    painted_pixels: Pixels, tmp_path: Path
) -> Iterator[tuple[VirtualDesktop, dict[str, str]]]:
    with painted_desktop(painted_pixels, "factor-1", tmp_path) as both:
        yield both


def part(pixels: Pixels, area: Rect) -> npt.NDArray[np.int_]:
    return pixels[area.y : area.bottom, area.x : area.right, :3].astype(int)


def read_picture(path: Path) -> npt.NDArray[np.int_]:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), :3].astype(int)


@pytest.mark.parametrize("which", [0, 1], ids=["one-monitor", "both-monitors"])
@pytest.mark.parametrize("name", DESKTOPS)
def test_the_area_drawn_is_the_area_recorded(
    painted_pixels: Pixels, tmp_path: Path, name: str, which: int
) -> None:
    area, output = DESKTOPS[name][2][which], tmp_path / "take.mp4"
    with painted_desktop(painted_pixels, name, tmp_path) as (desktop, env):
        with picking(env, "area") as picker:
            picker.drag(area)
            time.sleep(0.3)
            shown = desktop_pixels(desktop)
            picker.key("Return")
            picked = picker.answer()
        assert picked["rect"] == [area.x, area.y, area.width, area.height]
        assert picked["kind"] == "region"
        run_json(
            "record",
            *("--target", picked["target"], "--duration", "1", "--no-cursor"),
            *("--format", "mp4", "--quality", "near-lossless", "--output", str(output)),
            env=env,
        )
    # While it is chosen the area is seen as it is, and what is beside it is dimmed.
    label = 16
    inner = Rect(area.x + label, area.y + label, area.width - 60, area.height - 60)
    wanted = part(painted_pixels, inner)
    assert np.abs(part(shown, inner) - wanted).max() == 0
    beside = Rect(area.x - 60, area.y + 40, 30, 30)
    assert part(shown, beside).mean() < 0.65 * part(painted_pixels, beside).mean()
    picture = rgb(last_picture(output)).astype(int)
    assert picture.shape == (area.height, area.width, 3)
    offs = {
        (dx, dy): np.abs(picture[4:-4, 4:-4] - part(painted_pixels, area.moved(dx, dy))[4:-4, 4:-4])
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    }
    means = {shift: float(off.mean()) for shift, off in offs.items()}
    assert min(means, key=means.__getitem__) == (0, 0), means
    assert means[0, 0] < 4


@pytest.mark.parametrize("name", DESKTOPS)
def test_a_screenshot_has_the_very_pixels(
    painted_pixels: Pixels, tmp_path: Path, name: str
) -> None:
    with painted_desktop(painted_pixels, name, tmp_path) as (_, env):
        for area in DESKTOPS[name][2]:
            file = tmp_path / f"{area.x}.png"
            with picking(env, "screenshot", "--picture", str(file)) as picker:
                picker.drag(area)
                picker.key("Return")
                assert picker.answer()["action"] == "copy"
            assert np.array_equal(read_picture(file), part(painted_pixels, area))


def test_a_screenshot_is_saved(
    on_painted: tuple[VirtualDesktop, dict[str, str]], painted_pixels: Pixels, tmp_path: Path
) -> None:
    _, env = on_painted
    with picking(env, "screenshot", "--last", "1200,10,161,33") as picker:
        picker.key("ctrl+s")
        assert picker.answer()["action"] == "save"
        saved = Path(picker.answer())
    assert saved.parent == tmp_path / "Pictures"
    assert np.array_equal(read_picture(saved), part(painted_pixels, Rect(1200, 10, 161, 33)))


def test_a_window_is_taken_by_hover_and_click(
    on_painted: tuple[VirtualDesktop, dict[str, str]], painted_pixels: Pixels
) -> None:
    desktop, env = on_painted
    with (
        painter(env, "colours", "--title", "Behind", "--geometry", "601x401+200+200"),
        painter(env, "still", "--title", "In front", "--geometry", "501x301+400+300"),
    ):
        places = windows(desktop)
        for mode, at in (("window", (450, 350)), ("area", (250, 250))):
            title = "In front" if mode == "window" else "Behind"
            number, rect = places[title]
            with picking(env, mode) as picker:
                picker.act("mousemove", *at, "sleep", 0.3)
                seen = desktop_pixels(desktop)
                picker.act("click", 1)
                if mode == "area":
                    picker.key("Return")
                picked = picker.answer()
            assert picked["kind"] == "window"
            assert picked["target"] == f"window:{number:#x}"
            assert picked["rect"] == [rect.x, rect.y, rect.width, rect.height]
            outside = Rect(1000, 700, 100, 100)
            assert part(seen, outside).mean() < 0.65 * part(painted_pixels, outside).mean()


def test_keys_alone_choose_an_area(on_painted: tuple[VirtualDesktop, dict[str, str]]) -> None:
    _, env = on_painted
    with picking(env, "area", "--last", "100,120,640,360") as picker:
        picker.key("Right", "ctrl+Down", "shift+Right", "ctrl+shift+Up", "Return")
        assert picker.answer()["target"] == "region:101,130,642x350"
    with picking(env, "area") as picker:
        picker.act("mousemove", 1500, 500)
        picker.key("Down", "Tab", "Tab", "ctrl+a")
        picker.act("type", "--delay", 30, "400x300")
        picker.key("Return", "Return")
        assert picker.answer()["target"] == "region:1440,270,400x300"


def test_keys_alone_choose_a_screen_and_leave(
    on_painted: tuple[VirtualDesktop, dict[str, str]],
) -> None:
    _, env = on_painted
    with picking(env, "screen") as picker:
        picker.act("mousemove", 300, 300, "sleep", 0.2)
        picker.key("Right", "Return")
        assert picker.answer()["target"] == "monitor:2"
    with picking(env, "area", "--last", "100,120,640,360") as picker:
        picker.key("Escape")
        assert picker.answer() is None


def test_the_window_in_use_has_the_keyboard_again(
    on_painted: tuple[VirtualDesktop, dict[str, str]],
) -> None:
    _, env = on_painted
    with painter(env, "still", "--title", "In use", "--geometry", "501x301+400+300"):
        tool = ["xdotool", "getwindowfocus"]
        before = subprocess.check_output(tool, env=env, text=True)
        for key in ("Escape", "Return"):
            with picking(env, "area", "--last", "100,120,640,350") as picker:
                assert subprocess.check_output(tool, env=env, text=True) != before
                picker.key(key)
                picker.answer()
                time.sleep(0.5)
                assert subprocess.check_output(tool, env=env, text=True) == before


def test_it_is_left_when_the_screens_change(
    on_painted: tuple[VirtualDesktop, dict[str, str]],
) -> None:
    desktop, env = on_painted
    with picking(env, "area", "--last", "1300,120,400,350") as picker:
        desktop.remove_monitor("RIGHT")
        assert picker.answer() is None


def test_a_ratio_is_chosen_from_its_menu(
    on_painted: tuple[VirtualDesktop, dict[str, str]],
) -> None:
    _, env = on_painted
    with picking(env, "area", "--last", "100,120,640,350") as picker:
        picker.key("Tab", "Tab", "Tab", "Return")
        time.sleep(0.3)
        picker.key("Down", "Down", "Return")
        time.sleep(0.3)
        # The keyboard has come back from the menu.
        picker.key("Right", "Return")
        assert picker.answer()["target"] == "region:101,115,640x360"


def desktop_pixels(desktop: VirtualDesktop) -> Pixels:
    """Return what the whole desktop shows now."""
    with mss.MSS(display=desktop.display) as grabber:
        shot = grabber.grab({"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT})
        return np.frombuffer(bytes(shot.raw), np.uint8).reshape(HEIGHT, WIDTH, 4)


def windows(desktop: VirtualDesktop) -> dict[str, tuple[int, Rect]]:
    """Return number and place of each window by its title."""
    x11 = X11Desktop(desktop.display)
    try:
        return {one.title: (one.id, one.rect) for one in x11.windows()}
    finally:
        x11.close()
