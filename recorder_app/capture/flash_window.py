"""A small black window that flashes white at moments that are known, for measuring sync."""

from __future__ import annotations

import xcffib
import xcffib.xproto

from recorder_app.capture.x11 import X11Desktop, display_errors
from recorder_app.media.clock import Clock
from recorder_app.media.geometry import Rect

_WHITE, _BLACK = 0xFFFFFF, 0x000000


class FlashWindow:
    """A bare window of 160x120 pixels in a corner of the first monitor, above all others.

    Used by one thread. Raises CaptureError.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._desktop = X11Desktop()
        corner = self._desktop.monitors()[0].rect
        self.rect = Rect(corner.x + 16, corner.y + 16, 160, 120)
        connection, screen = self._desktop.connection, self._desktop.screen
        self._core = connection.core
        with display_errors("a window was opened"):
            self._window = connection.generate_id()
            self._core.CreateWindow(
                xcffib.xproto.WindowClass.CopyFromParent,
                self._window,
                self._desktop.root,
                self.rect.x,
                self.rect.y,
                self.rect.width,
                self.rect.height,
                0,
                xcffib.xproto.WindowClass.InputOutput,
                screen.root_visual,
                xcffib.xproto.CW.BackPixel | xcffib.xproto.CW.OverrideRedirect,
                [_BLACK, 1],
            )
            self._core.MapWindow(self._window)
        self.show(is_lit=False)

    def show(self, *, is_lit: bool) -> int:
        """Paint the window; return when the server had done it, in nanoseconds."""
        with display_errors("a window was painted"):
            colour = _WHITE if is_lit else _BLACK
            self._core.ChangeWindowAttributes(self._window, xcffib.xproto.CW.BackPixel, [colour])
            self._core.ClearArea(False, self._window, 0, 0, 0, 0)
            self._core.GetInputFocus().reply()
        return self._clock.now_ns()

    def close(self) -> None:
        self._desktop.close()
