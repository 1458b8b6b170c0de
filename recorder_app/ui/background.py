"""Slow work off the thread that draws: one after another, and the results come back to it."""

from __future__ import annotations

import contextlib
import functools
import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

_log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[], None]


class Background(QObject):
    """A thread that works for `owner` and is started when there is something to do.

    What is to be done with a result is called in the thread this was made in, and left out when
    `owner` is gone by then.
    """

    _answered = Signal(object)

    def __init__(self, owner: QObject, name: str) -> None:
        # No child of the owner: the thread may still need it when the owner is gone.
        super().__init__()
        self._owner = owner
        self._name = name
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._is_started = False
        self._waiting = 0
        self._answered.connect(_call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do `work`, then call `done` with its result, or `failed` with what it raised."""
        self._waiting += 1
        self._queue.put(functools.partial(self._do, work, done, failed))
        if not self._is_started:
            self._is_started = True
            # Daemon: a device or a disk that never answers must not keep the program alive.
            serve = functools.partial(_serve, self._queue)
            threading.Thread(target=serve, name=self._name, daemon=True).start()
            # It ends with this object, which nobody can give it work then.
            weakref.finalize(self, self._queue.put, None).atexit = False

    @property
    def is_idle(self) -> bool:
        """Whether every result was delivered."""
        return self._waiting == 0

    def finish(self, limit_s: float = 2.0) -> None:
        """Wait for what was asked so far to be done, not for its results to be delivered."""
        if not self._is_started:
            return
        is_done = threading.Event()
        self._queue.put(is_done.set)
        if not is_done.wait(limit_s):
            _log.warning("%s did not finish in %.1f s", self._name, limit_s)

    def _do(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None,
    ) -> None:
        began = time.monotonic()
        answer: Work
        try:
            answer = functools.partial(done, work())
        except Exception as error:
            if failed is None:
                _log.exception("%s failed", self._name)
            answer = functools.partial(failed, error) if failed else _nothing
        _log.debug("%s worked for %.3f s", self._name, time.monotonic() - began)
        # The program may be ending, and this object with it.
        with contextlib.suppress(RuntimeError):
            self._answered.emit(functools.partial(self._deliver, answer))

    def _deliver(self, answer: Work) -> None:
        self._waiting -= 1
        if shiboken6.isValid(self._owner):
            answer()


def _serve(work: queue.SimpleQueue[Work | None]) -> None:
    while (item := work.get()) is not None:
        item()
        # What it was about may go away now.
        del item


def _call(answer: Work) -> None:
    answer()


def _nothing() -> None:
    pass
