"""How fast and when uploads may go: the limit that all share, and networks paid by amount."""

from __future__ import annotations

import random
import threading
import time

from recorder_app.errors import NetworkMetered
from recorder_app.settings.store import SettingsStore
from recorder_app.share.sending import TokenBucket
from recorder_app.system.network import NetworkWatch
from recorder_app.texts import N_

# How long a change of the settings takes to be heard of.
_LOOK_EVERY_S = 2.0
# Waits for a network that is down: soon at first, for a cable that was pulled for a moment.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 4.0, 60.0


class Pace:
    """One for all uploads of a process. Thread-safe."""

    def __init__(self, watch: NetworkWatch | None = None) -> None:
        self.limit = TokenBucket()
        self._watch = watch or NetworkWatch()
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._waits: dict[str, int] = {}

    def check(self) -> None:
        """Take up changed settings. Raises NetworkMetered where the network is paid by amount."""
        now = time.monotonic()
        with self._lock:
            if self._looked_at is not None and now - self._looked_at < _LOOK_EVERY_S:
                return
            self._looked_at = now
        # Read anew: whoever changed it may be another process.
        sharing = SettingsStore(keeps_broken=True).current.sharing
        rate = sharing.limit_kb * 1000.0 or None
        if rate != self.limit.bytes_per_s:
            self.limit.bytes_per_s = rate
        if not sharing.on_metered and self._watch.is_metered():
            # The other uploads of this process have to hear it too.
            self._looked_at = None
            raise NetworkMetered(
                N_("The network is paid by amount; the upload waits for another one."),
                hint=N_("The setting sharing.on_metered, “Metered networks”, uploads here too."),
            )

    def offline_wait_s(self, job_id: str) -> float:
        """Return how long a job waits for a network that is down; longer each time in a row."""
        waits = self._waits[job_id] = self._waits.get(job_id, 0) + 1
        longest = min(_FIRST_WAIT_S * 2.0 ** min(waits - 1, 10), _LONGEST_WAIT_S)
        return longest * random.uniform(0.75, 1.0)

    def got_through(self, job_id: str) -> None:
        """Say that the job reached its server."""
        self._waits.pop(job_id, None)


PACE = Pace()
