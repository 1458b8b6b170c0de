"""The desktop as it was when the picker opened, in device pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QScreen

from recorder_app.media.geometry import Rect
from recorder_app.ui.picker.layout import QtScreen, ScreenPlace


def to_qrect(rect: Rect) -> QRect:
    return QRect(rect.x, rect.y, rect.width, rect.height)


def to_rect(rect: QRect) -> Rect:
    return Rect(rect.x(), rect.y(), rect.width(), rect.height())


def qt_screens() -> list[QtScreen]:
    """Return what Qt says of the screens now."""
    return [
        QtScreen(screen.name(), to_rect(screen.geometry()), screen.devicePixelRatio())
        for screen in QGuiApplication.screens()
    ]


def screen_named(name: str) -> QScreen:
    """Return Qt's screen of that name, the primary one where there is none."""
    named = (screen for screen in QGuiApplication.screens() if screen.name() == name)
    return next(named, QGuiApplication.primaryScreen())


def grab_screens() -> dict[str, QImage]:
    """Return the pictures of all screens by name, without a scale of their own."""
    pictures = {}
    for screen in QGuiApplication.screens():
        image = screen.grabWindow(0).toImage().convertToFormat(QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(1.0)
        pictures[screen.name()] = image
    return pictures


def fitted(image: QImage | None, place: ScreenPlace) -> QImage:
    """Return a screen's picture with exactly its device pixels, black where there are none."""
    width, height = place.device.width, place.device.height
    if image is not None and (image.width(), image.height()) == (width, height):
        return image
    whole = QImage(width, height, QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.black)
    if image is not None and not image.isNull():
        painter = QPainter(whole)
        painter.drawImage(0, 0, image)
        painter.end()
    return whole


def cropped(places: Sequence[ScreenPlace], pictures: Mapping[str, QImage], rect: Rect) -> QImage:
    """Return the pixels of `rect` of the desktop, put together from the screens it is on."""
    whole = QImage(rect.width, rect.height, QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.black)
    painter = QPainter(whole)
    for place in places:
        part = place.device.intersection(rect)
        if part:
            painter.drawImage(
                part.x - rect.x,
                part.y - rect.y,
                pictures[place.name],
                *(part.x - place.device.x, part.y - place.device.y, part.width, part.height),
            )
    painter.end()
    return whole
