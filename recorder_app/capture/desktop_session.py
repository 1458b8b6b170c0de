"""Which kind of desktop session this is, and whether screens can be recorded on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from recorder_app.errors import SourceUnavailable
from recorder_app.texts import N_


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


def require_screen(environment: Mapping[str, str] = os.environ) -> str:
    """Return the session type. Raises SourceUnavailable where no screen can be recorded."""
    kind = session_type(environment)
    if kind == "wayland":
        raise SourceUnavailable(
            N_("This is a Wayland session, and recording its screen is not supported yet."),
            hint=N_("Log out, choose the X11 (Xorg) session on the login screen, and try again."),
        )
    if kind == "none":
        raise SourceUnavailable(
            N_("There is no display to record: DISPLAY is not set."),
            hint=N_("Run this inside a desktop session, or set DISPLAY to an X server."),
        )
    return kind
