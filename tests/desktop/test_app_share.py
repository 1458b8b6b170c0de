"""Sharing as a person does it: a click on the card, and the link is on the clipboard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support import notifications
from tests.support.app import RunningApp, running_app
from tests.support.clipboard import clipboard_text
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until
from tests.support.line import Line
from tests.support.players import chromium_plays_link
from tests.support.s3_server import BUCKET, KEY_ID, SECRET, S3Server

KEYS = {
    "RECORDER_APP_SECRET_WORK_KEY_ID": KEY_ID,
    "RECORDER_APP_SECRET_WORK_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def env(full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose card stays for as long as a test takes."""
    found = environment(full_desktop.environment, home=tmp_path)
    assert run("settings", "set", "appearance.result_card_s", "60", env=found).returncode == 0
    return found


def add_bucket(env: dict[str, str], address: str, *more: str) -> None:
    place = ("--set", f"endpoint={address}", "--set", f"bucket={BUCKET}")
    done = run("destination", "add", "work", "--kind", "s3", *place, *more, env=env)
    assert done.returncode == 0, done.stderr


def add_folder(env: dict[str, str], *more: str) -> None:
    place = Path(env["HOME"]) / "shared"
    place.mkdir()
    given = ("--set", f"folder={place}", *more)
    done = run("destination", "add", "nas", "--kind", "folder", *given, env=env)
    assert done.returncode == 0, done.stderr


def record(app: RunningApp, seconds: float = 1.0) -> None:
    """Make a recording and wait for its card."""
    assert app.command("start").returncode == 0
    app.wait_for_seconds(seconds)
    app.stop()
    wait_until(app.recordings)
    app.eyes.find("text", "Title")


def copied(app: RunningApp, beginning: str) -> str:
    """Return the link on the clipboard, waiting for one that begins so."""

    def look() -> str:
        text = clipboard_text(app.env)
        return text if text.startswith(beginning) else ""

    return wait_until(look)


def upload(app: RunningApp) -> dict[str, Any]:
    found: list[dict[str, Any]] = run_json("uploads", env=app.env)["uploads"]
    return found[0] if found else {}


def wait_for_upload(app: RunningApp, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        found = upload(app)
        return found if found and is_so(found) else {}

    return wait_until(look)


def test_a_link_from_the_card_plays_in_a_browser(
    full_desktop: VirtualDesktop, env: dict[str, str], server: S3Server
) -> None:
    env |= KEYS
    add_bucket(env, server.address)
    with running_app(env) as app:
        record(app, 2.0)
        app.press("push button", "Copy link")
        link = copied(app, server.address)
        assert "Signature=" in link
        app.eyes.find("label", "Link copied")
        # The app has it uploaded by itself.
        wait_for_upload(app, lambda each: each["state"] == "playable")
        app.eyes.find("label", "work: uploaded")
        notifications.wait_for(full_desktop, "Uploaded")
        assert chromium_plays_link(link) == ""
        assert len(server.keys()) == 1
        # Again it is the same copy.
        app.press("push button", "Copy link")
        app.eyes.find("label", "Link copied")
        assert len(run_json("uploads", env=app.env)["uploads"]) == 1
    server.clear()


def test_the_link_is_there_while_the_network_is_not(env: dict[str, str], server: S3Server) -> None:
    env |= KEYS
    with Line(server.address) as line:
        add_bucket(env, line.address)
        with running_app(env) as app:
            record(app)
            line.down()
            app.press("push button", "Copy link")
            link = copied(app, line.address)
            assert upload(app)["state"] == "linked"
            line.up()
            wait_for_upload(app, lambda each: each["state"] == "playable")
            assert chromium_plays_link(link) == ""
    server.clear()


def test_what_goes_up_by_itself_has_its_link_copied(
    full_desktop: VirtualDesktop, env: dict[str, str]
) -> None:
    add_folder(env, "--automatic", "--copy-link")
    with running_app(env) as app:
        before = time.monotonic()
        record(app)
        link = copied(app, "file:")
        assert time.monotonic() - before < 30
        wait_for_upload(app, lambda each: each["state"] == "playable")
        [shared] = [one for one in (Path(env["HOME"]) / "shared").rglob("*.webm")]
        assert shared.name.split(".")[0] in link.replace("%20", " ")
        notifications.wait_for(full_desktop, "Uploaded")


def test_without_a_destination_the_settings_show_how_to_add_one(env: dict[str, str]) -> None:
    with running_app(env) as app:
        record(app)
        app.press("push button", "Copy link")
        wait_until(lambda: "Settings" in app.windows())
        app.eyes.find("push button", "Add a destination")


def test_keys_that_nobody_keeps_are_asked_for_and_not_kept(
    env: dict[str, str], server: S3Server
) -> None:
    with_keys = env | KEYS
    add_bucket(with_keys, server.address)
    with running_app(env) as app:
        record(app)
        app.press("push button", "Copy link")
        import time as t

        t.sleep(6)
        import subprocess as sp

        sp.run(["import", "-window", "root", "/tmp/exp/ask.png"], env=app.env)
        print(app.windows())
        app.eyes.find("push button", "Share")
        for name, value in (("Key ID", KEY_ID), ("Secret key", SECRET)):
            app.hands.click_on(app.eyes.find("password text", name).rect)
            app.hands.type(value)
        app.press("push button", "Share")
        link = copied(app, server.address)
        wait_for_upload(app, lambda each: each["state"] == "playable")
        assert chromium_plays_link(link) == ""
    kept = [
        path
        for path in Path(env["HOME"]).rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert kept == []
    server.clear()


def test_the_tray_shares_the_latest_and_holds_uploads(env: dict[str, str]) -> None:
    add_folder(env)
    with running_app(env) as app:
        record(app)
        app.press("push button", "Close")
        app.choose("Copy link of the latest")
        copied(app, "file:")
        wait_for_upload(app, lambda each: each["state"] == "playable")


def test_an_upload_goes_on_after_the_app_was_killed(env: dict[str, str], server: S3Server) -> None:
    env |= KEYS
    add_bucket(env, server.address)
    assert run("settings", "set", "sharing.limit_kb", "20", env=env).returncode == 0
    with running_app(env) as app:
        record(app, 2.0)
        app.press("push button", "Copy link")
        copied(app, server.address)
        wait_for_upload(app, lambda each: each["job_state"] == "running")
        app.kill()
    assert server.keys() == []
    assert run("settings", "reset", "sharing", env=env).returncode == 0
    with running_app(env) as app:
        wait_for_upload(app, lambda each: each["state"] == "playable")
        assert len(server.keys()) == 1
    server.clear()
