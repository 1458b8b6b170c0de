"""A window of the program that Esc closes, and that says when it was closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QWidget


class OwnWindow(QWidget):
    """`closed` is emitted whichever way it was closed. It may be shown again."""

    closed = Signal()

    def __init__(
        self, parent: QWidget | None = None, kind: Qt.WindowType = Qt.WindowType.Window
    ) -> None:
        super().__init__(parent, kind)

    def bring_up(self) -> None:
        """Show it, with the keyboard in it."""
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        super().closeEvent(event)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
