"""The app with a clock in its event loop, for ``tests.bench.app``; the argument is a file.

A timer of 5 ms tells how long the loop was away from it: that is what a click would have waited.
The file gets a line ``monotonic_s turn_ms`` for each time round the loop.
"""

from __future__ import annotations

import array
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from recorder_app.ui import main as app

_EVERY_MS = 5


class _Probe:
    def __init__(self, qt: QApplication, file: Path) -> None:
        self._file = file
        self._seen = array.array("d")
        self._last = time.monotonic()
        self._timer = QTimer(qt, interval=_EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        qt.aboutToQuit.connect(self._write)

    def _tick(self) -> None:
        now = time.monotonic()
        self._seen.extend((now, max(0.0, (now - self._last) * 1000 - _EVERY_MS)))
        self._last = now

    def _write(self) -> None:
        pairs = zip(self._seen[::2], self._seen[1::2], strict=True)
        self._file.write_text("".join(f"{at:.6f} {turn:.3f}\n" for at, turn in pairs))


def main() -> int:
    file = Path(sys.argv.pop())
    make: Callable[[list[str]], QApplication] = vars(app)["_make_qt"]
    probes = []

    def make_with_probe(arguments: list[str]) -> QApplication:
        qt = make(arguments)
        probes.append(_Probe(qt, file))
        return qt

    vars(app)["_make_qt"] = make_with_probe
    return app.run()


if __name__ == "__main__":
    sys.exit(main())
