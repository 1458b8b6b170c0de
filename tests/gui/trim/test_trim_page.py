"""The page that trims: what is dragged, pressed and typed is what the new file holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from recorder_app.edit.reader import PictureReader
from recorder_app.errors import Cancelled, UnreadableMedia
from recorder_app.media import stills
from recorder_app.media.shown import Converter
from recorder_app.ui.editor import picture_server
from recorder_app.ui.editor.picture_server import PictureServer
from recorder_app.ui.editor.trim_page import TrimPage
from tests.gui.playing import FPS, PICTURE, numbers, rgb_of
from tests.gui.support import reached_by_tab
from tests.gui.trim.support import (
    CONTROL,
    SHIFT,
    at_edge,
    drag,
    opened,
    press,
    saved,
    wait_for_picture,
)
from tests.support import cuts


def test_handles_that_are_dragged_are_where_the_version_begins_and_ends(
    page: TrimPage, recording: tuple[str, Path], qtbot: QtBot
) -> None:
    source = cuts.look(recording[1], PICTURE)
    count = len(source.shots)
    drag(page, at_edge(page, 0) - QPoint(5, 0), at_edge(page, 37))
    qtbot.waitUntil(lambda: page.edits is not None and page.edits.bounds.start > 0)
    drag(page, at_edge(page, count) + QPoint(5, 0), at_edge(page, 150))
    qtbot.waitUntil(lambda: page.edits is not None and page.edits.bounds.end < source.length)
    assert page.edits is not None
    # The handle is exactly where a picture begins.
    start, end = page.handle_edges
    # A pixel is some pictures wide.
    assert abs(start - 37) <= 1
    assert abs(end - 150) <= 1
    assert abs(page.edits.bounds.start - source.shots[start].time) <= Fraction(1, 1000)
    version = saved(page, qtbot)
    assert numbers(version) == [shot.number for shot in source.shots[start:end]]
    cuts.check(source, page.edits, version, PICTURE)


def test_keys_set_the_handles_and_take_parts_out(
    page: TrimPage, recording: tuple[str, Path], qtbot: QtBot
) -> None:
    source = cuts.look(recording[1], PICTURE)
    for _ in range(2):
        press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_Right)
    assert page.number == 2 * FPS + 1
    press(page, Qt.Key.Key_I)
    press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_O)
    drag(page, at_edge(page, 80), at_edge(page, 95))
    part = page.parts.timeline.selection
    assert part is not None
    press(page, Qt.Key.Key_Delete)
    assert page.parts.timeline.selection is None
    version = saved(page, qtbot)
    wanted = [*source.shots[61 : part[0]], *source.shots[part[1] : 122]]
    assert numbers(version) == [shot.number for shot in wanted]
    assert "Saved as" in page.parts.work.told
    with qtbot.waitSignal(page.version_opened):
        page.parts.work.action.click()


def test_the_preview_is_the_picture_that_an_export_shows(
    page: TrimPage, recording: tuple[str, Path], qtbot: QtBot
) -> None:
    press(page, Qt.Key.Key_Right, SHIFT)
    press(page, Qt.Key.Key_I)
    version = saved(page, qtbot)
    found = []
    for number in (FPS, FPS + 1, 2 * FPS + 7, 4 * FPS):
        page.go(number)
        wait_for_picture(page, number, qtbot)
        found.append((number - FPS, rgb_of(page.parts.view.image)))
    with av.open(version) as media:
        frames = list(media.decode(video=0))
    for number, picture in found:
        frame = frames[number]
        exported = Converter().frame(frame, (frame.width, frame.height))
        assert picture.shape == exported.shape
        # Copied pictures are the same; those encoded anew at a cut are as good as.
        assert similar(picture, exported) >= 0.99, number
    same = stills.still(recording[1], float(Fraction(4 * FPS, FPS)))
    assert np.array_equal(found[-1][1], same)


def similar(one: np.ndarray, other: np.ndarray) -> float:
    """Return the structural similarity of two pictures' brightness (Wang et al.)."""
    blocks = []
    for each in (one, other):
        grey = each.mean(axis=2)
        high, wide = (size // 8 * 8 for size in grey.shape)
        tiles = grey[:high, :wide].reshape(high // 8, 8, wide // 8, 8).swapaxes(1, 2)
        blocks.append(tiles.reshape(-1, 64))
    a, b = blocks
    mean_a, mean_b = a.mean(1), b.mean(1)
    both = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    shares = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float((shares / ((mean_a**2 + mean_b**2 + c1) * (a.var(1) + b.var(1) + c2))).mean())


def test_edits_outlive_the_page_and_are_undone_afterwards(
    page: TrimPage,
    make_page: Callable[[], TrimPage],
    recording: tuple[str, Path],
    qtbot: QtBot,
) -> None:
    page.go(30)
    press(page, Qt.Key.Key_I)
    page.go(150)
    press(page, Qt.Key.Key_O)
    before = page.edits
    page.finish()
    with qtbot.waitSignal(page.closed):
        press(page, Qt.Key.Key_Escape)
    other = opened(make_page(), recording[0], qtbot)
    assert other.edits == before
    # It begins with what is kept.
    assert other.number == 30
    press(other, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(
        lambda: other.edits is not None and other.edits.bounds.end == other.edits.length
    )
    press(other, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: other.edits is not None and other.edits.is_whole)
    qtbot.waitUntil(lambda: not other.parts.undo.isEnabled())
    # No more to be undone: nothing happens.
    press(other, Qt.Key.Key_Z, CONTROL)
    press(other, Qt.Key.Key_Z, CONTROL | SHIFT)
    press(other, Qt.Key.Key_Z, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: other.edits == before)
    other.parts.revert.click()
    qtbot.waitUntil(lambda: other.edits is not None and other.edits.is_whole)
    press(other, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: other.edits == before)
    assert not other.parts.work.told


def test_what_was_taken_out_is_put_back(page: TrimPage, qtbot: QtBot) -> None:
    drag(page, at_edge(page, 60), at_edge(page, 90))
    press(page, Qt.Key.Key_X)
    assert page.edits is not None
    assert len(page.edits.removed) == 1
    QTest.mouseClick(page.parts.timeline, Qt.MouseButton.LeftButton, pos=at_edge(page, 75))
    assert page.parts.timeline.selection == (60, 90)
    press(page, Qt.Key.Key_Delete)
    assert page.edits.is_whole
    qtbot.waitUntil(lambda: page.session.is_idle)
    assert page.edits.is_whole
    # Without a selection it says how.
    press(page, Qt.Key.Key_Delete)
    assert "Drag over the timeline" in page.parts.work.told


def test_nothing_can_be_left_over(page: TrimPage) -> None:
    count = page.times.count if page.times else 0
    page.parts.timeline.select((0, count))
    press(page, Qt.Key.Key_Delete)
    assert "Nothing of the recording would be left." in page.parts.work.told
    assert page.edits is not None
    assert page.edits.is_whole


def test_times_are_typed_and_shown(page: TrimPage, qtbot: QtBot) -> None:
    field = page.parts.time
    field.selectAll()
    QTest.keyClicks(field, "0:02.505")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.number == 75
    assert field.text() == "00:00:02.500"
    assert page.parts.frame.text() == "(frame 75)"
    qtbot.waitUntil(lambda: page.parts.timeline.hasFocus())
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "soon")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.number == 75
    assert field.text() == "00:00:02.500"
    assert "1:07.233" in page.parts.work.told
    press(page, Qt.Key.Key_End)
    assert page.times is not None
    assert page.number == page.times.count - 1
    press(page, Qt.Key.Key_Home)
    assert page.number == 0


def test_what_is_typed_stays_until_it_is_entered_or_given_up(page: TrimPage, qtbot: QtBot) -> None:
    field = page.parts.time
    page.go(30)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0:0")
    # It plays meanwhile.
    page.go(60)
    assert field.text() == "0:0"
    with qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "00:00:02.000"
    assert page.parts.timeline.hasFocus()
    assert page.number == 60


def test_escape_gives_up_what_is_dragged(page: TrimPage, qtbot: QtBot) -> None:
    timeline, before = page.parts.timeline, page.edits
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(timeline, left, pos=at_edge(page, 0) - QPoint(5, 0))
    QTest.mouseMove(timeline, at_edge(page, 50))
    with qtbot.assertNotEmitted(page.closed):
        press(page, Qt.Key.Key_Escape)
    wait_for_picture(page, 0, qtbot)
    QTest.mouseMove(timeline, at_edge(page, 60))
    QTest.mouseRelease(timeline, left, pos=at_edge(page, 60))
    assert page.edits == before
    # The page may be left meanwhile by other ways.
    QTest.mousePress(timeline, left, pos=at_edge(page, 0) - QPoint(5, 0))
    page.close_media()
    QTest.mouseMove(timeline, QPoint(400, 60))
    QTest.mouseRelease(timeline, left, pos=QPoint(400, 60))


def test_zooming_to_single_pictures_and_back(page: TrimPage) -> None:
    timeline = page.parts.timeline
    whole = timeline.scale
    at = QPointF(at_edge(page, 90))
    for _ in range(60):
        wheel = QWheelEvent(
            *(at, timeline.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton),
            *(CONTROL, Qt.ScrollPhase.NoScrollPhase, False),
        )
        QApplication.sendEvent(timeline, wheel)
    assert timeline.scale.px_per_s == timeline.scale.most_px_per_s
    assert timeline.x_of_edge(91) - timeline.x_of_edge(90) > 40
    assert page.parts.zoom.value() == page.parts.zoom.maximum()
    # A click there means that picture.
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at_edge(page, 90) + QPoint(9, 0))
    assert page.number == 90
    page.parts.fit.click()
    assert timeline.scale == whole


def test_a_file_that_vanishes_or_is_damaged_is_told_of(
    make_page: Callable[[], TrimPage], recording: tuple[str, Path], qtbot: QtBot
) -> None:
    page = make_page()
    whole = recording[1].read_bytes()
    recording[1].write_bytes(b"no film" * 5000)
    with qtbot.waitSignal(page.failed):
        page.open(recording[0])
    assert page.parts.view.told
    assert not page.parts.save.isEnabled()
    recording[1].unlink()
    with qtbot.waitSignal(page.failed):
        page.open(recording[0])
    assert "is not there" in page.parts.view.told
    recording[1].write_bytes(whole)
    opened(page, recording[0], qtbot)
    assert page.parts.view.told == ""
    # While it is edited: what was edited stays, a version cannot be made.
    page.go(30)
    press(page, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: page.session.is_idle)
    recording[1].unlink()
    with qtbot.waitSignal(page.failed, timeout=20_000):
        page.parts.save.click()
    assert page.parts.work.told
    assert page.edits is not None
    assert not page.edits.is_whole


def test_a_long_reading_is_told_of_and_ends_with_the_page(
    make_page: Callable[[], TrimPage],
    recording: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    ended = threading.Event()

    def endless(_path: Path, proceed: Callable[[], None]) -> None:
        try:
            while not ended.wait(0.01):
                proceed()
        except Cancelled:
            ended.set()
            raise

    monkeypatch.setattr(picture_server, "PictureReader", endless)
    page = make_page()
    page.open(recording[0])
    qtbot.waitUntil(lambda: page.parts.view.told == "Reading the recording…")
    assert not ended.is_set()
    press(page, Qt.Key.Key_Escape)
    assert ended.wait(5)
    monkeypatch.setattr(picture_server, "PictureReader", PictureReader)
    opened(page, recording[0], qtbot)
    assert page.parts.view.told == ""


def test_a_picture_that_cannot_be_read_does_not_keep_the_strip_empty(
    make_page: Callable[[], TrimPage],
    recording: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    thumbnail = PictureServer.thumbnail
    asked: list[int] = []
    made: list[int] = []

    def damaged(self: PictureServer, number: int, room: QSize, **how: Any) -> None:
        asked.append(number)
        if len(asked) == 1:
            how["failed"](UnreadableMedia("No picture can be read there."))
            return
        done = how.pop("done")

        def shown(image: QImage) -> None:
            made.append(number)
            done(image)

        thumbnail(self, number, room, **how, done=shown)

    monkeypatch.setattr(PictureServer, "thumbnail", damaged)
    opened(make_page(), recording[0], qtbot)
    qtbot.waitUntil(lambda: len(made) >= 3)
    assert asked.count(asked[0]) == 1


def test_everything_has_a_name_and_is_reached(page: TrimPage) -> None:
    named = [each for each in page.findChildren(QAbstractButton) if each.isVisibleTo(page)]
    assert all(each.accessibleName() for each in named)
    enabled = {each.accessibleName() for each in named if each.isEnabled()}
    assert enabled <= reached_by_tab(page)
    parts = page.parts
    for each in (parts.timeline, parts.view, parts.time, parts.zoom, parts.work.bar):
        assert each.accessibleName()
    assert parts.timeline.accessibleDescription().startswith("Keeps 00:00:00.000 to 00:00:0")
