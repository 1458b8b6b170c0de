"""An X11 connection of our own: monitors, windows and their places.

mss grabs pixels and knows nothing else; what there is to grab is asked here. A connection is used
by one thread.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import xcffib
import xcffib.randr
import xcffib.xproto

from recorder_app.capture.base import Monitor, Window
from recorder_app.errors import SourceUnavailable, TargetLost
from recorder_app.media.geometry import Rect
from recorder_app.texts import N_

# Longest title and client list read, in 4-byte units: more than any desktop has.
_PROPERTY_LONGS = 4096


@contextlib.contextmanager
def display_errors(during: str) -> Iterator[None]:
    """Translate a broken connection into TargetLost."""
    try:
        yield
    except (xcffib.ConnectionException, xcffib.XcffibException, OSError) as error:
        raise TargetLost(
            N_("The display went away while {during}."),
            hint=N_("What was recorded so far is kept. Log in again and start a new recording."),
            during=during,
        ) from error


class X11Desktop:
    """What is on the display named by DISPLAY. Raises SourceUnavailable when it cannot be reached.

    Methods raise TargetLost when the connection breaks.
    """

    def __init__(self, display: str | None = None) -> None:
        try:
            self.connection = xcffib.connect(display=display)
            self._setup = self.connection.get_setup()
        except (xcffib.ConnectionException, xcffib.XcffibException, OSError) as error:
            raise SourceUnavailable(
                N_("The display cannot be reached."),
                hint=N_("Check DISPLAY and that this user may use it (XAUTHORITY)."),
            ) from error
        self.screen = self._setup.roots[self.connection.pref_screen]
        self.root: int = self.screen.root
        self._randr = self.connection(xcffib.randr.key)
        self._atoms: dict[str, int] = {}
        with display_errors("connecting"):
            # GetMonitors came with version 1.5; asking for it is what enables it.
            self._randr.QueryVersion(1, 5).reply()

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        with contextlib.suppress(xcffib.ConnectionException, xcffib.XcffibException):
            self.connection.disconnect()

    def desktop_rect(self) -> Rect:
        """Return the whole desktop, asked anew: it changes with the monitors."""
        with display_errors("the desktop was measured"):
            geometry = self.connection.core.GetGeometry(self.root).reply()
        return Rect(0, 0, geometry.width, geometry.height)

    def monitors(self) -> list[Monitor]:
        """Return the active monitors, the primary first, then from left to right."""
        with display_errors("the monitors were listed"):
            reply = self._randr.GetMonitors(self.root, 1).reply()
        found = [
            Monitor(
                self._atom_name(info.name),
                Rect(info.x, info.y, info.width, info.height),
                bool(info.primary),
            )
            for info in reply.monitors
        ]
        return sorted(found, key=lambda monitor: (not monitor.is_primary, monitor.rect))

    def windows(self) -> list[Window]:
        """Return the windows the window manager manages, or all mapped ones without a manager.

        Those in front come last.
        """
        with display_errors("the windows were listed"):
            ids = self._longs(self.root, "_NET_CLIENT_LIST_STACKING")
            if not ids:
                ids = list(self.connection.core.QueryTree(self.root).reply().children)
            found = []
            for window_id in ids:
                rect = self.window_rect(window_id)
                title = self.window_title(window_id) if rect is not None else ""
                if rect is not None and title:
                    found.append(Window(window_id, title, rect, self._window_pid(window_id)))
        return found

    def window_rect(self, window_id: int) -> Rect | None:
        """Return a window's place on the desktop; empty while it is hidden, None if it is gone."""
        core = self.connection.core
        with display_errors("a window was followed"):
            try:
                attributes = core.GetWindowAttributes(window_id)
                geometry = core.GetGeometry(window_id)
                corner = core.TranslateCoordinates(window_id, self.root, 0, 0)
                state = attributes.reply().map_state
                size, place = geometry.reply(), corner.reply()
            except xcffib.xproto.WindowError:
                return None
            except xcffib.xproto.DrawableError:
                return None
        if state != xcffib.xproto.MapState.Viewable:
            return Rect(place.dst_x, place.dst_y, 0, 0)
        return Rect(place.dst_x, place.dst_y, size.width, size.height)

    def is_covering(self, window_id: int) -> bool:
        """Return whether a window, or what a window manager put around it, is on the screen."""
        core = self.connection.core
        with display_errors("a window was watched"):
            try:
                top = window_id
                while (tree := core.QueryTree(top).reply()).parent not in (0, tree.root):
                    top = tree.parent
                state = core.GetWindowAttributes(top).reply().map_state
            except xcffib.xproto.WindowError:
                return False
        return bool(state == xcffib.xproto.MapState.Viewable)

    def is_composited(self) -> bool:
        """Return whether a compositor draws the screen."""
        with display_errors("a compositor was looked for"):
            atom = self._atom(f"_NET_WM_CM_S{self.connection.pref_screen}")
            return bool(self.connection.core.GetSelectionOwner(atom).reply().owner)

    def window_title(self, window_id: int) -> str:
        """Return a window's title, empty when it has none."""
        with display_errors("a title was read"):
            for name in ("_NET_WM_NAME", "WM_NAME"):
                try:
                    value = self._property(window_id, name)
                except xcffib.xproto.WindowError:
                    return ""
                if value:
                    return value.decode("utf-8", "replace").strip("\0")
        return ""

    def _window_pid(self, window_id: int) -> int:
        try:
            return next(iter(self._longs(window_id, "_NET_WM_PID")), 0)
        except xcffib.xproto.WindowError:
            return 0

    def _property(self, window_id: int, name: str) -> bytes:
        reply = self.connection.core.GetProperty(
            False, window_id, self._atom(name), xcffib.xproto.Atom.Any, 0, _PROPERTY_LONGS
        ).reply()
        return b"".join(reply.value) if reply.value_len else b""

    def _longs(self, window_id: int, name: str) -> list[int]:
        reply = self.connection.core.GetProperty(
            False, window_id, self._atom(name), xcffib.xproto.Atom.Any, 0, _PROPERTY_LONGS
        ).reply()
        return list(reply.value.to_atoms()) if reply.format == 32 else []

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            reply = self.connection.core.InternAtom(False, len(name), name).reply()
            self._atoms[name] = reply.atom
        return self._atoms[name]

    def _atom_name(self, atom: int) -> str:
        return str(self.connection.core.GetAtomName(atom).reply().name.to_string())
