"""The file that is uploaded, and whether it is still the one the upload was begun with."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Self

import msgspec

from recorder_app.errors import MediaChanged, UnreadableMedia
from recorder_app.texts import N_

# What a player needs first and last is written there: a file that was cut, remuxed or replaced
# differs in one of the two even where size and time were kept.
_SAMPLE_BYTES = 64 * 1024


class Identity(msgspec.Struct, frozen=True):
    """What tells one state of a file from another: bytes, nanoseconds, SHA-256 of both ends."""

    size: int
    modified_ns: int
    sample: str


class Source:
    """An open file that must not change while it is sent. Any thread may read.

    `size` in bytes. Raises UnreadableMedia, and MediaChanged as soon as somebody wrote to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Reading moves the file's place.
        self._lock = threading.Lock()
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            self.identity = self._identify()
        except BaseException:
            self._file.close()
            raise

    @property
    def size(self) -> int:
        return self.identity.size

    def read_into(self, offset: int, block: memoryview) -> int:
        """Fill `block` from `offset` and return how many bytes there were."""
        filled = 0
        try:
            with self._lock:
                self._file.seek(offset)
                while filled < len(block) and (length := self._file.readinto(block[filled:])):
                    filled += length
        except OSError as error:
            raise self._unreadable(error) from error
        if offset + filled < min(offset + len(block), self.size):
            raise self._changed()
        return filled

    def check(self) -> None:
        """Raise MediaChanged when the file is no longer what it was when it was opened.

        The path counts too: a file put in its place is another one.
        """
        try:
            held, named = os.fstat(self._file.fileno()), self.path.stat()
        except OSError as error:
            raise self._changed() from error
        for found in (held, named):
            if (found.st_size, found.st_mtime_ns) != (self.size, self.identity.modified_ns):
                raise self._changed()
        if (held.st_dev, held.st_ino) != (named.st_dev, named.st_ino):
            raise self._changed()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _identify(self) -> Identity:
        try:
            found = os.fstat(self._file.fileno())
            sample = hashlib.sha256()
            for offset in (0, max(0, found.st_size - _SAMPLE_BYTES)):
                self._file.seek(offset)
                sample.update(self._file.read(_SAMPLE_BYTES))
        except OSError as error:
            raise self._unreadable(error) from error
        return Identity(found.st_size, found.st_mtime_ns, sample.hexdigest())

    def _unreadable(self, error: OSError) -> UnreadableMedia:
        return UnreadableMedia(
            N_("{path} cannot be read ({reason})."),
            path=self.path,
            reason=error.strerror or error,
        )

    def _changed(self) -> MediaChanged:
        return MediaChanged(N_("{path} was changed while it was being uploaded."), path=self.path)
