"""The copies of a recording in the details panel: their links, their uploads, taking them back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recorder_app.library.models import Job
from recorder_app.library.queue import JobState
from recorder_app.services import sharing
from tests.gui import library_scenes as scenes
from tests.gui.details.support import SOON_MS, Person, choose_in_menu, refreshed, the_row
from tests.support.upload_jobs import running

# Copies elsewhere ---------------------------------------------------------------------------------


@pytest.fixture
def shared(person: Person, home: Path) -> tuple[str, str]:
    """A recording that is shared in a folder; its id, and that of its upload's job."""
    scenes.add_folder(home / "disk")
    media = home / "real.webm"
    media.write_bytes(b"0" * 300_000)
    found = scenes.enter(person.database, media, "Real", checksum=None, file_size=300_000)
    upload = sharing.share(person.database, found, "disk").upload
    assert upload.job_id is not None
    person.choose(found)
    return found, upload.job_id


def test_links_of_every_kind_come_to_the_clipboard(
    person: Person, shared: tuple[str, str], home: Path
) -> None:
    row = the_row(person, "disk")
    QTest.keyClick(row.copy, Qt.Key.Key_Return)
    person.settle()
    link = QGuiApplication.clipboard().text()
    assert (home / "disk").as_uri() in link
    assert row.said.text() == "Copied."
    for text, begins in (
        ("Copy link to the file", "file:"),
        ("Copy HTML to embed", "<video"),
        ("Copy Markdown", "["),
    ):
        choose_in_menu(row, text)
        person.settle()
        assert QGuiApplication.clipboard().text().startswith(begins), text
    choose_in_menu(row, "Copy link to the page")
    person.settle()
    assert "A folder has no play pages" in row.said.text()
    choose_in_menu(row, "How often it was watched")
    person.settle()
    assert row.said.text() == "This destination does not count views."
    assert shared


def test_links_that_end_are_offered_where_they_are_signed(person: Person, take: str) -> None:
    person.choose(take)
    signed = [each.text() for each in the_row(person, "work").menu().actions()]
    plain = [each.text() for each in the_row(person, "home").menu().actions()]
    for text in ("Copy link for 1 hour", "Copy link for 1 day", "Copy link for 7 days"):
        assert text in signed
        assert text not in plain


def test_an_upload_is_paused_goes_on_and_arrives(
    person: Person, shared: tuple[str, str], qtbot: QtBot
) -> None:
    _, job_id = shared
    row = the_row(person, "disk")
    QTest.keyClick(row.pause, Qt.Key.Key_Return)
    person.settle()
    assert row.state.text().startswith("Paused")
    with qtbot.waitSignal(person.panel.work_queued, timeout=SOON_MS):
        QTest.keyClick(row.pause, Qt.Key.Key_Return)
    person.settle()
    with running(person.database):
        qtbot.waitUntil(
            refreshed(person, lambda: row.state.text() == "Ready to watch"), timeout=20000
        )
    assert the_row(person, "disk") is row
    assert not row.pause.isVisible()
    assert job_id


def test_stopping_to_share_asks_first(
    person: Person, shared: tuple[str, str], qtbot: QtBot, home: Path
) -> None:
    found, _ = shared
    with running(person.database):
        row = the_row(person, "disk")
        qtbot.waitUntil(
            refreshed(person, lambda: row.state.text() == "Ready to watch"), timeout=20000
        )
        QTest.keyClick(row.unshare, Qt.Key.Key_Return)
        assert QApplication.focusWidget() is row.no
        QTest.keyClick(row.no, Qt.Key.Key_Return)
        assert not row.yes.isVisible()
        assert len(list((home / "disk").iterdir())) == 1
        QTest.keyClick(row.unshare, Qt.Key.Key_Return)
        told: list[list[str]] = []
        person.panel.unshared.connect(told.append)
        with qtbot.waitSignal(person.panel.work_queued, timeout=SOON_MS):
            QTest.keyClick(row.yes, Qt.Key.Key_Return)
        person.settle()
        qtbot.waitUntil(lambda: not list((home / "disk").iterdir()), timeout=SOON_MS)
    assert told == [[found]]
    assert person.panel.one.rows == []
    assert person.panel.one.unshared.isVisible()


def test_an_upload_that_failed_says_why_and_is_tried_again(
    person: Person, shared: tuple[str, str], qtbot: QtBot, home: Path
) -> None:
    _, job_id = shared
    media = home / "real.webm"
    media.unlink()
    row = the_row(person, "disk")
    with running(person.database):
        qtbot.waitUntil(
            refreshed(person, lambda: row.state.text() == "Not uploaded"), timeout=20000
        )
    assert "is not there" in row.reason.text()
    media.write_bytes(b"0" * 300_000)
    with qtbot.waitSignal(person.panel.work_queued, timeout=SOON_MS):
        QTest.keyClick(row.pause, Qt.Key.Key_Return)
    with person.database.read() as session:
        assert session.get_one(Job, job_id).state == JobState.QUEUED


def test_the_panel_follows_an_upload_by_itself(
    person: Person, shared: tuple[str, str], qtbot: QtBot
) -> None:
    _, job_id = shared
    with person.database.write() as session:
        session.get_one(Job, job_id).state = JobState.RUNNING
    row = the_row(person, "disk")
    scenes.progress(person.database, job_id, 0.4)
    qtbot.waitUntil(lambda: row.state.text() == "Uploading 40 %", timeout=SOON_MS)
    scenes.progress(person.database, job_id, 0.8)
    qtbot.waitUntil(lambda: row.state.text() == "Uploading 80 %", timeout=SOON_MS)
