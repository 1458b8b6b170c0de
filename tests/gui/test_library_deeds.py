"""What is done from the library window, what is said of it, and the panels that join it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from recorder_app.errors import LibraryLocked
from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from recorder_app.pipeline.events import Marked, RecordingState
from recorder_app.pipeline.journal import SCHEMA, JournalEntry, Owner, journal_path
from recorder_app.services import catalogue, links
from recorder_app.services.catalogue import Changes
from recorder_app.services.library import library_path
from recorder_app.ui.library import deeds, places
from recorder_app.ui.library.model import IDS_FORMAT
from recorder_app.ui.library.places import Place
from tests.gui.library import Visitor, stored
from tests.support.media import make

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_deleted_one_comes_back(visitor: Visitor) -> None:
    window = visitor.window
    visitor.click(0)
    visitor.click(2, CTRL)
    chosen, total = visitor.chosen, window.model.total
    visitor.key(Qt.Key.Key_Delete)
    visitor.qtbot.waitUntil(lambda: window.model.total == total - 2)
    assert window.notice.text == "2 recordings are in the trash."
    assert not set(chosen) & set(visitor.titles[:1])
    visitor.key(Qt.Key.Key_Z, CTRL)
    visitor.qtbot.waitUntil(lambda: window.model.total == total)
    assert [visitor.titles[0], visitor.titles[2]] == chosen


def test_undo_can_be_clicked(visitor: Visitor) -> None:
    total = visitor.window.model.total
    visitor.click(0)
    visitor.key(Qt.Key.Key_Delete)
    visitor.qtbot.waitUntil(lambda: visitor.window.model.total == total - 1)
    visitor.press("Undo")
    visitor.qtbot.waitUntil(lambda: visitor.window.model.total == total)


def test_what_was_deleted_before_a_failure_can_be_undone(
    visitor: Visitor, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = visitor.window
    there = [each for each in ids if stored(each).deleted_at is None][:5]
    real, calls = catalogue.delete, []

    def once(part: list[str]) -> object:
        calls.append(part)
        if len(calls) > 1:
            raise LibraryLocked("The library is busy.")
        return real(part)

    monkeypatch.setattr(deeds, "_AT_ONCE", 3)
    monkeypatch.setattr(catalogue, "delete", once)
    with visitor.qtbot.waitSignal(window.failed):
        window.deeds.delete([there[0], "gone", *there[1:]])
    visitor.settle()
    assert [stored(each).deleted_at is not None for each in there] == [True] * 2 + [False] * 3
    assert window.notice.text.startswith("The library is busy.")

    def never(_: object) -> None:
        raise LibraryLocked("The library is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "restore", never)
        visitor.key(Qt.Key.Key_Z, CTRL)
    visitor.key(Qt.Key.Key_Z, CTRL)
    visitor.settle()
    assert all(stored(each).deleted_at is None for each in there)


def test_a_slow_link_holds_up_nothing(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    window = visitor.window
    go_on = threading.Event()

    def slow(*_: object) -> SimpleNamespace:
        assert go_on.wait(20)
        return SimpleNamespace(text="https://videos.example.org/1")

    monkeypatch.setattr(links, "link", slow)
    first = window.model.id_of(0)
    visitor.click(0)
    window.doings.verbs.copy_link()
    assert window.notice.text == "Making the link…"
    window.deeds.rename(first, "Meanwhile")
    visitor.qtbot.waitUntil(lambda: stored(first).title == "Meanwhile")
    go_on.set()
    visitor.settle()
    assert window.notice.text == "Link copied."


def test_for_good_is_asked_in_the_window(visitor: Visitor, home: Path) -> None:
    window = visitor.window
    visitor.go(Place(places.TRASH))
    file = home / "gone.webm"
    file.write_bytes(b"x" * 4000)
    visitor.move_file(0, file)
    visitor.click(0)
    visitor.key(Qt.Key.Key_Delete)
    assert "for good?" in window.notice.text
    focused = window.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Keep"
    visitor.press("Keep")
    assert file.exists()
    visitor.key(Qt.Key.Key_Delete)
    total = window.model.total
    visitor.press("Delete for good")
    visitor.qtbot.waitUntil(lambda: window.model.total == total - 1)
    assert not file.exists()


def test_a_title_is_changed_where_it_stands(visitor: Visitor) -> None:
    visitor.click(4)
    card = visitor.window.recordings.chosen_cards()[0]
    visitor.key(Qt.Key.Key_F2)
    editor = visitor.window.recordings.grid.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "A better name")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: stored(card.id).title == "A better name")
    visitor.qtbot.waitUntil(lambda: visitor.titles[4] == "A better name")
    assert visitor.chosen == ["A better name"]


@pytest.mark.parametrize("look", ["grid", "list"])
def test_a_title_is_typed_in_peace(visitor: Visitor, look: str) -> None:
    window = visitor.window
    window.show_look(look)
    window.recordings.choose_row(4)
    model, total = window.model, window.model.total
    card, first = model.card(4), model.card(0)
    assert card is not None
    assert first is not None
    visitor.key(Qt.Key.Key_F2)
    editor = window.recordings.view.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "Half a ti")
    # Others change it, and what stands before it.
    catalogue.edit(card.id, Changes(is_favourite=not card.is_favourite))
    catalogue.delete([first.id])
    model.refresh()
    visitor.settle()
    model.dataChanged.emit(model.index(4, 0), model.index(4, 6))
    assert editor.text() == "Half a ti"
    QTest.keyClicks(editor, "tle")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: stored(card.id).title == "Half a title")
    visitor.qtbot.waitUntil(lambda: model.total == total - 1)


def test_many_are_tagged_and_put_into_a_project(visitor: Visitor) -> None:
    visitor.click(0)
    visitor.click(1, SHIFT)
    chosen = [card.id for card in visitor.window.recordings.chosen_cards()]
    verbs = visitor.window.doings.verbs
    verbs.tag("release", True)
    verbs.assign("Launch & more")
    verbs.favourite(True)
    visitor.settle()
    for each in chosen:
        row = stored(each)
        assert "release" in [tag.name for tag in row.tags]
        assert row.project is not None
        assert row.project.name == "Launch & more"
        assert row.is_favourite
    visitor.qtbot.waitUntil(
        lambda: Place(places.PROJECT, "Launch & more") in visitor.window.sidebar._items
    )


def test_recordings_are_dropped_onto_a_tag(visitor: Visitor) -> None:
    sidebar = visitor.window.sidebar
    card = visitor.window.model.card(0)
    assert card is not None
    item = sidebar._items[Place(places.TAG, "workshop")]
    sidebar._tags.setExpanded(True)
    sidebar.scrollToItem(item)
    data = QMimeData()
    data.setData(IDS_FORMAT, QByteArray(card.id.encode()))
    at = QPointF(sidebar.visualItemRect(item).center())
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    held = Qt.KeyboardModifier.NoModifier
    sidebar.dropEvent(QDropEvent(at, copy, data, button, held))
    visitor.settle()
    assert "workshop" in [tag.name for tag in stored(card.id).tags]


def test_files_that_are_dropped_are_imported_and_refused_ones_say_why(
    visitor: Visitor, home: Path
) -> None:
    window = visitor.window
    total = window.model.total
    folder = home / "films"
    folder.mkdir()
    make(folder / "party.webm", "-t", "1")
    (folder / "notes.webm").write_text("no film at all")
    queued = []
    window.work_added.connect(lambda: queued.append(True))
    visitor.drop_files(folder)
    visitor.qtbot.waitUntil(lambda: "not imported" in window.notice.text, timeout=20_000)
    assert window.notice.text == "1 imported, 1 not imported"
    assert "notes.webm" in window.notice._details.toPlainText()
    visitor.qtbot.waitUntil(lambda: window.model.total == total + 1)
    assert queued


def test_return_plays(visitor: Visitor, home: Path) -> None:
    file = home / "there.webm"
    file.write_bytes(b"x")
    visitor.move_file(0, file)
    visitor.click(0)
    view = visitor.window.recordings.view
    with visitor.qtbot.waitSignal(visitor.window.play_requested) as played:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert played.args == [visitor.card(0).id, str(file)]


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
