"""One grab, to find out whether capture works here at all."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import mss
from mss.exception import ScreenShotError

from recorder_app.capture.desktop import open_desktop
from recorder_app.errors import SourceUnavailable
from recorder_app.texts import N_


@dataclass(frozen=True, slots=True)
class CaptureTrial:
    """What a grab showed: monitors and backend as text."""

    monitors: str
    backend: str
    has_change_reports: bool


def try_capture() -> CaptureTrial:
    """Grab a corner of the first monitor. Raises SourceUnavailable or TargetLost."""
    desktop = open_desktop()
    try:
        monitors = desktop.monitors()
    finally:
        desktop.close()
    if not monitors:
        raise SourceUnavailable(
            N_("The display has no monitor."), hint=N_("Switch a monitor on and try again.")
        )
    first = monitors[0].rect
    try:
        with mss.MSS() as grabber:
            grabber.grab({"left": first.x, "top": first.y, "width": 16, "height": 16})
            status = " ".join(grabber.performance_status)
    except (ScreenShotError, OSError) as error:
        raise SourceUnavailable(
            N_("The screen cannot be grabbed ({reason})."), reason=error
        ) from error
    listed = ", ".join(f"{monitor.name} {monitor.rect}" for monitor in monitors)
    return CaptureTrial(listed, f"mss {mss.__version__}. {status}".strip(), _reports_changes())


def _reports_changes() -> bool:
    if sys.platform in ("win32", "darwin"):
        return False
    from recorder_app.capture.x11_watch import X11Watch

    try:
        X11Watch().close()
    except SourceUnavailable:
        return False
    return True
