"""The menu of microphones, wherever one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui.take_texts import plain

# What the settings call it when no microphone is recorded, and when the system's own is.
NO_MICROPHONE = "none"
DEFAULT_MICROPHONE = "default"


class MicrophoneMenu(QMenu):
    """Offers microphones with the chosen one ticked; what is picked is only asked for."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen_text = ""
        self._group = QActionGroup(self)
        self._shown: tuple[tuple[tuple[str, str], ...], str] | None = None

    def offer(self, microphones: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer these, each a name and how people know it, and to record none."""
        chosen = chosen or NO_MICROPHONE
        if (tuple(microphones), chosen) == self._shown:
            # Not anew while somebody looks at it, if nothing is new.
            return
        self._shown = (tuple(microphones), chosen)
        self.clear()
        entries = [*microphones, (NO_MICROPHONE, translate(N_("No microphone")))]
        if chosen not in [name for name, _ in entries]:
            entries.insert(0, (chosen, _missing(chosen)))
        for name, description in entries:
            action = self.addAction(plain(description))
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.setActionGroup(self._group)
            action.triggered.connect(lambda _=False, name=name: self.picked.emit(name))
        self.chosen_text = dict(entries)[chosen]


def _missing(name: str) -> str:
    """Return how people know a microphone that is chosen and not there."""
    if name == DEFAULT_MICROPHONE:
        return translate(N_("Default microphone"))
    return translate(N_("{name} (not connected)"), name=name)
