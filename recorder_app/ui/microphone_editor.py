"""Choosing the microphone, and seeing at once that it is the right one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from recorder_app.services.devices import DeviceEntry, DeviceList
from recorder_app.texts import N_, translate
from recorder_app.ui import tokens
from recorder_app.ui.background import Background
from recorder_app.ui.editors import ChoiceEditor
from recorder_app.ui.input_meter import InputMeter

NONE, DEFAULT = "none", "default"
_EVERY_S = 0.7

ListDevices = Callable[[], DeviceList]


class MicrophoneEditor(QWidget):
    """The microphones there are, and how loud the chosen one is.

    `list_devices` is called in a thread of its own, and only while this can be seen.
    With `unset_title` there is None to choose, under that title. `works_changed` tells whether
    sound comes from the chosen one.
    """

    chosen = Signal(object)
    works_changed = Signal(bool)

    def __init__(self, list_devices: ListDevices | None, unset_title: str = "") -> None:
        super().__init__()
        self._unset_title = unset_title
        self._list_devices = list_devices
        self._background = Background(self, "devices")
        self._found: DeviceList | None = None
        self.works = False
        self._value: str | None = None if unset_title else NONE
        self._began = 0.0
        self.combo = ChoiceEditor([])
        self.main: QWidget = self.combo
        self.meter = InputMeter()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_XS)
        column.addWidget(self.combo)
        column.addWidget(self.meter)
        self.meter.setVisible(list_devices is not None)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._listen)
        self.combo.chosen.connect(self._choose)
        self._refresh()

    def show_value(self, value: Any) -> None:
        self._value = None if value is None else str(value)
        self._refresh()

    def set_listening(self, is_wanted: bool) -> None:
        """Listen to the devices from now on, or no more."""
        if not is_wanted or self._list_devices is None:
            self._timer.stop()
        elif not self._timer.isActive() and self._background.is_idle:
            self._timer.start(0)

    def _listen(self) -> None:
        if self._list_devices is not None and self._background.is_idle:
            self._began = time.monotonic()
            self._background.run(self._list_devices, self._take, self._fail)

    def _take(self, found: DeviceList) -> None:
        self._found = found
        self._refresh()
        self._wait()

    def _fail(self, _error: Exception) -> None:
        # What does not work is in the list; this is our own fault, and the meter stays as it is.
        self._wait()

    def _wait(self) -> None:
        if self.isVisible():
            rest = _EVERY_S - (time.monotonic() - self._began)
            self._timer.start(max(100, round(rest * 1000)))

    def _choose(self, value: Any) -> None:
        self._value = value
        self._refresh()
        self.chosen.emit(value)

    def _refresh(self) -> None:
        wanted = self._choices()
        shown = [
            (self.combo.itemText(i), self.combo.itemData(i)) for i in range(self.combo.count())
        ]
        # A list that is open stays as it is until it is closed.
        if wanted != shown and not self.combo.view().isVisible():
            self.combo.clear()
            for title, value in wanted:
                self.combo.addItem(title, value)
        self.combo.show_value(self._value)
        # Names of devices are long.
        self.combo.setToolTip(self.combo.currentText())
        self._show_level()

    def _choices(self) -> list[tuple[str, str | None]]:
        unset: list[tuple[str, str | None]] = [(self._unset_title, None)]
        choices = [
            *(unset if self._unset_title else []),
            (translate(N_("No microphone")), NONE),
            (translate(N_("Default microphone")), DEFAULT),
        ]
        for device in self._microphones():
            choices.append((device.description or device.name, device.name))
        if self._value is not None and self._value not in [value for _, value in choices]:
            title = self._value
            if self._found is not None:
                title = translate(N_("{name} (not connected)"), name=self._value)
            choices.append((title, self._value))
        return choices

    def _microphones(self) -> list[DeviceEntry]:
        found = self._found.devices if self._found else []
        return [device for device in found if device.kind == "microphone"]

    def _show_level(self) -> None:
        works = self._shows_level()
        if works is not self.works:
            self.works = works
            self.works_changed.emit(works)

    def _shows_level(self) -> bool:
        """Show how loud the chosen one is, or in words why that is not known; return which."""
        if self._value in (None, NONE):
            self.meter.show_words("")
            return False
        if self._found is None:
            self.meter.show_words(translate(N_("Listening...")))
            return False
        for device in self._microphones():
            if device.name == self._value or (self._value == DEFAULT and device.is_default):
                return self._shows_level_of(device)
        words = N_("Not connected. Connect it, or choose another.")
        self.meter.show_words(self._found.problem or translate(words))
        return False

    def _shows_level_of(self, device: DeviceEntry) -> bool:
        if not device.works:
            self.meter.show_words(device.problem)
        elif device.is_muted:
            self.meter.show_words(translate(N_("Muted in the system's sound settings.")))
        elif device.is_silent:
            self.meter.show_words(translate(N_("Silent. Say something, or check its switch.")))
        else:
            self.meter.show_level(device.peak_db)
            return True
        return False
