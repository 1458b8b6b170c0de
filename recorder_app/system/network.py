"""Whether the network is paid by amount, as far as the system tells."""

from __future__ import annotations

import threading
import time

from recorder_app.system.bus import Bus, BusError, Peer

_ASK_EVERY_S = 30.0
_MANAGER = Peer(
    "org.freedesktop.NetworkManager",
    "/org/freedesktop/NetworkManager",
    "org.freedesktop.DBus.Properties",
)
# NMMetered: yes, and "guess yes", which is what a phone's hotspot gives.
_METERED = (1, 3)


class NetworkWatch:
    """Asks NetworkManager over the system's bus, twice a minute at most. Thread-safe."""

    def __init__(self, every_s: float = _ASK_EVERY_S) -> None:
        self._every_s = every_s
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._is_metered = False

    def is_metered(self) -> bool:
        """Return whether the system says so; False where there is nobody to ask.

        May wait for an answer for some seconds.
        """
        with self._lock:
            now = time.monotonic()
            if self._asked_at is None or now - self._asked_at >= self._every_s:
                self._asked_at = now
                self._is_metered = _asked()
            return self._is_metered


def _asked() -> bool:
    try:
        bus = Bus(is_system=True)
    except BusError:
        return False
    try:
        ((_signature, value),) = bus.call(_MANAGER, "Get", "ss", _MANAGER.name, "Metered")
    except (BusError, ValueError):
        return False
    finally:
        bus.close()
    return value in _METERED
