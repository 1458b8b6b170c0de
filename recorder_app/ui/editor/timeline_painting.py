"""How the timeline is drawn. All lengths in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap, QPolygonF

from recorder_app.edit.timeline import EditList
from recorder_app.media.stills import STRIP_PICTURES
from recorder_app.media.waveform import Peaks
from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui import style
from recorder_app.ui.editor import loudness
from recorder_app.ui.editor.filmstrip import Cell
from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.timeline_scale import TimelineScale
from recorder_app.ui.editor.times import exact_text
from recorder_app.ui.tokens import FOCUS_PX, MUTED_PX, Theme

# Room at both sides, for the handles at the very ends.
MARGIN = 14
HANDLE = 10
_LABEL_PX = 96
_STEPS_S = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800, 3600, 7200),
)
_LEAST_CUT_TEXT_PX = 44


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn with, and where: `strip` and `wave` are the places of pictures and sound."""

    painter: QPainter
    theme: Theme
    scale: TimelineScale
    strip: QRectF
    wave: QRectF

    def x_of(self, at: Fraction | float) -> float:
        return MARGIN + self.scale.x_of(at)

    @property
    def body(self) -> QRectF:
        """Pictures and sound."""
        return self.strip.united(self.wave)


def ruler(look: Look) -> None:
    """Draw times, as many as can be read."""
    painter, scale = look.painter, look.scale
    font = QFont(painter.font())
    font.setPixelSize(MUTED_PX - 1)
    painter.setFont(style.tabular(font))
    painter.setPen(QColor(look.theme.muted))
    step = next(
        (each for each in _STEPS_S if each * scale.px_per_s >= _LABEL_PX), float(_STEPS_S[-1])
    )
    place = int(scale.offset_s // step)
    while (at := place * step) <= min(scale.offset_s + scale.seen_s, scale.length_s):
        x = look.x_of(at)
        if x >= MARGIN - 1:
            text = clock_text(at) if step >= 1 else exact_text(Fraction(at).limit_denominator(1000))
            painter.drawLine(QLineF(x, look.strip.top() - 5, x, look.strip.top() - 1))
            if x + 4 + painter.fontMetrics().horizontalAdvance(text) <= look.strip.right():
                painter.drawText(QPointF(x + 4, look.strip.top() - 7), text)
        place += 1


def strip_ground(look: Look) -> None:
    left, right = look.x_of(0.0), look.x_of(look.scale.length_s)
    for row in (look.strip, look.wave):
        look.painter.fillRect(
            QRectF(left, row.top(), right - left, row.height()), QColor(look.theme.surface)
        )


def hover_strip(look: Look, pictures: QPixmap) -> None:
    """Draw the few pictures that were made with the recording, over its whole length."""
    if pictures.isNull():
        return
    wide = look.scale.length_s / STRIP_PICTURES
    for number in range(STRIP_PICTURES):
        left, right = look.x_of(number * wide), look.x_of((number + 1) * wide)
        place = QRectF(left, look.strip.top(), right - left, look.strip.height())
        _tile(look.painter, pictures, number, place)


def stand_in(look: Look, cell: Cell, times: PictureTimes, pictures: QPixmap) -> None:
    """Draw one of the few pictures where the one that belongs there is not made yet."""
    if not pictures.isNull():
        share = float(times.time(cell.number)) / look.scale.length_s
        number = min(STRIP_PICTURES - 1, int(share * STRIP_PICTURES))
        _tile(look.painter, pictures, number, _place(look, cell))


def picture(look: Look, cell: Cell, pixmap: QPixmap) -> None:
    place = _place(look, cell)
    _cover(look.painter, pixmap, QRectF(pixmap.rect()), place)
    # Where one picture ends and the next begins.
    look.painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
    look.painter.drawLine(QLineF(place.right(), place.top(), place.right(), place.bottom()))


def waveform(look: Look, peaks: Peaks) -> None:
    painter, wave = look.painter, look.wave
    painter.setPen(QPen(QColor(look.theme.accent), 1))
    middle = wave.center().y()
    lines = []
    for x, height in enumerate(loudness.heights(peaks, look.scale)):
        half = max(0.5, height * (wave.height() / 2 - 2))
        lines.append(QLineF(MARGIN + x + 0.5, middle - half, MARGIN + x + 0.5, middle + half))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def removed(look: Look, edits: EditList, bounds: tuple[Fraction, Fraction]) -> None:
    """Cover what is not kept: before and after the handles, and the parts taken out between."""
    start, end = bounds
    _cover_cut(look, Fraction(0), start, "")
    _cover_cut(look, end, edits.length, "")
    for cut in edits.removed:
        first, last = max(cut.start, start), min(cut.end, end)
        if first < last:
            _cover_cut(look, first, last, translate(N_("cut")))


def selection(look: Look, start: Fraction, end: Fraction) -> None:
    place = QRectF(QPointF(look.x_of(start), look.body.top()), look.body.bottomRight())
    place.setRight(look.x_of(end))
    colour = QColor(look.theme.accent)
    colour.setAlpha(70)
    look.painter.fillRect(place, colour)
    look.painter.setPen(QPen(QColor(look.theme.accent), 2))
    look.painter.setBrush(Qt.BrushStyle.NoBrush)
    look.painter.drawRect(place.adjusted(1, 1, -1, -1))


def handles(look: Look, bounds: tuple[Fraction, Fraction]) -> None:
    """Draw the two handles, outside of what they keep, and a line around that."""
    painter, body = look.painter, look.body
    accent = QColor(look.theme.accent)
    left, right = look.x_of(bounds[0]), look.x_of(bounds[1])
    seen_left, seen_right = max(left, 0.0), min(right, look.strip.right())
    painter.setPen(QPen(accent, 2))
    for y in (body.top(), body.bottom()):
        painter.drawLine(QLineF(seen_left, y, seen_right, y))
    for x, is_start in ((left, True), (right, False)):
        if not -HANDLE <= x <= look.strip.right() + HANDLE:
            continue
        place = QRectF(x - HANDLE if is_start else x, body.top() - 1, HANDLE, body.height() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(QPen(QColor(look.theme.on_accent), 2))
        middle = place.center()
        painter.drawLine(QLineF(middle.x(), middle.y() - 9, middle.x(), middle.y() + 9))


def playhead(look: Look, at: Fraction) -> None:
    x = look.x_of(at)
    if not MARGIN - 1 <= x <= look.strip.right() - MARGIN + 1:
        return
    painter, top = look.painter, look.strip.top()
    painter.setPen(QPen(QColor(look.theme.surface), 4))
    painter.drawLine(QLineF(x, top, x, look.body.bottom()))
    painter.setPen(QPen(QColor(look.theme.text), 2))
    painter.drawLine(QLineF(x, top - 4, x, look.body.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.theme.text))
    knob = [QPointF(x - 6, top - 12), QPointF(x + 6, top - 12), QPointF(x, top - 2)]
    painter.drawPolygon(QPolygonF(knob))


def focus(look: Look, place: QRectF) -> None:
    look.painter.setBrush(Qt.BrushStyle.NoBrush)
    look.painter.setPen(QPen(QColor(look.theme.accent), FOCUS_PX))
    look.painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 6, 6)


def _place(look: Look, cell: Cell) -> QRectF:
    return QRectF(MARGIN + cell.left, look.strip.top(), cell.width, look.strip.height())


def _tile(painter: QPainter, pictures: QPixmap, number: int, place: QRectF) -> None:
    wide = pictures.width() / STRIP_PICTURES
    _cover(painter, pictures, QRectF(number * wide, 0, wide, pictures.height()), place)


def _cover(painter: QPainter, pixmap: QPixmap, source: QRectF, place: QRectF) -> None:
    """Fill a place with a picture, cut off where it is too high or too wide for it."""
    if place.width() <= 0 or source.isEmpty():
        return
    if source.width() / source.height() > place.width() / place.height():
        wide = source.height() * place.width() / place.height()
        source.adjust((source.width() - wide) / 2, 0, -(source.width() - wide) / 2, 0)
    else:
        high = source.width() * place.height() / place.width()
        source.adjust(0, (source.height() - high) / 2, 0, -(source.height() - high) / 2)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(place, pixmap, source)


def _cover_cut(look: Look, start: Fraction, end: Fraction, text: str) -> None:
    place = QRectF(look.x_of(start), look.body.top(), 0, look.body.height())
    place.setRight(look.x_of(end))
    if place.width() <= 0:
        return
    veil = QColor(look.theme.bg)
    veil.setAlpha(215)
    look.painter.fillRect(place, veil)
    hatch = QColor(look.theme.muted)
    hatch.setAlpha(90)
    look.painter.fillRect(place, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    if text and place.width() >= _LEAST_CUT_TEXT_PX:
        font = QFont(look.painter.font())
        font.setPixelSize(MUTED_PX)
        look.painter.setFont(font)
        wide = look.painter.fontMetrics().horizontalAdvance(text) + 12
        label = QRectF(0, 0, wide, MUTED_PX + 8)
        label.moveCenter(place.center())
        look.painter.setPen(Qt.PenStyle.NoPen)
        look.painter.setBrush(QColor(look.theme.bg))
        look.painter.drawRoundedRect(label, 4, 4)
        look.painter.setPen(QColor(look.theme.text))
        look.painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), text)
