"""The library window as the application holds it, with all its panels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from recorder_app.errors import DiskFull, LibraryLocked, UnreadableMedia
from recorder_app.settings.store import SettingsStore
from recorder_app.ui.background import Background
from recorder_app.ui.library import details_work
from recorder_app.ui.library.details import DetailsPanel
from recorder_app.ui.library.window import LibraryWindow
from recorder_app.ui.library_desk import LibraryDesk
from recorder_app.ui.remembered import Memory
from recorder_app.ui.tokens import LIGHT
from tests.gui.library import make_library, stored


class _Worker(QObject):
    def wake(self) -> None:
        pass


class _Sharing(QObject):
    said = Signal(str, str)

    def share_all(self, ids: list[str]) -> None:
        pass

    def look(self) -> None:
        pass


@pytest.fixture
def desk(home: Path) -> Iterator[LibraryDesk]:
    owner = QObject()
    store = SettingsStore(home / "settings.toml")
    worker, sharing = cast("Any", _Worker(owner)), cast("Any", _Sharing(owner))
    background = Background(owner, "test")
    yield LibraryDesk(LIGHT, store, Memory(background), worker, sharing, owner)
    background.finish()


def open_newest(desk: LibraryDesk, qtbot: QtBot) -> tuple[str, LibraryWindow, DetailsPanel]:
    """Open the window with its newest recording chosen; return the id, the window, the details."""
    newest = make_library(5)[-1]
    desk.open(newest)
    window, details = desk._window, desk._details
    assert window is not None
    assert details is not None
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.is_idle and details._page_ids == [newest], timeout=20_000)
    qtbot.waitUntil(lambda: details.is_idle)
    return newest, window, details


def test_what_is_being_typed_is_kept_as_the_program_ends(desk: LibraryDesk, qtbot: QtBot) -> None:
    newest, window, details = open_newest(desk, qtbot)
    details.one.title.line.setText("Typed last")
    details.one.tags.line.setText("late")
    window.deeds.mark_favourite([newest], True)
    desk.close()
    row = stored(newest)
    assert row.title == "Typed last"
    assert "late" in [tag.name for tag in row.tags]
    assert row.is_favourite
    qtbot.waitUntil(lambda: window.is_idle and details.is_idle)


@pytest.fixture
def opened(desk: LibraryDesk, qtbot: QtBot) -> Iterator[Any]:
    """The application's window with all its panels, and the details of a recording."""
    _, window, details = open_newest(desk, qtbot)
    yield desk
    desk.close()
    qtbot.waitUntil(lambda: window.is_idle and details.is_idle)


def test_a_library_that_can_be_read_again_is_told_no_more(
    opened: Any, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window, details = opened._window, opened._details

    def never(*_: object, **__: object) -> None:
        raise LibraryLocked("The library is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(details_work, "read", never)
        details.refresh()
        qtbot.waitUntil(lambda: "busy" in window.notice.text)
    details.refresh()
    qtbot.waitUntil(lambda: not window.notice.text)


def test_what_is_stored_again_was_no_lasting_fault(opened: Any, qtbot: QtBot) -> None:
    window, details = opened._window, opened._details
    window.tell_failed(DiskFull("The disk is full."))
    details.one.title.set_text("Another name")
    details.one.commit()
    qtbot.waitUntil(lambda: not window.notice.text)


def test_what_plays_again_was_no_lasting_fault(opened: Any) -> None:
    window = opened._window
    window.tell_failed(UnreadableMedia("It cannot be played here."))
    window.panels.player.playing_changed.emit(False)
    assert window.notice.text
    window.panels.player.playing_changed.emit(True)
    assert not window.notice.text


def test_who_trims_is_told_on_that_page_alone(opened: Any, qtbot: QtBot) -> None:
    window, page = opened._window, opened._page
    window.pages.setCurrentWidget(page)
    page.failed.emit(DiskFull("The disk is full."))
    assert not window.notice.text
    # A version is made on when the page was left.
    window.leave_editor()
    page.failed.emit(DiskFull("The disk is full."))
    assert "full" in window.notice.text
    page.version_made.emit("")
    assert not window.notice.text
    qtbot.waitUntil(lambda: window.is_idle)
