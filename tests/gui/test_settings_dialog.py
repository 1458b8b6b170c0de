"""The settings window: everything declared is in it, and what is chosen counts at once."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from recorder_app.errors import Cancelled, RecorderError, SourceUnavailable
from recorder_app.media.sound import Samples
from recorder_app.services.devices import DeviceEntry, DeviceList
from recorder_app.settings import declaration
from recorder_app.settings.store import SettingsStore
from recorder_app.ui import setting_words
from recorder_app.ui.editors import ChoiceEditor, SwitchEditor, TextEditor, WholeEditor
from recorder_app.ui.microphone_editor import MicrophoneEditor
from recorder_app.ui.setting_fields import SettingField
from recorder_app.ui.settings_dialog import SettingsDialog
from recorder_app.ui.sound_test import OnLevel, SoundTest, SoundTestPanel
from recorder_app.ui.special_editors import ShortcutEditor, TemplateEditor

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def device(name: str, peak_db: float = -20.0, *, is_default: bool = False) -> DeviceEntry:
    return DeviceEntry(
        name, "microphone", f"{name} device", is_default, 1, 48_000, False, peak_db, -30.0, True, ""
    )


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml")


Open = Callable[..., SettingsDialog]


@pytest.fixture
def open_dialog(store: SettingsStore, qtbot: QtBot) -> Open:
    def open_it(
        list_devices: Callable[[], DeviceList] | None = None, sound_test: SoundTest | None = None
    ) -> SettingsDialog:
        dialog = SettingsDialog(store, list_devices=list_devices, sound_test=sound_test)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.is_idle)
        return dialog

    return open_it


def field(dialog: SettingsDialog, key: str) -> SettingField:
    area, _, name = key.partition(".")
    dialog.show_page(area)
    return dialog.pages[area].fields[name]


def test_every_setting_has_a_field_that_says_what_it_is(open_dialog: Open) -> None:
    dialog = open_dialog()
    shown = {f"{area}.{name}" for area, page in dialog.pages.items() for name in page.fields}
    assert shown == {setting.key for setting in declaration.all_settings()}
    for page in dialog.pages.values():
        for each in page.fields.values():
            assert each.editor.main.accessibleName(), each.setting.key
            assert each.editor.main.accessibleDescription(), each.setting.key
            assert each.help.text(), each.setting.key
        assert all(button.text() for button in page.findChildren(QPushButton))


def test_every_choice_has_a_name_for_people() -> None:
    for setting in declaration.all_settings():
        titles = [setting_words.choice_title(setting, one) for one in setting.form.choices]
        assert all(title[:1].isupper() for title in titles), setting.key


def test_a_choice_is_stored_at_once(open_dialog: Open, store: SettingsStore, qtbot: QtBot) -> None:
    dialog = open_dialog()
    quality = field(dialog, "video.quality").editor
    assert isinstance(quality, ChoiceEditor)
    quality.setFocus()
    QTest.keyClick(quality, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: store.current.video.quality == "high")
    cursor = field(dialog, "capture.cursor").editor
    assert isinstance(cursor, SwitchEditor)
    QTest.keyClick(cursor, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not store.current.capture.cursor)
    rate = field(dialog, "capture.fps").editor
    assert isinstance(rate, WholeEditor)
    rate.selectAll()
    QTest.keyClicks(rate, "24")
    assert store.current.capture.fps == 30
    QTest.keyClick(rate, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.current.capture.fps == 24)


def test_automatic_is_a_choice(open_dialog: Open, store: SettingsStore, qtbot: QtBot) -> None:
    dialog = open_dialog()
    system = field(dialog, "sound.system_audio").editor
    assert isinstance(system, QComboBox)
    assert system.currentText() == "Automatic"
    system.setCurrentIndex(2)
    system.activated.emit(2)
    qtbot.waitUntil(lambda: store.current.sound.system_audio is False)
    system.setCurrentIndex(0)
    system.activated.emit(0)
    qtbot.waitUntil(lambda: store.current.sound.system_audio is None)


def test_a_refused_text_says_why_and_what_was_stays(
    open_dialog: Open, store: SettingsStore, qtbot: QtBot
) -> None:
    dialog = open_dialog()
    clock = field(dialog, "stop.at_clock")
    text = clock.editor
    assert isinstance(text, TextEditor)
    text.setFocus()
    QTest.keyClicks(text, "25:00")
    assert clock.problem.isVisible()
    assert "25:00" in clock.problem.text()
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert text.text() == ""
    assert clock.problem.isVisible()
    assert store.current.stop.at_clock == ""
    QTest.keyClicks(text, "17:30")
    assert not clock.problem.isVisible()
    QTest.keyClick(text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.current.stop.at_clock == "17:30")


def test_a_shortcut_is_recorded_cleared_and_refused_where_it_is_taken(
    open_dialog: Open, store: SettingsStore, qtbot: QtBot
) -> None:
    dialog = open_dialog()
    pause = field(dialog, "shortcuts.pause")
    editor = pause.editor
    assert isinstance(editor, ShortcutEditor)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(editor.main, Qt.Key.Key_Delete, control)
    qtbot.waitUntil(lambda: store.current.shortcuts.pause == "Ctrl+Delete")
    QTest.keyClick(editor.main, Qt.Key.Key_R, control | Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: pause.problem.isVisible())
    assert "Ctrl+Alt+R" in pause.problem.text()
    assert store.current.shortcuts.pause == "Ctrl+Delete"
    qtbot.waitUntil(lambda: dialog.is_idle)
    editor.button.click()
    qtbot.waitUntil(lambda: store.current.shortcuts.pause == "")
    qtbot.waitUntil(lambda: not editor.button.isEnabled())


def test_the_template_shows_what_it_gives(open_dialog: Open) -> None:
    name = field(open_dialog(), "files.name")
    editor = name.editor
    assert isinstance(editor, TemplateEditor)
    assert isinstance(editor.main, QLineEdit)
    editor.main.setText("Demo {number}")
    assert editor.preview.text() == "For example: Demo 1"
    editor.main.clear()
    editor.main.setFocus()
    editor.main.insert("{who}")
    assert "{who}" in name.problem.text()
    assert editor.preview.text() == "–"


def test_changes_of_others_show(open_dialog: Open, store: SettingsStore, qtbot: QtBot) -> None:
    dialog = open_dialog()
    quality = field(dialog, "video.quality").editor
    assert isinstance(quality, ChoiceEditor)
    thread = threading.Thread(target=store.update, args=("video",), kwargs={"quality": "low"})
    thread.start()
    qtbot.waitUntil(lambda: quality.currentData() == "low")
    thread.join()
    SettingsStore(store.path).update("video", quality="high")
    dialog.hide()
    dialog.show()
    qtbot.waitUntil(lambda: quality.currentData() == "high")


def test_what_cannot_be_kept_is_told_and_not_shown(
    open_dialog: Open, store: SettingsStore, qtbot: QtBot
) -> None:
    dialog = open_dialog()
    store.path.mkdir()
    cursor = field(dialog, "capture.cursor")
    assert isinstance(cursor.editor, QCheckBox)
    cursor.editor.click()
    qtbot.waitUntil(lambda: cursor.problem.isVisible())
    assert cursor.editor.isChecked()


def test_a_page_is_reset_and_that_is_undone(
    open_dialog: Open, store: SettingsStore, qtbot: QtBot
) -> None:
    store.update("video", quality="low")
    store.update("capture", fps=10)
    dialog = open_dialog()
    dialog.show_page("video")
    page = dialog.pages["video"]
    assert not dialog.pages["sound"].reset.isEnabled()
    page.reset.click()
    qtbot.waitUntil(lambda: store.current.video.quality == "medium" and page.undo.isVisible())
    assert store.current.capture.fps == 10
    page.undo.click()
    qtbot.waitUntil(lambda: store.current.video.quality == "low" and not page.undo.isVisible())


def test_a_slow_disk_holds_up_nothing(
    open_dialog: Open, store: SettingsStore, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog()
    update, is_free = store.update, threading.Event()

    def slowly(area: str, **changes: object) -> object:
        is_free.wait(5)
        return update(area, **changes)

    monkeypatch.setattr(store, "update", slowly)
    began = time.monotonic()
    cursor = field(dialog, "capture.cursor").editor
    assert isinstance(cursor, QCheckBox)
    cursor.click()
    assert time.monotonic() - began < 1
    is_free.set()
    qtbot.waitUntil(lambda: not store.current.capture.cursor)


def test_microphones_are_listed_while_the_page_is_shown(
    open_dialog: Open, store: SettingsStore, qtbot: QtBot
) -> None:
    threads: list[threading.Thread] = []

    def list_devices() -> DeviceList:
        threads.append(threading.current_thread())
        return DeviceList("server", [device("usb", is_default=True), device("old", -120.0)])

    def is_stored(name: str) -> bool:
        return store.current.sound.mic == name

    store.update("sound", mic="gone")
    dialog = open_dialog(list_devices)
    qtbot.wait(50)
    assert threads == []
    mic = field(dialog, "sound.mic").editor
    assert isinstance(mic, MicrophoneEditor)
    qtbot.waitUntil(lambda: len(threads) > 1)
    assert threading.current_thread() not in threads
    titles = [mic.combo.itemText(index) for index in range(mic.combo.count())]
    assert titles[2:] == ["usb device", "old device", "gone (not connected)"]
    assert "Not connected" in mic.meter.text
    for name, words in (("usb", "-20 dB"), ("old", "Silent"), ("default", "-20 dB")):
        index = mic.combo.findData(name)
        mic.combo.setCurrentIndex(index)
        mic.combo.activated.emit(index)
        qtbot.waitUntil(functools.partial(is_stored, name))
        assert words in mic.meter.text
    dialog.show_page("video")
    qtbot.wait(50)
    asked = len(threads)
    qtbot.wait(900)
    assert len(threads) <= asked


def test_the_wheel_scrolls_and_changes_nothing(open_dialog: Open) -> None:
    rate = field(open_dialog(), "capture.fps").editor
    assert isinstance(rate, WholeEditor)
    middle = QPointF(rate.rect().center())
    turn = QWheelEvent(
        middle,
        QPointF(rate.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(rate, turn)
    assert rate.value() == 30


def test_the_keyboard_reaches_every_page_and_leaves(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog()
    listed = dialog.findChild(QListWidget)
    assert isinstance(listed, QListWidget)
    listed.setFocus()
    assert [listed.item(row).text() for row in range(listed.count())][-1] == "Advanced"
    walked = []
    for _ in range(6):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        walked.append(dialog.focusWidget())
    page = dialog.pages["capture"]
    assert walked == [*(each.editor.main for each in page.fields.values()), listed, walked[0]]
    listed.setFocus()
    for _ in range(listed.count()):
        QTest.keyClick(listed, Qt.Key.Key_Down)
    assert dialog.pages["app"].isVisible()
    keys = field(dialog, "shortcuts.pause").editor.main
    with qtbot.waitSignal(dialog.closed):
        QTest.keyClick(keys, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


class FakeTest:
    """Records and plays until it is told that the time is over."""

    def __init__(self) -> None:
        self.is_recorded, self.is_played = threading.Event(), threading.Event()
        self.problem: RecorderError | None = None
        self.played: object = None
        self.threads: list[threading.Thread] = []

    def record(self, on_level: OnLevel, stop: threading.Event) -> Samples:
        self._wait(self.is_recorded, on_level, stop, -12.0)
        if self.problem is not None:
            raise self.problem
        if stop.is_set():
            raise Cancelled("Stopped.")
        return np.zeros((3, 2), np.float32)

    def play(self, samples: Samples, on_level: OnLevel, stop: threading.Event) -> None:
        self.played = samples
        self._wait(self.is_played, on_level, stop, -18.0)

    def _wait(
        self, over: threading.Event, on_level: OnLevel, stop: threading.Event, db: float
    ) -> None:
        self.threads.append(threading.current_thread())
        while not over.wait(0.01) and not stop.is_set():
            on_level(db, 1.5)


def sound_panel(dialog: SettingsDialog) -> SoundTestPanel:
    dialog.show_page("sound")
    panel = dialog.pages["sound"].test
    assert panel is not None
    return panel


def test_a_test_recording_shows_its_level_and_is_played(open_dialog: Open, qtbot: QtBot) -> None:
    assert open_dialog().pages["sound"].test is None
    test = FakeTest()
    panel = sound_panel(open_dialog(sound_test=test))
    panel.button.click()
    qtbot.waitUntil(lambda: panel.state.text() == "Recording: 1.5 s")
    assert panel.meter.text == "-12 dB"
    assert panel.button.text() == "Stop"
    test.is_recorded.set()
    qtbot.waitUntil(lambda: panel.state.text() == "Playing: 1.5 s")
    assert panel.meter.text == "-18 dB"
    assert isinstance(test.played, np.ndarray)
    assert threading.current_thread() not in test.threads
    test.is_played.set()
    qtbot.waitUntil(lambda: panel.button.text() == "Test recording")
    assert not panel.state.isVisible()
    assert not panel.problem.isVisible()


def test_a_test_recording_is_stopped_and_left(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(sound_test=FakeTest())
    panel = sound_panel(dialog)
    for leave in (panel.button.click, lambda: dialog.show_page("video"), dialog.close):
        sound_panel(dialog)
        panel.button.click()
        qtbot.waitUntil(lambda: panel.state.text() == "Recording: 1.5 s")
        leave()
        qtbot.waitUntil(lambda: not panel.is_running)
        assert panel.problem.text() == ""


def test_a_device_that_goes_away_during_a_test_is_told(open_dialog: Open, qtbot: QtBot) -> None:
    test = FakeTest()
    panel = sound_panel(open_dialog(sound_test=test))
    panel.button.click()
    qtbot.waitUntil(lambda: panel.state.text() == "Recording: 1.5 s")
    test.problem = SourceUnavailable("USB Audio was unplugged.", hint="Plug it in again.")
    test.is_recorded.set()
    qtbot.waitUntil(lambda: panel.problem.isVisible())
    assert panel.problem.text() == "⚠ USB Audio was unplugged. Plug it in again."
    # It can be tried again.
    test.problem = None
    panel.button.click()
    qtbot.waitUntil(lambda: panel.state.text() == "Playing: 1.5 s")
    assert not panel.problem.isVisible()
    panel.stop()
    qtbot.waitUntil(lambda: not panel.is_running)


def test_a_file_that_cannot_be_read_is_told(store: SettingsStore, qtbot: QtBot) -> None:
    store.path.write_text("video = [")
    dialog = SettingsDialog(SettingsStore(store.path))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.is_idle)
    assert any("cannot be read" in label.text() for label in dialog.findChildren(QLabel))
