"""The library window of the running app, on the way that a new user goes through it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support import chat, media
from tests.support.app import running_app
from tests.support.app_library import (
    ANSWERS_IN_S,
    BESIDE,
    PICTURE_S,
    card,
    decoded_s,
    drop_in,
    has_played,
    listed,
    open_library,
    place,
    says,
    titles,
    trim_start,
)
from tests.support.app_sharing import KEYS, add_bucket, copied, record, wait_for_upload
from tests.support.command import environment, run
from tests.support.dragging import other_program
from tests.support.hands import wait_until
from tests.support.painting import painter
from tests.support.players import chromium_plays_link
from tests.support.s3_server import S3Server

TITLE = "Kubernetes rollout"


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
        length_s = listed(app, "--limit", "1")[0]["duration_s"]
        wanted_s = trim_start(app, 1 / 3)
        assert wanted_s == pytest.approx(length_s * 2 / 3, abs=0.3)
        app.press("push button", "Save as version")
        says(app, f"Saved as “{TITLE} (trimmed)”")
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
        # Pasted where somebody else reads it.
        with chat.chat(env) as other:
            app.hands.focus(app.hands.window(chat.TITLE))
            app.hands.key("ctrl+v")
            wait_until(lambda: other.text == link)
    server.clear()


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
        drop_in(app, file, app.hands.place(window), lambda: titles(app) == ["holiday"])
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
            locked_until = time.monotonic() + 8
            app.hands.key("Home", "space", "Delete")
            says(app, "The library is in use by another program.")
            while time.monotonic() < locked_until:
                assert app.eyes.answers_in_s() < ANSWERS_IN_S
            other.execute("ROLLBACK")
        assert titles(app) == [before["title"]]
        app.press("push button", "Try again")
        wait_until(lambda: titles(app, "--deleted") == [before["title"]])
