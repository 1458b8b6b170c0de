"""What an upload has in its hands: where it was left, how fast it may go, and whether to go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from recorder_app.errors import Cancelled, RecorderError
from recorder_app.texts import N_

# How long a wait may last before `check` is asked again: what a stop takes where nobody calls
# `stop`.
_LOOK_S = 0.25


class TokenBucket:
    """A limit of bytes per second that any number of uploads share. Thread-safe.

    What was not used saves up for a quarter of a second, so that a limit is also kept over short
    times. A rate of None is no limit.
    """

    _DEPTH_S = 0.25

    def __init__(
        self, bytes_per_s: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._rate = bytes_per_s
        self._tokens = 0.0
        self._filled_at = clock()

    @property
    def bytes_per_s(self) -> float | None:
        return self._rate

    @bytes_per_s.setter
    def bytes_per_s(self, rate: float | None) -> None:
        with self._lock:
            self._fill()
            self._rate = rate
            self._tokens = min(self._tokens, (rate or 0.0) * self._DEPTH_S)

    def take(self, wanted_bytes: int) -> float:
        """Take tokens and return for how many seconds to wait before the bytes are sent."""
        with self._lock:
            if self._rate is None:
                return 0.0
            self._fill()
            self._tokens -= wanted_bytes
            return max(0.0, -self._tokens / self._rate)

    def _fill(self) -> None:
        now = self._clock()
        if self._rate is not None:
            earned = (now - self._filled_at) * self._rate
            self._tokens = min(self._tokens + earned, self._rate * self._DEPTH_S)
        self._filled_at = now


class SendContext:
    """One upload under way.

    `save` keeps a plain JSON-able checkpoint, with the bytes that the server has acknowledged if
    they are known anew, and returns when it is safe; `report` takes the bytes
    that were sent, which a fault may lessen, and those of all; `check` raises when the upload shall
    stop; it is asked by one thread at a time. `faulted` is told of each fault after which it is
    tried again, and may raise it to have the upload end there. `stop`, `pause`, `resume` and
    `check` may be called from any thread, everything else from one at a time.
    """

    def __init__(
        self,
        *,
        checkpoint: Mapping[str, Any] | None = None,
        save: Callable[[Mapping[str, Any], int | None], None] | None = None,
        report: Callable[[int, int], None] | None = None,
        check: Callable[[], None] | None = None,
        faulted: Callable[[RecorderError], None] | None = None,
        limit: TokenBucket | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.checkpoint: Mapping[str, Any] = dict(checkpoint or {})
        self.clock = clock
        self._save = save
        self._report = report
        self._check = check
        self._faulted = faulted
        self._limit = limit or TokenBucket(clock=clock)
        self._checking = threading.Lock()
        self._changed = threading.Condition()
        self._why: RecorderError | None = None
        self._is_paused = False
        self._aborts: list[Callable[[], None]] = []

    def save(self, checkpoint: Mapping[str, Any], acknowledged: int | None = None) -> None:
        """Keep where to go on after a crash; `acknowledged` bytes need not be sent again."""
        self.checkpoint = dict(checkpoint)
        if self._save is not None:
            self._save(self.checkpoint, acknowledged)

    def progress(self, sent_bytes: int, total_bytes: int) -> None:
        """Tell how far the upload is."""
        if self._report is not None:
            self._report(sent_bytes, total_bytes)

    def check(self) -> None:
        """Raise Cancelled, or whatever else the upload was stopped with."""
        if self._why is not None:
            raise self._why
        if self._check is not None:
            with self._checking:
                self._check()

    def take(self, wanted_bytes: int) -> None:
        """Wait until that many bytes may be sent: the limit allows it, and nothing is paused."""
        self.check()
        while self._is_paused:
            self._rest(_LOOK_S)
            self.check()
        seconds = self._limit.take(wanted_bytes)
        if seconds > 0:
            self.sleep(seconds)

    def sleep(self, seconds: float) -> None:
        """Wait; raise as soon as the upload shall stop."""
        until = self.clock() + seconds
        self.check()
        while (left := until - self.clock()) > 0:
            self._rest(min(left, _LOOK_S))
            self.check()

    def wait_after(self, error: RecorderError, seconds: float) -> None:
        """Wait before what failed with `error` is tried again; raise it if that is no wish."""
        if self._faulted is not None:
            self._faulted(error)
        self.sleep(seconds)

    def on_stop(self, abort: Callable[[], None]) -> None:
        """Have `abort` called, in the thread of whoever stops the upload."""
        with self._changed:
            self._aborts.append(abort)
            is_stopped = self._why is not None
        if is_stopped:
            abort()

    def stop(self, why: RecorderError | None = None) -> None:
        """End the upload at once, also where it waits for a server."""
        with self._changed:
            self._why = self._why or why or Cancelled(N_("The upload was stopped."))
            aborts = tuple(self._aborts)
            self._changed.notify_all()
        for abort in aborts:
            abort()

    def pause(self) -> None:
        """Send nothing more until `resume`."""
        self._is_paused = True

    def resume(self) -> None:
        with self._changed:
            self._is_paused = False
            self._changed.notify_all()

    def _rest(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait(seconds)
