"""A part of a file as the body of a call."""

from __future__ import annotations

from collections.abc import Iterator

from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source

# What is handed to the socket at once. Smaller ones cost throughput; larger ones make a stop and a
# limit of speed coarse, and must pass within the time limit of a connection.
_BLOCK_BYTES = 128 << 10


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
        block = memoryview(bytearray(min(_BLOCK_BYTES, self._length)))
        sent = 0
        while sent < self._length:
            part = block[: self._length - sent]
            self._context.take(len(part))
            self._source.read_into(self._offset + sent, part)
            yield part
            sent += len(part)
            self._context.progress(self._offset + sent, self._source.size)
