"""The markers of a recording above its timeline: drawn, found under the pointer, gone through."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPen, QPolygonF

from recorder_app.texts import clock_text
from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.timeline_painting import Look
from recorder_app.ui.editor.timeline_scale import TimelineScale
from recorder_app.ui.tokens import MUTED_PX, SPACE_S

# How high the row is that they stand in, in logical pixels.
ROW = 18
_NEAR_PX = 8
_FLAG_WIDE, _FLAG_HIGH, _FLAG_TOP = 9, 8, 3
# Less room shows no name that could be read.
_LEAST_NAME_PX = 28


class Markers:
    """Seconds and names, in the order of their times. Never changed."""

    def __init__(self, markers: Sequence[tuple[float, str]] = ()) -> None:
        self._all = tuple(sorted(markers))

    def __len__(self) -> int:
        return len(self._all)

    def after(self, number: int, times: PictureTimes) -> int | None:
        """Return the picture of the next marker after picture `number`; None after the last."""
        return min((each for each in self._numbers(times) if each > number), default=None)

    def before(self, number: int, times: PictureTimes) -> int | None:
        """Return the picture of the last marker before picture `number`; None before the first."""
        return max((each for each in self._numbers(times) if each < number), default=None)

    def near(self, x: float, scale: TimelineScale) -> tuple[float, str] | None:
        """Return the marker at a place of what is seen, if there is one."""
        found = [(abs(scale.x_of(at) - x), at, name) for at, name in self._all]
        distance, at, name = min(found, default=(_NEAR_PX + 1.0, 0.0, ""))
        return (at, name) if distance <= _NEAR_PX else None

    def paint(self, look: Look) -> None:
        """Draw a flag for each in a row at the top, a line down to its place, and its name."""
        painter, scale = look.painter, look.scale
        font = QFont(painter.font())
        font.setPixelSize(MUTED_PX - 1)
        painter.setFont(font)
        words = painter.fontMetrics()
        accent, line = QColor(look.theme.accent), QColor(look.theme.accent)
        line.setAlpha(150)
        for place, (at, name) in enumerate(self._all):
            if not -_NEAR_PX <= scale.x_of(at) <= scale.width + _NEAR_PX:
                continue
            x = look.x_of(at)
            painter.setPen(QPen(line, 1))
            painter.drawLine(QLineF(x, _FLAG_TOP, x, look.body.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(x - 0.5, _FLAG_TOP),
                        QPointF(x + _FLAG_WIDE, _FLAG_TOP + _FLAG_HIGH / 2),
                        QPointF(x - 0.5, _FLAG_TOP + _FLAG_HIGH),
                    ]
                )
            )
            left = x + _FLAG_WIDE + 3
            is_last = place + 1 == len(self._all)
            end = look.strip.right() if is_last else look.x_of(self._all[place + 1][0])
            room = end - left - SPACE_S
            if name and room >= _LEAST_NAME_PX:
                text = words.elidedText(name, Qt.TextElideMode.ElideRight, int(room))
                painter.setPen(QColor(look.theme.muted))
                painter.drawText(QPointF(left, _FLAG_TOP + _FLAG_HIGH + 1), text)

    def _numbers(self, times: PictureTimes) -> list[int]:
        return [times.number_at(Fraction(at)) for at, _ in self._all]


def tip(marker: tuple[float, str]) -> str:
    """Return what the pointer is told of a marker."""
    at, name = marker
    return f"{clock_text(at)}  {name}".rstrip()
