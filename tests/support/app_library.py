"""A person who works in the library window of the running app."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av

from recorder_app.media.geometry import Rect
from tests.support.app import RunningApp
from tests.support.dragging import other_program
from tests.support.eyes import Widget
from tests.support.hands import wait_until

PICTURE_S = 1 / 30
# On the monitor at the right, where the library is not.
BESIDE = (1400, 300)
# How long a person may wait for an answer of the window, in seconds.
ANSWERS_IN_S = 2.0


def open_library(app: RunningApp) -> Rect:
    """Open it from the tray, and give it the keyboard; return where it is."""
    app.choose("Library")
    window = app.hands.window("^Library")
    app.hands.focus(window)
    app.eyes.find("list", "Recordings")
    return app.hands.place(window)


def card(app: RunningApp, title: str) -> Widget:
    """Return the card of a recording, waiting for it."""

    def look() -> list[Widget]:
        tree = app.eyes.look()
        cards = [] if tree is None else tree.all("list item")
        return [one for one in cards if one.name.startswith(f"{title}, ")]

    return wait_until(look)[0]


def place(app: RunningApp, title: str) -> Widget:
    """Return an entry of the sidebar, whatever number stands there."""
    tree = app.eyes.look()
    assert tree is not None
    return next(one for one in tree.all("table cell") if one.name.split(",")[0] == title)


def tells(app: RunningApp, text: str) -> bool:
    """Return whether the window says something with `text` in it."""
    tree = app.eyes.look()
    return tree is not None and any(text in one.name for one in tree.all("label"))


def says(app: RunningApp, text: str) -> None:
    """Wait until the window says something with `text` in it."""
    wait_until(lambda: tells(app, text))


def drop_in(app: RunningApp, file: Path, window: Rect, done: Callable[[], object]) -> None:
    """Drag a file from another program into the middle of the window, and wait until it is `done`.

    The other program stays for as long: the window asks it what was dropped.
    """
    middle = (window.x + window.width // 2, window.y + window.height // 2)
    with other_program(app.env, BESIDE, file) as files:
        app.hands.drag(files.middle, middle, until=lambda: files.has_told("taken"))
        wait_until(done)


def trim_start(app: RunningApp, share: float) -> float:
    """Drag the handle at the left of the trim view to `share` of the whole; return what is kept.

    In seconds.
    """
    says(app, "Result 00:00:")
    timeline = app.eyes.find("filler", "Timeline")
    length_s, rect = kept_s(timeline), timeline.rect
    middle = rect.y + rect.height // 2
    app.hands.drag((rect.x + 6, middle), (rect.x + round(rect.width * share), middle))
    wait_until(lambda: kept_s(app.eyes.find("filler", "Timeline")) < length_s)
    return kept_s(app.eyes.find("filler", "Timeline"))


def titles(app: RunningApp, *options: str) -> list[str]:
    return [str(one["title"]) for one in listed(app, *options)]


def listed(app: RunningApp, *options: str) -> list[dict[str, Any]]:
    done = app.command("list", *options, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def kept_s(timeline: Widget) -> float:
    """Return for how long the two handles are apart, as a screen reader is told it."""
    times = re.findall(r"(\d+):(\d+):(\d+\.\d+)", timeline.description)
    start, end = (int(h) * 3600 + int(m) * 60 + float(s) for h, m, s in times[:2])
    return end - start


def decoded_s(path: Path) -> float:
    """Decode every picture of a file; return when the last one ends, in seconds."""
    with av.open(path) as source:
        times = [picture.time for picture in source.decode(video=0)]
    assert times[-1] is not None
    return times[-1] + PICTURE_S


def has_played(app: RunningApp) -> bool:
    tree = app.eyes.look()
    assert tree is not None
    return any(re.match(r"00:00:0[1-9]( /|$)", one.name) for one in tree.all("label"))
