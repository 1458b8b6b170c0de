"""How loud something is: a bar from -60 dBFS to 0, and the figure."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import style, tokens

LEAST_DB = -60.0
_BAR_HEIGHT = 6


class InputMeter(QWidget):
    """Shows a peak in dBFS, or in words why there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._peak_db: float | None = None
        self.text = ""
        self.setFont(style.tabular(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate(N_("Level of the microphone")))

    def show_level(self, peak_db: float) -> None:
        self._show(peak_db, translate(N_("{level} dB"), level=f"{peak_db:.0f}"))

    def show_words(self, text: str) -> None:
        self._show(None, text)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(160, self.fontMetrics().height() + tokens.SPACE_XS)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self._peak_db is not None:
            figure = self.fontMetrics().horizontalAdvance("-88 dB") + tokens.SPACE_S
            bar = area.adjusted(0, 0, -figure, 0)
            bar.setTop(area.center().y() - _BAR_HEIGHT / 2)
            bar.setHeight(_BAR_HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
            share = min(1.0, max(0.0, 1.0 - self._peak_db / LEAST_DB))
            bar.setWidth(bar.width() * share)
            painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        side = Qt.AlignmentFlag.AlignLeft if self._peak_db is None else Qt.AlignmentFlag.AlignRight
        room = round(area.width())
        text = self.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _show(self, peak_db: float | None, text: str) -> None:
        if (peak_db, text) != (self._peak_db, self.text):
            self._peak_db, self.text = peak_db, text
            self.setAccessibleDescription(text)
            self.setToolTip(text if peak_db is None else "")
            self.update()
