"""The card of what was just recorded."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from recorder_app.ui import result_card
from recorder_app.ui.result_card import CardContent, ResultCard
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui.support import buttons, press, reached_by_tab, shown

CONTENT = CardContent("id", "Screen 10.04", "/tmp/a.webm", None, 252.4, 18_300_000)
ALL = {"Play", "Trim", "Copy link", "Show in folder", "Copy file", "Delete", "Close"}


def make(qtbot: QtBot, content: CardContent = CONTENT) -> ResultCard:
    card = ResultCard(content, LIGHT, reduced_motion=True)
    away_from_the_pointer(card)
    shown(qtbot, card)
    return card


def away_from_the_pointer(card: ResultCard) -> None:
    card.place(QRect(0, 0, 800, 800))


def texts(card: ResultCard) -> list[str]:
    found = card.findChildren(QLabel)
    return [one.text() for one in found if one.isVisibleTo(card) and one.text()]


def test_what_it_shows(qtbot: QtBot) -> None:
    card = make(qtbot)
    assert card.title.text() == "Screen 10.04"
    assert texts(card) == ["00:04:12 · 18 MB"]
    assert buttons(card) == ALL
    assert reached_by_tab(card) == ALL
    assert card.title.accessibleName() == "Title"


def test_notes_and_what_came_of_it(qtbot: QtBot) -> None:
    card = make(qtbot, dataclasses.replace(CONTENT, notes=("One.", "Two."), is_truncated=True))
    card.say("File copied")
    assert {"One.", "Two.", "File copied"} <= set(texts(card))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("Play", "play_requested"),
        ("Show in folder", "folder_requested"),
        ("Trim", "trim_requested"),
        ("Copy file", "copy_requested"),
        ("Delete", "delete_requested"),
        ("Close", "closed"),
    ],
)
def test_each_button_by_keyboard(qtbot: QtBot, button: str, signal: str, key: Qt.Key) -> None:
    card = make(qtbot)
    with qtbot.waitSignal(getattr(card, signal), timeout=500):
        press(card, button, key)


def test_deleting_can_be_undone(qtbot: QtBot) -> None:
    card = make(qtbot)
    press(card, "Delete")
    assert card.is_deleted
    assert texts(card) == ["Deleted."]
    assert buttons(card) == {"Undo"}
    with qtbot.waitSignal(card.undo_requested, timeout=500):
        press(card, "Undo")
    assert not card.is_deleted
    assert buttons(card) == ALL


def test_the_title_is_changed_where_it_stands(qtbot: QtBot) -> None:
    card = make(qtbot)
    told: list[str] = []
    card.renamed.connect(told.append)
    card.title.setFocus()
    card.title.selectAll()
    QTest.keyClicks(card.title, " Demo ")
    QTest.keyClick(card.title, Qt.Key.Key_Return)
    card.play.setFocus()
    assert told == ["Demo"]
    assert card.title.text() == "Demo"
    card.title.setFocus()
    card.title.selectAll()
    QTest.keyClick(card.title, Qt.Key.Key_Delete)
    card.play.setFocus()
    assert card.title.text() == "Demo"
    assert told == ["Demo"]


def test_escape_takes_a_change_back_first_and_then_closes(qtbot: QtBot) -> None:
    card = make(qtbot)
    card.title.setFocus()
    QTest.keyClicks(card.title, "more")
    with qtbot.assertNotEmitted(card.renamed):
        QTest.keyClick(card.title, Qt.Key.Key_Escape)
    assert card.title.text() == "Screen 10.04"
    assert card.isVisible()
    with qtbot.waitSignal(card.closed, timeout=100):
        QTest.keyClick(card.title, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_a_title_that_was_typed_is_kept_by_closing(qtbot: QtBot) -> None:
    card = make(qtbot)
    card.title.setFocus()
    card.title.selectAll()
    QTest.keyClicks(card.title, "Demo")
    told: list[str] = []
    card.renamed.connect(told.append)
    card.closed.connect(lambda: told.append("closed"))
    card.close()
    assert told == ["Demo", "closed"]


def test_closing_is_told_once(qtbot: QtBot) -> None:
    card = make(qtbot)
    told: list[int] = []
    card.closed.connect(lambda: told.append(1))
    card.close()
    card.close()
    assert told == [1]


def test_it_goes_by_itself_unless_it_is_used(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_card, "STAYS_MS", 60)
    used = make(qtbot)
    with qtbot.assertNotEmitted(used.closed, wait=200):
        assert used.isActiveWindow()
    other = QLabel("another window")
    shown(qtbot, other)
    # Left alone it goes, after the whole time again.
    qtbot.waitUntil(lambda: not used.isVisible(), timeout=1000)

    touched = make(qtbot)
    QTest.mouseClick(touched, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    other.activateWindow()
    with qtbot.assertNotEmitted(touched.closed, wait=200):
        qtbot.waitUntil(other.isActiveWindow)


def test_it_stays_while_the_pointer_is_on_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_card, "STAYS_MS", 60)
    card = make(qtbot)
    other = QLabel("another window")
    shown(qtbot, other)
    card.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    with qtbot.assertNotEmitted(card.closed, wait=200):
        pass
    card.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    with qtbot.waitSignal(card.closed, timeout=1000):
        QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))


def test_it_fades_where_motion_is_wanted(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_card, "STAYS_MS", 60)
    card = ResultCard(CONTENT, LIGHT)
    away_from_the_pointer(card)
    shown(qtbot, card)
    other = QLabel("another window")
    with qtbot.waitSignal(card.closed, timeout=2000):
        shown(qtbot, other)
    assert card.windowOpacity() < 0.1


def test_the_poster_comes_when_it_is_made(qtbot: QtBot, tmp_path: Path) -> None:
    card = make(qtbot)
    assert not card.poster.has_picture
    assert (card.poster.width(), card.poster.height()) == (160, 90)
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(QColor("#00FF00"))
    picture.save(str(tmp_path / "poster.png"))
    card.set_poster(tmp_path / "poster.png")
    assert card.poster.has_picture
    drawn = card.poster.grab().toImage()
    for x, y in ((80, 45), (2, 45), (157, 45), (80, 1), (80, 88)):
        assert drawn.pixelColor(x, y) == QColor("#00FF00")
    card.set_poster(tmp_path / "missing.png")
    assert not card.poster.has_picture


def test_it_is_in_the_corner_and_follows_the_theme(qtbot: QtBot) -> None:
    card = make(qtbot)
    card.place(QRect(0, 0, 800, 800))
    assert card.geometry().bottomRight() == QPoint(783, 783)
    card.set_theme(DARK)
    assert card.grab().toImage().pixelColor(5, card.height() // 2) == QColor(DARK.raised)


def test_a_long_title_is_shortened_until_it_is_edited(qtbot: QtBot) -> None:
    long = "Screen " * 20
    card = make(qtbot, dataclasses.replace(CONTENT, title=long.strip()))
    width = card.width()
    short = make(qtbot)
    assert width == short.width()
    assert card.title.text() == long.strip()


def test_a_title_from_elsewhere_is_shown_but_not_over_what_is_typed(qtbot: QtBot) -> None:
    card = make(qtbot)
    card.title.show_title("Renamed in the library")
    assert card.title.text() == "Renamed in the library"
    renamed: list[str] = []
    card.renamed.connect(renamed.append)
    card.title.setFocus()
    card.title.selectAll()
    QTest.keyClicks(card.title, "Typed")
    card.title.show_title("Once more")
    assert card.title.text() == "Typed"
    QTest.keyClick(card.title, Qt.Key.Key_Escape)
    assert card.title.text() == "Once more"
    assert not renamed
