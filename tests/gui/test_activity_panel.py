"""The panel of background work: what goes on is shown as it is, and can be stopped or repeated."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from recorder_app.errors import LibraryLocked, RecorderError
from recorder_app.jobs import kinds
from recorder_app.library.database import Database
from recorder_app.library.models import Job
from recorder_app.library.queue import JobState
from recorder_app.services import jobs, library, sharing
from recorder_app.ui.library.activity import ActivityPanel
from recorder_app.ui.library.activity_row import ActivityRow
from recorder_app.ui.tokens import DARK, LIGHT
from tests.gui import library_scenes as scenes
from tests.gui.support import buttons, press, reached_by_tab, shown
from tests.support.upload_jobs import running

SOON_MS = 8000

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def panel(database: Database, qtbot: QtBot) -> Iterator[ActivityPanel]:  # noqa: ARG001 - it is there
    made = ActivityPanel(LIGHT)
    made.resize(760, 320)
    shown(qtbot, made)
    made.begin()
    yield made
    made.end()
    made._background.finish()


def row(panel: ActivityPanel, qtbot: QtBot, job_id: str, state: str = "") -> ActivityRow:
    """Return the row of a job, once it shows that state."""

    def is_there() -> bool:
        # Sooner than it would by itself, which has its own test.
        panel.refresh()
        found = panel.list.row(job_id)
        return found is not None and (
            not state or (found.entry is not None and found.entry.state == state)
        )

    qtbot.waitUntil(is_there, timeout=SOON_MS)
    found = panel.list.row(job_id)
    assert found is not None
    return found


def state_of(database: Database, job_id: str) -> str:
    with database.read() as session:
        return session.get_one(Job, job_id).state


def says(found: ActivityRow, text: str) -> bool:
    return found.state.text() == text


def asks(qtbot: QtBot, button: QWidget, until: Callable[[], bool]) -> None:
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(until, timeout=SOON_MS)


def test_the_line_says_what_goes_on_and_what_failed(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    assert panel.summary.text() == "No work in the background"
    ids = scenes.busy(database, home)
    row(panel, qtbot, ids["export"])
    assert panel.summary.text() == "Exporting “Demo for the customer” 62 % · 4 more"
    assert panel.problems.text() == "2 failed"
    assert not panel.is_open
    press(panel, "2 failed")
    assert panel.is_open
    press(panel, "Hide background work")
    assert not panel.is_open


def test_every_job_is_listed_with_state_reason_and_actions(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    ids = scenes.busy(database, home)
    panel.set_open(is_open=True)
    row(panel, qtbot, ids["export"])
    told = {word: row(panel, qtbot, each).accessibleName() for word, each in ids.items()}
    assert told["export"] == "Exporting “Demo for the customer”, 62 %, 0:37 of 1:00"
    assert told["upload"] == "Uploading “Talk” to “work”, 31 %, 25 MB of 80 MB"
    assert (
        told["broken"]
        == "Export of “Talk”, Failed, The disk is full. Free some space, then try again."
    )
    assert told["paused"].endswith("Paused, 40 MB of 80 MB")
    assert "Again " in told["later"]
    assert buttons(row(panel, qtbot, ids["upload"])) == {"Pause", "Cancel"}
    assert buttons(row(panel, qtbot, ids["paused"])) == {"Go on", "Cancel"}
    assert buttons(row(panel, qtbot, ids["failed"])) == {"Try again", "Do not try again"}
    assert buttons(row(panel, qtbot, ids["waiting"])) == {"Do this first", "Cancel"}
    assert buttons(row(panel, qtbot, ids["version"])) == {"Show result"}
    assert buttons(row(panel, qtbot, ids["done"])) == set()
    assert row(panel, qtbot, ids["export"]).bar.accessibleName() == told["export"].split(",")[0]
    assert buttons(panel) <= reached_by_tab(panel)


def test_a_row_is_changed_in_place_and_tells_speed_and_time(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    ids = scenes.busy(database, home)
    panel.set_open(is_open=True)
    first = row(panel, qtbot, ids["upload"])
    button = first.pause
    for share in (0.35, 0.4, 0.45):
        scenes.progress(database, ids["upload"], share)
        text = f"{round(share * 100)} %"
        qtbot.waitUntil(functools.partial(says, first, text), timeout=SOON_MS)
    assert panel.list.row(ids["upload"]) is first
    assert first.pause is button
    assert "MB/s" in first.more.text()
    assert first.more.text().endswith("left")
    export = row(panel, qtbot, ids["export"])
    scenes.progress(database, ids["export"], 0.8)
    qtbot.waitUntil(lambda: "real time" in export.more.text(), timeout=SOON_MS)


def test_pausing_going_on_cancelling_and_putting_first(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    ids = scenes.busy(database, home)
    panel.set_open(is_open=True)
    waiting = row(panel, qtbot, ids["waiting"])
    with database.read() as session:
        before = session.get_one(Job, ids["waiting"]).priority
    with database.write() as session:
        other = kinds.enqueue(session, "strip", session.get_one(Job, ids["waiting"]).recording_id)
        other.priority = before + 5

    def is_first() -> bool:
        with database.read() as session:
            return session.get_one(Job, ids["waiting"]).priority > before + 5

    asks(qtbot, waiting.first, is_first)
    asks(qtbot, waiting.cancel, lambda: state_of(database, ids["waiting"]) == "cancelled")
    paused = row(panel, qtbot, ids["paused"], "paused")
    with qtbot.waitSignal(panel.work_queued, timeout=SOON_MS):
        QTest.mouseClick(paused.pause, Qt.MouseButton.LeftButton)
    assert state_of(database, ids["paused"]) == "queued"
    row(panel, qtbot, ids["paused"], "queued")
    asks(qtbot, paused.pause, lambda: state_of(database, ids["paused"]) == "paused")
    asks(qtbot, panel.cancel, lambda: row(panel, qtbot, ids["export"]).entry.is_stopping)  # type: ignore[union-attr]
    assert not panel.cancel.isVisible()


def test_all_failed_are_tried_again_and_history_is_cleared(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    ids = scenes.busy(database, home)
    panel.set_open(is_open=True)
    row(panel, qtbot, ids["failed"])
    with qtbot.waitSignal(panel.work_queued, timeout=SOON_MS):
        press(panel, "Try all failed again")
    assert state_of(database, ids["failed"]) == "queued"
    assert state_of(database, ids["broken"]) == "queued"
    qtbot.waitUntil(lambda: not panel.problems.isVisible(), timeout=SOON_MS)
    assert not panel.list.failed.isVisible()
    press(panel, "Clear history")
    qtbot.waitUntil(lambda: not panel.list.over.isVisible(), timeout=SOON_MS)
    assert panel.list.row(ids["done"]) is None
    assert panel.list.row(ids["export"]) is not None


def test_a_result_is_opened(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    ids = scenes.busy(database, home)
    panel.set_open(is_open=True)
    done = row(panel, qtbot, ids["version"])
    with qtbot.waitSignal(panel.opened, timeout=500) as told:
        QTest.keyClick(done.open, Qt.Key.Key_Space)
    with database.read() as session:
        result = session.get_one(Job, ids["version"]).result
    assert result is not None
    assert told.args == [result["recording_id"]]


def test_a_real_upload_goes_from_waiting_to_history(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    scenes.add_folder(home / "disk")
    media = home / "a.webm"
    media.write_bytes(b"0" * 300_000)
    found = scenes.enter(database, media, "Real", checksum=None, file_size=300_000)
    job_id = sharing.share(database, found, "disk").upload.job_id
    assert job_id is not None
    row(panel, qtbot, job_id, "queued")
    with running(database):
        done = row(panel, qtbot, job_id, "done")
    assert done.title.text() == "Upload of “Real” to “disk”"
    assert buttons(done) <= {"Show result"}
    assert len(list((home / "disk").iterdir())) == 1


def test_a_file_that_vanished_is_a_failure_with_its_remedy(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    scenes.add_folder(home / "disk")
    media = home / "a.webm"
    media.write_bytes(b"0" * 300_000)
    found = scenes.enter(database, media, "Gone", checksum=None, file_size=300_000)
    job_id = sharing.share(database, found, "disk").upload.job_id
    assert job_id is not None
    media.unlink()
    with running(database):
        failed = row(panel, qtbot, job_id, "failed")
    assert "is not there" in failed.reason.text()
    media.write_bytes(b"0" * 300_000)
    with qtbot.waitSignal(panel.work_queued, timeout=SOON_MS), running(database):
        QTest.mouseClick(failed.retry, Qt.MouseButton.LeftButton)
        row(panel, qtbot, job_id, "done")


def test_a_locked_library_is_told_and_nothing_freezes(
    database: Database, home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "Database", functools.partial(Database, wait_s=0.3))
    panel = ActivityPanel(LIGHT)
    shown(qtbot, panel)
    panel.begin()
    ids = scenes.busy(database, home)
    panel.set_open(is_open=True)
    waiting = row(panel, qtbot, ids["waiting"])
    with contextlib.closing(sqlite3.connect(database.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with qtbot.waitSignal(panel.failed, timeout=SOON_MS) as told:
            QTest.mouseClick(waiting.cancel, Qt.MouseButton.LeftButton)
        other.rollback()
    assert isinstance(told.args[0], LibraryLocked)
    assert state_of(database, ids["waiting"]) == "queued"
    asks(qtbot, waiting.cancel, lambda: state_of(database, ids["waiting"]) == "cancelled")
    panel.end()
    panel._background.finish()


def test_a_library_that_cannot_be_read_is_told_once_and_read_again_later(
    database: Database, home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = scenes.busy(database, home)
    panel = ActivityPanel(DARK)
    shown(qtbot, panel)
    told: list[RecorderError] = []
    panel.failed.connect(told.append)

    def refuse(_path: Path) -> Database:
        raise LibraryLocked("The library is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(library, "Database", refuse)
        panel.begin()
        qtbot.waitUntil(lambda: bool(told), timeout=SOON_MS)
        assert panel.summary.text() == "The library is busy."
        panel._background.finish()
        panel.refresh()
        qtbot.waitUntil(lambda: panel._background.is_idle, timeout=SOON_MS)
    assert len(told) == 1
    row(panel, qtbot, ids["export"])
    assert panel.summary.text().startswith("Exporting")
    panel.end()
    panel._background.finish()


def test_nothing_is_looked_at_after_the_end(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    panel.end()
    qtbot.waitUntil(lambda: panel._background.is_idle, timeout=SOON_MS)
    scenes.busy(database, home)
    panel.refresh()
    assert panel._background.is_idle
    assert not panel._timer.isActive()
    assert panel.summary.text() == "No work in the background"


def test_a_cancelled_upload_cannot_be_tried_again(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    found = scenes.enter(database, home / "a.webm", "A")
    job_id = scenes.upload(database, found, "work", JobState.QUEUED)
    row(panel, qtbot, job_id)
    panel.set_open(is_open=True)
    jobs.cancel_job(database, job_id)
    cancelled = row(panel, qtbot, job_id, "cancelled")
    assert buttons(cancelled) == set()


def test_the_list_takes_no_more_room_than_it_needs(
    panel: ActivityPanel, database: Database, home: Path, qtbot: QtBot
) -> None:
    panel.set_open(is_open=True)
    line = panel.list.empty.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: 0 < panel.list.height() < 3 * line)
    ids = scenes.busy(database, home)
    row(panel, qtbot, ids["export"])
    qtbot.waitUntil(lambda: 6 * line < panel.list.height() <= 280)
