"""Pictures of the library's panels in both themes, with a library that has something of all.

``python -m tests.gui.library_pictures FOLDER`` needs no display.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from recorder_app.ui import style
from recorder_app.ui.library.activity import ActivityPanel
from recorder_app.ui.library.details import DetailsPanel
from recorder_app.ui.tokens import DARK, LIGHT, Theme
from tests.gui import library_scenes as scenes

_WIDTHS = {"small": 300, "large": 420}
_LIMIT_S = 10.0


def main(folder: Path) -> int:
    """Render in a process of its own for each scale, with a home of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for scale in ("1", "2"):
        with tempfile.TemporaryDirectory(prefix="home-") as home:
            homes = {f"XDG_{kind}_HOME": home for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
            env = {**os.environ, **homes, "QT_SCALE_FACTOR": scale}
            command = [sys.executable, "-m", "tests.gui.library_pictures", str(folder), scale]
            subprocess.run([*command, home], env=env, check=True)
    return 0


class Renderer:
    def __init__(self, folder: Path, scale: str, home: Path) -> None:
        self._folder, self._scale = folder, scale
        self._app = QApplication([])
        with scenes.opened() as database:
            self._take = scenes.take(database, home)
            self._others = [
                scenes.enter(database, home / f"{title}.webm", title) for title in ("One", "Two")
            ]
            scenes.busy(database, home)

    def render(self, theme: Theme) -> None:
        """Render both panels in their states."""
        style.apply(self._app, theme)
        activity = ActivityPanel(theme)
        activity.resize(760, activity.sizeHint().height())
        activity.begin()
        activity.show()
        self._wait(activity.problems.isVisible)
        self._save(activity, "activity-line", theme)
        activity.set_open(is_open=True)
        self._save(activity, "activity", theme)
        activity.end()
        activity.close()
        for size, width in _WIDTHS.items():
            details = DetailsPanel(theme)
            details.resize(width, 1500)
            details.show()
            for name, ids in (
                ("one", [self._take]),
                ("several", [self._take, *self._others]),
                ("none", []),
            ):
                details.show_recordings(ids)
                self._wait(partial(_is_idle, details))
                self._save(details, f"details-{name}-{size}", theme)
            details.close()

    def _wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _LIMIT_S
        while not is_so():
            assert time.monotonic() < deadline, "it is not shown"
            self._app.processEvents()
            time.sleep(0.01)
        self._app.processEvents()

    def _save(self, window: QWidget, name: str, theme: Theme) -> None:
        self._app.processEvents()
        shade = "dark" if theme.is_dark else "light"
        path = self._folder / f"{name}-{shade}-{self._scale}x.png"
        window.grab().save(str(path))
        print(path)


def _is_idle(panel: DetailsPanel) -> bool:
    return panel.is_idle


def render(folder: Path, scale: str, home: Path) -> None:
    renderer = Renderer(folder, scale, home)
    for theme in (LIGHT, DARK):
        renderer.render(theme)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        render(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main(Path(sys.argv[1])))
