"""The library window over a library such as people have.

``python -m tests.support.library_window window COUNT`` adds recordings with posters to this user's
library, older than those that are there, and shows the window by itself; with ``app`` the app is
started with it; with ``trim`` the newest recording is in the trim view.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from recorder_app import paths
from recorder_app.library import listing
from recorder_app.library.database import Database
from recorder_app.library.models import Job, Recording
from recorder_app.media.frames import Pixels
from recorder_app.media.stills import STRIP_PICTURES, STRIP_WIDTH, jpeg
from recorder_app.services.library import library_path
from recorder_app.settings.store import SettingsStore
from recorder_app.ui import style
from recorder_app.ui.application import App
from recorder_app.ui.library.window import LibraryWindow
from recorder_app.ui.tokens import LIGHT
from tests.support.library import fill

_WITH_POSTERS = 60
# The app has its place in the tray first.
_STARTED_MS = 1000


def make(count: int) -> None:
    """Make the library: the newest recordings of the last weeks, with pictures and work."""
    database = Database(library_path())
    with database.write() as session:
        newest = fill(session, count)[::-1]
        now = datetime.now(UTC)
        for number, each in enumerate(newest[:_WITH_POSTERS]):
            row = session.get_one(Recording, each)
            row.created_at = now - timedelta(hours=7 * number + 1)
            row.deleted_at = None
        for number, state in ((1, "running"), (4, "failed")):
            upload = Job(kind="upload", lane="network", state=state, progress=0.62)
            upload.recording_id = newest[number]
            session.add(upload)
    database.close()
    chance = random.Random(3)
    for each in newest[:_WITH_POSTERS]:
        folder = paths.preview_folder(each)
        folder.mkdir(parents=True)
        colour = [chance.randrange(40, 200) for _ in range(3)]
        (folder / "poster.jpg").write_bytes(jpeg(_picture(640, 360, 0.0, colour)))
        parts = [
            _picture(STRIP_WIDTH, 90, part / STRIP_PICTURES, colour)
            for part in range(STRIP_PICTURES)
        ]
        (folder / "strip.jpg").write_bytes(jpeg(np.concatenate(parts, axis=1)))


def _picture(width: int, height: int, share: float, colour: list[int]) -> Pixels:
    """Return a desktop with a window that wanders to the right."""
    down, across = np.mgrid[0:height, 0:width]
    pixels = np.zeros((height, width, 3), np.uint8)
    for channel, base in enumerate(colour):
        wave = 40 * np.sin(across / width * 4 + channel) + 30 * down / height
        pixels[..., channel] = np.clip(base + wave, 0, 255)
    left = int(width * (0.12 + 0.3 * share))
    right, top, bottom = left + width // 2, height // 5, height * 4 // 5
    pixels[top:bottom, left:right] = 245
    pixels[top : top + height // 16, left:right] = colour
    for line in range(6):
        y = height // 3 + line * height // 14
        end = left + width // 50 + width * (2 + line % 3) // 10
        pixels[y : y + max(1, height // 60), left + width // 50 : end] = 90
    return pixels


def main() -> int:
    if len(sys.argv) > 2:
        make(int(sys.argv[2]))
    qt = QApplication(sys.argv[:1])
    return _window_alone(qt) if sys.argv[1] == "window" else _in_app(qt)


def _window_alone(qt: QApplication) -> int:
    style.apply(qt, LIGHT)
    window = LibraryWindow(LIGHT, SettingsStore())
    window.closed.connect(qt.quit)
    window.bring_up()
    return qt.exec()


def _in_app(qt: QApplication) -> int:
    qt.setQuitOnLastWindowClosed(False)
    app = App(qt, SettingsStore())
    app.begin()
    show = app.show_library if sys.argv[1] == "app" else partial(app._desk.trim, _newest())
    QTimer.singleShot(_STARTED_MS, show)
    return qt.exec()


def _newest() -> str:
    database = Database(library_path())
    with database.read() as session:
        [newest] = listing.page(session, limit=1)
    database.close()
    return newest.id


if __name__ == "__main__":
    sys.exit(main())
