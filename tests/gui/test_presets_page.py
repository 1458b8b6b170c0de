"""The page of presets: they are added, named, changed, deleted and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from recorder_app.settings.app_areas import Preset
from recorder_app.settings.store import SettingsStore
from recorder_app.ui.presets_page import PresetsPage
from recorder_app.ui.settings_dialog import SettingsDialog
from tests.gui.support import shown


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml")


@pytest.fixture
def dialog(store: SettingsStore, qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(store)
    shown(qtbot, made)
    made.show_page("presets")
    return made


def text_of(page: PresetsPage, name: str) -> QLineEdit:
    found = page.fields[name].editor.main
    assert isinstance(found, QLineEdit)
    return found


def write(page: PresetsPage, name: str, text: str) -> None:
    """Type `text` in place of what is in a field, and press Return."""
    line = text_of(page, name)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClick(line, Qt.Key.Key_Return)


def choose(page: PresetsPage, name: str, title: str) -> None:
    box = page.fields[name].editor.main
    assert isinstance(box, QComboBox)
    index = box.findText(title)
    assert index >= 0, [box.itemText(each) for each in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_one_is_added_named_and_changed(
    dialog: SettingsDialog, store: SettingsStore, qtbot: QtBot
) -> None:
    def stored() -> dict[str, Preset]:
        return dict(store.current.presets)

    page = dialog.presets
    assert not page.delete.isVisible()
    page.add.click()
    qtbot.waitUntil(lambda: stored() == {"Preset 1": Preset()})
    # Its name is what is asked for first.
    qtbot.waitUntil(lambda: text_of(page, "name").selectedText() == "Preset 1")
    QTest.keyClicks(text_of(page, "name"), "Demo")
    QTest.keyClick(text_of(page, "name"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stored() == {"Demo": Preset()})
    qtbot.waitUntil(lambda: page.shown == "Demo")
    wanted: dict[str, Any] = {}
    for name, title, value in (
        ("format", "MP4 (H.264)", "mp4"),
        ("quality", "High", "high"),
        ("mic", "Default microphone", "default"),
        ("system_audio", "Off", False),
    ):
        choose(page, name, title)
        wanted[name] = value
    write(page, "target", "monitor:2")
    keys = page.fields["shortcut"].editor.main
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(keys, Qt.Key.Key_D, modifiers)
    preset = Preset(target="monitor:2", shortcut="Ctrl+Alt+D", **wanted)
    qtbot.waitUntil(lambda: stored() == {"Demo": preset})
    # What it leaves open again is as in the settings.
    choose(page, "quality", "As in the settings")
    choose(page, "mic", "As in the settings")
    write(page, "target", "")
    plain = Preset(format="mp4", system_audio=False, shortcut="Ctrl+Alt+D")
    qtbot.waitUntil(lambda: stored() == {"Demo": plain})


def test_one_is_deleted_and_brought_back(
    dialog: SettingsDialog, store: SettingsStore, qtbot: QtBot
) -> None:
    kept, gone = Preset(quality="low"), Preset(format="mp4", shortcut="Ctrl+Alt+D")
    store.update("presets", Kept=kept, area=gone)
    page = dialog.presets
    qtbot.waitUntil(lambda: page.choice.count() == 2)
    page.show_preset("area")
    page.delete.click()
    qtbot.waitUntil(lambda: dict(store.current.presets) == {"Kept": kept})
    qtbot.waitUntil(lambda: page.shown == "Kept")
    assert page.undo.hasFocus()
    page.undo.click()
    qtbot.waitUntil(lambda: dict(store.current.presets) == {"Kept": kept, "area": gone})
    qtbot.waitUntil(lambda: page.shown == "area" and not page.undo.isVisible())


def test_what_cannot_be_is_said_beside_it(
    dialog: SettingsDialog, store: SettingsStore, qtbot: QtBot
) -> None:
    store.update("presets", One=Preset(), Two=Preset())
    page = dialog.presets
    qtbot.waitUntil(lambda: page.shown == "One")
    for name, words in (("no/slash", "cannot be called"), ("two", "already")):
        write(page, "name", name)
        qtbot.waitUntil(page.fields["name"].problem.isVisible)
        assert words in page.fields["name"].problem.text()
        assert text_of(page, "name").text() == "One"
    write(page, "target", "the moon")
    assert "the moon" in page.fields["target"].problem.text()
    keys = page.fields["shortcut"].editor.main
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(keys, Qt.Key.Key_R, modifiers)
    qtbot.waitUntil(page.fields["shortcut"].problem.isVisible)
    assert "Ctrl+Alt+R" in page.fields["shortcut"].problem.text()
    assert dict(store.current.presets) == {"One": Preset(), "Two": Preset()}


def test_one_that_another_process_took_away_is_told(
    dialog: SettingsDialog, store: SettingsStore, qtbot: QtBot
) -> None:
    store.update("presets", One=Preset())
    page = dialog.presets
    qtbot.waitUntil(lambda: page.shown == "One")
    store.update("presets", One=None)
    page.change_requested.emit("One", "quality", "low")
    qtbot.waitUntil(lambda: page.shown == "")
    assert dict(store.current.presets) == {}


def test_every_control_has_a_name(dialog: SettingsDialog, store: SettingsStore) -> None:
    store.update("presets", One=Preset())
    for name, field in dialog.presets.fields.items():
        assert field.editor.main.accessibleName(), name
        assert field.editor.main.accessibleDescription(), name
    assert dialog.presets.choice.accessibleName()
