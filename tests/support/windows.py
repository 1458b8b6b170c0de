"""A painted window that is moved and resized while it is recorded, and what must be seen then."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from recorder_app.capture.x11 import X11Desktop
from recorder_app.media.geometry import Rect
from tests.support.command import Recorder
from tests.support.recordings import Picture, pictures, rgb

# What the painter has painted; its window shows the upper left part of it.
CANVAS = Rect(0, 0, 960, 540)
COLOURS = ["c80000", "00b400", "0000ff", "c8c800", "11639b", "f0f0f0", "707070", "804020"]
BAR = Rect(24, 24, 256, 128)
FRAME = Rect(0, 0, 640, 360)
OPTIONS = ("--title", "Painted window", "--geometry", "960x540+300+200")
# Long enough for a few pictures of a state.
STATE_S = 0.5

Wanted = tuple[Picture, Picture]
"""An RGB picture, and where it is flat enough to be judged."""


class Window:
    """The painter's window, moved and resized as a person or a program would."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._desktop = X11Desktop(env["DISPLAY"])
        self.id = int(self.tool("search", "--name", "Painted").splitlines()[-1])

    def tool(self, *arguments: object) -> str:
        done = subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self._env,
            check=True,
            capture_output=True,
            text=True,
            timeout=20,
        )
        return done.stdout.strip()

    def place(self) -> Rect:
        place = self._desktop.window_rect(self.id)
        assert place is not None
        return place

    def resize(self, width: int, height: int) -> None:
        self.tool("windowsize", "--sync", self.id, width, height)
        time.sleep(STATE_S)
        assert (self.place().width, self.place().height) == (width, height)

    def move(self, x: int, y: int) -> None:
        self.tool("windowmove", "--sync", self.id, x, y)
        time.sleep(STATE_S)
        assert (self.place().x, self.place().y) == (x, y)

    def drag(self, way: list[tuple[int, int]], *, every_s: float = 0.008) -> None:
        """Take it by its title bar and move the mouse by each step of `way`."""
        place = self.place()
        steps: list[object] = []
        for dx, dy in way:
            steps += ["mousemove_relative", "--", dx, dy, "sleep", every_s]
        grip = ["mousemove", place.x + 200, place.y - 8, "sleep", 0.1, "mousedown", 1]
        self.tool(*grip, "sleep", 0.1, *steps, "mouseup", 1)

    def close(self) -> None:
        self._desktop.close()


class Take:
    """A recording of the painter's window."""

    def __init__(self, recorder: Recorder, output: Path, **settings: Any) -> None:
        self.recorder, self.output = recorder, output
        choices = {"target": "window:painted", "format": "mp4", "quality": "high", **settings}
        recorder.send("start", settings=choices, output=str(output))
        recorder.wait_for_frames(1)
        time.sleep(STATE_S)

    def stop(self) -> dict[str, Any]:
        """End it; return its result, which is whole and has lost no picture."""
        self.recorder.send("stop")
        finished = self.recorder.result()
        assert finished["error"] is None
        result: dict[str, Any] = finished["result"]
        assert (result["width"], result["height"]) == (FRAME.width, FRAME.height)
        assert result["frames_dropped"] == 0
        return result


def expected(shown: Rect, visible: Rect, frame: Rect = FRAME) -> Wanted:
    """Return what a frame must be that shows `visible`, a part of the canvas, at `shown`."""
    picture = np.zeros((frame.height, frame.width, 3), np.uint8)
    judged = np.ones((frame.height, frame.width), np.uint8)
    across, down = shown.width / visible.width, shown.height / visible.height
    right = shown.x + round((min(visible.right, CANVAS.right) - visible.x) * across)
    bottom = shown.y + round((min(visible.bottom, CANVAS.bottom) - visible.y) * down)
    bars = [CANVAS.width * bar / len(COLOURS) for bar in range(len(COLOURS) + 1)]
    for bar, colour in enumerate(COLOURS):
        edges = [
            min(max(shown.x + round((edge - visible.x) * across), shown.x), right)
            for edge in bars[bar : bar + 2]
        ]
        picture[shown.y : bottom, edges[0] : edges[1]] = list(bytes.fromhex(colour))
        for edge in edges:
            judged[shown.y : bottom, max(edge - 3, 0) : edge + 3] = 0
    for row in (shown.y, bottom):
        judged[max(row - 3, 0) : row + 3, max(shown.x - 3, 0) : right + 3] = 0
    return picture, judged


def shows(picture: Picture, wanted: Wanted) -> bool:
    """Return whether a recorded picture is what was `wanted`, colours and bars."""
    off = np.abs(picture.astype(int) - wanted[0]).max(axis=2)
    return bool((off[wanted[1] > 0] <= 16).all())


def states_of(output: Path, states: dict[str, Wanted]) -> list[tuple[str, int]]:
    """Return which state each run of pictures shows, and how many they are; "" for none."""
    seen = []
    for _, frame in pictures(output):
        picture = rgb(frame)
        seen.append(next((n for n, wanted in states.items() if shows(picture, wanted)), ""))
    return [(name, len(list(run))) for name, run in groupby(seen)]


def bar_at(size: tuple[int, int]) -> Rect:
    """Return where the barcode is in the frame when the window has this size."""
    width, height = size
    scale = min(1, FRAME.width / width, FRAME.height / height)
    left = (FRAME.width - round(width * scale)) // 2 & ~1
    top = (FRAME.height - round(height * scale)) // 2 & ~1
    corners = [round(scale * at) for at in (BAR.x, BAR.y, BAR.right, BAR.bottom)]
    return Rect(
        left + corners[0], top + corners[1], corners[2] - corners[0], corners[3] - corners[1]
    )
