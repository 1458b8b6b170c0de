"""Keeping the machine from sleeping and the screen from going dark.

By wakepy, which knows the ways of GNOME, the freedesktop.org desktops, Windows and macOS.
"""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

_log = logging.getLogger(__name__)


class KeepAwake:
    """Holds off sleep and a dark screen from :meth:`start` to :meth:`stop`; a context manager too.

    Nothing here waits: a desktop may take seconds to answer, and is asked in a thread of its own.
    A desktop that cannot be asked is only logged, as a recording does not depend on it. The system
    forgets it by itself when the process ends. Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end: threading.Event | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Keep awake from now on; a second call does nothing."""
        with self._lock:
            if self._end is None:
                self._end = threading.Event()
                threading.Thread(
                    target=_keep_awake, args=(self._end,), name="keep-awake", daemon=True
                ).start()

    def stop(self) -> None:
        """Let it sleep again; without a start before it does nothing."""
        with self._lock:
            end, self._end = self._end, None
        if end is not None:
            end.set()


def _keep_awake(end: threading.Event) -> None:
    # Its modules take 0.1 s to import.
    from wakepy import keep

    try:
        with keep.presenting(on_fail="pass") as mode:
            if mode.active:
                _log.info("the machine is kept awake by %s", mode.method)
            else:
                _log.warning("the machine may go to sleep: %s", mode.result.get_failure_text())
            end.wait()
    except Exception:
        # It asks foreign programs in foreign ways; none of them may harm a recording.
        _log.warning("the machine may go to sleep", exc_info=True)
