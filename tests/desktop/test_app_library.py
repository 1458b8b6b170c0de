"""The library window of the running app, on the way that a new user goes through it."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import av
import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.geometry import Rect
from tests.support import media
from tests.support.app import RunningApp, running_app
from tests.support.app_sharing import KEYS, add_bucket, copied, record, wait_for_upload
from tests.support.command import environment, run
from tests.support.dragging import other_program
from tests.support.eyes import Widget
from tests.support.hands import wait_until
from tests.support.painting import painter
from tests.support.players import chromium_plays_link
from tests.support.s3_server import S3Server

TITLE = "Kubernetes rollout"
PICTURE_S = 1 / 30
# On the monitor at the right, where the library is not.
BESIDE = (1400, 300)
# How long a person may wait for an answer of the window, in seconds.
ANSWERS_IN_S = 2.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    """The environment of a user who wants no result card, which has buttons of the same names."""
    found = environment(full_desktop.environment, home=tmp_path)
    assert run("settings", "set", "appearance.result_card_s", "0", env=found).returncode == 0
    return found


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


def says(app: RunningApp, text: str) -> None:
    """Wait until the window says something with `text` in it."""

    def look() -> bool:
        tree = app.eyes.look()
        return tree is not None and any(text in one.name for one in tree.all("label"))

    wait_until(look)


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


@pytest.mark.timeout(240)
def test_recorded_found_played_trimmed_and_shared(env: dict[str, str], server: S3Server) -> None:
    env |= KEYS
    add_bucket(env, server.address)
    with running_app(env) as app:
        with painter(env, "typing", "--title", "Notes", "--geometry", "640x360+300+150"):
            record(app)
            record(app, 4.0)
        open_library(app)
        # Renamed where it stands: the keyboard is on the recordings, the newest first.
        app.hands.key("Home", "F2", "ctrl+a")
        app.hands.type(TITLE)
        app.hands.key("Return")
        wait_until(lambda: titles(app)[0] == TITLE)
        # Found by a typo.
        app.hands.key("ctrl+f")
        app.hands.type("kuberntes")
        wait_until(lambda: len(app.eyes.find("list", "Recordings").all("list item")) == 1)
        card(app, TITLE)
        # Played.
        app.hands.key("Down", "Return")
        wait_until(lambda: has_played(app))
        # Trimmed with the mouse.
        app.press("push button", "Trim…")
        says(app, "Result 00:00:00.000 of 00:00:0")
        handle = app.eyes.find("filler", "Timeline")
        length_s, rect = kept_s(handle), handle.rect
        middle = rect.y + rect.height // 2
        app.hands.drag((rect.x + 6, middle), (rect.x + rect.width // 3, middle))
        wait_until(lambda: kept_s(app.eyes.find("filler", "Timeline")) < length_s)
        wanted_s = kept_s(app.eyes.find("filler", "Timeline"))
        assert wanted_s == pytest.approx(length_s * 2 / 3, abs=0.3)
        app.press("push button", "Save as version")
        card(app, f"{TITLE} (trimmed)")
        [version] = listed(app, "--limit", "1")
        assert decoded_s(Path(version["path"])) == pytest.approx(wanted_s, abs=PICTURE_S)
        # Shared: opened from what the trim view says, the version is the one chosen.
        app.press("push button", "Open it")
        app.press("push button", "Upload…")
        link = copied(app, server.address)
        wait_for_upload(app, lambda each: each["state"] == "playable")
        [key] = server.keys()
        assert unquote(urlsplit(link).path).endswith(key)
        assert server.read(key) == Path(version["path"]).read_bytes()
        assert chromium_plays_link(link) == ""
    server.clear()


def has_played(app: RunningApp) -> bool:
    tree = app.eyes.look()
    assert tree is not None
    return any(re.match(r"00:00:0[1-9]( /|$)", one.name) for one in tree.all("label"))


def test_deleted_and_back_by_undo_and_from_the_trash(env: dict[str, str]) -> None:
    with running_app(env) as app:
        record(app)
        [before] = app.recordings()
        open_library(app)
        app.hands.key("Home", "space", "Delete")
        app.eyes.find("push button", "Undo")
        assert titles(app) == []
        app.press("push button", "Undo")
        wait_until(lambda: titles(app) == [before["title"]])
        app.hands.click_on(card(app, before["title"]).rect)
        app.hands.key("Delete")
        wait_until(lambda: titles(app, "--deleted") == [before["title"]])
        app.hands.click_on(place(app, "Trash").rect)
        app.hands.right_click_on(card(app, before["title"]).rect)
        app.hands.key("Down", "Return")
        wait_until(lambda: titles(app) == [before["title"]])
        assert app.recordings()[0]["path"] == before["path"]
        assert decoded_s(Path(before["path"])) >= 0.9


def test_files_are_dropped_in_and_dragged_out(env: dict[str, str]) -> None:
    with running_app(env) as app:
        file = media.make(Path(env["HOME"]) / "holiday.mp4")
        app.choose("Library")
        window = app.hands.window("^Library")
        app.eyes.find("push button", "Record")
        rect = app.hands.place(window)
        middle = (rect.x + rect.width // 2, rect.y + rect.height // 2)
        with other_program(env, BESIDE, file) as files:
            app.hands.drag(files.middle, middle, until=lambda: files.has_told("taken"))
            wait_until(lambda: titles(app) == ["holiday"])
        corner = card(app, "holiday").rect
        with other_program(env, BESIDE) as files:
            start = (corner.x + 60, corner.y + 60)
            app.hands.drag(start, files.middle, until=lambda: files.has_told("offered"))
            wait_until(lambda: files.has_told(f"dropped {file}"))
        assert file.exists()


@pytest.mark.timeout(240)
def test_a_locked_database_is_told_and_nothing_is_lost(env: dict[str, str]) -> None:
    with running_app(env) as app:
        record(app)
        [before] = app.recordings()
        open_library(app)
        database = Path(env["HOME"]) / ".local/share/recorder-app/library.sqlite"
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            locked_until = time.monotonic() + 15
            app.hands.key("Home", "space", "Delete")
            says(app, "The library is in use by another program.")
            while time.monotonic() < locked_until:
                assert app.eyes.answers_in_s() < ANSWERS_IN_S
            other.execute("ROLLBACK")
        assert titles(app) == [before["title"]]
        app.hands.click_on(card(app, before["title"]).rect)
        app.hands.key("Delete")
        wait_until(lambda: titles(app, "--deleted") == [before["title"]])
