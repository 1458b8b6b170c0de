"""Parts of the result card: its picture, its title and a line of what there is to know."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageReader,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, icons
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.tokens import RADIUS, SPACE_S, Theme

POSTER_SIZE = QSize(160, 90)
_TEXT_WIDTH = 260
_PLACEHOLDER = 32
# What a line edit leaves before its text.
_INSET = 3


class Poster(QWidget):
    """A picture of the recording, or of a film while it is made."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self.setFixedSize(POSTER_SIZE)
        self.setAccessibleName(translate(N_("Picture of the recording")))

    @property
    def has_picture(self) -> bool:
        """Whether there is more than the placeholder."""
        return not self._image.isNull()

    def show_picture(self, path: Path | None) -> None:
        """Show a picture file; without one, or if it cannot be read, the placeholder."""
        self._image = QImage()
        if path is not None:
            reader = QImageReader(str(path))
            room = POSTER_SIZE * self.devicePixelRatioF()
            fitting = reader.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            if fitting.isValid():
                reader.setScaledSize(fitting)
                self._image = reader.read()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture whole, in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        corners = QPainterPath()
        corners.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.fillPath(corners, QColor(self._theme.line if self.has_picture else self._theme.bg))
        painter.setClipPath(corners)
        if self.has_picture:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = self.width() - size.width(), self.height() - size.height()
            target = QRectF(left / 2, top / 2, size.width(), size.height())
            painter.drawImage(target, self._image)
            return
        ratio = self.devicePixelRatioF()
        film = icons.pixmap("film", self._theme.muted, _PLACEHOLDER, ratio)
        left, top = self.width() - _PLACEHOLDER, self.height() - _PLACEHOLDER
        painter.drawPixmap(left // 2, top // 2, film)


class TitleEdit(QLineEdit):
    """A title that is changed where it stands. Return or leaving keeps it, Esc takes it back."""

    renamed = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._title = title
        self.setAccessibleName(translate(N_("Title")))
        self.setToolTip(translate(N_("Change the title")))
        self.setMinimumWidth(_TEXT_WIDTH)
        self.setCursorPosition(0)
        # In line with what stands below it.
        self.setTextMargins(-_INSET, 0, 0, 0)
        set_kind(self, "in-place")
        self.editingFinished.connect(self.commit)

    def show_title(self, title: str) -> None:
        """Show another title, as it is called by now; what is being typed stays."""
        is_typed = self.text() != self._title
        self._title = title
        if not is_typed:
            self.setText(title)
            self.setCursorPosition(0)

    def commit(self) -> None:
        """Keep a new title; an empty one is none."""
        title = self.text().strip()
        if title and title != self._title:
            self._title = title
            self.renamed.emit(title)
        self.setText(self._title)
        self.setCursorPosition(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show a title that is too long as such until it is edited."""
        room = self.width() - SPACE_S
        is_long = self.fontMetrics().horizontalAdvance(self.text()) > room
        if self.hasFocus() or not is_long:
            super().paintEvent(event)
            return
        short = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, short)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes a change back; without one it is the card's."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._title:
            self.setText(self._title)
        else:
            super().keyPressEvent(event)


class NoteLine(QWidget):
    """A sentence with an icon that tells how much it matters."""

    def __init__(self, text: str, *, is_grave: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_grave = is_grave
        self._picture = Picture()
        label = QLabel(text, wordWrap=True)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_kind(label, "warn" if is_grave else "muted")
        row = boxes.row(SPACE_S, self)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in the colours of `theme`."""
        name, colour = ("warning", theme.warn) if self._is_grave else ("info", theme.muted)
        self._picture.show_icon(name, colour)
