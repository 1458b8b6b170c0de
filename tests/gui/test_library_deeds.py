"""What is done from the library window, and what is said of it."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from recorder_app.errors import LibraryLocked
from recorder_app.services import catalogue, links
from recorder_app.services.catalogue import Changes
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
