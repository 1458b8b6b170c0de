"""Versions and exports from the page that trims, and what is told of them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot

from recorder_app.errors import DiskFull, LibraryError
from recorder_app.library import recordings
from recorder_app.services import edit_state, trim_work
from recorder_app.services.export_entries import ExportWish
from recorder_app.services.jobs import JobEntry
from recorder_app.services.safekeeping import opened_library
from recorder_app.ui.editor.trim_page import TrimPage
from tests.gui.playing import numbers
from tests.gui.trim.support import CONTROL, held_edits, id_of, opened, press, run_queue


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
