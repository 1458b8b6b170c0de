"""A destination is added in the settings window with the hands, and its key is in the keyring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from tests.support.app import RunningApp, running_app
from tests.support.app_sharing import type_bucket
from tests.support.command import environment, run, run_json
from tests.support.hands import wait_until
from tests.support.keyring_daemon import RunningKeyring
from tests.support.s3_server import BUCKET, KEY_ID, SECRET, S3Server

# It is made of keys that xdotool types on every keyboard layout.
NAME = "team bucket"


@pytest.fixture
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def env(own_full_desktop: VirtualDesktop, tmp_path: Path) -> dict[str, str]:
    return environment(own_full_desktop.environment, home=tmp_path)


def labels(app: RunningApp) -> set[str]:
    tree = app.eyes.look()
    return set() if tree is None else {one.name for one in tree.all("label")}


@pytest.mark.timeout(240)
def test_a_bucket_is_added_tested_and_removed(
    env: dict[str, str], s3: S3Server, tmp_path: Path
) -> None:
    with RunningKeyring(env) as keyring, running_app(env) as app:
        app.choose("Settings")
        app.hands.focus(app.hands.window("Settings"))
        type_bucket(app, NAME, s3.address)
        checks = ("Connection", "Key", "Place for files", "Writing and deleting")
        assert {f"✓ {check}" for check in checks} <= labels(app)
        assert keyring.secrets() == {
            f"recorder-app/{NAME} key_id": KEY_ID,
            f"recorder-app/{NAME} secret": SECRET,
        }
        [stored] = run_json("destination", "list", env=env)["destinations"]
        assert stored["name"] == NAME
        assert stored["configuration"] == {"endpoint": s3.address, "bucket": BUCKET}
        # The test took away what it had written.
        assert s3.keys() == []
        # Another process finds the key, and it is nowhere on the disk.
        assert run("destination", "test", NAME, env=env).returncode == 0
        assert holding(SECRET, tmp_path) == []
        app.hands.click_on(app.eyes.find("push button", "Remove...").rect)
        # Asked whether to, the keyboard is at “Keep”.
        app.hands.key("Tab", "Return")
        # Its keys go first.
        wait_until(lambda: not run_json("destination", "list", env=env)["destinations"])
        assert keyring.secrets() == {}
    assert holding(SECRET, tmp_path) == []


def holding(text: str, folder: Path) -> list[Path]:
    """Return the files below `folder` in which that text is."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if text.encode() in path.read_bytes()]
