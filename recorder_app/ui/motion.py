"""Whether things move only where they must: by choice, or as the desktop wishes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from recorder_app.system.motion import DesktopMotion


class Motion(QObject):
    """`changed` carries whether motion is reduced, which is not so at first."""

    changed = Signal(bool)
    _wished = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # It is told on threads of the system's; the signal brings it here.
        self._desktop = DesktopMotion(self._wished.emit)
        self._wished.connect(self._take)
        self._wish = self._is_reduced = False
        self._choice = "system"

    def start(self) -> None:
        """Listen to the desktop."""
        self._desktop.start()

    def close(self) -> None:
        self._desktop.close()

    def choose(self, choice: str) -> None:
        """Take the setting: ``on``, ``off`` or ``system``."""
        self._choice = choice
        self._tell()

    def _take(self, wish: bool) -> None:
        self._wish = wish
        self._tell()

    def _tell(self) -> None:
        is_reduced = {"on": True, "off": False}.get(self._choice, self._wish)
        if is_reduced is not self._is_reduced:
            self._is_reduced = is_reduced
            self.changed.emit(is_reduced)
