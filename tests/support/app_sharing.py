"""A person who records and shares in the running app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.app import RunningApp
from tests.support.clipboard import clipboard_text
from tests.support.command import run, run_json
from tests.support.hands import wait_until
from tests.support.s3_server import BUCKET, KEY_ID, SECRET

KEYS = {
    "RECORDER_APP_SECRET_WORK_KEY_ID": KEY_ID,
    "RECORDER_APP_SECRET_WORK_SECRET": SECRET,
}


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
    """Make a recording and wait until it is in the library."""
    before = len(app.recordings())
    assert app.command("start").returncode == 0
    app.wait_for_seconds(seconds)
    app.stop()
    wait_until(lambda: len(app.recordings()) > before)


def type_bucket(app: RunningApp, name: str, address: str) -> None:
    """Add a bucket in the settings window, which has the keyboard, and have it tested."""
    # The list of pages goes to what is typed; the third kind is S3.
    app.hands.type("dest")
    app.eyes.find("push button", "Add a destination")
    app.hands.key("Tab", "Return", "Tab", "Tab", "Return")
    wait_until(lambda: "focused" in app.eyes.find("text", "Name").states)
    for text in (name, address, BUCKET):
        app.hands.type(text)
        app.hands.key("Tab")
    # Region, folder, public address and play page stay as they are.
    app.hands.key("Tab", "Tab", "Tab", "Tab")
    app.hands.type(KEY_ID)
    # Between them is the button that shows it.
    app.hands.key("Tab", "Tab")
    app.hands.type(SECRET)
    app.hands.click_on(app.eyes.find("push button", "Save and test").rect)
    app.eyes.find("label", "✓ Everything works.")


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
