"""The SHA-256 of a file, which can be left and taken up again.

``hashlib`` does not give out the middle of a sum. OpenSSL, which it uses, does: the eight words
that FIPS 180-4 calls the hash value, valid after every 64 bytes. Where OpenSSL cannot be reached
that way a file is read from its beginning.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from recorder_app.errors import MediaChanged, UnreadableMedia
from recorder_app.media.stills import Proceed
from recorder_app.texts import N_

_BLOCK = 1 << 20
# 64 MB are read in some 50 to 500 ms; they are what a crash costs.
_KEEP_EVERY = 64 * _BLOCK


class DigestState(msgspec.Struct, frozen=True):
    """How far a file was read; its size in bytes and its time tell whether it is still that one."""

    size: int
    modified_ns: int
    offset: int
    words: list[int]


class _Sum(Protocol):
    def update(self, data: bytearray, length: int) -> None: ...
    def hexdigest(self) -> str: ...
    def words(self) -> list[int] | None: ...


def sha256(
    path: Path,
    begun: DigestState | None,
    proceed: Proceed,
    keep: Callable[[DigestState], None],
) -> str:
    """Return the SHA-256 of `path` in hexadecimal, going on from `begun` where that still holds.

    `keep` gets a state from time to time. Raises UnreadableMedia, and MediaChanged when somebody
    writes to the file meanwhile.
    """
    try:
        with path.open("rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            size, modified_ns = before.st_size, before.st_mtime_ns
            total = _start()
            offset = 0
            if (
                begun is not None
                and (begun.size, begun.modified_ns) == (size, modified_ns)
                and _is_resumable()
            ):
                total, offset = _OpenSslSum(begun.words, begun.offset), begun.offset
                file.seek(offset)
            block = bytearray(_BLOCK)
            while length := file.readinto(block):
                total.update(block, length)
                offset += length
                proceed(offset / max(size, offset))
                if offset % _KEEP_EVERY == 0 and (words := total.words()) is not None:
                    keep(DigestState(size, modified_ns, offset, words))
            after = os.fstat(file.fileno())
    except OSError as error:
        raise UnreadableMedia(
            N_("{path} cannot be read ({reason})."), path=path, reason=error.strerror or error
        ) from error
    if (after.st_size, after.st_mtime_ns) != (size, modified_ns) or offset != size:
        raise MediaChanged(N_("{path} was changed while it was being read."), path=path)
    return total.hexdigest()


def checksum(path: Path) -> str:
    """Return the SHA-256 of `path` in one go. Raises UnreadableMedia or MediaChanged."""
    return sha256(path, None, lambda _share: None, lambda _state: None)


class _HashlibSum:
    """Without a state to take up again."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def update(self, data: bytearray, length: int) -> None:
        self._sum.update(memoryview(data)[:length])

    def hexdigest(self) -> str:
        return self._sum.hexdigest()

    def words(self) -> list[int] | None:
        return None


class _Context(ctypes.Structure):
    # SHA256_CTX of <openssl/sha.h>; the same since 2004.
    _fields_ = (
        ("h", ctypes.c_uint32 * 8),
        ("low_bits", ctypes.c_uint32),
        ("high_bits", ctypes.c_uint32),
        ("data", ctypes.c_uint32 * 16),
        ("buffered", ctypes.c_uint32),
        ("length", ctypes.c_uint32),
        # Room, should it ever grow.
        ("reserve", ctypes.c_uint32 * 32),
    )


class _OpenSslSum:
    """Begins anew, or behind `offset` bytes, a multiple of 64, with the words they lead to."""

    def __init__(self, words: list[int] | None = None, offset: int = 0) -> None:
        self._library = _openssl()
        self._context = _Context()
        self._library.SHA256_Init(ctypes.byref(self._context))
        if words is not None:
            self._context.h[:] = words
            self._context.low_bits = (offset * 8) & 0xFFFFFFFF
            self._context.high_bits = offset * 8 >> 32

    def update(self, data: bytearray, length: int) -> None:
        view = (ctypes.c_char * len(data)).from_buffer(data)
        self._library.SHA256_Update(
            ctypes.byref(self._context), ctypes.byref(view), ctypes.c_size_t(length)
        )

    def hexdigest(self) -> str:
        digest = ctypes.create_string_buffer(32)
        self._library.SHA256_Final(digest, ctypes.byref(self._context))
        return digest.raw.hex()

    def words(self) -> list[int] | None:
        return None if self._context.buffered else list(self._context.h)


def _start() -> _Sum:
    return _OpenSslSum() if _is_resumable() else _HashlibSum()


@functools.cache
def _openssl() -> ctypes.CDLL:
    import _hashlib

    # Its functions are found through the module that is linked to it.
    return ctypes.CDLL(_hashlib.__file__)


@functools.cache
def _is_resumable() -> bool:
    """Try it: left and taken up in the middle, the sum must be that of hashlib."""
    data = bytearray(range(256)) * 3
    try:
        first = _OpenSslSum()
        first.update(data, 512)
        words = first.words()
        if words is None:
            return False
        second = _OpenSslSum(words, 512)
        second.update(data[512:], 256)
        return second.hexdigest() == hashlib.sha256(data).hexdigest()
    except (ImportError, AttributeError, OSError):
        return False
