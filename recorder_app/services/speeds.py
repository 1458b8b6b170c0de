"""How fast something goes."""

from __future__ import annotations

import time
from collections import deque

# Over how long the speed is taken: shorter jumps, longer lies after a stall.
_SPEED_S = 10.0


class Speed:
    """Bytes a second over the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, sent_bytes: int) -> float | None:
        """Take in how much was sent by now; return the speed, once it can be told."""
        now = time.monotonic()
        if self._seen and sent_bytes < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, sent_bytes))
        while len(self._seen) > 2 and now - self._seen[0][0] > _SPEED_S:
            self._seen.popleft()
        (then, before) = self._seen[0]
        return (sent_bytes - before) / (now - then) if now > then + 0.5 else None
