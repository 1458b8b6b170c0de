"""The one clock of a recording, and the map from its time to media time."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000

_WAKE_LOOK_S = 0.01


class Clock(Protocol):
    """A monotonic clock in nanoseconds. Thread-safe.

    `is_realtime` is False for a clock that jumps: a source on such a clock waits for room in the
    queues instead of losing pictures, so that tests run faster than real time and lose nothing.
    """

    is_realtime: bool

    def now_ns(self) -> int: ...

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        """Wait until `deadline_ns` or until `wake` is set; return whether `wake` is set."""
        ...

    def leave(self) -> None:
        """Say that the calling source will wait no more."""
        ...


class SystemClock:
    """``time.monotonic_ns``, which all sources of this machine share."""

    is_realtime = True

    def now_ns(self) -> int:
        return time.monotonic_ns()

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        remaining = deadline_ns - time.monotonic_ns()
        if remaining <= 0:
            return wake.is_set()
        return wake.wait(remaining / NS_PER_S)

    def leave(self) -> None:
        """Nobody waits for anybody."""


class VirtualClock:
    """A clock that jumps to whatever is waited for. Thread-safe; time never goes back.

    With several `parties`, as a picture and two sound sources are, it jumps when all of them wait,
    and only to the earliest moment asked for: they stay together as on a real clock.
    """

    is_realtime = False

    def __init__(self, start_ns: int = 0, parties: int = 1) -> None:
        self._now_ns = start_ns
        self._parties = parties
        self._deadlines: dict[int, int] = {}
        self._changed = threading.Condition()

    def now_ns(self) -> int:
        with self._changed:
            return self._now_ns

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        with self._changed:
            me = threading.get_ident()
            self._deadlines[me] = deadline_ns
            self._jump()
            while self._now_ns < deadline_ns and not wake.is_set():
                # An event cannot be waited for beside a condition: it is looked at now and then.
                self._changed.wait(_WAKE_LOOK_S)
            self._deadlines.pop(me, None)
            return wake.is_set()

    def leave(self) -> None:
        with self._changed:
            self._parties -= 1
            self._jump()

    def _jump(self) -> None:
        if self._deadlines and len(self._deadlines) >= self._parties:
            self._now_ns = max(self._now_ns, min(self._deadlines.values()))
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between two pauses, from `start_ns` to before `end_ns` of capture time.

    `media_ns` is the media time at its start; `end_ns` is None while it goes on.
    """

    start_ns: int
    end_ns: int | None
    media_ns: int


class PauseMap:
    """Maps capture time to media time through any number of pauses.

    Media time starts at 0 at `start_ns` and stands still during a pause, so that a resumed
    recording goes on without a jump. Pure arithmetic; not thread-safe.
    """

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self._pauses: list[tuple[int, int]] = []
        self._paused_since_ns: int | None = None
        self._paused_ns = 0

    @property
    def is_paused(self) -> bool:
        return self._paused_since_ns is not None

    @property
    def pauses(self) -> list[tuple[int, int]]:
        """Ended pauses as (media time, length), in nanoseconds."""
        before = 0
        mapped = []
        for begin_ns, length_ns in self._pauses:
            mapped.append((begin_ns - self.start_ns - before, length_ns))
            before += length_ns
        return mapped

    def pause(self, at_ns: int) -> None:
        if self._paused_since_ns is None:
            self._paused_since_ns = max(at_ns, self._last_resume_ns)

    def resume(self, at_ns: int) -> None:
        if self._paused_since_ns is None:
            return
        length_ns = max(0, at_ns - self._paused_since_ns)
        self._pauses.append((self._paused_since_ns, length_ns))
        self._paused_ns += length_ns
        self._paused_since_ns = None

    def media_ns(self, capture_ns: int) -> int | None:
        """Return the media time of `capture_ns`, or None before the start and inside a pause.

        A stamp from before an earlier pause, delivered late, keeps the time it had then.
        """
        if capture_ns < self.start_ns:
            return None
        if self._paused_since_ns is not None and capture_ns >= self._paused_since_ns:
            return None
        offset_ns = self._paused_ns
        for begin_ns, length_ns in reversed(self._pauses):
            if capture_ns >= begin_ns + length_ns:
                break
            if capture_ns >= begin_ns:
                return None
            offset_ns -= length_ns
        return capture_ns - self.start_ns - offset_ns

    @property
    def segments(self) -> list[Segment]:
        """The stretches that are in the file, in order; the last may still go on."""
        found = []
        start_ns, media_ns = self.start_ns, 0
        for begin_ns, length_ns in self._pauses:
            found.append(Segment(start_ns, begin_ns, media_ns))
            media_ns += begin_ns - start_ns
            start_ns = begin_ns + length_ns
        found.append(Segment(start_ns, self._paused_since_ns, media_ns))
        return found

    def reached_ns(self, capture_ns: int) -> int:
        """Return how much media time had passed at `capture_ns`, also inside a pause."""
        for segment in reversed(self.segments):
            if capture_ns >= segment.start_ns:
                until_ns = capture_ns if segment.end_ns is None else min(capture_ns, segment.end_ns)
                return segment.media_ns + until_ns - segment.start_ns
        return 0

    def elapsed_ns(self, now_ns: int) -> int:
        """Return the media time reached at `now_ns`; it stands still while paused."""
        end_ns = self._paused_since_ns if self._paused_since_ns is not None else now_ns
        return max(0, end_ns - self.start_ns - self._paused_ns)

    @property
    def _last_resume_ns(self) -> int:
        if not self._pauses:
            return self.start_ns
        begin_ns, length_ns = self._pauses[-1]
        return begin_ns + length_ns
