"""Which kind of desktop session this is."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def session_type(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Return "windows", "macos", "wayland", "x11" or "none".

    A Wayland session sets DISPLAY as well, for older programs, and a grab through it is black; so
    the session's own word and WAYLAND_DISPLAY count before DISPLAY.
    """
    if platform == "win32":
        return "windows"
    if platform == "darwin":
        return "macos"
    declared = environment.get("XDG_SESSION_TYPE", "").lower()
    if declared == "wayland" or (declared != "x11" and environment.get("WAYLAND_DISPLAY")):
        return "wayland"
    return "x11" if environment.get("DISPLAY") else "none"
