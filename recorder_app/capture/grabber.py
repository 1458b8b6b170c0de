"""Pixels of the desktop, grabbed by mss, and how they become pixels of the frame."""

from __future__ import annotations

import sys

import mss
import numpy as np
from mss.exception import ScreenShotError

from recorder_app.capture.letterbox import Letterbox
from recorder_app.errors import SourceUnavailable
from recorder_app.media.frames import Pixels
from recorder_app.media.geometry import Rect
from recorder_app.media.scale import Downscaler
from recorder_app.texts import N_

if sys.platform not in ("win32", "darwin"):
    from recorder_app.capture.x11_watch import Cursor


class Grabber:
    """Raises SourceUnavailable where the screen cannot be grabbed. Used by one thread."""

    def __init__(self) -> None:
        self._mss: mss.MSS | None = None
        self.reopen()

    def reopen(self) -> None:
        """Begin anew: the shared memory of an mss instance has the size the desktop had."""
        self.close()
        try:
            self._mss = mss.MSS()
        except (ScreenShotError, OSError) as error:
            raise SourceUnavailable(
                N_("The screen cannot be grabbed ({reason})."),
                hint=N_("On the command line, “recorder-app doctor” shows what works here."),
                reason=error,
            ) from error

    def grab(self, rect: Rect, cursor: Cursor | None) -> Pixels:
        """Return the pixels of `rect` on the desktop with the pointer. Raises ScreenShotError."""
        assert self._mss is not None
        shot = self._mss.grab(
            {"left": rect.x, "top": rect.y, "width": rect.width, "height": rect.height}
        )
        pixels = np.frombuffer(shot.raw, np.uint8).reshape(rect.height, rect.width, 4)
        if cursor is not None:
            cursor.blend_into(pixels, rect)
        return pixels

    def close(self) -> None:
        """Give everything back; a second call does nothing."""
        if self._mss is not None:
            self._mss.close()
        self._mss = None


class Framer:
    """Puts grabbed pixels where they belong in the frame. Used by one thread.

    While it scales it keeps a grabbed picture in memory, to know it again.
    """

    def __init__(self) -> None:
        self._downscaler = Downscaler()
        self._full_size: Pixels | None = None
        self._small: Pixels | None = None

    def framed(self, view: Letterbox, rect: Rect, pixels: Pixels) -> Pixels:
        """Return the pixels of `rect` of the frame, black beside what `view` shows.

        `pixels` are what `view` shows there, full size. Where it scales, `rect` must be the frame.
        """
        part = view.shown.intersection(rect)
        if view.is_scaled:
            pixels = self._scaled(pixels, part.width, part.height)
        else:
            self._full_size = self._small = None
        if part == rect:
            return pixels
        framed = np.zeros((rect.height, rect.width, 4), np.uint8)
        top, left = part.y - rect.y, part.x - rect.x
        framed[top : top + part.height, left : left + part.width] = pixels
        return framed

    def _scaled(self, pixels: Pixels, width: int, height: int) -> Pixels:
        before, self._full_size = self._full_size, pixels
        # A window that only moves looks the same: comparing takes a tenth of the time of scaling.
        if (
            self._small is None
            or self._small.shape[:2] != (height, width)
            or before is None
            or not np.array_equal(before.view(np.uint32), pixels.view(np.uint32))
        ):
            self._small = self._downscaler.scaled(pixels, width, height)
        return self._small
