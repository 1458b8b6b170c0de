"""A private desktop in memory: X server, window manager and what else is asked for.

The demo and the tests use it, so that they need no screen and touch nobody's session.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import xcffib
import xcffib.xproto

from installers import desktop_programs
from installers.programs import START_LIMIT_S, Programs
from installers.virtual_sound import Server, VirtualSound, without_sound

Rect = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

_MM_PER_PIXEL = 25.4 / 96


class VirtualDesktop:
    """A context manager; `environment` is what programs on this desktop are started with.

    Each monitor is a name and a rectangle. Without any the whole screen is one monitor.
    `extensions_off` names X extensions that the server shall not have. `sound` is the sound server
    to start; without it programs on this desktop find none. `tray` is a place for icons;
    `notifications` (a daemon) and `accessibility` (programs show their widgets) need `dbus`.
    """

    def __init__(
        self,
        size: str = "1920x1080",
        monitors: Sequence[tuple[str, Rect]] | None = None,
        *,
        dbus: bool = False,
        sound: Server | None = None,
        tray: bool = False,
        notifications: bool = False,
        accessibility: bool = False,
        extensions_off: Sequence[str] = (),
    ) -> None:
        self.size = size
        self.display = ""
        self._dbus = dbus
        self._server = sound
        self._sound: VirtualSound | None = None
        self._tray, self._notifications, self._accessibility = tray, notifications, accessibility
        self._extensions_off = tuple(extensions_off)
        self._wanted = list(monitors or ())
        self._monitors: dict[str, Rect] = {}
        self._folder = Path()
        self._private: dict[str, str] = {}
        self._stack = contextlib.ExitStack()
        self._programs = Programs(self._folder)

    def __enter__(self) -> Self:
        # Whatever was started is ended again when a later step fails or is interrupted.
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def environment(self) -> dict[str, str]:
        """Return a new environment for programs that shall run on this desktop."""
        return self._without_session() | self._private

    @property
    def runtime_folder(self) -> Path:
        """Return the private folder that is this desktop's XDG_RUNTIME_DIR."""
        return self._folder / "run"

    @property
    def sound(self) -> VirtualSound:
        """Return this desktop's sound; raises RuntimeError when it has none."""
        if self._sound is None:
            raise RuntimeError("This desktop was made without sound.")
        return self._sound

    @property
    def notifications_log(self) -> Path:
        """Return the file in which the notification daemon writes what it showed."""
        return self._folder / "dunst.log"

    def add_monitor(self, name: str, rect: Rect) -> None:
        """Plug in a monitor, or change it when there is one of that name."""
        if name in self._monitors:
            # The server refuses a second one of the same name.
            self._xrandr("--delmonitor", name)
        left, top, width, height = rect
        wide, high = round(width * _MM_PER_PIXEL), round(height * _MM_PER_PIXEL)
        # One monitor must hold the only output, else the server adds one over the whole screen.
        holder = next(iter(self._monitors), name)
        self._xrandr(
            "--setmonitor",
            name,
            f"{width}/{wide}x{height}/{high}+{left}+{top}",
            "screen" if name == holder else "none",
        )
        self._monitors[name] = rect

    def remove_monitor(self, name: str) -> None:
        """Unplug the monitor `name`."""
        holder = next(iter(self._monitors), "")
        self._xrandr("--delmonitor", name)
        del self._monitors[name]
        if name == holder and self._monitors:
            self.add_monitor(*next(iter(self._monitors.items())))

    def kill_notifications(self) -> None:
        """End the notification daemon as a crash would."""
        self._programs.kill("dunst")

    @contextlib.contextmanager
    def frozen_notifications(self) -> Iterator[None]:
        """Have the notification daemon answer nobody for a while."""
        with self._programs.frozen("dunst"):
            yield

    def kill_display(self) -> None:
        """End the X server as a crash would."""
        self._programs.kill("Xvfb")

    @contextlib.contextmanager
    def frozen_display(self) -> Iterator[None]:
        """Have the X server answer nobody for a while."""
        with self._programs.frozen("Xvfb"):
            yield

    def _start(self, stack: contextlib.ExitStack) -> None:
        # Sockets are made in here, and their paths must be short.
        self._folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="desktop-", ignore_cleanup_errors=True)
            )
        )
        self._programs = stack.enter_context(Programs(self._folder))
        self.runtime_folder.mkdir(mode=0o700)
        self._private = {
            "XDG_RUNTIME_DIR": str(self.runtime_folder),
            "XDG_SESSION_TYPE": "x11",
            "LANG": "C.UTF-8",
            # Without an address programs would start a bus of their own that outlives them.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            # Without an address programs would start a sound server, or find one by other ways.
            "PULSE_SERVER": f"unix:{self.runtime_folder / 'no-sound-server'}",
        }
        server = ["Xvfb", "-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-noreset"]
        server += ["-s", "0"]
        for extension in self._extensions_off:
            server += ["-extension", extension]
        number = self._programs.start_and_read(server, self.environment, "-displayfd")
        self.display = f":{number}"
        self._private["DISPLAY"] = self.display
        self._monitors = {}
        for name, rect in self._wanted:
            self.add_monitor(name, rect)
        if self._dbus and shutil.which("dbus-daemon"):
            address = f"--address=unix:path={self.runtime_folder / 'bus'}"
            self._private["DBUS_SESSION_BUS_ADDRESS"] = self._programs.start_and_read(
                ["dbus-daemon", "--session", "--nofork", address],
                self.environment,
                "--print-address",
            )
        if self._server:
            sound = VirtualSound(self._folder / "sound", self.environment, self._server)
            self._sound = stack.enter_context(sound)
            self._private |= sound.variables
        self._start_window_manager()
        if self._tray:
            desktop_programs.start_tray(self._programs, self.environment)
        if self._notifications:
            desktop_programs.start_notifications(self._programs, self.environment, self._folder)
        if self._accessibility:
            self._private |= desktop_programs.start_accessibility(self._programs, self.environment)

    def _start_window_manager(self) -> None:
        connection = xcffib.connect(display=self.display)
        try:
            root = connection.get_setup().roots[0].root
            name = "_NET_SUPPORTING_WM_CHECK"
            atom = connection.core.InternAtom(False, len(name), name).reply().atom
            self._programs.start(["openbox", "--sm-disable"], self.environment)
            self._programs.wait_until(lambda: _has_property(connection, root, atom), "openbox")
        finally:
            connection.disconnect()

    def _xrandr(self, *arguments: str) -> None:
        done = subprocess.run(
            ["xrandr", "-display", self.display, *arguments],
            capture_output=True,
            text=True,
            timeout=START_LIMIT_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"xrandr {' '.join(arguments)} failed: {done.stderr.strip()}")

    @staticmethod
    def _without_session() -> dict[str, str]:
        gone = {"WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY"}
        gone |= {"QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS"}
        kept = {name: value for name, value in os.environ.items() if name not in gone}
        return without_sound(kept)


def _has_property(connection: xcffib.Connection, window: int, atom: int) -> bool:
    kind = xcffib.xproto.Atom.WINDOW
    reply = connection.core.GetProperty(False, window, atom, kind, 0, 1).reply()
    return bool(reply.value_len)
