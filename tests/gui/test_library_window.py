"""The library window over a real database: found, chosen, changed, deleted, brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from recorder_app import paths
from recorder_app.library.database import Database
from recorder_app.library.listing import Filter, Order
from recorder_app.library.models import Job, Recording
from recorder_app.services import catalogue
from recorder_app.services.catalogue import Changes
from recorder_app.services.library import library_path
from recorder_app.ui.library import grid, places
from recorder_app.ui.library.details import DetailsPanel
from recorder_app.ui.library.places import Place
from recorder_app.ui.remembered import LibraryLook
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui.library import Visitor, make_library, stored

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_all_are_there_the_newest_first(visitor: Visitor, ids: list[str]) -> None:
    window = visitor.window
    there = [each for each in reversed(ids) if stored(each).deleted_at is None]
    assert window.model.total == len(there)
    first = window.model.card(0)
    assert first is not None
    assert first.id == there[0]
    item = window.sidebar._items[Place()]
    assert item.text(1) == str(len(there))


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


def test_scrolling_draws_only_what_comes_into_sight(visitor: Visitor) -> None:
    grid = visitor.window.recordings.grid
    drawn: list[int] = []

    class Looking(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if isinstance(event, QPaintEvent):
                drawn.append(event.rect().height())
            return False

    looking = Looking()
    grid.viewport().installEventFilter(looking)
    least = grid.viewport().height()
    # Something else may have to be drawn at the same time, but not each time.
    for step in range(1, 6):
        drawn.clear()
        grid.verticalScrollBar().setValue(20 * step)
        visitor.qtbot.waitUntil(lambda: bool(drawn))
        least = min(least, *drawn)
    assert least <= 20


def test_what_was_an_outline_while_it_scrolled_is_drawn_at_its_end(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = visitor.window.recordings.grid
    # So slow that nothing is drawn while it scrolls.
    monkeypatch.setattr(grid, "_DRAWING_S", -1.0)
    drawn: set[str] = set()
    draw = view._cards._draw_words

    def note(painter: QPainter, poster: QRect, words: Any) -> None:
        drawn.add(words.card.id)
        draw(painter, poster, words)

    monkeypatch.setattr(view._cards, "_draw_words", note)
    view.verticalScrollBar().setValue(600)
    visitor.settle()
    wanted = {visitor.window.model.id_of(row) for row in view.rows_in_sight()}
    visitor.qtbot.waitUntil(lambda: wanted <= drawn)


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
        cards = [model.card(row) for row in visitor.window.recordings.view.rows_in_sight()]
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


def test_what_is_added_right_after_the_first_page_is_shown(home: Path, qtbot: QtBot) -> None:
    # So few that all are in the first page, and no list of all of them follows.
    gone = make_library(30)[0]
    catalogue.delete([gone])
    visitor = Visitor(qtbot, home)
    model = visitor.window.model
    totals: list[int] = []

    def add() -> None:
        if not totals:
            totals.append(model.total)
            catalogue.restore([gone])

    model.answered.connect(add)
    visitor.open()
    qtbot.waitUntil(lambda: model.total == totals[0] + 1, timeout=6000)
    visitor.window.close()
    visitor.settle()


def test_what_arrives_is_not_chosen_with_the_rest(visitor: Visitor, ids: list[str]) -> None:
    window = visitor.window
    gone = next(each for each in ids if stored(each).deleted_at is not None)
    visitor.key(Qt.Key.Key_A, CTRL)
    total = window.model.total
    assert window.recordings.chosen_count == total
    catalogue.restore([gone])
    visitor.qtbot.waitUntil(lambda: window.model.total == total + 1, timeout=6000)
    assert window.recordings.chosen_count == total
    visitor.key(Qt.Key.Key_Delete)
    visitor.qtbot.waitUntil(lambda: window.model.total == 1, timeout=6000)
    assert stored(gone).deleted_at is None


def test_rows_that_moved_before_they_were_known_are_not_guessed(
    visitor: Visitor, ids: list[str]
) -> None:
    window = visitor.window
    window._watch.end()
    gone = next(each for each in ids if stored(each).deleted_at is not None)
    first = window.model.id_of(0)
    visitor.key(Qt.Key.Key_A, CTRL)
    # As it is before all ids were fetched.
    window.model._listing = None
    window.model._settled.stop()
    catalogue.delete([first])
    catalogue.restore([gone])
    resolved: list[list[str]] = []
    window.recordings.with_chosen(resolved.append)
    visitor.qtbot.waitUntil(lambda: bool(resolved))
    assert len(resolved[0]) > 50
    assert not {first, gone} & set(resolved[0])
    assert window.recordings.chosen_count == len(resolved[0])


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


@pytest.mark.parametrize("is_closed", [False, True])
def test_nothing_is_done_while_nobody_sees_it(visitor: Visitor, is_closed: bool) -> None:
    window = visitor.window
    total = window.model.total
    first = window.model.id_of(0)
    window.close() if is_closed else window.showMinimized()
    visitor.settle()
    # Also after something was done for it.
    window.deeds.delete([first])
    visitor.settle()
    assert window._access._database is None
    assert not window._watch._timer.isActive()
    assert not window.model._later.isActive()
    assert window.model.total == total
    window.showNormal()
    visitor.qtbot.waitUntil(lambda: window.model.total == total - 1, timeout=6000)
    assert window._watch._timer.isActive()


def test_a_screen_reader_is_told_how_many_there_are_in_words(visitor: Visitor) -> None:
    sidebar = visitor.window.sidebar
    found = visitor.window.overview
    assert found is not None
    sidebar.show_counts(replace(found, counts=replace(found.counts, all=1, trash=1204)))

    def said(kind: str) -> str:
        return str(sidebar._items[Place(kind)].data(0, Qt.ItemDataRole.AccessibleTextRole))

    assert said(places.ALL) == "All, 1 recording"
    assert said(places.TRASH) == "Trash, 1,204 recordings"


def test_beside_the_details_there_are_two_columns_in_the_narrowest_window(
    visitor: Visitor,
) -> None:
    window = visitor.window
    window.set_details(DetailsPanel(LIGHT))
    window.restore_look(LibraryLook())
    window.resize(880, 700)
    visitor.settle()
    grid = window.recordings.grid
    first, second = (grid.visualRect(grid.model().index(row, 0)) for row in (0, 1))
    assert window.panels.side.isVisible()
    assert first.top() == second.top()
