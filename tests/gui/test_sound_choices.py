"""The choices of sound: shown everywhere at once, kept in the settings in the background."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from recorder_app.errors import RecorderError, SettingsError
from recorder_app.settings.store import SettingsStore
from recorder_app.ui import sound_choices
from recorder_app.ui.background import Background
from recorder_app.ui.picker import AreaPicker
from recorder_app.ui.sound_choices import SoundChoices
from recorder_app.ui.take_menu import TakeMenu
from recorder_app.ui.tokens import LIGHT


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml")


@pytest.fixture
def owner() -> QObject:
    return QObject()


@pytest.fixture
def choices(store: SettingsStore, owner: QObject, monkeypatch: pytest.MonkeyPatch) -> SoundChoices:
    monkeypatch.setattr(sound_choices, "list_microphones", lambda: [("usb", "USB Audio")])
    return SoundChoices(store, Background(owner, "test"), owner)


def test_what_is_chosen_in_one_place_is_shown_in_the_other_and_kept(
    qtbot: QtBot, store: SettingsStore, choices: SoundChoices
) -> None:
    picker, menu = AreaPicker(LIGHT), TakeMenu(LIGHT)
    qtbot.addWidget(menu)
    choices.attach(picker)
    choices.attach(menu)
    choices.apply(store.current)
    qtbot.waitUntil(lambda: bool(picker.sound.microphones))
    assert [name for name, _ in picker.sound.microphones] == ["default", "usb"]
    picker.microphone_chosen.emit("usb")
    # Shown at once, and good for a recording that starts before it is written.
    assert picker.sound.microphone == "usb"
    assert menu.microphones.chosen_text == "USB Audio"
    assert choices.unsaved == {"mic": "usb"}
    menu.system_sound_chosen.emit(False)
    assert not picker.sound.has_system_sound
    qtbot.waitUntil(lambda: choices.unsaved == {})
    assert (store.current.sound.mic, store.current.sound.system_audio) == ("usb", False)
    assert picker.sound.microphone == "usb"


def test_devices_are_listed_and_settings_written_off_the_thread_that_draws(
    qtbot: QtBot, store: SettingsStore, choices: SoundChoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def slow() -> list[tuple[str, str]]:
        threads.append(threading.current_thread())
        return []

    update = store.update

    def written(*arguments: object, **changes: object) -> object:
        threads.append(threading.current_thread())
        return update(*arguments, **changes)  # type: ignore[arg-type]

    monkeypatch.setattr(sound_choices, "list_microphones", slow)
    monkeypatch.setattr(store, "update", written)
    choices.look()
    choices._choose("mic", "default")
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threading.main_thread() not in threads
    qtbot.waitUntil(lambda: choices.unsaved == {})


def test_what_cannot_be_kept_is_told_and_taken_back(
    qtbot: QtBot, store: SettingsStore, choices: SoundChoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SettingsError("The settings cannot be written.")

    monkeypatch.setattr(store, "update", refuse)
    told: list[RecorderError] = []
    choices.failed.connect(told.append)
    picker = AreaPicker(LIGHT)
    choices.attach(picker)
    picker.microphone_chosen.emit("usb")
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], SettingsError)
    assert picker.sound.microphone == "none"
    assert choices.unsaved == {}


def test_a_view_that_is_gone_is_forgotten(
    qtbot: QtBot, store: SettingsStore, choices: SoundChoices
) -> None:
    menu = TakeMenu(LIGHT)
    choices.attach(menu)
    menu.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(menu))
    choices.apply(store.current)
    with qtbot.waitSignal(choices.changed):
        choices._choose("mic", "usb")
    qtbot.waitUntil(lambda: choices.unsaved == {})
