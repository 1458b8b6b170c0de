"""Markers above the timeline, and a timeline that scrolls while something is held at its edge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from recorder_app.pipeline.events import Marked, RecordingState
from recorder_app.pipeline.journal import SCHEMA, JournalEntry, Owner, journal_path
from recorder_app.ui.editor.trim_page import TrimPage
from tests.gui.playing import FPS
from tests.gui.trim.support import CONTROL, at_edge, opened, press, wait_for_picture

MARKS = [Marked(1.0, "Intro"), Marked(2.5, "The long name of what is shown there"), Marked(4.0)]
# In the row of the markers.
ROW = 8


@pytest.fixture
def marked(
    make_page: Callable[[], TrimPage], recording: tuple[str, Path], qtbot: QtBot
) -> TrimPage:
    """The page with a recording that has markers."""
    recording_id, path = recording
    entry = JournalEntry(
        SCHEMA, path.name, RecordingState.FINISHED, datetime.now(UTC), Owner(1, 0.0), {}, []
    )
    entry.markers = MARKS
    journal_path(path).write_bytes(msgspec.json.encode(entry))
    page = opened(make_page(), recording_id, qtbot)
    qtbot.waitUntil(page.parts.next_marker.isVisible)
    return page


def tip_at(page: TrimPage, at: QPoint) -> str:
    timeline = page.parts.timeline
    QApplication.sendEvent(
        timeline, QHelpEvent(QHelpEvent.Type.ToolTip, at, timeline.mapToGlobal(at))
    )
    return QToolTip.text()


def test_keys_and_buttons_go_from_marker_to_marker(marked: TrimPage) -> None:
    press(marked, Qt.Key.Key_Right, CONTROL)
    assert marked.number == FPS
    press(marked, Qt.Key.Key_PageDown)
    assert marked.number == 75
    marked.parts.next_marker.click()
    assert marked.number == 4 * FPS
    # There is no other one.
    press(marked, Qt.Key.Key_Right, CONTROL)
    assert marked.number == 4 * FPS
    marked.go(80)
    press(marked, Qt.Key.Key_Left, CONTROL)
    assert marked.number == 75
    marked.parts.previous_marker.click()
    assert marked.number == FPS
    press(marked, Qt.Key.Key_PageUp)
    assert marked.number == FPS


def test_a_click_on_a_marker_goes_there_exactly_and_its_tip_is_its_name(marked: TrimPage) -> None:
    timeline = marked.parts.timeline
    at = at_edge(marked, 75, ROW) + QPoint(3, 0)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at)
    assert marked.number == 75
    assert tip_at(marked, at) == "00:00:02  The long name of what is shown there"
    assert tip_at(marked, at_edge(marked, 4 * FPS, ROW)) == "00:00:04"
    assert not timeline.tip_at(QPointF(at_edge(marked, 50, ROW)))
    assert not timeline.tip_at(QPointF(at_edge(marked, 75)))
    # Elsewhere in that row it is the playhead that moves.
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at_edge(marked, 50, ROW))
    assert abs(marked.number - 50) <= 1
    assert "Markers: 3." in timeline.accessibleDescription()


def test_markers_go_with_their_recording(marked: TrimPage) -> None:
    high = marked.parts.timeline.sizeHint().height()
    marked.close_media()
    assert not marked.parts.next_marker.isVisible()
    assert marked.parts.timeline.sizeHint().height() < high
    assert "Markers" not in marked.parts.timeline.accessibleDescription()


def test_without_markers_there_is_no_row_for_them(page: TrimPage) -> None:
    assert not page.parts.next_marker.isVisible()
    press(page, Qt.Key.Key_Right, CONTROL)
    assert page.number == 0


def test_all_has_room_in_the_narrowest_window(marked: TrimPage) -> None:
    parts = marked.parts
    # As long as in German.
    parts.fit.setText("Alles zeigen")
    marked.resize(720, 480)
    QApplication.processEvents()
    row = (parts.first, parts.next_marker, parts.time, parts.set_start, parts.zoom, parts.fit)
    places = [each.geometry() for each in row]
    for left, right in pairwise(places):
        assert left.right() < right.left()
    assert parts.fit.width() >= parts.fit.minimumSizeHint().width()
    assert not parts.frame.isVisible()
    marked.resize(1000, 480)
    assert parts.frame.isVisible()


def zoomed(page: TrimPage) -> None:
    """Show a second and a half around the middle."""
    page.go(90)
    timeline = page.parts.timeline
    while timeline.scale.seen_s > 1.5:
        timeline.set_zoom(timeline.scale.zoom + 0.02)


def test_a_handle_that_is_held_beyond_the_edge_scrolls_on(page: TrimPage, qtbot: QtBot) -> None:
    timeline, left = page.parts.timeline, Qt.MouseButton.LeftButton
    page.go(110)
    press(page, Qt.Key.Key_O)
    zoomed(page)
    seen_until = timeline.scale.offset_s + timeline.scale.seen_s
    QTest.mousePress(timeline, left, pos=at_edge(page, 111) + QPoint(5, 0))
    QTest.mouseMove(timeline, QPoint(timeline.width() - 20, 60))
    outside = QPoint(timeline.width() + 60, 60)
    QTest.mouseMove(timeline, outside)
    # The pointer stands still.
    qtbot.waitUntil(lambda: timeline.scale.offset_s + timeline.scale.seen_s > seen_until + 1.2)
    QTest.mouseRelease(timeline, left, pos=outside)
    stands = timeline.scale
    assert page.edits is not None
    assert page.edits.bounds.end > seen_until + 1.1
    # The handle is still seen, not the playhead.
    assert 0 <= timeline.x_of_edge(page.handle_edges[1]) <= timeline.width()
    wait_for_picture(page, 90, qtbot)
    assert page.parts.frame.text() == "(frame 90)"
    qtbot.wait(80)
    assert timeline.scale == stands


def test_what_is_selected_begins_where_it_was_pressed_however_far_it_scrolls(
    page: TrimPage, qtbot: QtBot
) -> None:
    zoomed(page)
    timeline, left = page.parts.timeline, Qt.MouseButton.LeftButton
    QTest.mousePress(timeline, left, pos=at_edge(page, 90))
    QTest.mouseMove(timeline, at_edge(page, 85))
    QTest.mouseMove(timeline, QPoint(-60, 60))
    # To the very beginning, where it ends by itself.
    qtbot.waitUntil(lambda: timeline.selection == (0, 90) and not timeline.scale.offset_s)
    press(page, Qt.Key.Key_Escape)
    assert timeline.selection is None
    QTest.mouseRelease(timeline, left, pos=QPoint(-60, 60))


def test_a_handle_in_the_margin_is_grabbed_in_peace(page: TrimPage, qtbot: QtBot) -> None:
    page.go(60)
    press(page, Qt.Key.Key_I)
    timeline = page.parts.timeline
    zoomed(page)
    # The handle is drawn in the margin then.
    timeline._set_scale(timeline.scale.scrolled(timeline.scale.x_of(2.0)))
    before = timeline.scale
    grabbed = at_edge(page, 60) - QPoint(5, 0)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=grabbed)
    QTest.mouseMove(timeline, grabbed + QPoint(1, 0))
    qtbot.wait(80)
    assert timeline.scale == before
    press(page, Qt.Key.Key_Escape)
