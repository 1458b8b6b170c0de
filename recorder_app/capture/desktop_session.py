"""Whether screens can be recorded in this desktop session."""

from __future__ import annotations

import os
from collections.abc import Mapping

from recorder_app.errors import SourceUnavailable
from recorder_app.system.session import session_type
from recorder_app.texts import N_


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
