"""Keeping other programs' notifications out of a recording.

Two ways are known, both of the name org.freedesktop.Notifications: the methods Inhibit and
UnInhibit of daemons with the capability "inhibitions" (KDE's; in the Desktop Notifications
Specification as an addition), which end with our connection; and the property `paused` of dunst's
interface org.dunstproject.cmd0, which stays as it was set, so that a note of it is kept in a file.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from recorder_app import paths
from recorder_app.system.bus import Bus, BusError, Peer
from recorder_app.texts import N_, translate

_log = logging.getLogger(__name__)

_NAME, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_DAEMON = Peer(_NAME, _PATH, _NAME)
_PROPERTIES = Peer(_NAME, _PATH, "org.freedesktop.DBus.Properties")
_PAUSED = ("org.dunstproject.cmd0", "paused")


class Quiet:
    """Silences the desktop from :meth:`start` to :meth:`stop`, where it lets itself be silenced.

    Nothing here waits: it is done in a thread of its own, and a desktop that cannot be silenced is
    only logged. Thread-safe. `note` is where it is kept that the desktop must be loud again.
    """

    def __init__(self, note: Path | None = None) -> None:
        self._note = note or paths.data_folder() / "notifications-paused"
        self._lock = threading.Lock()
        self._end: threading.Event | None = None
        self._last: threading.Thread | None = None

    def start(self) -> None:
        """Silence it from now on; a second call does nothing."""
        with self._lock:
            if self._end is None:
                self._end = threading.Event()
                self._do(self._be_quiet, self._end)

    def stop(self) -> None:
        """Have it as it was; without a start before it does nothing."""
        with self._lock:
            end, self._end = self._end, None
        if end is not None:
            end.set()

    def repair(self) -> None:
        """Make a desktop loud again that a killed program left silent; call it at the start."""
        with self._lock:
            if self._note.exists() and self._end is None:
                self._do(self._be_loud)

    def wait(self, limit_s: float) -> bool:
        """Wait until what was begun is done; return whether it is. For the end of the program."""
        last = self._last
        if last is None:
            return True
        last.join(limit_s)
        return not last.is_alive()

    def _do(self, work: Callable[..., None], *arguments: object) -> None:
        # One after the other: a stop that is still under way must not undo a later start.
        before = self._last

        def run() -> None:
            if before is not None:
                before.join()
            try:
                work(*arguments)
            except (BusError, OSError) as error:
                _log.warning("notifications are not silenced: %s", error)

        self._last = threading.Thread(target=run, name="quiet", daemon=True)
        self._last.start()

    def _be_quiet(self, end: threading.Event) -> None:
        with _bus() as bus:
            (can,) = bus.call(_DAEMON, "GetCapabilities")
            if "inhibitions" in can:
                reason = translate(N_("A recording is made"))
                (cookie,) = bus.call(
                    _DAEMON, "Inhibit", "ssa{sv}", paths.APP_NAME, reason, dict[str, object]()
                )
                end.wait()
                bus.call(_DAEMON, "UnInhibit", "u", cookie)
                return
            ((_, is_paused),) = bus.call(_PROPERTIES, "Get", "ss", *_PAUSED)
            if is_paused and not self._note.exists():
                # As the person wants it; it is not ours to end.
                return
            # Before it is silenced: a crash in between must not leave it silent.
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.touch()
            bus.call(_PROPERTIES, "Set", "ssv", *_PAUSED, ("b", True))
            end.wait()
        self._be_loud()

    def _be_loud(self) -> None:
        with _bus() as bus:
            bus.call(_PROPERTIES, "Set", "ssv", *_PAUSED, ("b", False))
        self._note.unlink(missing_ok=True)


@contextlib.contextmanager
def _bus() -> Iterator[Bus]:
    with contextlib.closing(Bus()) as bus:
        yield bus
