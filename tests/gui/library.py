"""A library window over a library of its own, as a person works with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.services.browsing import CardEntry
from recorder_app.services.library import library_path
from recorder_app.settings.store import SettingsStore
from recorder_app.ui.library.places import Place
from recorder_app.ui.library.window import LibraryWindow
from recorder_app.ui.tokens import LIGHT
from tests.support.library import fill


def make_library(count: int) -> list[str]:
    """Make this user's library of so many recordings; return the ids, the oldest first."""
    database = Database(library_path())
    with database.write() as session:
        ids = fill(session, count)
    database.close()
    return ids


def stored(recording_id: str) -> Recording:
    """Return a recording as it is in the database now."""
    database = Database(library_path())
    with database.read() as session:
        row = session.get_one(Recording, recording_id)
    database.close()
    return row


class Visitor:
    """Somebody at the window. What it does is waited for."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = LibraryWindow(LIGHT, SettingsStore(folder / "settings.toml"))
        qtbot.addWidget(self.window)

    def open(self) -> Visitor:
        with self.qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until everything that was asked for is there."""
        self.qtbot.wait(30)
        self.qtbot.waitUntil(lambda: self.window.is_idle, timeout=20_000)
        QApplication.processEvents()

    @property
    def titles(self) -> list[str]:
        """The titles of the first rows."""
        model = self.window.model
        cards = [model.card(row) for row in range(min(model.total, 50))]
        return [card.title for card in cards if card is not None]

    @property
    def chosen(self) -> list[str]:
        """The titles of what is chosen."""
        return [card.title for card in self.window.recordings.chosen_cards()]

    def card(self, row: int) -> CardEntry:
        """Return what is known of a row."""
        card = self.window.model.card(row)
        assert card is not None
        return card

    def move_file(self, row: int, path: Path) -> None:
        """Have the library say that the file of a row is `path`, and the window see it."""
        database = Database(library_path())
        with database.write() as session:
            session.get_one(Recording, self.card(row).id).path = str(path)
        database.close()
        self.window.refresh()
        self.qtbot.waitUntil(lambda: self.card(row).path == str(path))

    def search(self, text: str) -> None:
        """Type `text` into the search field, as it was found with Ctrl+F."""
        QTest.keyClick(self.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        self.window.bar.search.setFocus()
        self.window.bar.search.selectAll()
        QTest.keyClicks(self.window.bar.search, text)
        self.qtbot.waitUntil(lambda: self.window.model.question.text == text)
        self.settle()

    def go(self, place: Place) -> None:
        self.window.sidebar.choose(place)
        self.settle()

    def click(self, row: int, *modifiers: Qt.KeyboardModifier) -> None:
        """Click a card of the grid."""
        grid = self.window.recordings.grid
        grid.scrollTo(grid.model().index(row, 0))
        held = Qt.KeyboardModifier.NoModifier
        for each in modifiers:
            held |= each
        at = grid.visualRect(grid.model().index(row, 0)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, held, at)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
        """Press a key on the recordings."""
        view = self.window.recordings.view
        view.setFocus()
        QTest.keyClick(view, key, held or Qt.KeyboardModifier.NoModifier)
        self.settle()

    def press(self, name: str) -> None:
        """Press a button that says `name`."""
        found = [
            button
            for button in self.window.findChildren(QPushButton)
            if button.isVisibleTo(self.window) and button.text() == name
        ]
        assert found, f"no button {name}"
        QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)
        self.settle()

    def drop_files(self, *paths: Path) -> None:
        """Drop files from another program onto the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        held = Qt.KeyboardModifier.NoModifier
        entered = QDragEnterEvent(QPoint(9, 9), copy, data, button, held)
        QApplication.sendEvent(self.window, entered)
        assert entered.isAccepted()
        QApplication.sendEvent(self.window, QDropEvent(QPointF(9, 9), copy, data, button, held))
        self.settle()
