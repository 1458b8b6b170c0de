"""Playing what is kept, with Qt's player, past what was taken out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from recorder_app.edit.timeline import Range
from recorder_app.ui.editor import skipping

if TYPE_CHECKING:
    from recorder_app.ui.editor.engine import PlaybackEngine

# After a leap, what was on its way before it still comes.
_LEAP_LIMIT_S = 1.0
# A picture may stand for seconds: that is not how exact times are.
_LONGEST_PICTURE = Fraction(1, 30)
# The player tells times in thousandths of a second.
_ROUNDING = Fraction(1, 1000)
_ARRIVED = Fraction(1, 5)


class ResultPlayback(QObject):
    """`shown` carries a picture and its time, `moved` a time in seconds, `failed` an error.

    `stopped` tells that it stands still: by a wish, or, after `ended`, at the end.
    """

    shown = Signal(QImage)
    moved = Signal(float)
    ended = Signal()
    stopped = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._engine: PlaybackEngine | None = None
        self._path = ""
        self._opened = ""
        self._kept: Sequence[Range] = ()
        self._picture = Fraction(1, 30)
        self._is_playing = False
        self._leapt = Fraction(0)
        self._leapt_at_s = 0.0
        self._has_arrived = False
        self._room = QSize(1280, 720)

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def set_file(self, path: str) -> None:
        """Say which file is to be played; empty for none. It is opened when it is played."""
        self.pause()
        self._path = path
        if self._engine is not None and self._opened:
            self._engine.close_media()
        self._opened = ""

    def set_kept(self, kept: Sequence[Range], picture: Fraction) -> None:
        """Say which parts are played, and how long a picture is shown on average, in seconds."""
        self._kept, self._picture = kept, min(picture, _LONGEST_PICTURE)

    def set_room(self, room: QSize) -> None:
        self._room = room
        if self._engine is not None:
            self._engine.set_room(room)

    def play(self, at: Fraction, speed: float = 1.0) -> None:
        """Play from a moment of the source on, or from what is kept next."""
        if not self._path or not self._kept:
            return
        engine = self._made_engine()
        if self._opened != self._path:
            self._opened = self._path
            engine.open(self._path)
        self._is_playing = True
        engine.set_speed(speed)
        self._leap(skipping.start_of(self._kept, at))
        engine.play()

    def pause(self) -> None:
        if self._is_playing:
            self._is_playing = False
            if self._engine is not None:
                self._engine.pause()
            self.stopped.emit()

    def close(self) -> None:
        self.set_file("")

    def _made_engine(self) -> PlaybackEngine:
        if self._engine is None:
            # Only now: Qt's player brings libraries of its own.
            from recorder_app.ui.editor import habits
            from recorder_app.ui.editor.engine import PlaybackEngine

            self._engine = engine = PlaybackEngine(self)
            liked = habits.load()
            engine.set_room(self._room)
            engine.set_volume(liked.volume, is_muted=liked.is_muted)
            engine.pictured.connect(self._on_picture)
            engine.moved.connect(lambda at_s: self._on_moved(Fraction(at_s)))
            engine.ended.connect(self._end)
            engine.failed.connect(self._fail)
        return self._engine

    def _on_picture(self, image: QImage, at_s: float) -> None:
        if self._on_moved(Fraction(at_s)):
            self.shown.emit(image)

    def _on_moved(self, at: Fraction) -> bool:
        """Leap where it has to be; return whether what is at this time is shown."""
        if not self._is_playing:
            return False
        if self._is_of_before(at):
            return False
        self._has_arrived = True
        leap = skipping.leap_at(self._kept, at + _ROUNDING)
        if leap is None:
            self.moved.emit(float(at))
            return True
        if leap.to is None:
            self._end()
        else:
            self._leap(leap.to)
        return False

    def _is_of_before(self, at: Fraction) -> bool:
        """Return whether what comes with this time was on its way when it last leapt."""
        if time.monotonic() - self._leapt_at_s >= _LEAP_LIMIT_S:
            return False
        is_past = not self._has_arrived and at > self._leapt + _ARRIVED
        return at < self._leapt - self._picture or is_past

    def _end(self) -> None:
        if self._is_playing:
            self.ended.emit()
            self.pause()

    def _leap(self, to: Fraction) -> None:
        assert self._engine is not None
        self._leapt, self._leapt_at_s, self._has_arrived = to, time.monotonic(), False
        # Into the first picture: times are rounded on the way.
        self._engine.seek(float(to + self._picture / 4))

    def _fail(self, error: object) -> None:
        self.pause()
        self._opened = ""
        self.failed.emit(error)
