"""The details panel where the library is busy, broken, or other than a moment ago."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from recorder_app.errors import LibraryLocked
from recorder_app.library.database import Database
from recorder_app.services import catalogue, details, library
from recorder_app.services.catalogue import Changes
from recorder_app.services.details import Details, details_of
from recorder_app.ui.library import details_work
from tests.gui import library_scenes as scenes
from tests.gui.details.support import SOON_MS, Person, locked


def test_what_is_refused_is_said_beside_the_field_and_stays(person: Person, take: str) -> None:
    person.choose(take)
    title = person.panel.one.title
    person.write(title.line, "   ")
    assert title.problem.isVisible()
    assert "1 to 10000 characters" in title.problem.text()
    assert title.line.accessibleDescription() in title.problem.text()
    assert title.text() == "   "
    assert person.stored(take).recording.title == "Demo for the customer"
    person.write(title.line, "Fine")
    assert not title.problem.isVisible()


def test_an_answer_about_another_recording_is_dropped(
    person: Person, take: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = scenes.enter(database, Path("/nowhere.webm"), "Other")
    go_on = threading.Event()
    read = details_work.read

    def slowly(watch: Any, ids: list[str], is_wanted: Any, *, is_forced: bool) -> Any:
        found = read(watch, ids, is_wanted, is_forced=is_forced)
        if ids == [take]:
            go_on.wait(SOON_MS / 1000)
        return found

    monkeypatch.setattr(details_work, "read", slowly)
    titles: list[str] = []
    person.panel.one.title.line.textChanged.connect(titles.append)
    person.panel.show_recordings([take])
    person.panel.show_recordings([other])
    go_on.set()
    person.settle()
    assert titles == ["Other"]


def test_what_was_passed_by_is_not_even_read(
    person: Person, take: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [scenes.enter(database, Path("/nowhere.webm"), f"T{n}") for n in range(20)]
    read: list[str] = []
    of = details.details_of

    def noted(found: Database, recording_id: str) -> Details:
        read.append(recording_id)
        return of(found, recording_id)

    monkeypatch.setattr(details, "details_of", noted)
    for each in [*ids, take]:
        person.panel.show_recordings([each])
    person.settle()
    assert read[-1] == take
    assert len(read) < len(ids) / 2
    assert person.panel.one.title.text() == "Demo for the customer"


def test_a_locked_library_is_said_beside_the_field(
    person: Person, take: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "Database", functools.partial(Database, wait_s=0.3))
    person.choose(take)
    title = person.panel.one.title
    with contextlib.closing(sqlite3.connect(person.database.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        person.write(title.line, "While locked")
        assert title.problem.isVisible()
        assert title.text() == "While locked"
        other.rollback()
    person.go_to(title.line)
    QTest.keyClick(title.line, Qt.Key.Key_Return)
    person.settle()
    assert person.stored(take).recording.title == "While locked"
    assert not title.problem.isVisible()


def test_what_was_refused_outlasts_the_next_look(
    person: Person, take: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.choose(take)
    page = person.panel.one
    with monkeypatch.context() as patch:
        patch.setattr(details_work, "store", locked)
        person.write(page.title.line, "While locked")
        person.write(page.tags.line, "late")
        # Leaving tries it again.
        person.go_to(page.favourite)
        person.settle()
    catalogue.edit(take, Changes(is_favourite=False))
    person.panel.refresh()
    person.settle()
    assert page.title.text() == "While locked"
    assert "busy" in page.title.problem.text()
    assert page.tags.line.text() == "late"
    assert "busy" in page.tags.problem.text()
    person.panel.commit()
    person.settle()
    assert person.stored(take).recording.title == "While locked"
    assert "late" in person.stored(take).recording.tags
    assert not page.title.problem.isVisible()


def test_what_was_refused_of_one_that_was_left_is_tried_again(
    person: Person, take: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.choose(take)
    person.write(person.panel.one.title.line, "While locked", ends=False)
    with monkeypatch.context() as patch:
        patch.setattr(details_work, "store", locked)
        with qtbot.waitSignal(person.panel.refused, timeout=SOON_MS) as refused:
            person.panel.show_recordings([])
    error, again = refused.args
    assert isinstance(error, LibraryLocked)
    again()
    person.settle()
    assert person.stored(take).recording.title == "While locked"


def test_looks_that_are_asked_for_do_not_pile_up(
    person: Person, take: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.choose(take)
    reads: list[str] = []

    def noted(database: Database, recording_id: str) -> Details:
        reads.append(recording_id)
        return details_of(database, recording_id)

    monkeypatch.setattr(details, "details_of", noted)
    for _ in range(20):
        person.panel.refresh()
    person.settle()
    assert 1 <= len(reads) <= 2


def test_a_library_that_cannot_be_read_is_told(
    person: Person, take: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> Database:
        raise LibraryLocked("The library is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(library, "Database", refuse)
        with qtbot.waitSignal(person.panel.failed, timeout=SOON_MS) as told:
            person.panel.show_recordings([take])
    assert isinstance(told.args[0], LibraryLocked)
    person.panel.refresh()
    person.settle()
    assert person.panel.one.title.text() == "Demo for the customer"


def test_a_file_that_vanished_is_said_with_its_remedy(
    person: Person, take: str, home: Path
) -> None:
    person.choose(take)
    page = person.panel.one
    assert not page.missing.isVisible()
    (home / "demo.webm").unlink()
    person.panel.refresh()
    person.settle()
    assert "The file is not there" in page.missing.text()
    assert page.missing.isVisible()
    assert not page.trim.isEnabled()
    assert not page.share.isEnabled()


def test_a_recording_that_was_erased_leaves_the_hint(person: Person, take: str) -> None:
    person.choose("01JABCDEFGHJKMNPQRSTVWXYZ9")
    assert person.panel.hint.isVisible()
    person.choose(take)
    assert not person.panel.hint.isVisible()
