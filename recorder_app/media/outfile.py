"""The file a recording is written to: crash-safe, synced in the background, honest about errors.

PyAV takes any object with ``write``, ``seek`` and ``tell`` as its target. Ours exists for four
reasons: a write that fails becomes our own error, what the disk really holds is known
(`durable_bytes`, which an upload may follow), the disk is told to keep what it got once a second
without holding up the muxer, and a test can break it at a chosen place.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import threading
from pathlib import Path

from recorder_app import faults
from recorder_app.errors import DiskFull, OutputExists, OutputNotWritable, StorageError
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# How often written bytes are forced to the disk. After a power cut at most this much is lost;
# much shorter and a spinning disk does nothing else.
SYNC_INTERVAL_S = 1.0

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def storage_error(error: OSError, path: Path) -> StorageError:
    """Translate an operating system error about `path`."""
    if error.errno in _FULL:
        return DiskFull(
            N_("The disk is full: {path} cannot grow."),
            hint=N_("What was recorded so far is kept. Free some space or choose another folder."),
            path=path,
        )
    if isinstance(error, FileExistsError):
        return OutputExists(
            N_("{path} exists already."),
            hint=N_("Choose another name; on the command line, --overwrite replaces it."),
            path=path,
        )
    return OutputNotWritable(
        N_("{path} cannot be written: {reason}."),
        hint=N_("Choose a folder that you may write to; on the command line, with --output."),
        path=path,
        reason=error.strerror or type(error).__name__,
    )


class RecordingFile:
    """A new file, created at once and never replacing another.

    ``write``, ``seek`` and ``tell`` belong to one thread at a time (the muxer's); the properties
    may be read from any. Raises StorageError when the file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.error: StorageError | None = None
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
        try:
            faults.check("outfile.create")
            self._fd = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise storage_error(error, path) from error
        self._position = 0
        self._size = 0
        self._durable = 0
        self._free: int | None = None
        self._is_closed = False
        self._stop = threading.Event()
        self._syncer = threading.Thread(target=self._keep_synced, name="file-sync", daemon=True)
        self._syncer.start()

    @property
    def size_bytes(self) -> int:
        return self._size

    @property
    def durable_bytes(self) -> int:
        """Bytes from the start that the disk has confirmed."""
        return self._durable

    @property
    def free_bytes(self) -> int | None:
        """Free space of the file's disk, read about once a second; None before that."""
        return self._free

    def write(self, data: bytes) -> int:
        """Write all of `data` at the current position.

        Raises OSError, as PyAV expects of a file object; `error` then holds ours.
        """
        view = memoryview(data)
        try:
            faults.check("outfile.write")
            while view:
                written = os.write(self._fd, view)
                view = view[written:]
                self._position += written
                self._size = max(self._size, self._position)
        except OSError as error:
            self.error = self.error or storage_error(error, self.path)
            raise
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = os.lseek(self._fd, offset, whence)
        # What lies behind may be rewritten: only a new sync makes it durable again.
        self._durable = min(self._durable, self._position)
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        """Sync and close; a second call does nothing. Raises StorageError if the sync fails."""
        if self._is_closed:
            return
        self._is_closed = True
        self._stop.set()
        self._syncer.join()
        try:
            os.fsync(self._fd)
            self._durable = self._size
            sync_folder(self.path.parent)
        except OSError as error:
            self.error = self.error or storage_error(error, self.path)
            raise self.error from error
        finally:
            os.close(self._fd)
        if self.error is not None:
            raise self.error

    def discard(self) -> None:
        """Close and delete the file."""
        with contextlib.suppress(StorageError):
            self.close()
        self.path.unlink(missing_ok=True)

    def _keep_synced(self) -> None:
        synced = 0
        while True:
            with contextlib.suppress(OSError):
                self._free = shutil.disk_usage(self.path.parent).free
            try:
                faults.check("outfile.sync")
                size = self._size
                if size != synced:
                    os.fsync(self._fd)
                    synced = self._durable = size
            except OSError as error:
                # The system tells of a failed write-back only once: whoever writes next, or
                # closes, must hear it from us.
                _log.warning("sync failed path=%s error=%s", self.path, error)
                self.error = self.error or storage_error(error, self.path)
            if self._stop.wait(SYNC_INTERVAL_S):
                return


def sync_folder(folder: Path) -> None:
    """Make a new or renamed name in `folder` survive a power cut, where the system can.

    Some network file systems refuse, and so do folders that may be written but not read; the
    name is there all the same.
    """
    if os.name != "posix":
        return
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError as error:
        _log.info("folder not synced folder=%s error=%s", folder, error)
        return
    try:
        os.fsync(fd)
    except OSError as error:
        _log.info("folder not synced folder=%s error=%s", folder, error)
    finally:
        os.close(fd)
