"""The page that trims: what is dragged, pressed and typed is what the new file holds."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from recorder_app.edit.reader import PictureReader
from recorder_app.edit.timeline import Cut, Range
from recorder_app.errors import Cancelled, DiskFull, LibraryError, UnreadableMedia, UnsupportedMedia
from recorder_app.library import recordings
from recorder_app.library.database import Database
from recorder_app.media import stills
from recorder_app.media.shown import Converter
from recorder_app.services import edit_state, trim_work
from recorder_app.services.edit_state import EditState
from recorder_app.services.edit_times import Wish
from recorder_app.services.export_entries import ExportWish
from recorder_app.services.jobs import JobEntry
from recorder_app.services.safekeeping import opened_library
from recorder_app.ui.editor import picture_server
from recorder_app.ui.editor.picture_server import PictureServer
from recorder_app.ui.editor.trim_page import TrimPage
from recorder_app.ui.tokens import LIGHT
from tests.gui.playing import FPS, PICTURE, number_in, numbers, recorded, rgb_of
from tests.gui.support import reached_by_tab, shown
from tests.support import cuts
from tests.support.jobs import add_recording

SECONDS = 6


@pytest.fixture(scope="module", params=["webm", "mp4"])
def take(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared: change nothing."""
    folder = tmp_path_factory.mktemp("trim")
    return recorded(folder / f"talk.{request.param}", "noise", seconds=SECONDS)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Videos").mkdir()


@pytest.fixture
def recording(take: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The take in the library, as a file of its own."""
    path = tmp_path / "Videos" / take.name
    shutil.copy(take, path)
    database = Database(tmp_path / "data" / "recorder-app" / "library.sqlite")
    yield add_recording(database, path).id, path
    database.close()


@pytest.fixture
def make_page(qtbot: QtBot) -> Iterator[Callable[[], TrimPage]]:
    made: list[TrimPage] = []

    def make() -> TrimPage:
        page = TrimPage(LIGHT)
        page.resize(1000, 700)
        made.append(page)
        shown(qtbot, page)
        return page

    yield make
    for page in made:
        page.close_media()


def opened(page: TrimPage, recording_id: str, qtbot: QtBot) -> TrimPage:
    page.open(recording_id)
    qtbot.waitUntil(lambda: not page.parts.view.image.isNull())
    return page


@pytest.fixture
def page(make_page: Callable[[], TrimPage], recording: tuple[str, Path], qtbot: QtBot) -> TrimPage:
    return opened(make_page(), recording[0], qtbot)


def at_edge(page: TrimPage, edge: int, row: int = 60) -> QPoint:
    return QPoint(round(page.parts.timeline.x_of_edge(edge)), row)


def drag(page: TrimPage, start: QPoint, end: QPoint) -> None:
    timeline = page.parts.timeline
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(timeline, (start + end) / 2)
    QTest.mouseMove(timeline, end)
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=end)


def press(page: TrimPage, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(page.parts.timeline, key, held or Qt.KeyboardModifier.NoModifier)


def saved(page: TrimPage, qtbot: QtBot) -> Path:
    """Save a version; return its file."""
    qtbot.waitUntil(lambda: page.session.is_idle)
    with qtbot.waitSignal(page.version_made, timeout=30_000) as told:
        page.parts.save.click()
    assert told.args is not None
    with opened_library() as database, database.read() as session:
        return Path(recordings.get(session, str(told.args[0])).path)


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


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


def ends_at_end(page: TrimPage) -> bool:
    return page.edits is not None and page.edits.bounds.end == page.edits.length


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


def wait_for_picture(page: TrimPage, number: int, qtbot: QtBot) -> None:
    """Wait for a picture of the source to be what is seen."""
    state = page.session.state
    assert state is not None
    wanted = numbers(state.path)[number]
    qtbot.waitUntil(lambda: number_in(page.parts.view.image) == wanted)


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


def test_an_export_is_queued_and_told_of(
    page: TrimPage, recording: tuple[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    page.go(30)
    press(page, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: page.session.is_idle)
    page.parts.export.click()
    qtbot.waitUntil(lambda: page.results.dialog is not None)
    dialog = page.results.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.choose.isEnabled)
    assert "About" in dialog.estimate.text()
    assert "00:00:05" in dialog.estimate.text()
    dialog.preset.setCurrentIndex(dialog.preset.findData("share"))
    qtbot.waitUntil(lambda: dialog.choose.isEnabled())
    with qtbot.waitSignal(page.work_queued):
        dialog._take_file(str(tmp_path / "demo.mp4"))
    assert page.parts.work.cancel.isVisible()
    assert not page.parts.export.isEnabled()
    run_queue()
    qtbot.waitUntil(lambda: "Exported to demo.mp4" in page.parts.work.told, timeout=10_000)
    assert page.parts.export.isEnabled()
    # Scaled and encoded anew, and from the right picture on.
    assert numbers(tmp_path / "demo.mp4") == numbers(recording[1])[30:]


def run_queue() -> None:
    """Do what is queued, as the process does that the program starts."""
    from recorder_app.services.jobs import run_jobs

    with opened_library() as database:
        run_jobs(database, threading.Event(), until_empty=True)


def test_an_export_is_cancelled(page: TrimPage, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.work_queued):
        page.results.export(id_of(page), ExportWish("share", tmp_path / "demo.mp4"))
    page.parts.work.cancel.click()
    qtbot.waitUntil(lambda: "cancelled" in page.parts.work.told)
    run_queue()
    assert not (tmp_path / "demo.mp4").exists()


def test_an_export_is_cancelled_before_it_is_queued(
    page: TrimPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    go_on, queue_export = threading.Event(), trim_work.queue_export

    def late(recording_id: str, wish: ExportWish) -> str:
        assert go_on.wait(20)
        return queue_export(recording_id, wish)

    monkeypatch.setattr(trim_work, "queue_export", late)
    page.results.export(id_of(page), ExportWish("share", tmp_path / "demo.mp4"))
    page.parts.work.cancel.click()
    go_on.set()
    qtbot.waitUntil(lambda: "cancelled" in page.parts.work.told)
    assert not page.results.is_busy
    run_queue()
    assert not (tmp_path / "demo.mp4").exists()


def test_a_library_that_is_locked_for_a_while_fails_no_export(
    page: TrimPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    export_job, looks = trim_work.export_job, []

    def locked(job_id: str) -> JobEntry:
        looks.append(job_id)
        if len(looks) < 3:
            raise LibraryError("The library is busy.")
        return export_job(job_id)

    monkeypatch.setattr(trim_work, "export_job", locked)
    with qtbot.assertNotEmitted(page.failed):
        page.results.export(id_of(page), ExportWish("original", tmp_path / "demo"))
        qtbot.waitUntil(lambda: len(looks) >= 3)
        run_queue()
        qtbot.waitUntil(lambda: "Exported to" in page.parts.work.told, timeout=10_000)


def id_of(page: TrimPage) -> str:
    assert page.session.state is not None
    return page.session.state.recording_id


def held_edits(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> threading.Event:
    """Let edits wait for the event that is returned before they are kept, or fail."""
    go_on, apply = threading.Event(), edit_state.apply

    def late(recording_id: str, wish: Wish) -> EditState:
        assert go_on.wait(20)
        if error is not None:
            raise error
        return apply(recording_id, wish)

    monkeypatch.setattr(edit_state, "apply", late)
    return go_on


def test_a_version_has_the_edit_of_just_before(
    page: TrimPage, recording: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    go_on = held_edits(monkeypatch)
    page.go(30)
    press(page, Qt.Key.Key_I)
    QTimer.singleShot(300, go_on.set)
    with qtbot.waitSignal(page.version_made, timeout=30_000) as told:
        press(page, Qt.Key.Key_S, CONTROL)
    assert told.args is not None
    with opened_library() as database, database.read() as session:
        version = Path(recordings.get(session, str(told.args[0])).path)
    assert numbers(version) == numbers(recording[1])[30:]


def test_the_end_waits_for_an_edit_that_takes_its_time(
    page: TrimPage, recording: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = held_edits(monkeypatch)
    page.go(30)
    press(page, Qt.Key.Key_I)
    before = page.edits
    # As long as a backup may take: from another thread, as this one waits.
    timer = threading.Timer(2.5, go_on.set)
    timer.start()
    page.finish()
    assert edit_state.state_of(recording[0]).edits == before
    timer.join()


def test_what_was_told_goes_with_the_recording_it_is_about(
    page: TrimPage, recording: tuple[str, Path], qtbot: QtBot
) -> None:
    press(page, Qt.Key.Key_Delete)
    told = [page.parts.work.told]
    opened(page, recording[0], qtbot)
    told.append(page.parts.work.told)
    assert told[0]
    assert not told[1]
    # But of work that goes on it is told until it is done.
    page.results._begin("Saving")
    opened(page, recording[0], qtbot)
    page.go(30)
    press(page, Qt.Key.Key_I)
    assert page.parts.work.told == "Saving"


def test_nothing_is_made_of_an_edit_that_failed(
    page: TrimPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    go_on = held_edits(monkeypatch, DiskFull("The disk is full.", hint="Free some space."))
    page.go(30)
    press(page, Qt.Key.Key_I)
    press(page, Qt.Key.Key_S, CONTROL)
    press(page, Qt.Key.Key_E, CONTROL)
    go_on.set()
    qtbot.waitUntil(lambda: page.session.is_idle and page.edits is not None and page.edits.is_whole)
    assert not page.results.is_busy
    assert page.results.dialog is None
    assert "The disk is full" in page.parts.work.told


def test_keys_do_only_what_buttons_offer(
    page: TrimPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(trim_work, "save_version", lambda *_: asked.append("saved"))
    # A copy of all of it is no version.
    press(page, Qt.Key.Key_S, CONTROL)
    assert "Cut something first" in page.parts.work.told
    # One thing at a time.
    page.results._set_busy(True)
    press(page, Qt.Key.Key_E, CONTROL)
    page.session.when_kept(lambda: asked.append("nothing came before"))
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["nothing came before"]
    assert page.results.dialog is None


def test_a_full_disk_costs_the_version_only(
    page: TrimPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page.go(30)
    press(page, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: page.session.is_idle)
    before, files = page.edits, set((tmp_path / "Videos").iterdir())

    def full(*_args: object, **_options: object) -> None:
        raise DiskFull("The disk is full.", hint="Free some space.")

    monkeypatch.setattr("recorder_app.edit.exporting.export", full)
    with qtbot.waitSignal(page.failed, timeout=30_000) as told:
        page.parts.save.click()
    assert told.args is not None
    assert isinstance(told.args[0], DiskFull)
    assert "The disk is full" in page.parts.work.told
    assert "Free some space" in page.parts.work.told
    assert page.edits == before
    assert set((tmp_path / "Videos").iterdir()) == files
    # And again, when there is room.
    monkeypatch.undo()
    assert page.parts.save.isEnabled()


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


def test_a_recording_without_pictures_says_what_can_be_done(
    make_page: Callable[[], TrimPage],
    recording: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    def none(path: Path, _proceed: object) -> None:
        raise UnsupportedMedia("{path} holds no pictures.", path=path)

    monkeypatch.setattr(picture_server, "PictureReader", none)
    page = make_page()
    page.open(recording[0])
    qtbot.waitUntil(lambda: "sound and no pictures" in page.parts.view.told)
    assert "export --preset sound" in page.parts.view.told


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
