"""Whether the desktop asks for less motion.

On Linux the settings portal says so (org.freedesktop.portal.Settings): `enable-animations` of
GNOME's interface settings, and `reduced-motion` of org.freedesktop.appearance in newer ones. On
Windows it is the client area animation, on macOS the accessibility setting; both are asked once.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

from recorder_app.system.bus import BusError, BusThread, Peer, Values

_log = logging.getLogger(__name__)

_PORTAL = Peer(
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings",
)
_ANIMATIONS = ("org.gnome.desktop.interface", "enable-animations")
_REDUCED = ("org.freedesktop.appearance", "reduced-motion")
_SPI_GETCLIENTAREAANIMATION = 0x1042
_LIMIT_S = 5.0


class DesktopMotion:
    """Tells `on_change` what the desktop wishes, as far as it is known and whenever it changes.

    It is called on any thread, with whether less motion is wanted. Nothing here waits; a desktop
    that has no such wish wants no less.
    """

    def __init__(self, on_change: Callable[[bool], None]) -> None:
        self._on_change = on_change
        self._bus: BusThread | None = None
        self._wishes: dict[tuple[str, str], bool] = {}
        self._told = False

    def start(self) -> None:
        """Ask the desktop, and listen to it where it speaks."""
        if sys.platform in ("win32", "darwin"):
            threading.Thread(target=self._ask_system, name="motion", daemon=True).start()
            return
        self._bus = BusThread(self._hear, lambda: None)
        self._bus.watch(_PORTAL)
        self._ask_portal()

    def close(self) -> None:
        """Listen no more."""
        if self._bus is not None:
            self._bus.close()

    def _ask_portal(self) -> None:
        assert self._bus is not None
        for key in (_ANIMATIONS, _REDUCED):
            self._bus.call(partial(self._take, key), _PORTAL, "Read", "ss", *key)

    def _take(self, key: tuple[str, str], answer: Values | BusError) -> None:
        if isinstance(answer, BusError):
            _log.debug("motion not told key=%s reason=%s", key[1], answer)
        elif answer:
            self._note(key, answer[0])

    def _hear(self, _interface: str, member: str, values: Values) -> None:
        if member == "SettingChanged" and len(values) == 3:
            self._note((values[0], values[1]), values[2])
        elif member == "NameOwnerChanged" and values[0] == _PORTAL.name and values[2]:
            # It has come, or come again.
            self._ask_portal()

    def _note(self, key: tuple[str, str], value: object) -> None:
        # A value in a variant; “Read” puts that into another one.
        while isinstance(value, tuple):
            value = value[-1]
        if key == _ANIMATIONS:
            self._wishes[key] = not value
        elif key == _REDUCED:
            self._wishes[key] = value == 1
        self._tell(any(self._wishes.values()))

    def _tell(self, is_less: bool) -> None:
        if is_less is not self._told:
            self._told = is_less
            self._on_change(is_less)

    def _ask_system(self) -> None:
        try:
            self._tell(_windows_wants_less() if sys.platform == "win32" else _macos_wants_less())
        except (OSError, subprocess.SubprocessError) as error:
            _log.info("motion not told reason=%s", error)


def _windows_wants_less() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    is_animated = ctypes.c_int(1)
    done = ctypes.windll.user32.SystemParametersInfoW(
        _SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(is_animated), 0
    )
    return bool(done) and not is_animated.value


def _macos_wants_less() -> bool:
    done = subprocess.run(
        ["defaults", "read", "com.apple.universalaccess", "reduceMotion"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    return done.stdout.strip() == "1"
