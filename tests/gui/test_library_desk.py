"""The library window as the application holds it, with all its panels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from recorder_app.settings.store import SettingsStore
from recorder_app.ui.background import Background
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


def test_what_is_being_typed_is_kept_as_the_program_ends(desk: LibraryDesk, qtbot: QtBot) -> None:
    newest = make_library(5)[-1]
    desk.open(newest)
    window, details = desk._window, desk._details
    assert window is not None
    assert details is not None
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.is_idle and details._page_ids == [newest], timeout=20_000)
    qtbot.waitUntil(lambda: details.is_idle)
    details.one.title.line.setText("Typed last")
    details.one.tags.line.setText("late")
    window.deeds.mark_favourite([newest], True)
    desk.close()
    row = stored(newest)
    assert row.title == "Typed last"
    assert "late" in [tag.name for tag in row.tags]
    assert row.is_favourite
    qtbot.waitUntil(lambda: window.is_idle and details.is_idle)
