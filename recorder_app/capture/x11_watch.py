"""Knowing that the screen changed without looking: X DAMAGE, RandR and the pointer.

A connection of its own, used by the capture thread alone.
"""

from __future__ import annotations

import select
from dataclasses import dataclass

import numpy as np
import xcffib
import xcffib.damage
import xcffib.randr
import xcffib.xfixes
import xcffib.xproto

from recorder_app.capture.x11 import X11Desktop, display_errors
from recorder_app.errors import SourceUnavailable
from recorder_app.media.clock import NS_PER_S
from recorder_app.media.frames import Pixels
from recorder_app.media.geometry import Rect
from recorder_app.texts import N_

# A program paints in several requests; the first one wakes us. Grabbing this much later gets the
# whole of an ordinary repaint; much more would only add latency.
SETTLE_NS = 3_000_000

_LAYOUT_EVENTS = (
    xcffib.randr.ScreenChangeNotifyEvent,
    xcffib.randr.NotifyEvent,
    xcffib.xproto.ConfigureNotifyEvent,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the last look, in desktop coordinates."""

    rects: tuple[Rect, ...] = ()
    layout_changed: bool = False

    def __bool__(self) -> bool:
        return bool(self.rects) or self.layout_changed


@dataclass(frozen=True, slots=True, eq=False)
class Cursor:
    """The pointer's picture: premultiplied BGRA pixels and its rectangle on the desktop."""

    rect: Rect
    pixels: Pixels

    def blend_into(self, pixels: Pixels, place: Rect) -> None:
        """Draw it over `pixels`, which show `place` of the desktop."""
        common = self.rect.intersection(place)
        if not common:
            return
        part = self.pixels[
            common.y - self.rect.y : common.bottom - self.rect.y,
            common.x - self.rect.x : common.right - self.rect.x,
        ]
        under = pixels[
            common.y - place.y : common.bottom - place.y,
            common.x - place.x : common.right - place.x,
        ]
        # Porter and Duff's "over" for premultiplied colour; 16 bits hold 255 * 255.
        opacity = part[:, :, 3:4].astype(np.uint16)
        behind = under[:, :, :3].astype(np.uint16) * (255 - opacity)
        under[:, :, :3] = part[:, :, :3] + ((behind + 127) // 255).astype(np.uint8)


class X11Watch(X11Desktop):
    """Waits for changes of the screen and of the monitor layout.

    Raises SourceUnavailable on a display without DAMAGE or XFIXES.
    """

    def __init__(self, display: str | None = None, *, with_cursor: bool = True) -> None:
        super().__init__(display)
        core = self.connection
        with display_errors("the watch was set up"):
            for name in ("DAMAGE", "XFIXES"):
                # Using an absent extension would end the connection.
                if not core.core.QueryExtension(len(name), name).reply().present:
                    self.close()
                    raise SourceUnavailable(N_("The display has no {name} extension."), name=name)
            self._xfixes = core(xcffib.xfixes.key)
            self._xfixes.QueryVersion(4, 0).reply()
            self._damage_api = core(xcffib.damage.key)
            self._damage_api.QueryVersion(1, 1).reply()
            self._damage = core.generate_id()
            self._region = core.generate_id()
            self._xfixes.CreateRegion(self._region, 0, [])
            # One event until it is collected, however much is painted meanwhile.
            self._damage_api.Create(self._damage, self.root, xcffib.damage.ReportLevel.NonEmpty)
            # Screen changes tell of modes, crtc changes of monitors that are plugged or unplugged,
            # and monitors made by a person ("xrandr --setmonitor") only configure the root window.
            self._randr.SelectInput(
                self.root,
                xcffib.randr.NotifyMask.ScreenChange | xcffib.randr.NotifyMask.CrtcChange,
            )
            core.core.ChangeWindowAttributes(
                self.root, xcffib.xproto.CW.EventMask, [xcffib.xproto.EventMask.StructureNotify]
            )
            if with_cursor:
                cursor_changes = xcffib.xfixes.CursorNotifyMask.DisplayCursor
                self._xfixes.SelectCursorInput(self.root, cursor_changes)
            core.flush()
        self._fd: int = core.get_file_descriptor()
        self._cursor: Cursor | None = None
        # Without a pointer to draw nobody would ever clear it, and every wait would end at once.
        self._cursor_is_stale = with_cursor
        self._pointer_at = (0, 0)
        self._has_damage = False
        self._layout_changed = False

    def wait(self, timeout_ns: int) -> bool:
        """Wait until something may have changed or the time is up; return whether it may have.

        Raises TargetLost when the display is gone.
        """
        self._read_events()
        if not self._pending:
            select.select([self._fd], [], [], max(0, timeout_ns) / NS_PER_S)
            self._read_events()
        return self._pending

    def collect(self) -> Changes:
        """Return the changes since the last call and watch on."""
        self._read_events()
        rects: tuple[Rect, ...] = ()
        if self._has_damage:
            self._has_damage = False
            with display_errors("the changed areas were read"):
                # Moves the damage into our region and arms the next event, in one step.
                self._damage_api.Subtract(self._damage, 0, self._region)
                reply = self._xfixes.FetchRegion(self._region).reply()
            rects = tuple(Rect(r.x, r.y, r.width, r.height) for r in reply.rectangles)
        changes = Changes(rects, self._layout_changed)
        self._layout_changed = False
        return changes

    def cursor(self) -> Cursor | None:
        """Return the pointer as it is now; None where it is hidden."""
        with display_errors("the pointer was read"):
            if not self._cursor_is_stale and self._cursor is not None:
                pointer = self.connection.core.QueryPointer(self.root).reply()
                if (pointer.root_x, pointer.root_y) == self._pointer_at:
                    return self._cursor
            image = self._xfixes.GetCursorImage().reply()
        self._cursor_is_stale = False
        self._pointer_at = (image.x, image.y)
        self._cursor = _cursor_of(image)
        return self._cursor

    @property
    def _pending(self) -> bool:
        return self._has_damage or self._layout_changed or self._cursor_is_stale

    def _read_events(self) -> None:
        with display_errors("the screen was watched"):
            while (event := self.connection.poll_for_event()) is not None:
                if isinstance(event, xcffib.damage.NotifyEvent):
                    self._has_damage = True
                elif isinstance(event, xcffib.xfixes.CursorNotifyEvent):
                    self._cursor_is_stale = True
                elif isinstance(event, _LAYOUT_EVENTS):
                    self._layout_changed = True
            self.connection.invalid()


def _cursor_of(image: xcffib.xfixes.GetCursorImageReply) -> Cursor | None:
    width, height = image.width, image.height
    if not width or not height:
        return None
    pixels = np.frombuffer(image.cursor_image.raw, np.uint8).reshape(height, width, 4)
    return Cursor(Rect(image.x - image.xhot, image.y - image.yhot, width, height), pixels)
