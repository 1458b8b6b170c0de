"""The place where a picture is shown: as large as it fits, on black, or why there is none."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui.tokens import BODY_PX, DARK, SPACE_S, SPACE_XL, STRONG_PX

_MOST_TEXT_PX = 520


class PictureView(QWidget):
    """`room_changed` carries how large pictures can be shown, in device pixels."""

    room_changed = Signal(QSize)
    clicked = Signal()
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.setAccessibleName(translate(N_("Picture")))
        self._image = QImage()
        self._title = self._text = ""

    @property
    def image(self) -> QImage:
        """What is shown; null without a picture."""
        return self._image

    @property
    def told(self) -> str:
        """What is said in place of a picture."""
        return f"{self._title} {self._text}".strip()

    @property
    def room(self) -> QSize:
        return self.size() * self.devicePixelRatioF()

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.say("", "")

    def say(self, title: str, text: str = "") -> None:
        """Say something over the picture, which is darkened; an empty title takes it away."""
        self._title, self._text = title, text
        self.setAccessibleDescription(self.told)
        self.update()

    def clear(self) -> None:
        self.show_image(QImage())

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def picture_rect(self) -> QRect:
        """Return where the picture is, in logical pixels."""
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        return place

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.picture_rect(), self._image)
        if self._title:
            self._paint_text(painter)

    def _paint_text(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(0, 0, 0, 200))
        wide = min(_MOST_TEXT_PX, self.width() - 2 * SPACE_XL)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        strong, body = QFont(self.font()), QFont(self.font())
        strong.setPixelSize(STRONG_PX)
        strong.setWeight(QFont.Weight.DemiBold)
        body.setPixelSize(BODY_PX)
        left = (self.width() - wide) // 2
        painter.setFont(strong)
        title = painter.boundingRect(QRect(left, 0, wide, 10_000), flags, self._title)
        painter.setFont(body)
        text = painter.boundingRect(QRect(left, 0, wide, 10_000), flags, self._text)
        high = title.height() + (SPACE_S + text.height() if self._text else 0)
        top = max(0, (self.height() - high) // 2)
        # On black in either theme.
        painter.setFont(strong)
        painter.setPen(QColor(DARK.text))
        painter.drawText(QRect(left, top, wide, title.height()), flags, self._title)
        painter.setFont(body)
        painter.setPen(QColor(DARK.muted))
        top += title.height() + SPACE_S
        painter.drawText(QRect(left, top, wide, text.height()), flags, self._text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.room_changed.emit(self.room)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.clicked.emit()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit()
