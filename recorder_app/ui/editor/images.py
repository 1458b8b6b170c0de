"""Pictures between NumPy and Qt."""

from __future__ import annotations

from PySide6.QtGui import QImage

from recorder_app.media.frames import Pixels


def image_of(picture: Pixels) -> QImage:
    """Return an RGB picture as an image of its own, in the format that is drawn fastest."""
    height, width = picture.shape[:2]
    made = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return made.convertToFormat(QImage.Format.Format_RGB32)
