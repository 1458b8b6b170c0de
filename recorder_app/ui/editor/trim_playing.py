"""Playing on the page that trims: the result forwards, faster, and backwards."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from recorder_app.ui.editor.result_playback import ResultPlayback
from recorder_app.ui.editor.shuttle import Shuttle

if TYPE_CHECKING:
    from recorder_app.ui.editor.trim_page import TrimPage

_MOST_SPEED = 2.0


class TrimPlaying(QObject):
    """Moves the playhead of `page`; `changed` says that it plays now, or stands."""

    changed = Signal()

    def __init__(self, page: TrimPage) -> None:
        super().__init__(page)
        self._page = page
        self._speed = 1.0
        self._shuttle = Shuttle(self)
        self.playback = ResultPlayback(self)
        self._shuttle.moved.connect(self._on_shuttled)
        self._shuttle.ended.connect(self.changed)
        self.playback.moved.connect(self._on_moved)
        self.playback.ended.connect(self._on_ended)
        self.playback.stopped.connect(self._on_stopped)

    @property
    def is_active(self) -> bool:
        """Whether it plays, either way."""
        return self.playback.is_playing or self._shuttle.is_active

    def close(self) -> None:
        """Stop, and let go of the file."""
        self._shuttle.stop()
        self.playback.close()

    def toggle(self) -> None:
        """Play the result from here, or pause."""
        if self.is_active:
            self.pause()
        else:
            self._speed = 1.0
            self._play()

    def pause(self) -> None:
        was_active = self._shuttle.is_active
        self._shuttle.stop()
        self.playback.pause()
        if was_active:
            self.changed.emit()

    def forward(self) -> None:
        """Play; when it plays, faster."""
        self._shuttle.stop()
        self._speed = min(_MOST_SPEED, self._speed * 2) if self.playback.is_playing else 1.0
        self._play()

    def backward(self) -> None:
        """Play backwards, without sound; again, faster."""
        self.playback.pause()
        times, edits = self._page.times, self._page.edits
        if times is not None and edits is not None:
            self._shuttle.start(edits.kept, times.time(self._page.number))
            self.changed.emit()

    def _play(self) -> None:
        times = self._page.times
        if times is not None:
            self.playback.play(times.time(self._page.number), self._speed)
            self.changed.emit()

    def _on_moved(self, at_s: float) -> None:
        if self._page.times is not None:
            self._page.follow(self._page.times.number_at(Fraction(at_s)))

    def _on_ended(self) -> None:
        times, edits = self._page.times, self._page.edits
        if times is not None and edits is not None:
            self._page.follow(max(0, times.nearest_edge(edits.kept[-1].end) - 1))

    def _on_stopped(self) -> None:
        self.changed.emit()
        # In place of the player's, which is not as exact.
        self._page.show_number(self._page.number)

    def _on_shuttled(self, at: Fraction) -> None:
        if self._page.times is not None:
            number = self._page.times.number_at(at)
            # A picture of a still screen stands for a while.
            if number != self._page.number:
                self._page.show_number(number)
