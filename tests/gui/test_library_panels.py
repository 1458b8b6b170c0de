"""The panels that join the library window: each is told, and heard."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.pipeline.events import Marked, RecordingState
from recorder_app.pipeline.journal import SCHEMA, JournalEntry, Owner, journal_path
from recorder_app.services.library import library_path
from tests.gui.library import Visitor, stored
from tests.support.media import make

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CTRL = Qt.KeyboardModifier.ControlModifier


class _Details(QWidget):
    changed, share_requested = Signal(list), Signal(list)
    trim_requested = Signal(str)
    failed = Signal(object)
    refused = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def show_recordings(self, ids: list[str]) -> None:
        self.shown = ids


class _Player(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, str, list[tuple[float, str]]]] = []
        self.is_closed = self.is_playing = False
        self.recording_id = ""
        self.position_s = 0.0

    def open(self, recording_id: str, path: str, markers: list[tuple[float, str]]) -> None:
        self.opened.append((recording_id, path, markers))
        self.recording_id = recording_id

    def seek(self, at_s: float) -> None:
        self.position_s = at_s

    def play(self) -> None:
        self.is_playing = True

    def close_media(self) -> None:
        self.is_closed = True


class _Editor(QWidget):
    closed, version_made = Signal(), Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.opened = ""
        self.undone = 0
        self.line = QLineEdit(self)
        self.line.setReadOnly(True)
        undo = QAction(self)
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        undo.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.triggered.connect(self._undo)
        self.addAction(undo)

    def open(self, recording_id: str) -> None:
        self.opened = recording_id
        self.line.setFocus()

    def close_media(self) -> None:
        self.opened = ""

    def _undo(self) -> None:
        self.undone += 1


class _Activity(QWidget):
    opened, failed = Signal(str), Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.is_on = False

    def begin(self) -> None:
        self.is_on = True

    def end(self) -> None:
        self.is_on = False


def test_panels_of_others_are_told_and_heard(visitor: Visitor, ids: list[str]) -> None:
    window = visitor.window
    details, player, editor, activity = _Details(), _Player(), _Editor(), _Activity()
    window.set_details(details)
    window.set_player(player)
    window.set_editor(editor)
    window.set_activity(activity)
    window.resize(1100, 700)
    assert activity.is_on
    visitor.click(0)
    card = window.recordings.chosen_cards()[0]
    assert details.shown == [card.id]
    shared: list[list[str]] = []
    window.share_requested.connect(shared.append)
    window.doings.verbs.share()
    details.share_requested.emit([card.id])
    assert shared == [[card.id]] * 2
    Path(card.path).parent.mkdir(parents=True, exist_ok=True)
    details.trim_requested.emit(card.id)
    assert editor.opened == card.id
    assert editor.isVisible()
    assert player.is_closed
    editor.closed.emit()
    assert window.recordings.isVisible()
    wanted = next(each for each in ids if stored(each).deleted_at is None)
    activity.opened.emit(wanted)
    visitor.qtbot.waitUntil(lambda: details.shown == [wanted])
    window.recordings.choose_none()
    assert details.shown == []
    window.close()
    visitor.settle()
    assert not activity.is_on


def test_undo_in_the_trim_view_brings_nothing_back(visitor: Visitor) -> None:
    window, editor = visitor.window, _Editor()
    window.set_editor(editor)
    total = window.model.total
    visitor.click(0)
    visitor.key(Qt.Key.Key_Delete)
    visitor.qtbot.waitUntil(lambda: window.model.total == total - 1)
    window.trim(window.model.id_of(0))
    editor.line.setFocus()
    QTest.keyClick(editor.line, Qt.Key.Key_Z, CTRL)
    visitor.settle()
    assert editor.undone == 1
    assert window.model.total == total - 1
    editor.closed.emit()
    visitor.key(Qt.Key.Key_Z, CTRL)
    visitor.qtbot.waitUntil(lambda: window.model.total == total)


def test_who_trims_is_left_alone_and_leaving_lets_go_of_the_file(visitor: Visitor) -> None:
    window, editor = visitor.window, _Editor()
    window.set_editor(editor)
    wanted = window.model.id_of(3)
    window.show_recording(wanted)
    window.trim(wanted)
    editor.version_made.emit(wanted)
    visitor.settle()
    assert editor.isVisible()
    assert editor.line.hasFocus()
    window.show_recording(wanted)
    assert not editor.opened
    assert window.recordings.isVisible()
    visitor.settle()
    window.trim(wanted)
    window.close()
    assert not editor.opened
    visitor.settle()
    assert window.pages.currentIndex() == 0


def test_the_player_gets_the_markers(visitor: Visitor, home: Path) -> None:
    window = visitor.window
    player = _Player()
    window.set_player(player)
    window.resize(1100, 700)
    card = window.model.card(0)
    assert card is not None
    file = make(home / "film.webm")
    entry = JournalEntry(
        SCHEMA, file.name, RecordingState.FINISHED, datetime.now(UTC), Owner(1, 0.0), {}, []
    )
    entry.markers = [Marked(0.5, "Intro")]
    journal_path(file).write_bytes(msgspec.json.encode(entry))
    database = Database(library_path())
    with database.write() as session:
        session.get_one(Recording, card.id).path = str(file)
    database.close()
    window.refresh()
    visitor.qtbot.waitUntil(
        lambda: (now := window.model.card(0)) is not None and now.path == str(file)
    )
    visitor.click(0)
    visitor.key(Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: bool(player.opened))
    assert player.opened == [(card.id, str(file), [(0.5, "Intro")])]
    assert player.isVisible()


def test_playing_shows_the_side_where_there_is_room(visitor: Visitor, home: Path) -> None:
    window, player = visitor.window, _Player()
    window.set_player(player)
    window.resize(1100, 700)
    window.bar.details.setChecked(False)
    card = given_a_file(visitor, home)
    visitor.click(0)
    visitor.key(Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: bool(player.opened))
    assert player.isVisible()
    window.resize(800, 700)
    with visitor.qtbot.waitSignal(window.play_requested) as played:
        visitor.key(Qt.Key.Key_Return)
    assert played.args[0] == card
    assert len(player.opened) == 1


def test_a_moment_is_one_of_its_own_recording(visitor: Visitor, home: Path) -> None:
    window, player = visitor.window, _Player()
    window.set_player(player)
    window.resize(1100, 700)
    card = given_a_file(visitor, home)
    player.recording_id = "another"
    window.doings.play_at(card, 12.0)
    visitor.qtbot.waitUntil(lambda: player.recording_id == card)
    # A player keeps the moment until it has the file.
    visitor.qtbot.waitUntil(lambda: player.position_s == 12.0)
    assert player.is_playing
    window.doings.play_at(card, 20.0)
    assert player.position_s == 20.0
    assert len(player.opened) == 1


def given_a_file(visitor: Visitor, home: Path) -> str:
    """Put a file where the first recording's is said to be; return its id."""
    first = visitor.window.model.id_of(0)
    file = home / "there.webm"
    file.write_bytes(b"x")
    database = Database(library_path())
    with database.write() as session:
        session.get_one(Recording, first).path = str(file)
    database.close()
    visitor.window.refresh()
    visitor.qtbot.waitUntil(
        lambda: (now := visitor.window.model.card(0)) is not None and now.path == str(file)
    )
    return first
