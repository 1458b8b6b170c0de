"""A process that does the queued work, posters as well as uploads, and does not disturb the app."""

from __future__ import annotations

import logging
import sys

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from recorder_app.system.autostart import program

_log = logging.getLogger(__name__)

_END_MS = 500
# One that ends at once, again and again, is not started for ever.
_MOST_FAILURES = 3
_AGAIN_MS = 2000


class Worker(QObject):
    """Runs while there is something to do. Used on the GUI thread.

    What it has not done when it ends, or is killed, is done by the next one: jobs are made for
    that. `rested` is emitted when nothing is left, or when it ended before its time.
    """

    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._is_wanted = self._is_closed = False
        self._failures = 0
        self._told: dict[str, dict[str, str]] = {}
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._start)

    def wake(self) -> None:
        """Have what is in the queue done, with the keys that were typed until now."""
        self._failures = 0
        if self._process is not None:
            # It may be about to end just now.
            self._is_wanted = True
            self._tell()
        else:
            self._start()

    def keep_going(self) -> None:
        """Have one that ended before its time started again, as long as that may help."""
        may_help = self._process is None and self._failures < _MOST_FAILURES
        if may_help and not self._again.isActive():
            self._again.start()

    def close(self) -> None:
        """End it; what it was doing goes on the next time."""
        self._is_closed = True
        self._again.stop()
        process, self._process = self._process, None
        if process is None:
            return
        process.finished.disconnect()
        process.errorOccurred.disconnect()
        process.terminate()
        if not process.waitForFinished(_END_MS):
            process.kill()
            process.waitForFinished(_END_MS)

    def _start(self) -> None:
        if self._process is not None or self._is_closed:
            return
        self._again.stop()
        self._is_wanted = False
        command = [*program(), "jobs", "run", "--until-empty", "--for-app"]
        process = self._process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        process.start(command[0], command[1:])
        self._told = {}
        self._tell()

    def _tell(self) -> None:
        """Tell it the keys it does not have yet, through a pipe."""
        given = _given_secrets()
        news = {name: values for name, values in given.items() if self._told.get(name) != values}
        if news and self._process is not None:
            self._process.write(msgspec.json.encode(news) + b"\n")
        self._told = given

    def _failed(self, error: QProcess.ProcessError) -> None:
        # All others are followed by the end of the process.
        if error is QProcess.ProcessError.FailedToStart:
            self._ended(-1, QProcess.ExitStatus.CrashExit)

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        is_well = status is QProcess.ExitStatus.NormalExit and code == 0
        self._failures = 0 if is_well else self._failures + 1
        if not is_well:
            _log.warning("background work ended code=%s failures=%s", code, self._failures)
        self.rested.emit()
        if self._is_wanted:
            self._start()
        elif not is_well:
            self.keep_going()


def _given_secrets() -> dict[str, dict[str, str]]:
    """Return the keys that a person typed, by destination; they are kept nowhere else."""
    # Where nothing was shared or set up yet, nothing was typed, and nothing is loaded for it.
    module = sys.modules.get("recorder_app.jobs.credentials")
    return {} if module is None else module.given()
