"""The window for desktops without a tray."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from recorder_app.ui.small_window import SmallWindow
from recorder_app.ui.take_view import TakeView
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui import views
from tests.gui.support import buttons, press, reached_by_tab, shown

ALWAYS = {"More", "Settings", "Quit"}


def make(qtbot: QtBot, view: TakeView) -> SmallWindow:
    window = SmallWindow(LIGHT)
    window.show_view(view)
    shown(qtbot, window)
    return window


def read(window: SmallWindow) -> list[str]:
    return [
        one.text()
        for one in window.findChildren(QLabel)
        if one.isVisibleTo(window) and one.pixmap().isNull()
    ]


@pytest.mark.parametrize(
    ("name", "texts", "special"),
    [
        ("idle", ["Ready to record"], {"Record screen", "Record area…"}),
        ("problem", ["Recording is not possible", views.PROBLEM.problem], {"Show what is wrong…"}),
        ("preparing", ["Getting ready"], {"Cancel"}),
        ("countdown", ["Recording starts in 3 s"], {"Cancel"}),
        ("recording", ["Recording", "00:04:12"], {"Stop", "Pause"}),
        ("warning", ["Recording", "00:04:12", views.SILENT.message], {"Stop", "Pause"}),
        ("paused", ["Paused", "00:04:12"], {"Stop", "Resume"}),
        ("finishing", ["Saving the recording"], set()),
    ],
)
def test_what_it_shows(qtbot: QtBot, name: str, texts: list[str], special: set[str]) -> None:
    window = make(qtbot, views.ALL[name])
    assert read(window) == texts
    assert buttons(window) == special | ALWAYS
    assert reached_by_tab(window) == special | ALWAYS


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
@pytest.mark.parametrize(
    ("view", "button", "signal", "told"),
    [
        (views.IDLE, "Record screen", "record_requested", ["screen"]),
        (views.IDLE, "Record area…", "record_requested", ["area"]),
        (views.IDLE, "Settings", "settings_requested", []),
        (views.IDLE, "Quit", "quit_requested", []),
        (views.PROBLEM, "Show what is wrong…", "problem_requested", []),
        (views.COUNTDOWN, "Cancel", "cancel_requested", []),
        (views.RECORDING, "Stop", "stop_requested", []),
        (views.RECORDING, "Pause", "pause_requested", []),
        (views.PAUSED, "Resume", "resume_requested", []),
    ],
)
def test_each_button_by_keyboard(
    qtbot: QtBot, view: TakeView, button: str, signal: str, told: list[object], key: Qt.Key
) -> None:
    window = make(qtbot, view)
    with qtbot.waitSignal(getattr(window.menu, signal), timeout=500) as caught:
        press(window, button, key)
    assert caught.args == told


def test_the_rest_is_in_the_menu(qtbot: QtBot) -> None:
    window = make(qtbot, views.RECORDING)
    press(window, "More")
    assert window.menu.isVisible()
    window.menu.close()


def test_closing_asks_to_quit_and_leaves_the_window(qtbot: QtBot) -> None:
    window = make(qtbot, views.RECORDING)
    with qtbot.waitSignal(window.menu.quit_requested, timeout=100):
        window.close()
    assert window.isVisible()
    window.set_theme(DARK)
