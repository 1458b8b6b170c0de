"""Shortcuts that work in every program, as commands of the app."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from recorder_app.errors import RecorderError
from recorder_app.settings import Settings
from recorder_app.system.hotkeys import Hotkeys

# The command of each shortcut, as the settings name them.
_COMMANDS = {
    "start_stop": "toggle",
    "pause": "pause",
    "region": "area",
    "last_area": "last_area",
    # A key is pressed by mistake more easily than a command is typed.
    "cancel": "ask_cancel",
    "marker": "mark",
    "mute": "mute",
    "screenshot": "screenshot",
}
_PRESET = "preset:"


class Shortcuts(QObject):
    """`asked` carries a command, `preset_asked` a preset's name.

    `failed` carries which shortcut cannot be had, "" for all of them, and a RecorderError; those of
    now are in `problems`.
    """

    asked = Signal(str)
    preset_asked = Signal(str)
    failed = Signal(str, object)
    _pressed = Signal(str)
    _refused = Signal(str, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.problems: dict[str, RecorderError] = {}
        # Both are called on threads of the system's; the signals bring them here.
        self._hotkeys = Hotkeys(self._pressed.emit, self._refused.emit)
        self._pressed.connect(self._on_pressed)
        self._refused.connect(self._on_refused)

    def set(self, stored: Settings) -> dict[str, str]:
        """Have the shortcuts that are stored; return them by name."""
        shortcuts = {name: getattr(stored.shortcuts, name) for name in _COMMANDS}
        presets = {f"{_PRESET}{name}": preset.shortcut for name, preset in stored.presets.items()}
        self.problems.clear()
        self._hotkeys.set(shortcuts | presets)
        return shortcuts

    def close(self) -> None:
        """Give them back, within a second."""
        self._hotkeys.close()

    def _on_refused(self, action: str, error: RecorderError) -> None:
        self.problems[action] = error
        self.failed.emit(action, error)

    def _on_pressed(self, action: str) -> None:
        if action.startswith(_PRESET):
            self.preset_asked.emit(action.removeprefix(_PRESET))
        else:
            self.asked.emit(_COMMANDS[action])
