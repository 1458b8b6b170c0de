"""Sees that the library changed, by whichever process, and counts what is in it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from recorder_app.library.database import ChangeWatch
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services import browsing
from recorder_app.services.browsing import Overview
from recorder_app.ui.library.access import Access

_EVERY_MS = 1000
# Counting takes at most this share of the time.
_COUNTING_SHARE = 0.1


class LibraryWatch(QObject):
    """`changed` says that the library did, `counted` carries an Overview.

    Used on the GUI thread; looks once a second between `begin` and `end`.
    """

    changed = Signal()
    counted = Signal(object)
    failed = Signal(object)

    def __init__(self, access: Access, parent: QObject) -> None:
        super().__init__(parent)
        self._access = access
        self._watch: ChangeWatch | None = None
        self._version: int | None = None
        self._is_counting = False
        self._wants_count = False
        self._idle_until = 0.0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._tick)

    def prepare(self, then: Callable[[], None]) -> None:
        """Call `then` once any later change will be seen: before anything is read."""
        self._access.counts.run(self._look, lambda _: then(), lambda _: then())

    def begin(self) -> None:
        """Look from now on, and count at once; nothing where it looks already."""
        if self._timer.isActive():
            return
        self._timer.start()
        self._wants_count = True
        self._idle_until = 0.0
        self._count()

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()

    def count_soon(self) -> None:
        """Count again, as soon as that is due; nothing where it does not look."""
        if self._timer.isActive():
            self._wants_count = True
            self._count()

    def forget(self) -> None:
        """Have the file looked at that is there now."""
        self._access.counts.run(self._drop, lambda _: None)

    def _drop(self) -> None:
        watch, self._watch, self._version = self._watch, None, None
        if watch is not None:
            watch.close()

    def _tick(self) -> None:
        if self._access.counts.is_idle:
            self._access.counts.run(self._look, self._tell, lambda _: None)
        self._count()

    def _look(self) -> bool:
        """Return whether there was a change; in the background."""
        if self._watch is None:
            self._watch = self._access.database().watch()
        before, self._version = self._version, self._watch.version()
        return before is not None and before != self._version

    def _tell(self, is_changed: bool) -> None:
        if is_changed and self._timer.isActive():
            self.changed.emit()
            self.count_soon()

    def _count(self) -> None:
        if not self._wants_count or self._is_counting or time.monotonic() < self._idle_until:
            return
        self._is_counting, self._wants_count = True, False

        def work() -> tuple[Overview, float]:
            began = time.monotonic()
            found = browsing.overview_of(self._access.database())
            return found, time.monotonic() - began

        self._access.counts.run(work, self._take, self._miss)

    def _take(self, answer: tuple[Overview, float]) -> None:
        found, took_s = answer
        self._is_counting = False
        self._idle_until = time.monotonic() + took_s / _COUNTING_SHARE
        self.counted.emit(found)

    def _miss(self, error: Exception) -> None:
        self._is_counting = False
        self._idle_until = time.monotonic() + 5.0
        self.failed.emit(as_recorder_error(error))
