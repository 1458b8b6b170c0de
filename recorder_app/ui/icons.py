"""Icons: one set of outlines in resources/icons, drawn in a colour of the theme."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from recorder_app import paths

# Drawn for these scale factors, so that no icon is ever blown up.
_SCALES = (1.0, 1.25, 1.5, 2.0, 3.0)
# What panels, task switchers and title bars ask for, in device pixels.
_APP_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
_TRAY_SIZES = (16, 20, 22, 24, 32, 48, 64)


def icon(name: str, colour: str, size: int = 20) -> QIcon:
    """Return the icon `name` of `size` logical pixels in `colour` (#RRGGBB)."""
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(pixmap(name, colour, size, scale))
    return made


def app_icon() -> QIcon:
    """Return the program's own icon; its colours are its own, the same in every theme."""
    made = QIcon()
    for size in _APP_SIZES:
        made.addPixmap(pixmap("app", "", size))
    return made


def layered_icon(*layers: tuple[str, str]) -> QIcon:
    """Return an icon for a panel, made of (name, colour) from the bottom to the top."""
    made = QIcon()
    for size in _TRAY_SIZES:
        drawn = QPixmap(size, size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        for name, colour in layers:
            painter.drawPixmap(0, 0, pixmap(name, colour, size))
        painter.end()
        made.addPixmap(drawn)
    return made


@functools.lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int = 20, scale: float = 1.0) -> QPixmap:
    """Return the picture of an icon for screens of that scale factor."""
    drawn = QPixmap(round(size * scale), round(size * scale))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(_svg(name, colour)).render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn


def _svg(name: str, colour: str) -> QByteArray:
    text = paths.resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    # The outlines are drawn in the colour of the text around them, as on the web.
    return QByteArray(text.replace("currentColor", colour).encode())
