"""Sliders drawn as a thin line: of volume and zoom, and the one that seeks, with its chapters."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QToolTip, QWidget

from recorder_app.texts import clock_text
from recorder_app.ui.tokens import FOCUS_PX, SPACE_S, Theme

_LINE = 4
_KNOB = 12
_HIGH = 20


class ThinSlider(QSlider):
    """A click goes to where it was made. `chosen` carries a value that a person chose."""

    chosen = Signal(int)

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.actionTriggered.connect(lambda _: self.chosen.emit(self.sliderPosition()))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, _HIGH)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, _HIGH)

    def x_of(self, value: float) -> float:
        """Return where a value is, in logical pixels."""
        span = max(1, self.maximum() - self.minimum())
        return _KNOB / 2 + (value - self.minimum()) / span * (self.width() - _KNOB)

    def value_at(self, x: float) -> int:
        """Return the value at a place in logical pixels."""
        share = (x - _KNOB / 2) / max(1, self.width() - _KNOB)
        return round(self.minimum() + min(1.0, max(0.0, share)) * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._take(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._take(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._take(event)
            self.setSliderDown(False)

    def _take(self, event: QMouseEvent) -> None:
        value = self.value_at(event.position().x())
        if value != self.value():
            self.setValue(value)
            self.chosen.emit(value)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, x = self.height() / 2, self.x_of(self.sliderPosition())
        colour = self._theme.accent if self.isEnabled() else self._theme.muted
        self._line(painter, _KNOB / 2, self.width() - _KNOB / 2, self._theme.line)
        self._line(painter, _KNOB / 2, x, colour)
        self._paint_marks(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QPointF(x, middle), _KNOB / 2 - 1, _KNOB / 2 - 1)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.accent), FOCUS_PX))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _line(self, painter: QPainter, start: float, end: float, colour: str) -> None:
        painter.setBrush(QColor(colour))
        top = (self.height() - _LINE) / 2
        painter.drawRoundedRect(QRectF(start, top, max(0.0, end - start), _LINE), 2, 2)

    def _paint_marks(self, painter: QPainter) -> None:
        """Draw what lies on the line, under the knob."""


class SeekBar(ThinSlider):
    """Values are milliseconds. Markers are ticks, which tell their text to the pointer."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, theme, parent)
        self._markers: tuple[tuple[float, str], ...] = ()
        self.setRange(0, 0)

    def set_markers(self, markers: Sequence[tuple[float, str]]) -> None:
        self._markers = tuple(markers)
        self.update()

    def tip_at(self, x: float) -> str:
        """Return what is at a place: a time, and the marker's text if there is one."""
        near = [
            (abs(self.x_of(at * 1000) - x), at, text)
            for at, text in self._markers
            if abs(self.x_of(at * 1000) - x) <= SPACE_S
        ]
        if near:
            _, at, text = min(near)
            return f"{clock_text(at)}  {text}"
        return clock_text(self.value_at(x) / 1000)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().x()), self)
            return True
        return super().event(event)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        top = (self.height() - _LINE) / 2 - 3
        for at, _ in self._markers:
            painter.setBrush(QColor(self._theme.text))
            painter.drawRect(QRectF(self.x_of(at * 1000) - 1, top, 2, _LINE + 6))
