"""Exact pictures of a recording, decoded in a thread of its own; what was overtaken is left out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from recorder_app.edit.reader import PictureReader
from recorder_app.errors import Cancelled
from recorder_app.media.shown import Converter
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.texts import N_
from recorder_app.ui.editor.images import image_of
from recorder_app.ui.editor.overtaking import Overtaking
from recorder_app.ui.editor.picture_times import PictureTimes

# The large picture goes before those of the strip.
_LARGE, _SMALL = 0, 1


class PictureServer(QObject):
    """Of one file. `opened` carries its PictureTimes, `failed` a RecorderError."""

    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, path: Path, length: Fraction, parent: QObject) -> None:
        super().__init__(parent)
        self._reader: PictureReader | None = None
        self._converter = Converter()
        self._thread = Overtaking(self, "edit-pictures")

        self._is_closed = False

        def proceed() -> None:
            if self._is_closed:
                raise Cancelled(N_("The recording was closed."))

        def load() -> PictureTimes:
            # All of a long file is read for it.
            self._reader = PictureReader(path, proceed)
            return PictureTimes(self._reader.stamps, self._reader.base, length)

        self._thread.ask(_LARGE, load, self.opened.emit, self._fail)

    def show(self, number: int, room: QSize, done: Callable[[QImage], None]) -> None:
        """Have a picture decoded, in place of the one that was asked for last."""
        self._thread.ask(_LARGE, lambda: self._image(number, room, is_exact=True), done, self._fail)

    def thumbnail(
        self,
        number: int,
        room: QSize,
        *,
        is_exact: bool,
        done: Callable[[QImage], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Have a small picture made when no large one waits; or one shortly before it."""
        self._thread.ask(_SMALL, lambda: self._image(number, room, is_exact=is_exact), done, failed)

    def close(self) -> None:
        """Let go of the file: at once while it is read first, else when a picture is done."""
        self._is_closed = True
        self._thread.close(self._release)

    def _release(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _image(self, number: int, room: QSize, *, is_exact: bool) -> QImage:
        assert self._reader is not None
        number = number if is_exact else self._reader.near(number)
        frame = self._reader.picture(number)
        size = (max(2, room.width()), max(2, room.height()))
        return image_of(self._converter.frame(frame, size))

    def _fail(self, error: Exception) -> None:
        self.failed.emit(as_recorder_error(error))
