"""Sockets in the file system over which this user's programs speak to each other.

They lie in a folder that nobody else may enter, and on Linux the other side's user is asked of the
kernel as well (unix(7), SO_PEERCRED).
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from recorder_app.errors import AlreadyRunning, InternalError, NotRunning, StorageError
from recorder_app.system.filelock import file_lock
from recorder_app.texts import N_

# sockaddr_un.sun_path on Linux is 108 bytes with its end; other systems have less.
_LONGEST = 100
_WAITING = 16
_AGAIN_S = 0.01


def listen(path: Path) -> socket.socket:
    """Return a listening socket at `path`; one that a dead process left behind is replaced.

    Raises AlreadyRunning when somebody has it, InternalError where there are no such sockets,
    StorageError when the folder cannot be had.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        # Of two that start at once neither may take the other's new socket for a dead one.
        with file_lock(path.with_suffix(".lock")) as is_ours:
            if not is_ours or _is_taken(path):
                raise AlreadyRunning(N_("Somebody listens at {path} already."), path=path)
            path.unlink(missing_ok=True)
            return _listener(path)
    except OSError as error:
        raise StorageError(
            N_("The folder {folder}, over which Recorder is spoken to, cannot be used: {reason}."),
            hint=N_("Remove what is in its place, or log in anew: that makes it again."),
            folder=path.parent,
            reason=error.strerror or type(error).__name__,
        ) from error


def _is_taken(path: Path) -> bool:
    """Return whether a process listens there; one that is too busy to answer does as well."""
    try:
        connect(path, 1.0).close()
    except NotRunning as error:
        return not isinstance(error.__cause__, ConnectionRefusedError | FileNotFoundError)
    return True


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(_family(), socket.SOCK_STREAM)
    try:
        with _address(path) as address:
            listener.bind(address)
        listener.listen(_WAITING)
    except BaseException:
        listener.close()
        raise
    return listener


def accept(listener: socket.socket) -> socket.socket | None:
    """Return the next connection, None for one of another user. Blocks as `listener` does."""
    connection, _ = listener.accept()
    if not _is_ours(connection):
        connection.close()
        return None
    return connection


def connect(path: Path, timeout_s: float) -> socket.socket:
    """Return a connection to who listens at `path`. Raises NotRunning when nobody of us does."""
    connection = socket.socket(_family(), socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        with _address(path) as address:
            _knock(connection, address, time.monotonic() + timeout_s)
        if not _is_ours(connection):
            raise PermissionError(f"{path} is another user's")
    except OSError as error:
        connection.close()
        raise NotRunning(N_("Nobody listens at {path}."), path=path) from error
    return connection


def _knock(connection: socket.socket, address: str, until_s: float) -> None:
    """Connect. A queue that is full fails at once where there is a limit of time (connect(2))."""
    while True:
        try:
            connection.connect(address)
            return
        except BlockingIOError:
            if time.monotonic() >= until_s:
                raise
            time.sleep(_AGAIN_S)


def _is_ours(connection: socket.socket) -> bool:
    """Return whether the other side is a program of the same user, as far as that can be asked."""
    if sys.platform != "linux":
        return True
    size = struct.calcsize("3i")
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, uid, _ = struct.unpack("3i", raw)
    return bool(uid == os.getuid())


def _family() -> int:
    try:
        return socket.AF_UNIX
    except AttributeError as error:
        raise InternalError(N_("This system has no local sockets that Python can use.")) from error


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """Yield the name of `path` for the kernel, which takes short ones only."""
    if len(os.fsencode(path)) <= _LONGEST or not sys.platform.startswith("linux"):
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
