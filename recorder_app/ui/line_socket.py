"""A local connection whose lines come as signals, without ever waiting."""

from __future__ import annotations

import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_PIECE = 1 << 16


class LineSocket(QObject):
    """Takes `connection` over. `line` carries each whole line, `ended` comes when no more will.

    It has ended when the other side is gone, or when a line is longer than `longest` bytes.
    """

    line = Signal(object)
    ended = Signal()

    def __init__(
        self, connection: socket.socket, parent: QObject, longest: int | None = None
    ) -> None:
        super().__init__(parent)
        connection.setblocking(False)
        self._socket = connection
        self._longest = longest
        self._rest = b""
        self._notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def send(self, line: bytes) -> None:
        """Send a line. Raises OSError.

        Lines are small and the other side reads all the time: they always fit.
        """
        self._socket.sendall(line + b"\n")

    def close(self) -> None:
        """Read no more; a second call does nothing."""
        self._notifier.setEnabled(False)
        self._socket.close()

    def _read(self) -> None:
        try:
            piece = self._socket.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self.line.emit(line)
        if not piece or (self._longest is not None and len(self._rest) > self._longest):
            self.ended.emit()
