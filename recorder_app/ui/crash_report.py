"""What the program does when a fault of its own surfaces: it is logged, kept in a file and told."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from recorder_app import paths
from recorder_app.ui import report_files

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("recorder_app.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# One that comes with every tick of a timer is told once.
_MOST_REPORTS = 20

Uninstall = Callable[[], None]


class _Reporter(QObject):
    """Writes reports in whatever thread, and tells of them in its own."""

    written = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: set[tuple[str, ...]] = set()

    def report(self, error: BaseException, where: str) -> None:
        _log.error("unexpected in %s", where, exc_info=error)
        if self._is_known(error):
            return
        lines = "".join(traceback.format_exception(error))
        try:
            path = report_files.write(self._folder, f"In {where}:\n{lines}")
        except OSError as problem:
            _log.error("report not written: %s", problem)
            return
        self.written.emit(path)

    def _is_known(self, error: BaseException) -> bool:
        frames = traceback.extract_tb(error.__traceback__)
        last = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        with self._lock:
            before = len(self._seen)
            if before < _MOST_REPORTS:
                self._seen.add((type(error).__name__, last))
            return len(self._seen) == before


_previous: Path | None = None


def previous_crash(folder: Path | None = None) -> Path | None:
    """Return the report of how the last run died, once, or None if it ended well."""
    global _previous
    found = _previous or report_files.take_hard_crash(folder or paths.log_folder())
    _previous = None
    return found


def install(on_report: Callable[[Path], None], folder: Path | None = None) -> Uninstall:
    """From now on write a report of everything unexpected, and call `on_report` with its path.

    That happens in the thread of this call, which is to be the windows'. Returns how to end it.
    """
    global _previous
    folder = folder or paths.log_folder()
    _previous = report_files.take_hard_crash(folder)
    reporter = _Reporter(folder)
    reporter.written.connect(on_report, Qt.ConnectionType.QueuedConnection)

    def in_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            hooks[0](kind, error, trace)
        else:
            reporter.report(error, "the windows")

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            reporter.report(args.exc_value, args.thread.name if args.thread else "a thread")

    hooks = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = in_main, in_thread
    qt_before = qInstallMessageHandler(_to_log)
    was_watched = faulthandler.is_enabled()
    stream = _watch_hard_crashes(folder)

    def uninstall() -> None:
        sys.excepthook, threading.excepthook = hooks
        qInstallMessageHandler(qt_before)
        reporter.written.disconnect(on_report)
        if stream is not None:
            faulthandler.disable()
            stream.close()
            if was_watched and sys.__stderr__ is not None:
                faulthandler.enable(sys.__stderr__)

    return uninstall


def _watch_hard_crashes(folder: Path) -> IO[bytes] | None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
        stream = os.fdopen(os.open(folder / report_files.HARD_CRASH, flags, 0o600), "ab")
    except OSError as problem:
        _log.warning("hard crashes leave no trace: %s", problem)
        return None
    faulthandler.enable(stream)
    return stream


def _to_log(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)
