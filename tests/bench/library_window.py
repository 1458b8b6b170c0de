"""The library window with 100,000 recordings: ``make bench-library-window``.

On a private 1920x1080 desktop. Printed beside their limits are the time from opening the window to
its first picture with recordings in it, from a key to its results on the screen, and how long the
event loop was busy at a time while it scrolled, typed and jumped about.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from installers.virtual_desktop import VirtualDesktop
from recorder_app.library.database import Database
from tests.support.command import environment
from tests.support.library import fill, titles

if TYPE_CHECKING:
    from recorder_app.ui.library.window import LibraryWindow

FIRST_MS, RESULTS_MS, TURN_MS = 300.0, 100.0, 50.0
_LIMIT_S = 600.0
_TICK_MS = 5
_SCROLL_S = 5.0
_FRAME_S = 1 / 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=100_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        return 0 if _measure() else 1
    with (
        VirtualDesktop("1920x1080", dbus=True) as desktop,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
    ):
        env = environment(desktop.environment, home=Path(name))
        _make_library(env, chosen.recordings)
        command = [sys.executable, "-m", "tests.bench.library_window", "--inside"]
        return subprocess.run(command, env=env, check=False, timeout=_LIMIT_S).returncode


def _make_library(env: dict[str, str], count: int) -> None:
    code = "from recorder_app.services.library import library_path; print(library_path())"
    found = subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True
    )
    path = Path(found.stdout.strip())
    database = Database(path)
    with database.write() as session:
        ids = fill(session, count)
    database.close()
    # Pictures for those that are seen first, so that there is something to decode.
    picture = _picture()
    previews = subprocess.run(
        [sys.executable, "-c", "from recorder_app import paths; print(paths.preview_folder(''))"],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    for each in ids[-2000:]:
        folder = Path(previews.stdout.strip()) / each
        folder.mkdir(parents=True)
        (folder / "poster.jpg").write_bytes(picture)


def _picture() -> bytes:
    import numpy as np

    from recorder_app.media.stills import jpeg

    down, across = np.mgrid[0:360, 0:640]
    pixels = np.stack([down % 256, across % 256, (down + across) % 256], axis=2)
    return jpeg(pixels.astype(np.uint8))


class _Turns:
    """How long the event loop was away from a timer, in milliseconds."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.seen: list[float] = []
        self._last = time.monotonic()
        self._timer = QTimer(interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        self.seen = []
        self._last = time.monotonic()
        self._timer.start()

    def end(self) -> list[float]:
        self._timer.stop()
        return self.seen

    def _tick(self) -> None:
        now = time.monotonic()
        self.seen.append(max(0.0, (now - self._last) * 1000 - _TICK_MS))
        self._last = now


class _Trial:
    """The window on this desktop, and a clock."""

    def __init__(self) -> None:
        # Imported only inside: the outer process has no display.
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QApplication

        from recorder_app.library.listing import Filter, Order
        from recorder_app.services.finding import list_recordings
        from recorder_app.ui import pauses, style
        from recorder_app.ui.tokens import LIGHT

        class Painted(QObject):
            """Counts the pictures of a view."""

            count = 0

            def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
                self.count += event.type() == QEvent.Type.Paint
                return False

        self.app = QApplication([])
        style.apply(self.app, LIGHT)
        # As the app does at its start, and when its menu opens.
        pauses.take_turns()
        list_recordings(Filter(), Order.DATE, 5, 0)
        self.painted = Painted()
        self.window = self._made()
        pauses.keep_loaded()

    def _made(self) -> LibraryWindow:
        from recorder_app.settings.store import SettingsStore
        from recorder_app.ui.library.window import LibraryWindow
        from recorder_app.ui.tokens import LIGHT

        window = LibraryWindow(LIGHT, SettingsStore())
        window.resize(1600, 900)
        return window

    def wait(self, is_there: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not is_there():
            self.app.processEvents()
            assert time.monotonic() < until, "it takes too long"

    def spend(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()

    def open(self) -> float:
        """Open the window anew; return the milliseconds to its first recordings."""
        self.window.close()
        self.wait(lambda: self.window.is_idle)
        began = time.monotonic()
        window = self.window = self._made()
        window.show()
        self.wait(lambda: window.model.card(0) is not None)
        before = self.painted.count
        window.recordings.grid.viewport().installEventFilter(self.painted)
        self.wait(lambda: self.painted.count > before)
        took = (time.monotonic() - began) * 1000
        self.wait(lambda: window.is_idle)
        return took

    def type(self, letter: str) -> float:
        """Press a key; return the milliseconds to its results on the screen."""
        from PySide6.QtTest import QTest

        answered: list[bool] = []
        connection = self.window.model.answered.connect(lambda: answered.append(True))
        before = self.painted.count
        began = time.monotonic()
        QTest.keyClicks(self.window.bar.search, letter)
        self.wait(lambda: bool(answered) and self.painted.count > before)
        took = (time.monotonic() - began) * 1000
        self.window.model.answered.disconnect(connection)
        return took

    def clear(self) -> None:
        self.window.bar.search.clear()
        self.wait(lambda: self.window.is_idle and not self.window.model.question.text)

    def scroll(self, step: int) -> None:
        """Scroll by so many pixels sixty times a second."""
        bar = self.window.recordings.grid.verticalScrollBar()
        began = time.monotonic()
        frame = 0
        while time.monotonic() < began + _SCROLL_S:
            frame += 1
            bar.setValue((bar.value() + step) % max(1, bar.maximum()))
            self.app.processEvents()
            self.spend(began + frame * _FRAME_S - time.monotonic())


def _measure() -> bool:
    trial = _Trial()
    good = [_say("open to the first recordings", [trial.open() for _ in range(5)], FIRST_MS)]
    turns = _Turns()
    turns.begin()
    results = []
    for title in titles(12, seed=9):
        for word in title.split()[:2]:
            for letter in filter(str.isascii, word[:8]):
                results.append(trial.type(letter))
                # Until a person's next key.
                trial.spend(0.06)
            trial.clear()
    good.append(_say("key to its results", results, RESULTS_MS))
    good.append(_say("turns while typing", turns.end(), TURN_MS, share=1.0))
    far = trial.window.recordings.grid.verticalScrollBar().maximum() // 37
    for name, step in (("slowly", 12), ("fast", 600), ("jumping", far)):
        turns.begin()
        trial.scroll(step)
        good.append(_say(f"turns while scrolling {name}", turns.end(), TURN_MS, share=1.0))
    trial.window.close()
    return all(good)


def _say(name: str, times: list[float], limit: float, share: float = 0.95) -> bool:
    ordered = sorted(times)
    at = ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    verdict = "" if at <= limit else "  TOO SLOW"
    print(
        f"{name:<32} p{share * 100:.0f} {at:6.1f} ms (at most {limit:.0f}), median "
        f"{ordered[len(ordered) // 2]:6.1f} of {len(ordered)}{verdict}",
        flush=True,
    )
    return at <= limit


if __name__ == "__main__":
    sys.exit(main())
