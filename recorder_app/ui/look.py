"""What the app must know of the desktop before someone asks, listed off the GUI thread."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from recorder_app.errors import RecorderError
from recorder_app.pipeline.stage import as_recorder_error
from recorder_app.services.targets import TargetEntry, TargetList, list_offers
from recorder_app.ui.background import Background
from recorder_app.ui.take_windows import device_rect

_log = logging.getLogger(__name__)

# Screens come and go in several steps.
_SETTLED_MS = 300


class Monitors(QObject):
    """The recorder's own list of monitors, renewed when screens change.

    `told` carries why there is none that can be recorded, or None; that of now is `problem`.
    """

    told = Signal(object)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._list = TargetList([], [])
        self.problem: RecorderError | None = None
        self._later = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._later.timeout.connect(self.look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._follow)
            app.screenRemoved.connect(lambda _: self._later.start())
            for screen in app.screens():
                screen.geometryChanged.connect(lambda _: self._later.start())

    def look(self) -> None:
        """List them anew."""
        self._background.run(list_offers, self._take_in, self._miss)

    @property
    def all(self) -> list[TargetEntry]:
        """Those of the last look, none while that is not known."""
        return self._list.monitors

    def of(self, screen: QScreen) -> TargetEntry | None:
        """Return what the recorder calls `screen`, None while that is not known."""
        named = [each for each in self._list.monitors if each.name == screen.name()]
        corner = device_rect(screen).topLeft()
        placed = [
            each for each in self._list.monitors if (each.x, each.y) == (corner.x(), corner.y())
        ]
        found = [*named, *placed]
        return found[0] if found else None

    def rect_of(self, target: str) -> tuple[int, int, int, int] | None:
        """Return where a target is, in device pixels, None while that is not known."""
        if target == "all":
            return self._everything()
        for each in self._list.monitors:
            if each.target == target:
                return (each.x, each.y, each.width, each.height)
        return None

    def _everything(self) -> tuple[int, int, int, int] | None:
        monitors = self._list.monitors
        if not monitors:
            return None
        left, top = min(each.x for each in monitors), min(each.y for each in monitors)
        right = max(each.x + each.width for each in monitors)
        bottom = max(each.y + each.height for each in monitors)
        return (left, top, right - left, bottom - top)

    def _follow(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(lambda _: self._later.start())
        self._later.start()

    def _take_in(self, found: TargetList) -> None:
        self._list = found
        self._tell(None)

    def _miss(self, error: Exception) -> None:
        self._list = TargetList([], [])
        self._tell(as_recorder_error(error))

    def _tell(self, problem: RecorderError | None) -> None:
        self.problem = problem
        self.told.emit(problem)
