"""Work off the GUI thread: one thread, one thing after the other, results as signals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from recorder_app.pipeline.stage import as_recorder_error

_log = logging.getLogger(__name__)


class Background(QObject):
    """Calls functions in a thread of its own. Used on the GUI thread."""

    _done = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._done.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def do(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object] | None = None,
        failed: Callable[[Any], object] | None = None,
    ) -> None:
        """Call `work` there, and `then` with what it returned, or `failed` with its error, here."""

        def run() -> None:
            try:
                value = work()
            except Exception as error:
                # The top of this thread: whoever asked is told.
                found = as_recorder_error(error)
                _log.warning("background work failed error=%s", found)
                if failed is not None:
                    self._done.emit(failed, found)
                return
            if then is not None:
                self._done.emit(then, value)

        self._pool.submit(run)

    def close(self) -> None:
        """Drop what has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _call(function: Callable[[Any], object], value: object) -> None:
        function(value)
