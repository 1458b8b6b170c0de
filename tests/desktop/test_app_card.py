"""The card of what was just recorded: its title, and taking a deletion back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.probe import probe
from tests.support.app import RunningApp, running_app
from tests.support.command import environment
from tests.support.hands import wait_until


@pytest.fixture
def app(full_desktop: VirtualDesktop, tmp_path: Path) -> Iterator[RunningApp]:
    """The app with a recording that is in the library, and its card."""
    with running_app(environment(full_desktop.environment, home=tmp_path)) as running:
        assert running.command("start").returncode == 0
        running.wait_for_seconds(1)
        running.stop()
        wait_until(running.recordings)
        running.eyes.find("text", "Title")
        yield running


def titles(app: RunningApp) -> list[str]:
    return [one["title"] for one in app.recordings()]


def test_the_title_is_changed_where_it_stands(app: RunningApp) -> None:
    path = Path(app.status()["path"])
    field = app.eyes.find("text", "Title")
    assert field.text == path.stem
    app.hands.click_on(field.rect)
    app.hands.key("ctrl+a")
    app.hands.type("Budget & plans")
    app.hands.key("Return")
    wait_until(lambda: titles(app) == ["Budget & plans"])
    assert app.eyes.find("text", "Title").text == "Budget & plans"
    assert "Recent" in app.menu_names()
    assert probe(Path(app.recordings()[0]["path"])).duration_s >= 1


def test_a_deletion_is_taken_back(app: RunningApp) -> None:
    [before] = app.recordings()
    app.press("push button", "Delete")
    app.eyes.find("push button", "Undo")
    wait_until(lambda: not app.recordings())
    app.press("push button", "Undo")
    app.eyes.find("text", "Title")
    wait_until(lambda: titles(app) == [before["title"]])
    [after] = app.recordings()
    assert after["path"] == before["path"]
    assert probe(Path(after["path"])).duration_s >= 1


def test_the_card_is_closed_and_makes_room(app: RunningApp) -> None:
    assert app.command("start").returncode == 0
    # Nothing of the last recording is in the picture of this one.
    wait_until(lambda: not app.shows("text", "Title"))
    app.wait_for_seconds(1)
    app.stop()
    app.press("push button", "Close")
    wait_until(lambda: not app.shows("text", "Title"))
    wait_until(lambda: len(app.recordings()) == 2)
