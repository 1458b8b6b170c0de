"""The desktop as capture sees it, whatever the operating system."""

from __future__ import annotations

import sys
from typing import Protocol

import mss
from mss.exception import ScreenShotError

from recorder_app.capture.base import Monitor, Window
from recorder_app.errors import SourceUnavailable
from recorder_app.media.geometry import Rect
from recorder_app.texts import N_


class Desktop(Protocol):
    """What there is to record, in physical pixels. Used by one thread at a time.

    Every method may raise TargetLost when the display goes away.
    """

    def desktop_rect(self) -> Rect: ...

    def monitors(self) -> list[Monitor]: ...

    def windows(self) -> list[Window]:
        """Return the windows, those in front last."""
        ...

    def window_rect(self, window_id: int) -> Rect | None: ...

    def close(self) -> None: ...


class MssDesktop:
    """Monitors by mss, for systems where windows cannot be listed yet."""

    def desktop_rect(self) -> Rect:
        return self._rects()[0]

    def monitors(self) -> list[Monitor]:
        return [
            Monitor(f"monitor {number}", rect, number == 1)
            for number, rect in enumerate(self._rects()[1:], start=1)
        ]

    def windows(self) -> list[Window]:
        raise SourceUnavailable(
            N_("Windows can be chosen on X11 only for now."),
            hint=N_("Record a monitor or a region instead."),
        )

    def window_rect(self, window_id: int) -> Rect | None:  # noqa: ARG002 - the protocol's
        return None

    def close(self) -> None:
        """Nothing is held."""

    def _rects(self) -> list[Rect]:
        # A new instance each time: mss keeps the list it read first.
        try:
            with mss.MSS() as grabber:
                return [
                    Rect(m["left"], m["top"], m["width"], m["height"]) for m in grabber.monitors
                ]
        except ScreenShotError as error:
            raise SourceUnavailable(
                N_("The screens cannot be listed ({reason})."),
                hint=N_("Allow screen recording for this program in the system settings."),
                reason=error,
            ) from error


def open_desktop() -> Desktop:
    """Connect to this session's desktop. Raises SourceUnavailable."""
    if sys.platform in ("win32", "darwin"):
        return MssDesktop()
    from recorder_app.capture.x11 import X11Desktop

    return X11Desktop()
