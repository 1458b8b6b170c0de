"""Windows without a frame that float over everything: a card with a line around it."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBitmap, QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from recorder_app.ui import buttons, icons
from recorder_app.ui.tokens import CARD_RADIUS, Theme

_FLAGS = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint


class Raised(QWidget):
    """A floating card. It comes without taking the keyboard from what people work in."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, _FLAGS)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        buttons.set_theme(self, theme)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(QColor(self._theme.raised))
        inner = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inner, CARD_RADIUS, CARD_RADIUS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the corners for desktops that cannot blend windows; there they would be black."""
        super().resizeEvent(event)
        shape = QBitmap(self.size())
        shape.fill(Qt.GlobalColor.color0)
        painter = QPainter(shape)
        painter.setBrush(Qt.GlobalColor.color1)
        # A little rounder outside, so that the smooth edge inside is not cut where there is one.
        painter.drawRoundedRect(
            self.rect().adjusted(0, 0, -1, -1), CARD_RADIUS - 2, CARD_RADIUS - 2
        )
        painter.end()
        self.setMask(shape)


class Picture(QLabel):
    """An icon that stands by itself, sharp on every screen."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._shown = ("", "")
        self.setFixedSize(size, size)

    def show_icon(self, name: str, colour: str, meaning: str = "") -> None:
        """Show an icon; `meaning` is what it tells people who do not see it."""
        self.setAccessibleName(meaning)
        if (name, colour) != self._shown:
            self._shown = (name, colour)
            self.setPixmap(self._drawn(name, colour))

    def _drawn(self, name: str, colour: str) -> QPixmap:
        return icons.pixmap(name, colour, self._size, self.devicePixelRatioF())


def set_kind(widget: QWidget, kind: str) -> None:
    """Have `widget` look like another kind of its type."""
    if widget.property("kind") != kind:
        widget.setProperty("kind", kind)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
