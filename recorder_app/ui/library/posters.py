"""Pictures of recordings: read and scaled in the background, kept as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath

from recorder_app import paths
from recorder_app.ui.background import Background

POSTER, STRIP = "poster.jpg", "strip.jpg"
STRIP_PICTURES = 10
# Decoded pictures take this much memory at most, in bytes.
_ROOM = 96_000_000


class Wanted(NamedTuple):
    """A picture of a recording in device pixels; `part` is which one of a strip."""

    recording_id: str
    name: str
    width: int
    height: int
    radius: float
    colour: str
    part: int = 0


class Posters(QObject):
    """`arrived` carries the recording whose picture is there now. Used on the GUI thread."""

    arrived = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self, "posters")
        self._kept: OrderedDict[Wanted, QImage] = OrderedDict()
        self._size = 0
        self._asked: set[Wanted] = set()
        self._in_sight: frozenset[str] = frozenset()

    @property
    def is_idle(self) -> bool:
        """Whether everything that was asked for is there."""
        return self._background.is_idle

    def picture(self, wanted: Wanted) -> QImage | None:
        """Return a picture, None while it is fetched; a null one where there is none."""
        found = self._kept.get(wanted)
        if found is not None:
            self._kept.move_to_end(wanted)
        elif wanted not in self._asked:
            self._asked.add(wanted)
            self._background.run(partial(self._read, wanted), partial(self._take, wanted))
        return found

    def show_only(self, recording_ids: frozenset[str]) -> None:
        """Say what is in sight: what else was asked for is not fetched any more."""
        self._in_sight = recording_ids

    def look_again(self) -> None:
        """Look again for pictures that were not there: they may have been made since."""
        for wanted in [one for one, picture in self._kept.items() if picture.isNull()]:
            del self._kept[wanted]

    def clear(self) -> None:
        """Forget all pictures, as those of another theme."""
        self._kept.clear()
        self._size = 0

    def _read(self, wanted: Wanted) -> QImage | None:
        """Read and scale; in the background."""
        if wanted.recording_id not in self._in_sight:
            return None
        path = paths.preview_folder(wanted.recording_id) / wanted.name
        reader = QImageReader(str(path))
        size = reader.size()
        room = QSize(wanted.width, wanted.height)
        if not size.isValid():
            return QImage()
        if wanted.name == STRIP:
            width = size.width() // STRIP_PICTURES
            reader.setClipRect(QRect(wanted.part * width, 0, width, size.height()))
            size = QSize(width, size.height())
            fitting = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            reader.setScaledClipRect(QRect())
            picture = reader.read().scaled(
                fitting,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        else:
            fitting = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            reader.setScaledSize(fitting)
            picture = reader.read()
        return _rounded(picture, wanted) if not picture.isNull() else QImage()

    def _take(self, wanted: Wanted, picture: QImage | None) -> None:
        self._asked.discard(wanted)
        if picture is None:
            # Scrolled out of sight and perhaps back again meanwhile: then it is asked for anew.
            if wanted.recording_id in self._in_sight:
                self.arrived.emit(wanted.recording_id)
            return
        self._kept[wanted] = picture
        self._size += picture.sizeInBytes()
        while self._size > _ROOM and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.sizeInBytes()
        if not picture.isNull():
            self.arrived.emit(wanted.recording_id)


def _rounded(picture: QImage, wanted: Wanted) -> QImage:
    """Return `picture` whole in the middle of its room, with round corners."""
    drawn = QImage(wanted.width, wanted.height, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    corners = QPainterPath()
    corners.addRoundedRect(QRectF(drawn.rect()), wanted.radius, wanted.radius)
    painter.fillPath(corners, QColor(wanted.colour))
    painter.setClipPath(corners)
    left, top = wanted.width - picture.width(), wanted.height - picture.height()
    painter.drawImage(left // 2, top // 2, picture)
    painter.end()
    return drawn
