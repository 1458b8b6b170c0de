"""Somebody at an open picker, with screens and windows that are made up."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from recorder_app.media.geometry import Rect
from recorder_app.services.targets import TargetEntry
from recorder_app.ui.picker import AreaPicker, Picked, ScreenPlace
from recorder_app.ui.picker.board import Board, Mode
from recorder_app.ui.picker.overlay import Overlay
from recorder_app.ui.picker.strip import Strip
from tests.support.places import LAYOUTS, places_of

PLACES = places_of(LAYOUTS["side-by-side"])
AREA = (200, 150, 640, 360)
WINDOWS = [
    TargetEntry("window:0x2", "Front", 300, 200, 401, 301),
    TargetEntry("window:0x1", "Back", 100, 100, 900, 700),
    TargetEntry("window:0x9", "Speck", 0, 0, 8, 8),
]


class Person:
    """Somebody at an open picker, with what the picker said to the app."""

    def __init__(self, qtbot: QtBot, picker: AreaPicker) -> None:
        self.qtbot, self.picker = qtbot, picker
        self.picked: list[Picked] = []
        self.left = 0
        picker.picked.connect(self.picked.append)
        picker.left.connect(self._count_left)

    def _count_left(self) -> None:
        self.left += 1

    def open(
        self, mode: Mode = "area", last: tuple[int, int, int, int] | None = None
    ) -> list[ScreenPlace]:
        self.picker.open(mode, last, PLACES)
        self.qtbot.waitUntil(lambda: bool(self.board._windows))
        return PLACES

    @property
    def board(self) -> Board:
        assert self.picker.board is not None
        return self.picker.board

    @property
    def overlay(self) -> Overlay:
        return self.picker.overlays[0]

    @property
    def strip(self) -> Strip:
        assert self.picker.strip is not None
        return self.picker.strip

    @property
    def rect(self) -> Rect | None:
        return self.board.selection.rect if self.board.selection else None

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.overlay, key, modifier)

    def drag(self, *way: tuple[int, int], screen: int = 0) -> None:
        overlay = self.picker.overlays[screen]
        points = [QPoint(*point) for point in way]
        QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(overlay, point)
        QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=points[-1])
