"""The small marks in controls, drawn in the colours of the palette: arrows and the check."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from recorder_app.ui import tokens

ARROW_WIDTH = 22
# How the controls leave room for them; the palette is made of the tokens.
SHEET = f"""
QCheckBox {{ padding: 3px; border: {tokens.FOCUS_PX}px solid transparent;
    border-radius: {tokens.RADIUS}px; }}
QCheckBox:focus {{ border-color: palette(highlight); }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid palette(dark);
    border-radius: 4px; background: palette(base); }}
QCheckBox::indicator:checked {{ background: palette(highlight);
    border-color: palette(highlight); }}
QComboBox, QSpinBox, QDoubleSpinBox {{ padding: 4px 4px 4px 6px; }}
QComboBox::drop-down {{ border: none; width: {ARROW_WIDTH}px; }}
QSpinBox::up-button, QDoubleSpinBox::up-button {{ border: none; width: {ARROW_WIDTH}px;
    subcontrol-origin: border; subcontrol-position: top right; }}
QSpinBox::down-button, QDoubleSpinBox::down-button {{ border: none; width: {ARROW_WIDTH}px;
    subcontrol-origin: border; subcontrol-position: bottom right; }}
"""
_HALF, _DEPTH = 3.5, 3.5


def draw_arrow(widget: QWidget, centre: QPointF, *, is_up: bool = False) -> None:
    """Draw an arrow at `centre` over what `widget` has drawn."""
    depth = -_DEPTH if is_up else _DEPTH
    role = QPalette.ColorRole.Text if widget.isEnabled() else QPalette.ColorRole.PlaceholderText
    _draw(
        widget,
        role,
        [
            centre + QPointF(-_HALF, -depth / 2),
            centre + QPointF(0, depth / 2),
            centre + QPointF(_HALF, -depth / 2),
        ],
    )


def draw_check(widget: QWidget, box: QRectF) -> None:
    """Draw a check in `box` over what `widget` has drawn."""
    corner, width, height = box.topLeft(), box.width(), box.height()
    _draw(
        widget,
        QPalette.ColorRole.HighlightedText,
        [
            corner + QPointF(0.24 * width, 0.52 * height),
            corner + QPointF(0.43 * width, 0.70 * height),
            corner + QPointF(0.77 * width, 0.32 * height),
        ],
    )


def _draw(widget: QWidget, role: QPalette.ColorRole, points: list[QPointF]) -> None:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(widget.palette().color(role), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(points)
    painter.end()
