"""What is done with more recordings than were ever seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recorder_app.library import media_rows
from recorder_app.ui.library.drag_picture import drag_picture, drag_text
from recorder_app.ui.library.model import IDS_FORMAT
from recorder_app.ui.tokens import LIGHT
from tests.gui.library import Visitor, make_library, stored

CTRL = Qt.KeyboardModifier.ControlModifier
MANY = 1204


@pytest.fixture
def many(home: Path, qtbot: QtBot) -> Iterator[Visitor]:
    """A window in which all of many recordings are chosen, and few were seen."""
    make_library(MANY)
    visitor = Visitor(qtbot, home).open()
    visitor.key(Qt.Key.Key_A, CTRL)
    yield visitor
    visitor.window.close()
    visitor.settle()


def test_all_chosen_files_are_copied_with_those_that_were_not_seen(
    many: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = many.window
    ids: list[str] = []
    window.model.with_ids(ids.extend)
    go_on, paths = threading.Event(), media_rows.paths

    def slow(*arguments: object) -> dict[str, str]:
        assert go_on.wait(20)
        return paths(*arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(media_rows, "paths", slow)
    began = time.monotonic()
    window.doings.copy_files()
    assert time.monotonic() - began < 0.5
    assert window.notice.text == "Looking up the files…"
    go_on.set()
    many.settle()
    urls = QGuiApplication.clipboard().mimeData().urls()
    assert len(urls) == len(ids) == window.model.total
    assert window.notice.text == f"{len(ids):,} files copied."
    assert urls[0].toLocalFile() == stored(ids[0]).path
    assert urls[-1].toLocalFile() == stored(ids[-1]).path


def test_what_is_dragged_says_how_many_they_are(
    many: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid, model = many.window.recordings.grid, many.window.model
    given: list[QMimeData] = []
    pictures: list[int] = []

    def drop(self: QDrag, *_: object) -> Qt.DropAction:
        data = QMimeData()
        data.setUrls(self.mimeData().urls())
        data.setData(IDS_FORMAT, self.mimeData().data(IDS_FORMAT))
        given.append(data)
        pictures.append(self.pixmap().width())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drop)
    grid.startDrag(Qt.DropAction.CopyAction)
    known = len(given[0].urls())
    assert 0 < known < model.total
    assert drag_text(grid, known, model.total) == f"{known} of {model.total:,} files"
    # Within the window all of them are meant, as their ids are known.
    assert len(bytes(given[0].data(IDS_FORMAT).data()).split(b"\n")) == model.total
    # A click on one of them that is no drag chooses that one.
    many.click(0)
    assert many.window.recordings.chosen_count == 1
    grid.startDrag(Qt.DropAction.CopyAction)
    assert len(given[1].urls()) == 1
    assert pictures[1] < pictures[0]
    assert not drag_text(grid, 1, 1)


def test_the_picture_has_room_for_its_words(qapp: QApplication, visitor: Visitor) -> None:
    grid = visitor.window.recordings.grid
    made = drag_picture(grid, LIGHT, 100, 100_000)
    words = grid.fontMetrics().horizontalAdvance(drag_text(grid, 100, 100_000))
    assert made.width() / made.devicePixelRatio() > words + 32
    assert qapp.activeWindow() is not None
