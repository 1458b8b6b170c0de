"""Going backwards through the result, as fast as it is played or some times faster."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QObject, QTimer, Signal

from recorder_app.edit.timeline import Range
from recorder_app.ui.editor import skipping

STEP_MS = 40
_MOST_SPEED = 8


class Shuttle(QObject):
    """`moved` carries a moment of the source, in seconds; the last one is where the result begins.

    It counts the time itself: a picture may be shown for longer than a step.
    """

    moved = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: Sequence[Range] = ()
        self._at = Fraction(0)
        self._speed = 0
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)

    @property
    def is_active(self) -> bool:
        return self._timer.isActive()

    def start(self, kept: Sequence[Range], at: Fraction) -> None:
        """Go back from a moment of the source; while it goes, go twice as fast."""
        if self.is_active:
            self._speed = min(_MOST_SPEED, self._speed * 2)
        else:
            self._kept, self._at, self._speed = kept, at, 1
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _step(self) -> None:
        step = Fraction(STEP_MS, 1000) * self._speed
        self._at = skipping.earlier(self._kept, self._at, step)
        self.moved.emit(self._at)
        if self.is_active and self._at == self._kept[0].start:
            self.stop()
            self.ended.emit()
