"""Pictures of every window in both themes, from the real app: ``make screenshots``.

Prints what it writes. The README's pictures are cut from these.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from installers.virtual_desktop import VirtualDesktop
from recorder_app.media.geometry import Rect
from tests.gui import library_pictures
from tests.support.command import environment, run
from tests.support.hands import Hands, wait_until
from tests.support.painting import paint_root, painter

SIZE = (1280, 800)
# Room for the library at twice the size.
LARGE = (1920, 1200)
AREA = ((300, 150), (940, 510))
# Windows appear and disappear in steps.
_SETTLED_S = 0.7
# What to press for which picture of the library.
_LIBRARY = {
    "library": (),
    "library-chosen": ("Home", "shift+Right", "shift+Right"),
    "library-playing": ("Home", "Return"),
    "library-search": ("ctrl+f", "type databse"),
    "library-nothing": ("ctrl+a", "type qqqqq"),
}


class Photographer:
    """Goes through the app's windows in one theme on a desktop of its own."""

    def __init__(self, env: Mapping[str, str], folder: Path, theme: str) -> None:
        self._env, self._folder, self._theme = dict(env), folder, theme
        self._hands = Hands(env)

    def take_all(self) -> None:
        run("settings", "set", "appearance.theme", self._theme, env=self._env)
        app = subprocess.Popen([sys.executable, "-m", "recorder_app"], env=self._env)
        try:
            icon = wait_until(lambda: self._hands.tray_icons())[0]
            wait_until(lambda: self._command("status"))
            self._hands.window("Welcome to Recorder")
            self._take("first-run")
            self._hands.key("Escape")
            self._hands.right_click_on(icon.rect)
            self._take("menu")
            self._hands.key("Escape")
            self._take_settings(icon.rect)
            self._command("start", "area")
            time.sleep(_SETTLED_S)
            self._hands.drag(*AREA)
            self._take("picker")
            self._hands.key("Return")
            wait_until(lambda: self._command("status").startswith("recording"))
            self._command("mark", "Intro")
            self._hands.move(1100, 700)
            time.sleep(3)
            self._take("recording")
            self._hands.right_click_on(icon.rect)
            self._take("menu-recording")
            self._hands.key("Escape")
            self._command("pause")
            self._take("paused")
            self._command("stop")
            time.sleep(4)
            self._take("card")
        finally:
            app.terminate()
            app.wait(20)

    def _take_settings(self, icon: Rect) -> None:
        # A preset, so that its page is not empty.
        for field, value in (("format", "mp4"), ("shortcut", "Ctrl+Alt+D")):
            run("settings", "set", f"presets.Demo.{field}", value, env=self._env)
        # And a destination, which needs no keyring.
        folder = f"folder={self._env['HOME']}"
        run("destination", "add", "Team share", "--kind", "folder", "--set", folder, env=self._env)
        self._hands.right_click_on(icon)
        time.sleep(_SETTLED_S)
        # From its end: Quit, Settings.
        self._hands.key("Up", "Up", "Return")
        self._hands.focus(self._hands.window("Settings"))
        self._take("settings")
        for page in ("Sound", "Presets", "Destinations"):
            # The list of pages goes to what is typed.
            self._hands.type(page.lower())
            self._take(f"settings-{page.lower()}")
            time.sleep(_SETTLED_S)
        self._hands.key("Escape")

    def take_library(self) -> None:
        """Take the library window with many recordings, the player and the trim view."""
        for scale, more in (("1", ("300",)), ("2", ())):
            self._env["QT_SCALE_FACTOR"] = scale
            with self._library("app", *more):
                for name, keys in _LIBRARY.items():
                    for key in keys:
                        if key.startswith("type "):
                            self._hands.type(key.removeprefix("type "))
                        else:
                            self._hands.key(key)
                    self._take(f"{name}-{scale}x")
            with self._library("trim"):
                time.sleep(_SETTLED_S)
                self._hands.key("Right", "Right", "i")
                self._take(f"trim-{scale}x")
                self._hands.key("ctrl+e")
                self._take(f"export-{scale}x")
        del self._env["QT_SCALE_FACTOR"]

    @contextlib.contextmanager
    def _library(self, *arguments: str) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.support.library_window", *arguments]
        app = subprocess.Popen(command, env=self._env)
        try:
            self._hands.focus(self._hands.window("^Library"))
            time.sleep(_SETTLED_S)
            yield
        finally:
            app.terminate()
            app.wait(20)

    def _command(self, *arguments: str) -> str:
        return run(*arguments, env=self._env).stdout

    def _take(self, name: str) -> None:
        time.sleep(_SETTLED_S)
        path = self._folder / f"{name}-{self._theme}.png"
        subprocess.run(
            ["import", "-window", "root", str(path)], env=self._env, check=True, timeout=20
        )
        print(path)


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        with tempfile.TemporaryDirectory(prefix="home-") as home:
            with _desktop(SIZE, Path(home)) as env:
                Photographer(env, folder, theme).take_all()
            with _desktop(LARGE, Path(home)) as env:
                Photographer(env, folder, theme).take_library()
    # In every state, which the app comes to only in time.
    return library_pictures.main(folder)


@contextlib.contextmanager
def _desktop(size: tuple[int, int], home: Path) -> Iterator[dict[str, str]]:
    """Show a desktop with somebody typing; yield what a program there needs to know."""
    with VirtualDesktop(
        "x".join(map(str, size)), dbus=True, sound="pipewire", tray=True, notifications=True
    ) as desktop:
        env = environment(desktop.environment, home=home)
        down, across = np.mgrid[0 : size[1], 0 : size[0]]
        pixels = np.zeros((size[1], size[0], 4), np.uint8)
        pixels[..., 0] = 120 + down * 60 // size[1]
        pixels[..., 1] = 90 + across * 50 // size[0]
        pixels[..., 2] = 60 + down * 40 // size[1]
        paint_root(env["DISPLAY"], pixels)
        with painter(env, "typing", "--title", "Notes", "--geometry", "640x360+300+150"):
            yield env


if __name__ == "__main__":
    sys.exit(main())
