"""How fast something goes, over the last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

# Over how long the speed is taken: shorter jumps, longer lies after a stall.
_SPEED_S = 10.0
# Two readings closer than this say more about when they were taken.
_LEAST_S = 0.5


class Speed:
    """What is done in a second: bytes, or seconds of a recording. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, float]] = deque()

    def note(self, done: float) -> float | None:
        """Take in how much is done by now; return the speed, once it can be told."""
        now = self._clock()
        if self._seen and done < self._seen[-1][1]:
            # It began anew.
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _SPEED_S:
            self._seen.popleft()
        then, before = self._seen[0]
        return (done - before) / (now - then) if now > then + _LEAST_S else None
