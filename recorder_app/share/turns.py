"""Several calls at a time of which one sends: the others wait for their answers, or their turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from recorder_app.share.body import Window
from recorder_app.share.sending import SendContext
from recorder_app.share.source import Source


class Turns:
    """Who may send: one body at a time, so that a fault costs one part and not two. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next = 0
        self.are_over = False

    def enter(self, place: int) -> bool:
        """Return True when it is the turn of `place`, or False once there are none any more."""
        with self._changed:
            self._changed.wait_for(lambda: self.are_over or self._next == place)
            return not self.are_over

    def leave(self, place: int) -> None:
        """Let the next one send; again, or out of turn, it does nothing."""
        with self._changed:
            if self._next == place:
                self._next += 1
                self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self.are_over = True
            self._changed.notify_all()


class TellingWindow(Window):
    """A part that tells when all of it has been handed to the connection."""

    def __init__(
        self,
        source: Source,
        offset: int,
        length: int,
        context: SendContext,
        when_sent: Callable[[], None],
    ) -> None:
        super().__init__(source, offset, length, context)
        self._when_sent = when_sent

    def __iter__(self) -> Iterator[memoryview]:
        yield from super().__iter__()
        self._when_sent()
