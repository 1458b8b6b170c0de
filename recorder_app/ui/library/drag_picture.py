"""What is seen under the pointer while recordings are dragged."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import icons
from recorder_app.ui.tokens import RADIUS, SPACE_S, Theme

_ICON_PX = 32


def drag_picture(view: QWidget, theme: Theme, known: int, chosen: int) -> QPixmap:
    """Return a picture of files, with how many they are of `chosen` where that is not all.

    Other programs take what they are given at once: of very many only those that were seen are
    known by then.
    """
    ratio = view.devicePixelRatioF()
    film = icons.pixmap("film", theme.text, _ICON_PX, ratio)
    text = drag_text(view, known, chosen)
    if not text:
        return film
    words = view.fontMetrics()
    size = QSize(
        _ICON_PX + words.horizontalAdvance(text) + 3 * SPACE_S, _ICON_PX + 2 * (SPACE_S // 2)
    )
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.line))
    painter.setBrush(QColor(theme.raised))
    whole = QRectF(0, 0, size.width(), size.height())
    painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    painter.drawPixmap(SPACE_S // 2, SPACE_S // 2, film)
    painter.setFont(view.font())
    painter.setPen(QColor(theme.text))
    place = whole.adjusted(_ICON_PX + SPACE_S, 0, -SPACE_S, 0)
    painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)
    painter.end()
    return made


def drag_text(view: QWidget, known: int, chosen: int) -> str:
    """Return how many of the chosen files are dragged; nothing where it is all of them."""
    if known >= chosen:
        return ""
    number = view.locale().toString
    return translate(N_("{count} of {whole} files"), count=number(known), whole=number(chosen))
