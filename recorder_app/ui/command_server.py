"""Takes commands from the command line over a local socket, and answers when they are done."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QSocketNotifier, QTimer

from recorder_app import paths
from recorder_app.errors import RecorderError
from recorder_app.pipeline import outcome
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.remote import AppReply, Status
from recorder_app.services.take_messages import TakeCommand, decode_command, id_of
from recorder_app.system import local_socket
from recorder_app.ui.line_socket import LineSocket

_log = logging.getLogger(__name__)

# One command is far shorter; more without an end of line is no client of ours.
_LONGEST_LINE = 1 << 16

Answer = Callable[[Status | RecorderError], None]
Obey = Callable[[TakeCommand, Answer], None]


class CommandServer(QObject):
    """Listens, and calls `obey` with each command and with what takes the answer, now or later.

    Making one raises AlreadyRunning when another app listens already, StorageError where no
    socket can be made.
    """

    def __init__(self, obey: Obey, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._obey = obey
        self._path = paths.app_socket()
        self._listener = local_socket.listen(self._path)
        self._listener.setblocking(False)
        self._notifier = QSocketNotifier(self._listener.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._accept)

    def close(self) -> None:
        """Stop listening."""
        self._notifier.setEnabled(False)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        try:
            connection = local_socket.accept(self._listener)
        except OSError:
            return
        if connection is not None:
            _Client(connection, self._obey, self)


class _Client(QObject):
    def __init__(self, connection: socket.socket, obey: Obey, parent: QObject) -> None:
        super().__init__(parent)
        self._obey = obey
        self._lines = LineSocket(connection, self, _LONGEST_LINE)
        self._lines.line.connect(self._call)
        self._lines.ended.connect(self._close)

    def _call(self, line: bytes) -> None:
        number = id_of(line)

        def answer(how: Status | RecorderError) -> None:
            if isinstance(how, RecorderError):
                self._send(AppReply(number, error=outcome.report(how)))
            else:
                self._send(AppReply(number, status=how))

        try:
            self._obey(decode_command(line), answer)
        except RecorderError as error:
            answer(error)
        except Exception as error:
            # A bug in one command must not end the app.
            _log.exception("command failed")
            answer(as_recorder_error(error))

    def _send(self, reply: AppReply) -> None:
        try:
            self._lines.send(msgspec.json.encode(reply))
        except OSError:
            # Who asked has gone; what was asked was done.
            _log.info("nobody waits for the answer")

    def _close(self) -> None:
        self._lines.close()
        # Not from within its own signal.
        QTimer.singleShot(0, self.deleteLater)
