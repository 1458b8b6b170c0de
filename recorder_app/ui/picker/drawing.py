"""What lies over the frozen desktop: veil, outline, handles, labels, magnifier. Device pixels."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from recorder_app.media.geometry import Rect
from recorder_app.ui import tokens
from recorder_app.ui.picker.frozen import to_qrect
from recorder_app.ui.picker.selection import HANDLES, Point, Selection
from recorder_app.ui.style import tabular
from recorder_app.ui.tokens import DARK, Theme

# How much of the desktop's light the veil takes.
VEIL = 0.55
LINE_PX = 2
HANDLE_PX = 9
MAGNIFIED_PX = 15
MAGNIFIER_ZOOM = 8


class Pen:
    """Draws with the colours of a theme at a screen's scale."""

    def __init__(self, theme: Theme, scale: float, font: QFont) -> None:
        self._theme = theme
        self._scale = scale
        self._font = tabular(font)
        self._font.setPixelSize(round(tokens.BODY_PX * scale))

    def px(self, logical: float) -> int:
        """Return a length of the interface in device pixels."""
        return max(1, round(logical * self._scale))

    def veil(self, painter: QPainter, screen: QRect, clear: Rect | None, strength: float) -> None:
        """Dim all of the screen but `clear`."""
        # Dark in a light theme too: a light veil would hide what is dark.
        colour = QColor(DARK.bg)
        colour.setAlphaF(VEIL * strength)
        for part in _around(screen, to_qrect(clear) if clear is not None else QRect()):
            painter.fillRect(part, colour)

    def outline(self, painter: QPainter, rect: Rect, limits: Rect) -> None:
        """Draw the accent line around `rect`, beside it: no pixel of it is covered.

        Where that would be beyond `limits` it is drawn within.
        """
        hair, line = self.px(1), self.px(LINE_PX)
        self._frame(painter, rect, limits, line + hair, self._theme.on_accent, hair)
        self._frame(painter, rect, limits, line, self._theme.accent, line)

    def _frame(
        self, painter: QPainter, rect: Rect, limits: Rect, out: int, colour: str, width: int
    ) -> None:
        outer = to_qrect(rect).adjusted(-out, -out, out, out) & to_qrect(limits)
        inner = outer.adjusted(width, width, -width, -width)
        for part in _around(outer, inner):
            painter.fillRect(part, QColor(colour))

    def handles(self, painter: QPainter, selection: Selection, rect: Rect, limits: Rect) -> None:
        """Draw the eight handles of `rect` within `limits`; on short edges only the corners."""
        size, line = self.px(HANDLE_PX), self.px(1)
        places = dict(zip(HANDLES, (at for _, at in selection.handles()), strict=True))
        dx, dy = rect.x - selection.rect.x, rect.y - selection.rect.y
        painter.setPen(QPen(QColor(self._theme.on_accent), line))
        painter.setBrush(QColor(self._theme.accent))
        for handle, (x, y) in places.items():
            length = rect.width if handle.across == 0 else rect.height
            if (handle.across == 0 or handle.down == 0) and length < 4 * size:
                continue
            # On the line, so that the area itself stays to be seen.
            left = x + dx + handle.across * line - size // 2
            top = y + dy + handle.down * line - size // 2
            left = max(limits.x, min(left, limits.right - size - line))
            top = max(limits.y, min(top, limits.bottom - size - line))
            painter.drawRect(left, top, size, size)

    def label_size(self, text: str) -> tuple[int, int]:
        """Return the size of a label with that text, which may have several lines."""
        metrics, lines = QFontMetrics(self._font), text.split("\n")
        return (
            max(metrics.horizontalAdvance(line) for line in lines) + 2 * self.px(tokens.SPACE_S),
            metrics.lineSpacing() * len(lines) + 2 * self.px(tokens.SPACE_XS),
        )

    def broken(self, text: str, at: str, width: int) -> str:
        """Return `text` in as many lines as a label of that width needs, broken only at `at`."""
        lines: list[str] = []
        for part in text.split(at):
            longer = f"{lines[-1]}{at}{part}" if lines else part
            if lines and self.label_size(longer)[0] <= width:
                lines[-1] = longer
            else:
                lines.append(part)
        return "\n".join(lines)

    def label(self, painter: QPainter, text: str, corner: Point) -> None:
        """Write `text` on a raised ground."""
        box = QRect(*corner, *self.label_size(text))
        self._ground(painter, box)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(self._font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def magnifier_size(self) -> tuple[int, int]:
        side = MAGNIFIED_PX * self.px(MAGNIFIER_ZOOM) + 2 * self.px(1)
        return side, side + self.label_size("0")[1]

    def magnifier(
        self, painter: QPainter, picture: QImage, pixel: Point, place: Point, corner: Point
    ) -> None:
        """Draw the pixels around `pixel` of the screen's picture, and `place` under them."""
        zoom, edge = self.px(MAGNIFIER_ZOOM), self.px(1)
        side = MAGNIFIED_PX * zoom
        box = QRect(*corner, *self.magnifier_size())
        painter.fillRect(box, QColor(self._theme.raised))
        half = MAGNIFIED_PX // 2
        # Beyond the edge of the screen the copy is black.
        part = picture.copy(pixel[0] - half, pixel[1] - half, MAGNIFIED_PX, MAGNIFIED_PX)
        inside = QRect(corner[0] + edge, corner[1] + edge, side, side)
        painter.drawImage(inside, part.scaled(QSize(side, side)))
        middle = QRect(inside.x() + half * zoom, inside.y() + half * zoom, zoom, zoom)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for grown, colour in ((edge, self._theme.on_accent), (0, self._theme.accent)):
            painter.setPen(QPen(QColor(colour), edge))
            painter.drawRect(middle.adjusted(-grown, -grown, grown - 1, grown - 1))
        painter.setPen(QPen(QColor(self._theme.line), edge))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.setPen(QColor(self._theme.text))
        painter.setFont(self._font)
        under = QRect(box.x(), inside.bottom() + 1, box.width(), box.bottom() - inside.bottom())
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, f"{place[0]}, {place[1]}")

    def _ground(self, painter: QPainter, box: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.line), self.px(1)))
        painter.setBrush(QColor(self._theme.raised))
        radius = self.px(tokens.RADIUS)
        painter.drawRoundedRect(box, radius, radius)
        painter.restore()


def _around(outer: QRect, inner: QRect) -> list[QRect]:
    """Return what of `outer` is not in `inner`, as rectangles that do not overlap."""
    inner &= outer
    if inner.isEmpty():
        return [outer]
    below, right = inner.bottom() + 1, inner.right() + 1
    return [
        QRect(outer.x(), outer.y(), outer.width(), inner.y() - outer.y()),
        QRect(outer.x(), below, outer.width(), outer.bottom() + 1 - below),
        QRect(outer.x(), inner.y(), inner.x() - outer.x(), inner.height()),
        QRect(right, inner.y(), outer.right() + 1 - right, inner.height()),
    ]
