"""The first window: what is in order has a check, what is not says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from recorder_app.errors import OutputNotWritable, ShortcutsUnavailable, SourceUnavailable
from recorder_app.services.devices import DeviceEntry, DeviceList
from recorder_app.ui.first_run import FirstRun
from recorder_app.ui.tokens import LIGHT
from tests.gui.support import buttons, press, reached_by_tab, shown

SHORTCUTS = {"start_stop": "Ctrl+Alt+R", "region": "Ctrl+Alt+A", "pause": ""}


def devices(peak_db: float = -20.0) -> DeviceList:
    one = DeviceEntry(
        "usb", "microphone", "USB Audio", True, 1, 48_000, False, peak_db, -30.0, True, ""
    )
    return DeviceList("server", [one])


@pytest.fixture
def open_window(qtbot: QtBot) -> Callable[..., FirstRun]:
    def open_it(list_devices: Callable[[], DeviceList] = devices) -> FirstRun:
        window = FirstRun(LIGHT, list_devices)
        shown(qtbot, window)
        return window

    return open_it


def test_what_is_in_order_has_a_check(
    open_window: Callable[..., FirstRun], qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window()
    window.show_screens(["1600 x 900", "1280 x 1024"], None)
    window.show_shortcuts(SHORTCUTS, {})
    window.show_folder(tmp_path, None)
    assert "1600 x 900, 1280 x 1024" in window.screen_row.text
    assert window.shortcuts_row.text == "Ctrl+Alt+R starts and stops, Ctrl+Alt+A records an area."
    assert window.folder_row.text == str(tmp_path)
    assert all(row.is_ok for row in (window.screen_row, window.shortcuts_row, window.folder_row))
    # Nobody has chosen a microphone yet, which is not wrong.
    assert not window.sound_row.is_ok
    assert "is off" in window.sound_row.text
    with qtbot.waitSignal(window.microphone_chosen) as chosen:
        qtbot.waitUntil(lambda: window.microphone.combo.findData("usb") > 0)
        index = window.microphone.combo.findData("usb")
        window.microphone.combo.setCurrentIndex(index)
        window.microphone.combo.activated.emit(index)
    assert chosen.args == ["usb"]
    window.show_microphone("usb")
    qtbot.waitUntil(lambda: window.sound_row.is_ok)
    assert "-20 dB" in window.microphone.meter.text


def test_a_microphone_that_is_silent_has_no_check(
    open_window: Callable[..., FirstRun], qtbot: QtBot
) -> None:
    window = open_window(lambda: devices(-120.0))
    window.show_microphone("default")
    qtbot.waitUntil(lambda: "Silent" in window.microphone.meter.text)
    assert not window.sound_row.is_ok


def test_what_is_not_in_order_says_what_to_do(
    open_window: Callable[..., FirstRun], qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window()
    window.show_screens([], SourceUnavailable("No screen.", hint="Log in with X11."))
    taken = ShortcutsUnavailable("Ctrl+Alt+R is taken.", hint="Choose another.")
    window.show_shortcuts(SHORTCUTS, {"start_stop": taken})
    window.show_folder(tmp_path, OutputNotWritable("Not writable.", hint="Choose another."))
    assert window.screen_row.text == "No screen. Log in with X11."
    assert window.shortcuts_row.text == "Ctrl+Alt+R is taken. Choose another."
    assert window.folder_row.text == "Not writable. Choose another."
    wanted = {"Look again", "Change...", "Choose a folder", "Skip", "Done"}
    assert buttons(window) == wanted
    assert reached_by_tab(window) == wanted
    with qtbot.waitSignals([window.look_requested, window.shortcuts_requested]):
        press(window, "Look again")
        press(window, "Change...")


def test_where_shortcuts_cannot_be_had_the_command_is_copied(
    open_window: Callable[..., FirstRun],
) -> None:
    window = open_window()
    window.show_shortcuts(SHORTCUTS, {"": ShortcutsUnavailable("None here.", hint="Bind it.")})
    assert window.shortcuts_row.text == "None here. Bind it."
    assert "Change..." not in buttons(window)
    press(window, "Copy command")
    assert QGuiApplication.clipboard().text() == "recorder-app toggle"


def test_it_can_be_skipped(open_window: Callable[..., FirstRun], qtbot: QtBot) -> None:
    window = open_window()
    with qtbot.waitSignal(window.closed):
        press(window, "Skip")
    window = open_window()
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
