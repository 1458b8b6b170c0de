"""A private desktop in memory: X server, window manager and, when asked for, a message bus.

The demo and the tests use it, so that they need no screen and touch nobody's session.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import xcffib
import xcffib.xproto

Rect = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

_START_LIMIT_S = 20.0
_STOP_LIMIT_S = 5.0
_MM_PER_PIXEL = 25.4 / 96


class VirtualDesktop:
    """A context manager; `environment` is what programs on this desktop are started with.

    Each monitor is a name and a rectangle. Without any the whole screen is one monitor.
    `extensions_off` names X extensions that the server shall not have.
    """

    def __init__(
        self,
        size: str = "1920x1080",
        monitors: Sequence[tuple[str, Rect]] | None = None,
        *,
        dbus: bool = False,
        extensions_off: Sequence[str] = (),
    ) -> None:
        self.size = size
        self.display = ""
        self._dbus = dbus
        self._extensions_off = tuple(extensions_off)
        self._wanted = list(monitors or ())
        self._monitors: dict[str, Rect] = {}
        self._folder = Path()
        self._private: dict[str, str] = {}
        self._stack = contextlib.ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

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

    def kill_display(self) -> None:
        """End the X server as a crash would."""
        self._processes["Xvfb"].kill()
        self._processes["Xvfb"].wait()

    @contextlib.contextmanager
    def frozen_display(self) -> Iterator[None]:
        """Have the X server answer nobody for a while."""
        server = self._processes["Xvfb"]
        server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            server.send_signal(signal.SIGCONT)

    def _start(self, stack: contextlib.ExitStack) -> None:
        # Sockets are made in here, and their paths must be short.
        self._folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="desktop-", ignore_cleanup_errors=True)
            )
        )
        self.runtime_folder.mkdir(mode=0o700)
        self._private = {
            "XDG_RUNTIME_DIR": str(self.runtime_folder),
            "XDG_SESSION_TYPE": "x11",
            "LANG": "C.UTF-8",
            # Without an address programs would start a bus of their own that outlives them.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        server = ["Xvfb", "-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-noreset"]
        server += ["-s", "0"]
        for extension in self._extensions_off:
            server += ["-extension", extension]
        number = self._run_and_read(stack, server, "-displayfd")
        self.display = f":{number}"
        self._private["DISPLAY"] = self.display
        self._monitors = {}
        for name, rect in self._wanted:
            self.add_monitor(name, rect)
        if self._dbus and shutil.which("dbus-daemon"):
            address = f"--address=unix:path={self.runtime_folder / 'bus'}"
            self._private["DBUS_SESSION_BUS_ADDRESS"] = self._run_and_read(
                stack, ["dbus-daemon", "--session", "--nofork", address], "--print-address"
            )
        self._start_window_manager(stack)

    def _start_window_manager(self, stack: contextlib.ExitStack) -> None:
        connection = xcffib.connect(display=self.display)
        try:
            root = connection.get_setup().roots[0].root
            connection.core.ChangeWindowAttributesChecked(
                root, xcffib.xproto.CW.EventMask, [xcffib.xproto.EventMask.PropertyChange]
            ).check()
            name = "_NET_SUPPORTING_WM_CHECK"
            atom = connection.core.InternAtom(False, len(name), name).reply().atom
            process = self._run(stack, ["openbox", "--sm-disable"])
            deadline = time.monotonic() + _START_LIMIT_S
            while not _has_property(connection, root, atom):
                # Events that came along with the answer are in the library's own queue.
                if _drain(connection):
                    continue
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(self._failure("openbox"))
                select.select([connection.get_file_descriptor()], [], [], 0.1)
        finally:
            connection.disconnect()

    def _run_and_read(self, stack: contextlib.ExitStack, command: list[str], option: str) -> str:
        """Start `command`, which writes one line to the descriptor named by `option` when ready."""
        reader, writer = os.pipe()
        try:
            joint = "=" if option.startswith("--") else " "
            self._run(stack, [*command, *f"{option}{joint}{writer}".split()], writer)
        except BaseException:
            os.close(reader)
            raise
        finally:
            # Only the child may hold the writing end: then its death is seen as the end of file.
            os.close(writer)
        deadline = time.monotonic() + _START_LIMIT_S
        line = b""
        with open(reader, "rb", buffering=0) as pipe:
            while not line.endswith(b"\n"):
                left = max(0.0, deadline - time.monotonic())
                ready, _, _ = select.select([pipe], [], [], left)
                piece = pipe.read(1) if ready else b""
                if not piece:
                    raise RuntimeError(self._failure(command[0]))
                line += piece
        return line.decode().strip()

    def _run(
        self, stack: contextlib.ExitStack, command: list[str], *keep: int
    ) -> subprocess.Popen[bytes]:
        # Should this process be killed, the kernel ends the children in its place. It does so when
        # the starting thread ends: that thread must outlive the desktop.
        guard = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        home = str(self._folder)
        # Nothing is read from or written to the real home folder.
        places = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
        with (self._folder / f"{command[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [*guard, *command],
                env=self.environment | places | {"XDG_DATA_HOME": home},
                pass_fds=keep,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl+C in a terminal must stop the recorder first, not the screen it records.
                start_new_session=True,
            )
        stack.callback(_end, process)
        self._processes[command[0]] = process
        return process

    def _xrandr(self, *arguments: str) -> None:
        done = subprocess.run(
            ["xrandr", "-display", self.display, *arguments],
            capture_output=True,
            text=True,
            timeout=_START_LIMIT_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"xrandr {' '.join(arguments)} failed: {done.stderr.strip()}")

    def _failure(self, program: str) -> str:
        log = (self._folder / f"{program}.log").read_text(errors="replace")
        return f"{program} did not get ready: {log[-2000:].strip() or 'it printed nothing'}"

    @staticmethod
    def _without_session() -> dict[str, str]:
        gone = {"WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY"}
        return {name: value for name, value in os.environ.items() if name not in gone}


def _has_property(connection: xcffib.Connection, window: int, atom: int) -> bool:
    kind = xcffib.xproto.Atom.WINDOW
    reply = connection.core.GetProperty(False, window, atom, kind, 0, 1).reply()
    return bool(reply.value_len)


def _drain(connection: xcffib.Connection) -> bool:
    """Throw away the events that have come; return whether there were any."""
    found = False
    while connection.poll_for_event() is not None:
        found = True
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
