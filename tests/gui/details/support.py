"""Somebody before the details panel, and what is to be read there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from recorder_app.errors import LibraryLocked
from recorder_app.library.database import Database
from recorder_app.services.details import Details, details_of
from recorder_app.ui.library.copy_row import CopyRow
from recorder_app.ui.library.details import DetailsPanel
from tests.gui.support import buttons

SOON_MS = 8000


class Person:
    """Somebody with a keyboard before the panel."""

    def __init__(self, panel: DetailsPanel, database: Database, qtbot: QtBot) -> None:
        self.panel, self.database, self.qtbot = panel, database, qtbot

    def choose(self, *ids: str) -> None:
        self.panel.show_recordings(list(ids))
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.panel.is_idle, timeout=SOON_MS)
        # Rows that were added are shown by Qt a moment later.
        QApplication.processEvents()

    def go_to(self, part: QWidget) -> None:
        """Have the keyboard there; without a display a list of names takes it from the window."""
        self.panel.activateWindow()
        self.qtbot.waitUntil(self.panel.isActiveWindow)
        part.setFocus()

    def write(self, line: QWidget, text: str, *, ends: bool = True) -> None:
        """Type `text` in place of what is in a field, and press Return."""
        self.go_to(line)
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)
        if ends:
            QTest.keyClick(line, Qt.Key.Key_Return)
            self.settle()

    def stored(self, recording_id: str) -> Details:
        return details_of(self.database, recording_id)


def texts(part: QWidget) -> str:
    """Return what can be read in `part`."""
    labels = [each for each in part.findChildren(QLabel) if each.isVisibleTo(part)]
    return "\n".join(each.text() for each in labels)


def named(part: QWidget, name: str) -> QAbstractButton:
    found = [
        each
        for each in part.findChildren(QAbstractButton)
        if each.accessibleName() == name and each.isVisibleTo(part)
    ]
    assert found, f"no {name} among {buttons(part)}"
    return found[0]


def name_line(field: Any) -> QLineEdit:
    found = field.box.lineEdit()
    assert isinstance(found, QLineEdit)
    return found


def the_row(person: Person, destination: str) -> CopyRow:
    rows = person.panel.one.rows
    found = [row for row in rows if row.entry and row.entry.destination == destination]
    assert len(found) == 1
    return found[0]


def choose_in_menu(row: CopyRow, text: str) -> None:
    actions = {action.text(): action for action in row.menu().actions()}
    assert text in actions, list(actions)
    actions[text].trigger()


def locked(*_: object) -> None:
    raise LibraryLocked("The library is busy.")


def refreshed(person: Person, is_so: Callable[[], bool]) -> Callable[[], bool]:
    """Return a question that has the panel look again each time, sooner than it does by itself."""

    def ask() -> bool:
        if person.panel.is_idle:
            person.panel.refresh()
        return is_so()

    return ask
