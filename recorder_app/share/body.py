"""A part of a file as the body of a call."""

from __future__ import annotations

from collections.abc import Iterator

from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source

# What is handed to the socket at once: small where the way is slow, because it must pass within the
# time limit of a connection, and a limit of speed is kept in such steps; large where it is fast,
# because each one costs time of its own.
_LEAST_BYTES, _FIRST_BYTES, _MOST_BYTES = 16 << 10, 64 << 10, 1 << 20
_QUICK_S, _SLOW_S = 0.05, 0.5


class Window:
    """So many bytes from `offset`, read and paced while they are sent.

    Iterating raises what stops the upload, and MediaChanged.
    """

    def __init__(self, source: Source, offset: int, length: int, context: SendContext) -> None:
        self._source, self._offset, self._length = source, offset, length
        self._context = context

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[memoryview]:
        block = memoryview(bytearray(min(_MOST_BYTES, self._length)))
        clock = self._context.clock
        sent, size = 0, _FIRST_BYTES
        while sent < self._length:
            began = clock()
            part = block[: min(size, self._length - sent)]
            self._context.take(len(part))
            self._source.read_into(self._offset + sent, part)
            yield part
            sent += len(part)
            self._context.progress(self._offset + sent, self._source.size)
            taken_s = clock() - began
            if taken_s < _QUICK_S:
                size = min(2 * size, _MOST_BYTES)
            elif taken_s > _SLOW_S:
                size = max(size // 2, _LEAST_BYTES)
