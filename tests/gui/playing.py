"""Recordings to be played and cut, and the pictures in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from recorder_app.capture import barcode
from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.media.clock import VirtualClock
from tests.support import cuts

PICTURE = "pattern@320x192"
FPS = 30


def recorded(path: Path, *sounds: str, seconds: float = 6) -> Path:
    """Record the pattern, whose pictures tell their number; return its file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = "mp4" if path.suffix == ".mp4" else "webm"
    cuts.take(
        path, PICTURE, *sounds, seconds=seconds, fps=FPS, profile=profile, separate_tracks=True
    )
    return path


def numbers(path: Path) -> list[int | None]:
    """Return the numbers of a file's pictures, in order."""
    return [shot.number for shot in cuts.shots(path, PICTURE)]


def rgb_of(image: QImage) -> npt.NDArray[np.uint8]:
    """Return what is in an image, as RGB."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return lines[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def number_in(image: QImage) -> int | None:
    """Return which picture an image shows, in its own size, read from its barcode."""
    bar = SyntheticSource(PICTURE, VirtualClock(1)).bar
    green = rgb_of(image)[:, :, 1]
    return barcode.decode(green[bar.y : bar.bottom, bar.x : bar.right])
