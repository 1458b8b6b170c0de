"""Work of which only the latest counts: what is asked while it is done takes its place in line."""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
from collections.abc import Callable
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

_log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[], None]


class Overtaking(QObject):
    """A thread that does, of all that was asked of it in a lane, what was asked last.

    Lower lanes go first. Results are delivered in the thread this was made in, and not any more
    when `owner` is gone, or this is closed.
    """

    _answered = Signal(object)

    def __init__(self, owner: QObject, name: str) -> None:
        # No child of the owner: the thread may still need it when the owner is gone.
        super().__init__()
        self._owner = owner
        self._name = name
        self._wanted: dict[int, Work] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._answered.connect(_call, Qt.ConnectionType.QueuedConnection)

    def ask(
        self,
        lane: int,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Have `work` done, in place of what waits in the lane; then `done` or `failed` called."""
        with self._changed:
            if self._is_closed:
                return
            self._wanted[lane] = functools.partial(self._do, work, done, failed)
            if self._thread is None:
                # Daemon: a disk that never answers must not keep the program alive.
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, last: Work) -> None:
        """Do nothing that waits any more, but `last`, and end. Returns at once."""
        with self._changed:
            self._is_closed = True
            self._wanted.clear()
            if self._thread is not None:
                self._wanted[0] = last
            self._changed.notify()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._is_closed)
                if not self._wanted:
                    return
                work = self._wanted.pop(min(self._wanted))
            work()

    def _do(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None,
    ) -> None:
        answer: Work
        try:
            answer = functools.partial(done, work())
        except Exception as error:
            if failed is None:
                _log.exception("%s failed", self._name)
                return
            answer = functools.partial(failed, error)
        # The program may be ending, and this object with it.
        with contextlib.suppress(RuntimeError):
            self._answered.emit(functools.partial(self._deliver, answer))

    def _deliver(self, answer: Work) -> None:
        if shiboken6.isValid(self._owner) and not self._is_closed:
            answer()


def _call(answer: Work) -> None:
    answer()
