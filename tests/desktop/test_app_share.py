"""Sharing as a person does it: a click on the card, and the link is on the clipboard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support import app_sharing, notifications
from tests.support.app import RunningApp, running_app
from tests.support.app_sharing import (
    KEYS,
    add_bucket,
    add_folder,
    copied,
    type_bucket,
    upload,
    wait_for_upload,
)
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until
from tests.support.keyring_daemon import RunningKeyring
from tests.support.line import Line
from tests.support.players import chromium_plays_link
from tests.support.s3_server import KEY_ID, SECRET, S3Server


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


def record(app: RunningApp, seconds: float = 1.0) -> None:
    """Make a recording and wait for its card."""
    app_sharing.record(app, seconds)
    app.eyes.find("text", "Title")


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
        wait_until(lambda: any(each.startswith("Settings") for each in app.windows()))
        app.eyes.find("push button", "Add a destination")


def test_keys_that_nobody_keeps_are_asked_for_and_not_kept(
    env: dict[str, str], server: S3Server
) -> None:
    with_keys = env | KEYS
    add_bucket(with_keys, server.address)
    with running_app(env) as app:
        record(app)
        app.press("push button", "Copy link")
        # The keyring's own question, to which somebody says no.
        app.hands.focus(app.hands.window_of("gcr-prompter"))
        app.hands.key("Escape")
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
    with Line(server.address) as line:
        add_bucket(env, line.address)
        line.down()
        with running_app(env) as app:
            record(app)
            app.press("push button", "Copy link")
            copied(app, line.address)
            wait_for_upload(app, lambda each: each["job_state"] == "running")
            app.kill()
        line.up()
        assert server.keys() == []
        with running_app(env) as app:
            wait_for_upload(app, lambda each: each["state"] == "playable")
        assert len(server.keys()) == 1
    server.clear()


def test_a_new_user_adds_a_bucket_in_the_settings_and_shares(
    own_full_desktop: VirtualDesktop, server: S3Server, tmp_path: Path
) -> None:
    env = environment(own_full_desktop.environment, home=tmp_path)
    assert run("settings", "set", "appearance.result_card_s", "60", env=env).returncode == 0
    with RunningKeyring(env), running_app(env) as app:
        app.choose("Settings")
        app.hands.focus(app.hands.window("Settings"))
        type_bucket(app, "team bucket", server.address)
        app.hands.key("Escape")
        record(app, 2.0)
        app.press("push button", "Copy link")
        link = copied(app, server.address)
        wait_for_upload(app, lambda each: each["state"] == "playable")
        assert chromium_plays_link(link) == ""
    server.clear()
