"""The countdown: its keys, and that it is gone in time."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from recorder_app.ui.countdown import Countdown
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import LIGHT
from tests.gui import views
from tests.gui.support import buttons, press, reached_by_tab, shown


def at(seconds: int) -> TakeView:
    return TakeView(AppState.COUNTDOWN, seconds_left=seconds)


def make(qtbot: QtBot, view: TakeView = views.COUNTDOWN) -> Countdown:
    window = Countdown(LIGHT)
    window.show_view(view)
    shown(qtbot, window)
    return window


def test_it_shows_the_seconds_and_takes_the_keyboard(qtbot: QtBot) -> None:
    window = make(qtbot)
    assert "3" in [label.text() for label in window.findChildren(QLabel)]
    window.show_view(at(2))
    assert "2" in [label.text() for label in window.findChildren(QLabel)]
    assert window.accessibleName() == "Recording starts in 2 s"
    assert window.hasFocus()
    assert buttons(window) == {"Start now", "Cancel"}
    assert reached_by_tab(window) == {"Start now", "Cancel"}


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_keys_that_start_now_once_it_is_hidden(qtbot: QtBot, key: Qt.Key) -> None:
    window = make(qtbot)
    seen: list[bool] = []
    window.skip_requested.connect(lambda: seen.append(window.isVisible()))
    with qtbot.waitSignals([window.about_to_start, window.skip_requested], timeout=100):
        QTest.keyClick(window, key)
    assert seen == [False]


def test_escape_cancels_wherever_the_keyboard_is(qtbot: QtBot) -> None:
    window = make(qtbot)
    for at_widget in (window, window.start, window.cancel):
        at_widget.setFocus()
        with (
            qtbot.waitSignal(window.cancel_requested, timeout=100),
            qtbot.assertNotEmitted(window.skip_requested),
        ):
            QTest.keyClick(at_widget, Qt.Key.Key_Escape)


def test_the_buttons_and_a_click(qtbot: QtBot) -> None:
    window = make(qtbot)
    with qtbot.waitSignal(window.cancel_requested, timeout=100):
        press(window, "Cancel")
    with qtbot.waitSignal(window.skip_requested, timeout=1000):
        press(window, "Start now")
    clicked = make(qtbot)
    with qtbot.waitSignal(clicked.skip_requested, timeout=1000):
        QTest.mouseClick(clicked, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))


def test_it_is_gone_before_the_first_picture(qtbot: QtBot) -> None:
    window = make(qtbot, at(2))
    seen: list[bool] = []
    window.about_to_start.connect(lambda: seen.append(window.isVisible()))
    began = time.monotonic()
    with qtbot.waitSignal(window.about_to_start, timeout=2000):
        window.show_view(at(1))
        # Told again within the second, as views come more often than seconds pass.
        qtbot.wait(400)
        window.show_view(at(1))
    assert 0.6 < time.monotonic() - began < 0.95
    assert seen == [False]
    window.show_view(at(1))
    window.show_view(at(0))
    assert not window.isVisible()
    assert seen == [False]


def test_it_goes_with_its_state_and_comes_again(qtbot: QtBot) -> None:
    window = make(qtbot, at(1))
    with qtbot.assertNotEmitted(window.about_to_start, wait=900):
        window.show_view(views.IDLE)
    assert not window.isVisible()
    window.show_view(at(3))
    assert window.isVisible()
    with qtbot.waitSignal(window.about_to_start, timeout=100):
        window.show_view(at(0))


def test_it_is_in_the_middle(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.place(QRect(100, 100, 600, 600))
    assert (window.geometry().center() - QPoint(400, 400)).manhattanLength() <= 3
