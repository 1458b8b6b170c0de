"""Faults while the library window is open: told with a remedy, nothing freezes, nothing is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support.app import RunningApp, running_app
from tests.support.app_library import (
    ANSWERS_IN_S,
    PICTURE_S,
    card,
    decoded_s,
    drop_in,
    has_played,
    listed,
    open_library,
    says,
    tells,
    titles,
    trim_start,
)
from tests.support.app_sharing import KEYS, add_bucket
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until
from tests.support.line import Line
from tests.support.media import film, make
from tests.support.s3_server import S3Server
from tests.support.small_disk import SmallDisk

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def user(full_desktop: VirtualDesktop) -> Callable[[Path], dict[str, str]]:
    """Make the environment of a user who wants no result card, whose home is there."""

    def make_user(home: Path) -> dict[str, str]:
        found = environment(full_desktop.environment, home=home)
        assert run("settings", "set", "appearance.result_card_s", "0", env=found).returncode == 0
        return found

    return make_user


@pytest.fixture
def env(user: Callable[[Path], dict[str, str]], tmp_path: Path) -> dict[str, str]:
    return user(tmp_path)


def bring_in(env: dict[str, str], file: Path) -> None:
    done = run("import", str(file), env=env)
    assert done.returncode == 0, done.stderr


def rename(app: RunningApp, title: str) -> None:
    """Give the first recording another title where it stands; the keyboard is on the recordings."""
    app.hands.key("Home", "F2", "ctrl+a")
    app.hands.type(title)
    app.hands.key("Return")


def test_a_file_that_vanishes_is_told_and_found_again(env: dict[str, str], tmp_path: Path) -> None:
    here, there = film(tmp_path / "films" / "demo.mp4", 6), tmp_path / "moved.mp4"
    bring_in(env, here)
    with running_app(env) as app:
        [before] = app.recordings()
        window = open_library(app)
        here.rename(there)
        app.hands.key("Home", "Return")
        says(app, f"The file {here} is not there. If it was moved, drop it into this window")
        wait_until(lambda: "missing" in card(app, "demo").name)
        assert app.eyes.answers_in_s() < ANSWERS_IN_S
        drop_in(app, there, window, lambda: app.recordings()[0]["path"] == str(there))
        assert [one["id"] for one in app.recordings()] == [before["id"]]
        wait_until(lambda: "missing" not in card(app, "demo").name)
        # What plays goes on to its end.
        app.hands.click_on(card(app, "demo").rect)
        app.hands.key("Return")
        wait_until(lambda: has_played(app))
        there.rename(here)
        app.eyes.find("label", "00:00:06")
        # What is trimmed can be trimmed; a version needs the file.
        here.rename(there)
        app.press("push button", "Trim…")
        wanted_s = trim_start(app, 1 / 2)
        there.rename(here)
        app.press("push button", "Save as version")
        says(app, f"The file {there} is not there.")
        assert app.eyes.answers_in_s() < ANSWERS_IN_S
        here.rename(there)
        app.press("push button", "Save as version")
        says(app, "Saved as “demo (trimmed)”")
        [version] = listed(app, "--limit", "1")
        assert decoded_s(Path(version["path"])) == pytest.approx(wanted_s, abs=PICTURE_S)


def test_the_network_goes_during_an_upload(
    env: dict[str, str], server: S3Server, tmp_path: Path
) -> None:
    env |= KEYS
    file = film(tmp_path / "demo.mp4", 20)
    bring_in(env, file)
    assert run("settings", "set", "sharing.limit_kb", "400", env=env).returncode == 0
    with Line(server.address) as line:
        add_bucket(env, line.address)
        with running_app(env) as app:
            open_library(app)
            app.hands.key("Home", "space")
            app.press("push button", "Upload…")
            wait_until(lambda: re.search("uploading [1-9]", card(app, "demo").name))
            line.down()
            wait_until(lambda: "upload waits" in card(app, "demo").name)
            says(app, "127.0.0.1")
            assert app.eyes.answers_in_s() < ANSWERS_IN_S
            assert server.keys() == []
            assert run("settings", "reset", "sharing", env=env).returncode == 0
            line.up()
            wait_until(lambda: "uploaded" in card(app, "demo").name)
            [key] = server.keys()
            assert server.read(key) == file.read_bytes()
    server.clear()


def test_a_backup_is_restored_while_it_is_open(env: dict[str, str], tmp_path: Path) -> None:
    bring_in(env, make(tmp_path / "demo.mp4"))
    with running_app(env) as app:
        open_library(app)
        assert run("library", "backup", env=env).returncode == 0
        rename(app, "Later")
        wait_until(lambda: titles(app) == ["Later"])
        done = run("library", "restore", "--newest", env=env)
        assert done.returncode == 0, done.stderr
        # The window shows what is there now, and goes on with it.
        card(app, "demo")
        assert app.eyes.answers_in_s() < ANSWERS_IN_S
        rename(app, "Again")
        wait_until(lambda: titles(app) == ["Again"])
        card(app, "Again")


def test_a_full_disk_costs_nothing(user: Callable[[Path], dict[str, str]], tmp_path: Path) -> None:
    with SmallDisk(tmp_path / "home") as disk:
        env = user(disk.folder)
        source = film(disk.folder / "demo.mp4", 8)
        content = source.read_bytes()
        other = make(tmp_path / "other.mp4")
        bring_in(env, source)
        with running_app(env) as app:
            window = open_library(app)
            card(app, "demo")
            fill(app, disk)
            rename(app, "Launch")
            says(app, "is full: the library cannot be changed.")
            assert app.eyes.answers_in_s() < ANSWERS_IN_S
            disk.make_room()
            app.press("push button", "Try again")
            card(app, "Launch")
            fill(app, disk)
            drop_in(app, other, window, lambda: tells(app, "is full: the library"))
            disk.make_room()
            assert titles(app) == ["Launch"]
            app.press("push button", "Try again")
            card(app, "other")
            # With room for the library, and none for a film.
            app.hands.click_on(card(app, "Launch").rect)
            app.press("push button", "Trim…")
            wanted_s = trim_start(app, 0.1)
            fill(app, disk, len(content) // 4)
            app.press("push button", "Save as version")
            says(app, "there is no room in")
            assert app.eyes.answers_in_s() < ANSWERS_IN_S
            assert not [path for path in disk.folder.rglob("*.mp4") if path != source]
            disk.make_room()
            app.press("push button", "Save as version")
            says(app, "Saved as “Launch (trimmed)”")
            [version] = listed(app, "--limit", "1")
            assert decoded_s(Path(version["path"])) == pytest.approx(wanted_s, abs=PICTURE_S)
            assert source.read_bytes() == content


def fill(app: RunningApp, disk: SmallDisk, left_bytes: int = 0) -> None:
    """Fill the disk, once nothing is written any more and the library's log has no room of old."""
    database = disk.folder / ".local/share/recorder-app/library.sqlite"

    def is_at_rest() -> bool:
        jobs = run_json("jobs", env=app.env)["jobs"]
        return all(job["state"] not in ("queued", "running") for job in jobs)

    wait_until(is_at_rest)

    def is_emptied() -> bool:
        with closing(sqlite3.connect(database)) as other:
            found = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return found == [(0, 0, 0)]

    wait_until(is_emptied)
    disk.fill(left_bytes)
