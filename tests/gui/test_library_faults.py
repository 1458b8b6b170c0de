"""Faults that are met in the library window: what is said, and what is offered."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from recorder_app.errors import LibraryLocked, RecorderError
from recorder_app.services.library import library_path
from tests.gui.library import Visitor, make_library, stored
from tests.support.media import make

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_a_locked_database_is_told_and_tried_again(visitor: Visitor) -> None:
    visitor.click(0)
    other = sqlite3.connect(library_path(), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    failures: list[RecorderError] = []
    visitor.window.failed.connect(failures.append)
    began = time.monotonic()
    visitor.window.doings.verbs.favourite(True)
    took = time.monotonic() - began
    assert took < 0.05
    visitor.qtbot.waitUntil(lambda: bool(failures), timeout=20_000)
    other.execute("ROLLBACK")
    other.close()
    assert visitor.window.notice.text.startswith(failures[0].message)
    card = visitor.window.recordings.chosen_cards()[0]
    visitor.press("Try again")
    visitor.qtbot.waitUntil(lambda: stored(card.id).is_favourite)


def test_a_fault_is_told_until_it_is_over(visitor: Visitor) -> None:
    window = visitor.window
    window.model.failed.emit(LibraryLocked("The library is busy."))
    assert window.fault.text
    window.refresh()
    visitor.settle()
    assert not window.fault.text


def test_a_broken_database_is_told_with_a_way_out(home: Path, qtbot: QtBot) -> None:
    library_path().parent.mkdir(parents=True)
    library_path().write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    visitor = Visitor(qtbot, home).open()
    qtbot.waitUntil(lambda: bool(visitor.window.fault.text))
    library_path().unlink()
    make_library(10)
    visitor.press("Try again")
    qtbot.waitUntil(lambda: visitor.window.model.total > 5)
    assert not visitor.window.fault.text
    visitor.window.close()
    visitor.settle()


def test_a_file_that_is_gone_is_told_and_noted(visitor: Visitor, home: Path) -> None:
    window = visitor.window
    played: list[str] = []
    window.play_requested.connect(lambda _, path: played.append(path))
    row = next(row for row in range(10) if visitor.card(row).status == "completed")
    visitor.click(row)
    visitor.key(Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: "is not there" in window.notice.text)
    assert not played
    visitor.qtbot.waitUntil(lambda: visitor.card(row).status == "missing")
    # It is noted, too, when it is there again.
    visitor.move_file(row, make(home / "there.webm"))
    visitor.key(Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: bool(played))
    visitor.qtbot.waitUntil(lambda: visitor.card(row).status == "completed")


class _Editor(QWidget):
    closed, version_made = Signal(), Signal(str)
    is_closed = False

    def open(self, recording_id: str) -> None:
        pass

    def close_media(self) -> None:
        self.is_closed = True


def test_files_that_are_dropped_into_the_trim_view_are_told_of(
    visitor: Visitor, home: Path
) -> None:
    window, editor = visitor.window, _Editor()
    window.set_editor(editor)
    window.trim(window.model.id_of(0))
    assert not window.page.isVisible()
    visitor.drop_files(make(home / "party.webm"))
    visitor.qtbot.waitUntil(lambda: window.notice.text == "1 imported", timeout=20_000)
    assert window.notice.isVisible()
    assert editor.is_closed
