"""Playing on the page that trims: what is out is not heard or seen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from recorder_app.edit.timeline import Cut, Range
from recorder_app.ui.editor.trim_page import TrimPage
from tests.gui.trim.support import press, wait_for_picture


def test_playing_leaves_out_what_is_out(page: TrimPage, qtbot: QtBot) -> None:
    source_times = page.times
    assert source_times is not None
    page.apply(Cut((Range(source_times.time(20), source_times.time(140)),)))
    page.go(5)
    seen: list[float] = []
    page.playback.moved.connect(seen.append)
    press(page, Qt.Key.Key_Space)
    assert page.playback.is_playing
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] > float(source_times.time(145)), timeout=15_000)
    press(page, Qt.Key.Key_K)
    assert not page.playback.is_playing
    out = (float(source_times.time(20)), float(source_times.time(139)))
    assert not [at for at in seen if out[0] + 0.02 < at < out[1] - 0.02]
    # Standing still it is exact again.
    wait_for_picture(page, page.number, qtbot)


def test_the_first_play_begins_where_the_playhead_is(page: TrimPage, qtbot: QtBot) -> None:
    page.go(90)
    seen: list[float] = []
    page.playback.moved.connect(seen.append)
    press(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] > 3.3, timeout=15_000)
    assert min(seen) > 2.9


def test_it_stops_at_the_end_of_the_result_and_plays_backwards(
    page: TrimPage, qtbot: QtBot
) -> None:
    page.go(100)
    press(page, Qt.Key.Key_O)
    page.go(90)
    press(page, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: page.playback.is_playing)
    qtbot.waitUntil(lambda: not page.playback.is_playing, timeout=15_000)
    assert page.number == 100
    press(page, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: page.number < 90)
    press(page, Qt.Key.Key_K)
    stands = page.number
    qtbot.wait(150)
    assert page.number == stands
    assert page.parts.play.accessibleName() == "Play the result (Space)"
