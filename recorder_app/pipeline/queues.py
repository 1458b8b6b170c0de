"""Bounded hand-over between two threads, by count and by bytes."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, Protocol, TypeVar

from recorder_app.errors import Cancelled
from recorder_app.media.frames import END, End
from recorder_app.texts import N_


class Sized(Protocol):
    @property
    def size_bytes(self) -> int: ...


T = TypeVar("T", bound=Sized)


class BoundedQueue(Generic[T]):
    """A first-in, first-out queue that holds at most `most_items` and `most_bytes`.

    One item is always let in, however large. END always fits. After ``abort`` nothing blocks any
    more: ``put`` and ``get`` raise Cancelled. With several `producers` END comes once each of them
    has ended. Thread-safe.
    """

    def __init__(self, most_items: int, most_bytes: int, producers: int = 1) -> None:
        self._most_items = most_items
        self._most_bytes = most_bytes
        self._producers = producers
        self._items: deque[T | End] = deque()
        self._bytes = 0
        self._is_aborted = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def fill(self) -> float:
        """How full it is by count, 0 to 1."""
        return len(self._items) / self._most_items

    def offer(self, item: T) -> bool:
        """Put `item` if there is room now; return whether it was taken."""
        with self._changed:
            if self._is_aborted or not self._has_room(item):
                return False
            self._append(item)
            return True

    def put(self, item: T) -> None:
        """Put `item`, waiting for room. Raises Cancelled after ``abort``."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_aborted or self._has_room(item))
            self._raise_if_aborted()
            self._append(item)

    def put_last(self, item: T) -> None:
        """Put `item` even where there is no room: for the few that are small and must not wait."""
        with self._changed:
            if not self._is_aborted:
                self._append(item)

    def end(self) -> None:
        """Say that a producer has ended; the last one's END is put behind everything else."""
        with self._changed:
            self._producers -= 1
            if self._producers <= 0:
                self._items.append(END)
                self._changed.notify_all()

    def get(self) -> T | End:
        """Take the next item, waiting for one. Raises Cancelled after ``abort``."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_aborted or bool(self._items))
            self._raise_if_aborted()
            item = self._items.popleft()
            if not isinstance(item, End):
                self._bytes -= item.size_bytes
            self._changed.notify_all()
            return item

    def get_all(self, timeout_s: float) -> list[T]:
        """Take everything that is there, waiting for at most `timeout_s` for something.

        For a queue that is not ended. Raises Cancelled after ``abort``.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_aborted or bool(self._items), timeout_s)
            self._raise_if_aborted()
            items = [item for item in self._items if not isinstance(item, End)]
            self._items.clear()
            self._bytes = 0
            self._changed.notify_all()
            return items

    def abort(self) -> None:
        """Throw everything away and let nobody wait."""
        with self._changed:
            self._is_aborted = True
            self._items.clear()
            self._bytes = 0
            self._changed.notify_all()

    def _has_room(self, item: T) -> bool:
        if not self._items:
            return True
        return (
            len(self._items) < self._most_items
            and self._bytes + item.size_bytes <= self._most_bytes
        )

    def _append(self, item: T) -> None:
        self._items.append(item)
        self._bytes += item.size_bytes
        self._changed.notify_all()

    def _raise_if_aborted(self) -> None:
        if self._is_aborted:
            raise Cancelled(N_("The recording was cancelled."))
