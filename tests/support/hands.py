"""What a person's hands do on a desktop: real keys and a real mouse, by xdotool."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from installers.desktop_programs import embedded_windows
from recorder_app.capture.x11 import X11Desktop
from recorder_app.media.geometry import Rect

LIMIT_S = 20.0
"""How long a tool may take and something may take to happen, in seconds."""

_LOOK_AGAIN_S = 0.02

Found = TypeVar("Found")


def wait_until(condition: Callable[[], Found], limit_s: float = LIMIT_S) -> Found:
    """Wait until `condition` returns something true, and return it."""
    deadline = time.monotonic() + limit_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"it did not become so within {limit_s} s"
        time.sleep(_LOOK_AGAIN_S)
    return found


@dataclass(frozen=True, slots=True)
class TrayIcon:
    """An icon that stands in the tray (XEmbed): its window and where it is on the desktop."""

    window: int
    rect: Rect


class Hands:
    """Keyboard and mouse of the desktop `env`. xdotool's names of keys: "ctrl+alt+r", "Print"."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def tool(self, *arguments: object) -> str:
        """Run xdotool, which must succeed; return what it printed."""
        done = subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self._env,
            check=True,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        return done.stdout.strip()

    def key(self, *combinations: str) -> None:
        """Press and let go of combinations of keys, one after the other."""
        self.tool("key", *combinations)

    def hold(self, combination: str, for_s: float) -> None:
        """Hold a combination of keys down."""
        self.tool("keydown", combination, "sleep", for_s, "keyup", combination)

    def type(self, text: str) -> None:
        self.tool("type", "--delay", 20, text)

    def move(self, x: int, y: int) -> None:
        # Not --sync: where the pointer is already, that waits in vain for a quarter of a minute.
        self.tool("mousemove", x, y)

    def click(self, x: int, y: int, *, button: int = 1) -> None:
        """Click at a place of the desktop, in pixels."""
        # Toolkits want to see the pointer come before it clicks.
        self.tool("mousemove", x, y, "sleep", 0.05, "click", button)

    def click_on(self, rect: Rect, *, button: int = 1) -> None:
        """Click into the middle of `rect`."""
        self.click(rect.x + rect.width // 2, rect.y + rect.height // 2, button=button)

    def right_click_on(self, rect: Rect) -> None:
        self.click_on(rect, button=3)

    def drag(
        self,
        start: tuple[int, int],
        end: tuple[int, int],
        *,
        until: Callable[[], object] | None = None,
    ) -> None:
        """Press the left button at `start`, go to `end` in steps, and let go.

        Let go only when `until` is true: what is dragged to another program is asked about there.
        """
        steps: list[object] = []
        for step in range(1, 11):
            x, y = (a + (b - a) * step // 10 for a, b in zip(start, end, strict=True))
            steps += ["mousemove", x, y, "sleep", 0.02]
        self.tool("mousemove", *start, "sleep", 0.05, "mousedown", 1, *steps)
        try:
            if until is not None:
                wait_until(until)
        finally:
            self.tool("mouseup", 1)

    def window(self, title: str) -> int:
        """Return the visible window whose title contains `title`, waiting for it."""
        return self._window("--name", title)

    def window_of(self, program: str) -> int:
        """Return the visible window of a program, as its window class names it."""
        return self._window("--class", program)

    def _window(self, *wanted: str) -> int:
        def find() -> str:
            found = subprocess.run(
                ["xdotool", "search", "--onlyvisible", *wanted],
                env=self._env,
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
            return found.stdout.strip()

        return int(wait_until(find).splitlines()[-1])

    def focus(self, window: int) -> None:
        """Give a window the keyboard."""
        self.tool("windowactivate", "--sync", window)

    def place(self, window: int) -> Rect:
        """Return where a window is on the desktop."""
        desktop = X11Desktop(self._env["DISPLAY"])
        try:
            rect = desktop.window_rect(window)
        finally:
            desktop.close()
        assert rect is not None, "the window is gone"
        return rect

    def tray_icons(self) -> list[TrayIcon]:
        """Return the icons that stand in the tray now, from left to right."""
        desktop = X11Desktop(self._env["DISPLAY"])
        try:
            found = embedded_windows(desktop.connection, desktop.root)
            icons = [TrayIcon(window, rect) for window in found
                     if (rect := desktop.window_rect(window))]  # fmt: skip
        finally:
            desktop.close()
        return sorted(icons, key=lambda icon: icon.rect)

    def tray_icon(self) -> TrayIcon:
        """Return the only icon in the tray, waiting for it."""
        icons = wait_until(self.tray_icons)
        assert len(icons) == 1, icons
        return icons[0]
