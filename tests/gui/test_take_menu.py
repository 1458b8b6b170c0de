"""The menu: two faces, and each entry asks for what it says."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from recorder_app.ui.take_menu import TakeMenu
from recorder_app.ui.take_view import TakeView
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui import views


def make(qtbot: QtBot, view: TakeView, *, has_library: bool = False) -> TakeMenu:
    menu = TakeMenu(LIGHT, has_library=has_library)
    qtbot.addWidget(menu)
    menu.show_view(view)
    return menu


def texts(menu: TakeMenu) -> list[str]:
    return [
        action.text().replace("\t", " | ")
        for action in menu.actions()
        if action.isVisible() and not action.isSeparator()
    ]


def find(menu: TakeMenu, name: str) -> QAction:
    found = menu.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def test_the_idle_face(qtbot: QtBot) -> None:
    menu = make(qtbot, views.IDLE)
    assert texts(menu) == [
        "Record screen",
        "Record area…",
        "Record window…",
        "Take screenshot",
        "Microphone: No microphone",
        "System sound | off",
        "Settings",
        "Quit",
    ]
    menu.set_last_area("1280 x 720")
    menu.set_microphones([("usb", "USB & Audio"), ("card", "Card")], "usb")
    menu.set_system_sound(True)
    menu.set_recent([("Screen", "/a.webm")])
    assert texts(menu)[3] == "Record last area | 1280 x 720"
    assert texts(menu)[5:8] == ["Microphone: USB && Audio", "System sound | on", "Recent"]
    menu.set_last_area("")
    menu.set_recent([])
    assert not {"Record last area", "Recent"} & set(texts(menu))


def test_the_taking_face(qtbot: QtBot) -> None:
    menu = make(qtbot, views.RECORDING)
    always = ["Settings", "Quit"]
    assert texts(menu) == [
        "Stop | 00:04:12",
        "Pause",
        "Add marker",
        "Mute microphone",
        "Cancel…",
        *always,
    ]
    menu.show_view(views.PAUSED)
    assert texts(menu)[1] == "Resume"
    menu.show_view(views.MUTED)
    assert texts(menu)[3] == "Unmute microphone"
    menu.show_view(views.SILENTLY)
    assert texts(menu)[2:4] == ["Add marker", "Cancel…"]
    menu.show_view(views.COUNTDOWN)
    assert texts(menu) == ["Recording starts in 3 s", "Cancel", *always]
    menu.show_view(views.FINISHING)
    assert texts(menu) == ["Saving the recording", *always]
    assert not menu.actions()[1].isEnabled()


def test_a_problem_comes_first_and_nothing_can_be_recorded(qtbot: QtBot) -> None:
    menu = make(qtbot, views.PROBLEM)
    assert texts(menu)[0] == "Show what is wrong…"
    for name in ("screen", "area", "window", "last_area"):
        assert not find(menu, name).isEnabled()
    menu.show_view(views.IDLE)
    assert find(menu, "screen").isEnabled()


def test_the_library_is_in_it_only_if_there_is_one(qtbot: QtBot) -> None:
    assert "Library" not in texts(make(qtbot, views.IDLE))
    assert "Library" in texts(make(qtbot, views.IDLE, has_library=True))


@pytest.mark.parametrize(
    ("view", "name", "signal", "told"),
    [
        (views.IDLE, "screen", "record_requested", ["screen"]),
        (views.IDLE, "area", "record_requested", ["area"]),
        (views.IDLE, "window", "record_requested", ["window"]),
        (views.IDLE, "last_area", "record_requested", ["last_area"]),
        (views.IDLE, "screenshot", "screenshot_requested", []),
        (views.IDLE, "system_sound", "system_sound_chosen", [True]),
        (views.IDLE, "library", "library_requested", []),
        (views.IDLE, "settings", "settings_requested", []),
        (views.IDLE, "quit", "quit_requested", []),
        (views.PROBLEM, "problem", "problem_requested", []),
        (views.RECORDING, "stop", "stop_requested", []),
        (views.RECORDING, "pause", "pause_requested", []),
        (views.PAUSED, "resume", "resume_requested", []),
        (views.RECORDING, "mark", "mark_requested", []),
        (views.RECORDING, "mute", "mute_requested", [True]),
        (views.MUTED, "unmute", "mute_requested", [False]),
        (views.RECORDING, "cancel_delete", "cancel_requested", []),
        (views.COUNTDOWN, "cancel_countdown", "cancel_requested", []),
    ],
)
def test_each_entry_asks_for_what_it_says(
    qtbot: QtBot, view: TakeView, name: str, signal: str, told: list[object]
) -> None:
    menu = make(qtbot, view, has_library=True)
    menu.set_last_area("10 x 10")
    entry = find(menu, name)
    assert entry.isVisible()
    assert not entry.icon().isNull()
    with qtbot.waitSignal(getattr(menu, signal), timeout=100) as caught:
        entry.trigger()
    assert caught.args == told


def test_keeping_the_recording_asks_for_nothing(qtbot: QtBot) -> None:
    menu = make(qtbot, views.RECORDING)
    cancelling = find(menu, "cancel").menu()
    assert isinstance(cancelling, QMenu)
    assert [one.text() for one in cancelling.actions()] == [
        "Delete this recording",
        "Keep recording",
    ]
    with qtbot.assertNotEmitted(menu.cancel_requested):
        cancelling.actions()[1].trigger()


def test_microphones_and_recent_recordings_are_chosen_by_name_and_path(qtbot: QtBot) -> None:
    menu = make(qtbot, views.IDLE)
    menu.set_microphones([("usb", "USB Audio"), ("card", "Card")], "card")
    entries = menu.microphones.actions()
    assert [(one.text(), one.isChecked()) for one in entries] == [
        ("USB Audio", False),
        ("Card", True),
        ("No microphone", False),
    ]
    with qtbot.waitSignal(menu.microphone_chosen, timeout=100) as caught:
        entries[0].trigger()
    assert caught.args == ["usb"]
    with qtbot.waitSignal(menu.microphone_chosen, timeout=100) as caught:
        entries[2].trigger()
    assert caught.args == ["none"]
    menu.set_recent([("First", "/1.webm"), ("Second", "/2.webm")])
    with qtbot.waitSignal(menu.recent_opened, timeout=100) as caught:
        menu.recent.actions()[1].trigger()
    assert caught.args == ["/2.webm"]


def test_shortcuts_are_shown_beside_what_they_do(qtbot: QtBot) -> None:
    menu = make(qtbot, views.IDLE)
    menu.set_shortcuts({"start_stop": "Ctrl+Alt+R", "mute": "Ctrl+Alt+M"})
    assert find(menu, "screen").shortcut().toString() == "Ctrl+Alt+R"
    assert find(menu, "stop").shortcut().toString() == "Ctrl+Alt+R"
    assert find(menu, "mute").shortcut().toString() == "Ctrl+Alt+M"
    menu.set_shortcuts({})
    assert find(menu, "screen").shortcut().isEmpty()


def test_icons_change_with_the_theme(qtbot: QtBot) -> None:
    menu = make(qtbot, views.IDLE)
    before = find(menu, "settings").icon().pixmap(16).toImage()
    menu.set_theme(DARK)
    assert find(menu, "settings").icon().pixmap(16).toImage() != before
