"""The media time that all tracks of a recording share."""

from __future__ import annotations

import threading

from recorder_app.media.clock import PauseMap, Segment


class MediaTime:
    """A PauseMap that begins with the first picture and may be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._map: PauseMap | None = None

    @property
    def is_started(self) -> bool:
        return self._map is not None

    def start(self, capture_ns: int) -> None:
        with self._lock:
            self._map = PauseMap(capture_ns)

    def pause(self, at_ns: int) -> None:
        with self._lock:
            if self._map is not None:
                self._map.pause(at_ns)

    def resume(self, at_ns: int) -> None:
        with self._lock:
            if self._map is not None:
                self._map.resume(at_ns)

    def media_ns(self, capture_ns: int) -> int | None:
        """Return the media time of `capture_ns`; None before the start and inside a pause."""
        with self._lock:
            return None if self._map is None else self._map.media_ns(capture_ns)

    def elapsed_ns(self, now_ns: int) -> int:
        """Return the media time reached at `now_ns`, 0 before the start."""
        with self._lock:
            return 0 if self._map is None else self._map.elapsed_ns(now_ns)

    def reached_ns(self, capture_ns: int) -> int:
        """Return how much media time had passed at `capture_ns`, a moment of the past."""
        with self._lock:
            return 0 if self._map is None else self._map.reached_ns(capture_ns)

    @property
    def segments(self) -> list[Segment]:
        """The stretches between pauses; none before the start."""
        with self._lock:
            return [] if self._map is None else self._map.segments

    @property
    def pauses(self) -> list[tuple[int, int]]:
        """Ended pauses as (media time, length), in nanoseconds."""
        with self._lock:
            return [] if self._map is None else self._map.pauses
