"""The field that shows a time, and in which another one can be typed."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class TimeField(QLineEdit):
    """What is being typed stays until it is entered or given up.

    `entered` carries what was typed; `given_up` tells of Esc.
    """

    entered = Signal(str)
    given_up = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._shown = text
        self.returnPressed.connect(self._enter)

    def show_text(self, text: str) -> None:
        """Show a time, or keep it until nothing is being typed."""
        self._shown = text
        if not (self.isModified() and self.hasFocus()):
            self.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Its menu, or another window, takes the focus for a while only.
        reason = Qt.FocusReason
        if event.reason() not in (reason.PopupFocusReason, reason.ActiveWindowFocusReason):
            self.setText(self._shown)
        super().focusOutEvent(event)

    def _enter(self) -> None:
        typed = self.text()
        self.setModified(False)
        self.entered.emit(typed)
