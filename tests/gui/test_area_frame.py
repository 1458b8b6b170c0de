"""The frame around what is recorded."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recorder_app.ui.area_frame import THICKNESS, AreaFrame
from recorder_app.ui.placing import frame_edges
from recorder_app.ui.take_view import TakeView
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui import views

DESKTOP = QRect(0, 0, 800, 800)


def make(qtbot: QtBot, area: QRect) -> AreaFrame:
    frame = AreaFrame(LIGHT)
    frame.show_around(frame_edges(area, THICKNESS, DESKTOP))
    for edge in frame.edges:
        qtbot.addWidget(edge)
    QApplication.processEvents()
    return frame


def test_its_windows_are_the_edges_and_let_clicks_through(qtbot: QtBot) -> None:
    area = QRect(100, 100, 200, 100)
    frame = make(qtbot, area)
    assert [edge.geometry() for edge in frame.edges] == frame_edges(area, THICKNESS, DESKTOP)
    for edge in frame.edges:
        assert edge.windowFlags() & Qt.WindowType.WindowTransparentForInput
        assert edge.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
        assert edge.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_it_follows_the_area_and_hides(qtbot: QtBot) -> None:
    frame = make(qtbot, QRect(100, 100, 200, 100))
    assert len(frame.edges) == 4
    frame.show_around(frame_edges(QRect(0, 0, 800, 400), THICKNESS, DESKTOP))
    assert [edge.geometry() for edge in frame.edges] == [QRect(0, 400, 800, 3)]
    frame.show_around(frame_edges(DESKTOP, THICKNESS, DESKTOP))
    assert frame.edges == []
    frame.show_around(frame_edges(QRect(10, 10, 20, 20), THICKNESS, DESKTOP))
    assert len(frame.edges) == 4
    frame.hide()
    assert frame.edges == []


@pytest.mark.parametrize(
    ("view", "token"),
    [
        (views.RECORDING, "rec"),
        (views.PAUSED, "warn"),
        (views.COUNTDOWN, "muted"),
        (views.FINISHING, "muted"),
    ],
)
def test_its_colour_is_the_states(qtbot: QtBot, view: TakeView, token: str) -> None:
    frame = make(qtbot, QRect(100, 100, 200, 100))
    frame.set_state(view)
    for theme in (LIGHT, DARK):
        frame.set_theme(theme)
        for edge in frame.edges:
            drawn = edge.grab().toImage().pixelColor(1, 1).name().upper()
            assert drawn == getattr(theme, token)
