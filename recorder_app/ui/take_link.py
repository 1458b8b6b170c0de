"""The connection to a recording process: its messages as signals, without ever waiting for it."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from recorder_app import paths
from recorder_app.errors import NotRunning
from recorder_app.services.take_messages import Message
from recorder_app.shapes import from_json
from recorder_app.system import local_socket
from recorder_app.system.autostart import program
from recorder_app.system.memory import with_large_pages
from recorder_app.ui.line_socket import LineSocket

_log = logging.getLogger(__name__)

# A new process has its socket after a third of a second; a busy machine may take much longer.
_TRY_EVERY_MS = 20
_MOST_TRIES = 1500
# Whoever listens there is this user's own process: it takes the connection at once or is dead.
_CONNECT_S = 0.2


class TakeLink(QObject):
    """Speaks to one take. `message` carries what it says, `lost` comes once when it is gone."""

    message = Signal(object)
    lost = Signal()

    def __init__(self, path: Path, pid: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path, self.pid = path, pid
        self._lines: LineSocket | None = None
        self._commands = 0
        self._waiting: list[bytes] = []
        self._is_lost = False
        self._tries = 0
        self._timer = QTimer(self, interval=_TRY_EVERY_MS)
        self._timer.timeout.connect(self._try)
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start_process(cls, parent: QObject | None = None) -> TakeLink | None:
        """Start a process that outlives this one; return the link to it, None if that failed."""
        command = [*program(), "take", "--listen"]
        try:
            # A session of its own: what ends the app's terminal does not end the take.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=with_large_pages(os.environ),
                start_new_session=True,
            )
        except OSError as error:
            _log.error("take process not started program=%s error=%s", command[0], error)
            return None
        link = cls(paths.takes_folder() / f"{process.pid}.sock", process.pid, parent)
        link.process = process
        link.open()
        return link

    @property
    def is_open(self) -> bool:
        return self._lines is not None

    def open(self) -> None:
        """Connect now, or as soon as the process listens."""
        self._try()
        if self._lines is None and not self._is_lost:
            self._timer.start()

    def send(self, command: str, **details: object) -> int:
        """Send a command, as soon as there is a connection; return its id."""
        self._commands += 1
        line = {"command": command, "id": self._commands, **_plain(details)}
        self._waiting.append(msgspec.json.encode(line))
        self._flush()
        return self._commands

    def close(self) -> None:
        """Leave it alone; an idle process ends then."""
        self._timer.stop()
        if self._lines is not None:
            self._lines.close()
        elif self.process is not None and not self._is_lost:
            # It never heard of anybody, and would wait for somebody a while.
            self.process.terminate()
        self._lines = None
        self._is_lost = True
        if self.process is not None:
            _reap(self.process)
        self.deleteLater()

    def _try(self) -> None:
        self._tries += 1
        try:
            connection = local_socket.connect(self.path, _CONNECT_S)
        except NotRunning:
            if self._tries >= _MOST_TRIES or (self._tries % 25 == 0 and not self._is_alive()):
                self._lose()
            return
        self._timer.stop()
        self._lines = LineSocket(connection, self)
        self._lines.line.connect(self._take_in)
        self._lines.ended.connect(self._lose)
        self._flush()

    def _is_alive(self) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        return _is_alive(self.pid)

    def _flush(self) -> None:
        while self._waiting and self._lines is not None:
            try:
                self._lines.send(self._waiting[0])
            except OSError:
                self._lose()
                return
            del self._waiting[0]

    def _take_in(self, line: bytes) -> None:
        try:
            message = from_json(line, Message)
        except msgspec.MsgspecError as error:
            # A process of another version says more than we know.
            _log.warning("message not understood error=%s", error)
            return
        self.message.emit(message)

    def _lose(self) -> None:
        if not self._is_lost:
            self.close()
            self.lost.emit()


def running_takes() -> list[TakeLink]:
    """Return links to the processes that this user's takes left sockets of, dead ones removed."""
    found = []
    for path in sorted(paths.takes_folder().glob("*.sock")):
        pid = int(path.stem) if path.stem.isdecimal() else 0
        if _is_alive(pid):
            found.append(TakeLink(path, pid))
        else:
            path.unlink(missing_ok=True)
    return found


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Take note of a child's end when it comes, so that nothing of it stays in the system."""
    threading.Thread(target=process.wait, name="take-ends", daemon=True).start()


def _plain(details: Mapping[str, object]) -> dict[str, object]:
    return {name: str(each) if isinstance(each, Path) else each for name, each in details.items()}


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        # Somebody else's now, or no such question here: the connection will tell.
        return True
    return True
