"""The library window over a real database: found, chosen, changed, deleted, brought back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QDropEvent, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from recorder_app import paths
from recorder_app.errors import RecorderError
from recorder_app.library.database import Database
from recorder_app.library.listing import Filter, Order
from recorder_app.library.models import Job, Recording
from recorder_app.services import catalogue
from recorder_app.services.catalogue import Changes
from recorder_app.services.library import library_path
from recorder_app.ui.library import places
from recorder_app.ui.library.model import IDS_FORMAT
from recorder_app.ui.library.places import Place
from recorder_app.ui.remembered import LibraryLook
from recorder_app.ui.tokens import DARK
from tests.gui.library import Visitor, make_library
from tests.support.media import make

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
COUNT = 300


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    return tmp_path


@pytest.fixture
def ids(home: Path) -> list[str]:  # noqa: ARG001 - the library is made there
    return make_library(COUNT)


@pytest.fixture
def visitor(ids: list[str], home: Path, qtbot: QtBot) -> Iterator[Visitor]:  # noqa: ARG001
    one = Visitor(qtbot, home).open()
    yield one
    one.window.close()
    one.settle()


def stored(recording_id: str) -> Recording:
    database = Database(library_path())
    with database.read() as session:
        row = session.get_one(Recording, recording_id)
    database.close()
    return row


def test_all_are_there_the_newest_first(visitor: Visitor, ids: list[str]) -> None:
    window = visitor.window
    there = [each for each in reversed(ids) if stored_ids_outside_trash(each)]
    assert window.model.total == len(there)
    first = window.model.card(0)
    assert first is not None
    assert first.id == there[0]
    item = window.sidebar._items[Place()]
    assert item.text(1) == str(len(there))


def stored_ids_outside_trash(recording_id: str) -> bool:
    return stored(recording_id).deleted_at is None


def test_a_typo_finds_it_and_says_where(visitor: Visitor) -> None:
    card = visitor.window.model.card(7)
    assert card is not None
    catalogue.edit(card.id, Changes(title="Kubernetes rollout explained"))
    visitor.search("kuberntes rolout")
    found = visitor.window.model.card(0)
    assert found is not None
    assert found.id == card.id
    assert found.title_ranges == ((0, 10), (11, 18))
    QTest.keyClick(visitor.window.bar.search, Qt.Key.Key_Escape)
    visitor.qtbot.waitUntil(lambda: visitor.window.model.question.text == "")
    visitor.settle()
    assert visitor.window.model.total > 200


def test_only_the_last_of_fast_keys_is_answered(visitor: Visitor) -> None:
    answers = []
    model = visitor.window.model
    model.answered.connect(lambda: answers.append(model.question.text))
    for text in ("d", "da", "dat", "data"):
        visitor.window.bar.asked.emit(text)
    visitor.settle()
    assert answers == ["data"]


def test_no_results_offer_to_search_everywhere(visitor: Visitor) -> None:
    visitor.go(Place(places.TRASH))
    title = visitor.titles[0]
    visitor.go(Place(places.FAVOURITES))
    card = visitor.window.model.card(0)
    assert card is not None
    catalogue.edit(card.id, Changes(is_favourite=False, title="Quetzalcoatl"))
    visitor.search("Quetzalcoatl")
    assert visitor.window.recordings.currentWidget() is visitor.window.recordings.empty
    assert "Nothing found for “Quetzalcoatl”" in visitor.window.recordings.empty.text
    visitor.press("Search in all recordings")
    assert visitor.titles[0] == "Quetzalcoatl"
    assert visitor.window.sidebar.place == Place()
    assert title


def test_places_show_what_they_say(visitor: Visitor) -> None:
    model = visitor.window.model
    for place, is_right in (
        (Place(places.FAVOURITES), lambda card: card.is_favourite),
        (Place(places.NOT_SHARED), lambda card: not card.links),
        (Place(places.GONE), lambda card: card.status == "missing"),
        (Place(places.TRASH), lambda card: card.is_deleted),
        (Place(places.TAG, "workshop"), lambda card: "workshop" in card.tags),
        (Place(places.PROJECT, "Account Call"), lambda card: card.project == "Account Call"),
    ):
        visitor.go(place)
        cards = [model.card(row) for row in range(min(50, model.total))]
        assert cards, place
        assert all(card is not None and is_right(card) for card in cards), place


def test_unfinished_are_those_with_work_that_is_not_done(visitor: Visitor, ids: list[str]) -> None:
    database = Database(library_path())
    with database.write() as session:
        for each, state in zip(ids[-40:], ("running", "failed", "done", "queued"), strict=False):
            kind = "poster" if state == "queued" else "upload"
            job = Job(kind=kind, lane="network", state=state, progress=0.62, recording_id=each)
            session.add(job)
            session.get_one(Recording, each).deleted_at = None
    database.close()
    visitor.go(Place(places.UNFINISHED))
    model = visitor.window.model
    assert model.total == 2
    said = {model.index(row, 6).data() for row in range(2)}
    assert any("uploading 62 %" in text for text in said)
    assert any("upload failed" in text for text in said)


def test_filters_are_chips_that_can_be_removed(visitor: Visitor) -> None:
    window = visitor.window
    everything = window.model.total
    window.bar.filter_chosen.emit(Filter(recording_type="window", shortest_s=60.0, longest_s=600.0))
    visitor.settle()
    narrowed = window.model.total
    assert 0 < narrowed < everything
    visitor.press("Window")
    assert narrowed < window.model.total < everything
    visitor.press("1 to 10 minutes")
    assert window.model.total == everything


def test_the_popup_makes_filters(visitor: Visitor) -> None:
    bar = visitor.window.bar
    chosen: list[Filter] = []
    bar.filter_chosen.connect(chosen.append)
    bar._narrow.click()
    popup = bar._popup
    assert popup.isVisible()
    for box, text in ((popup._status, "Missing"), (popup._days, "Last 7 days")):
        box.setFocus()
        box.setCurrentText(text)
        box.activated.emit(box.currentIndex())
    assert chosen[-1].status == "missing"
    first = chosen[-1].created_from
    assert first is not None
    assert timedelta(days=6) <= datetime.now(UTC) - first <= timedelta(days=7, hours=1)
    popup.close()


def test_sorting_by_header_and_by_menu(visitor: Visitor) -> None:
    window = visitor.window
    window.show_look("list")
    header = window.recordings.table.horizontalHeader()
    for turned in (False, True):
        header.sectionClicked.emit(0)
        visitor.settle()
        titles = visitor.titles
        assert titles == sorted(titles, reverse=turned)
    menu = window.bar.sort_menu()
    next(each for each in menu.actions() if each.text() == "Length").trigger()
    visitor.settle()
    assert window.model.question.order is Order.LENGTH
    lengths = [window.model.index(row, 2).data() for row in range(20)]
    assert lengths == sorted(lengths, reverse=True)


def test_grid_and_list_show_the_same_chosen(visitor: Visitor) -> None:
    visitor.click(3)
    visitor.click(5, CTRL)
    before = visitor.chosen
    assert len(before) == 2
    visitor.window.bar._list.click()
    assert visitor.chosen == before
    table = visitor.window.recordings.table
    assert [index.row() for index in table.selectionModel().selectedRows()] == [3, 5]


def test_keys_move_in_the_grid(visitor: Visitor) -> None:
    grid = visitor.window.recordings.grid
    visitor.click(0)
    columns = grid._columns()
    visitor.key(Qt.Key.Key_Right)
    visitor.key(Qt.Key.Key_Down)
    assert grid.currentIndex().row() == 1 + columns
    visitor.key(Qt.Key.Key_End)
    assert grid.currentIndex().row() == visitor.window.model.total - 1
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))
    visitor.key(Qt.Key.Key_Home)
    visitor.key(Qt.Key.Key_Down, SHIFT)
    assert len(visitor.chosen) == columns + 1
    visitor.key(Qt.Key.Key_A, CTRL)
    assert visitor.window.recordings.chosen_count == visitor.window.model.total
    assert visitor.window.bulk.isVisible()
    visitor.key(Qt.Key.Key_Escape)
    assert visitor.window.recordings.chosen_count == 0
    assert visitor.window.isVisible()


def test_shift_and_click_choose_all_between(visitor: Visitor) -> None:
    visitor.click(1)
    visitor.click(9, SHIFT)
    assert visitor.window.recordings.chosen_count == 9


def test_letters_typed_at_a_recording_search(visitor: Visitor) -> None:
    visitor.click(0)
    view = visitor.window.recordings.view
    QTest.keyClicks(view, "x")
    assert visitor.window.bar.search.text() == "x"


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


def test_for_good_is_asked_in_the_window(visitor: Visitor, home: Path) -> None:
    window = visitor.window
    visitor.go(Place(places.TRASH))
    card = window.model.card(0)
    assert card is not None
    file = home / "gone.webm"
    file.write_bytes(b"x" * 4000)
    database = Database(library_path())
    with database.write() as session:
        session.get_one(Recording, card.id).path = str(file)
    database.close()
    visitor.click(0)
    visitor.key(Qt.Key.Key_Delete)
    assert "for good?" in window.notice.text
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


def test_what_others_change_is_seen_and_nothing_jumps(visitor: Visitor) -> None:
    window = visitor.window
    grid = window.recordings.grid
    visitor.click(40)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().value() + 60)
    visitor.settle()
    chosen = visitor.chosen
    place = grid.visualRect(grid.currentIndex()).top()
    first = window.model.card(0)
    assert first is not None
    catalogue.delete([first.id])
    visitor.qtbot.waitUntil(lambda: grid.currentIndex().row() == 39, timeout=6000)
    assert visitor.chosen == chosen
    # One column further at most; its line is where it was.
    assert abs(grid.visualRect(grid.currentIndex()).top() - place) <= grid._pitch()


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


def test_a_file_that_is_gone_is_told(visitor: Visitor) -> None:
    played: list[str] = []
    visitor.window.play_requested.connect(played.append)
    visitor.click(0)
    visitor.key(Qt.Key.Key_Return)
    visitor.qtbot.waitUntil(lambda: "is not there" in visitor.window.notice.text)
    assert not played


def test_return_plays(visitor: Visitor, home: Path) -> None:
    card = visitor.window.model.card(0)
    assert card is not None
    file = home / "there.webm"
    file.write_bytes(b"x")
    database = Database(library_path())
    with database.write() as session:
        session.get_one(Recording, card.id).path = str(file)
    database.close()
    visitor.window.refresh()
    visitor.qtbot.waitUntil(
        lambda: (now := visitor.window.model.card(0)) is not None and now.path == str(file)
    )
    visitor.click(0)
    view = visitor.window.recordings.view
    with visitor.qtbot.waitSignal(visitor.window.play_requested) as played:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert played.args == [card.id]


def test_an_empty_library_teaches(home: Path, qtbot: QtBot) -> None:
    visitor = Visitor(qtbot, home).open()
    qtbot.waitUntil(lambda: "No recordings yet" in visitor.window.recordings.empty.text)
    assert "Ctrl+Alt+R" in visitor.window.recordings.empty.text
    with qtbot.waitSignal(visitor.window.record_requested):
        visitor.press("Record")
    visitor.window.close()
    visitor.settle()


def test_a_recording_is_shown_wherever_somebody_is(visitor: Visitor, ids: list[str]) -> None:
    wanted = next(each for each in ids if stored(each).deleted_at is None)
    visitor.go(Place(places.TRASH))
    visitor.search("nothing like it")
    visitor.window.show_recording(wanted)
    visitor.qtbot.waitUntil(
        lambda: [card.id for card in visitor.window.recordings.chosen_cards()] == [wanted]
    )
    grid = visitor.window.recordings.grid
    assert grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex()))
    assert visitor.window.bar.search.text() == ""


def test_posters_come_and_the_strip_follows_the_pointer(visitor: Visitor) -> None:
    card = visitor.window.model.card(0)
    assert card is not None
    folder = paths.preview_folder(card.id)
    folder.mkdir(parents=True)
    poster = QImage(640, 360, QImage.Format.Format_RGB32)
    poster.fill(Qt.GlobalColor.red)
    poster.save(str(folder / "poster.jpg"))
    strip = QImage(1600, 90, QImage.Format.Format_RGB32)
    strip.fill(Qt.GlobalColor.blue)
    strip.save(str(folder / "strip.jpg"))
    visitor.window.refresh()
    visitor.settle()
    grid = visitor.window.recordings.grid
    middle = grid.visualRect(grid.model().index(0, 0)).center() - QPoint(30, 20)

    def colour() -> tuple[bool, bool]:
        seen = grid.viewport().grab().toImage().pixelColor(middle)
        return seen.red() > 200, seen.blue() > 200

    visitor.qtbot.waitUntil(lambda: colour() == (True, False))
    QTest.mouseMove(grid.viewport(), middle + QPoint(5, 0))
    visitor.qtbot.waitUntil(lambda: colour() == (False, True))


def test_a_screen_reader_hears_what_a_card_says(visitor: Visitor) -> None:
    grid = visitor.window.recordings.grid
    card = visitor.window.model.card(0)
    assert card is not None
    said = grid.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith(card.title)
    assert f"{int(card.duration_s) // 60 % 60:02}:" in said
    found = QAccessible.queryAccessibleInterface(grid)
    assert found is not None
    assert found.text(QAccessible.Text.Name) == "Recordings"
    assert found.role() in (QAccessible.Role.List, QAccessible.Role.Table)
    for button in visitor.window.findChildren(QPushButton):
        assert button.accessibleName()


def test_how_it_was_left_comes_back(home: Path, ids: list[str], qtbot: QtBot) -> None:
    assert ids
    visitor = Visitor(qtbot, home)
    visitor.window.restore_look(LibraryLook((40, 30, 740, 500), look="list", order="size"))
    visitor.open()
    left: list[LibraryLook] = []
    visitor.window.left.connect(left.append)
    sizes = [card.file_size for row in range(9) if (card := visitor.window.model.card(row))]
    assert sizes == sorted(sizes, reverse=True)
    visitor.window.close()
    visitor.settle()
    assert (left[0].look, left[0].order) == ("list", "size")
    assert left[0].place is not None
    assert left[0].place[2:] == (740, 500)


def test_everything_fits_into_the_smallest_window(visitor: Visitor) -> None:
    window = visitor.window
    window.resize(720, 480)
    visitor.click(0)
    visitor.click(1, CTRL)
    visitor.settle()
    window.set_theme(DARK)
    assert window.width() == 720
    for button in window.findChildren(QPushButton):
        if button.isVisibleTo(window):
            at = button.mapTo(window, QPoint(0, 0))
            assert at.x() + button.width() <= 720


def test_esc_closes_when_there_is_nothing_to_take_back(visitor: Visitor) -> None:
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(visitor.window, press)
    assert not visitor.window.isVisible()
