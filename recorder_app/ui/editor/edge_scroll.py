"""Scrolling by itself while something is held beyond the edge of what is seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

_STEP_MS = 16
# Farther out is faster: pixels of a step for each pixel beyond the edge.
_SHARE = 0.25
_LEAST_PX, _MOST_PX = 1.0, 40.0


class EdgeScroll(QObject):
    """`scrolled` carries by how many pixels, to the left if negative, again and again."""

    scrolled = Signal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._step = 0.0
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(lambda: self.scrolled.emit(self._step))

    @property
    def is_active(self) -> bool:
        return self._timer.isActive()

    def hold(self, beyond_px: float) -> None:
        """Something is held so far left (negative) or right of an edge; 0 is between the edges."""
        if not beyond_px:
            self._timer.stop()
            return
        size = min(max(abs(beyond_px) * _SHARE, _LEAST_PX), _MOST_PX)
        self._step = size if beyond_px > 0 else -size
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
