"""A process that does the queued work, posters as well as uploads, and does not disturb the app."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal

from recorder_app.system.autostart import program

_log = logging.getLogger(__name__)

_END_MS = 500
# One that ends at once, again and again, is not started for ever.
_MOST_FAILURES = 3


class Worker(QObject):
    """Runs while there is something to do. Used on the GUI thread.

    What it has not done when it ends, or is killed, is done by the next one: jobs are made for
    that. `rested` is emitted when nothing is left, or when it ended before its time.
    """

    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._is_wanted = False
        self._failures = 0
        # By destination; only in memory, and through a pipe.
        self._secrets: dict[str, dict[str, str]] = {}

    def wake(self) -> None:
        """Have what is in the queue done."""
        if self._process is not None:
            # It may be about to end just now.
            self._is_wanted = True
            return
        self._is_wanted = False
        command = [*program(), "jobs", "run", "--until-empty", "--for-app"]
        process = self._process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(lambda code, status: self._ended(code, status))
        process.errorOccurred.connect(self._failed)
        process.start(command[0], command[1:])
        self._tell(self._secrets)

    def use_secrets(self, destination: str, values: Mapping[str, str]) -> None:
        """Use what a person typed, until the app ends; it is kept nowhere."""
        self._secrets[destination] = dict(values)
        if self._process is not None:
            self._tell({destination: self._secrets[destination]})

    def close(self) -> None:
        """End it; what it was doing goes on the next time."""
        process, self._process = self._process, None
        if process is None:
            return
        process.finished.disconnect()
        process.errorOccurred.disconnect()
        process.terminate()
        if not process.waitForFinished(_END_MS):
            process.kill()
            process.waitForFinished(_END_MS)

    def _tell(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        if secrets and self._process is not None:
            self._process.write(msgspec.json.encode(secrets) + b"\n")

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
        if self._is_wanted and self._failures < _MOST_FAILURES:
            self.wake()
