"""The details of recordings: read at once, changed in place, and nothing typed is ever lost."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from recorder_app.errors import LibraryLocked
from recorder_app.library.database import Database
from recorder_app.library.models import Job
from recorder_app.library.queue import JobState
from recorder_app.services import catalogue, details, library, sharing
from recorder_app.services.catalogue import Changes
from recorder_app.services.details import Details, details_of
from recorder_app.ui.library import details_work
from recorder_app.ui.library.copy_row import CopyRow
from recorder_app.ui.library.details import DetailsPanel
from recorder_app.ui.tokens import LIGHT
from tests.gui import library_scenes as scenes
from tests.gui.support import buttons, shown
from tests.support.upload_jobs import running

SOON_MS = 8000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    return tmp_path


@pytest.fixture
def database(home: Path) -> Iterator[Database]:  # noqa: ARG001 - it is where the library is
    with scenes.opened() as found:
        yield found


@pytest.fixture
def take(database: Database, home: Path) -> str:
    return scenes.take(database, home)


class Person:
    """Somebody with a keyboard before the panel."""

    def __init__(self, panel: DetailsPanel, database: Database, qtbot: QtBot) -> None:
        self.panel, self.database, self.qtbot = panel, database, qtbot

    def choose(self, *ids: str) -> None:
        self.panel.show_recordings(list(ids))
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.panel.is_idle, timeout=SOON_MS)

    def go_to(self, part: QWidget) -> None:
        """Have the keyboard there; without a display a list of names takes it from the window."""
        self.panel.activateWindow()
        self.qtbot.waitUntil(self.panel.isActiveWindow)
        part.setFocus()

    def write(self, line: QWidget, text: str, *, ends: bool = True) -> None:
        """Type `text` in place of what is in a field, and press Return."""
        self.go_to(line)
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)
        if ends:
            QTest.keyClick(line, Qt.Key.Key_Return)
            self.settle()

    def stored(self, recording_id: str) -> Details:
        return details_of(self.database, recording_id)


@pytest.fixture
def person(database: Database, qtbot: QtBot) -> Iterator[Person]:
    panel = DetailsPanel(LIGHT)
    panel.resize(300, 700)
    shown(qtbot, panel)
    yield Person(panel, database, qtbot)
    panel.close_library()
    panel._background.finish()
    panel.copies._calls.finish()


def texts(part: QWidget) -> str:
    """Return what can be read in `part`."""
    labels = [each for each in part.findChildren(QLabel) if each.isVisibleTo(part)]
    return "\n".join(each.text() for each in labels)


def named(part: QWidget, name: str) -> QAbstractButton:
    found = [
        each
        for each in part.findChildren(QAbstractButton)
        if each.accessibleName() == name and each.isVisibleTo(part)
    ]
    assert found, f"no {name} among {buttons(part)}"
    return found[0]


def name_line(field: Any) -> QLineEdit:
    found = field.box.lineEdit()
    assert isinstance(found, QLineEdit)
    return found


def the_row(person: Person, destination: str) -> CopyRow:
    rows = person.panel.one.rows
    found = [row for row in rows if row.entry and row.entry.destination == destination]
    assert len(found) == 1
    return found[0]


def choose_in_menu(row: CopyRow, text: str) -> None:
    actions = {action.text(): action for action in row.menu().actions()}
    assert text in actions, list(actions)
    actions[text].trigger()


def test_without_a_choice_it_says_what_to_do(person: Person) -> None:
    assert person.panel.hint.isVisible()
    assert "Choose a recording" in person.panel.hint.text()


def test_all_that_is_known_is_shown(person: Person, take: str) -> None:
    person.choose(take)
    page = person.panel.one
    for section in page.sections.values():
        section.set_open(is_open=True)
    assert page.title.text() == "Demo for the customer"
    assert page.project.text() == "Checkout"
    assert page.tags.names == ["customer", "demo", "spring release"]
    assert page.type.box.currentText() == "Area"
    assert (page.platform.text(), page.content_type.text()) == ("YouTube", "Tutorial")
    assert page.favourite.isChecked()
    read = texts(page)
    for expected in (
        *("00:04:12 · 80 MB", "1920 × 1080", "VP9, Opus", "WebM", "sha256:9f2b"),
        *("USB Audio · libopus", "2, 0:36 in all", "Linux-6.1.0", "silent for 12 s"),
        *("Demo (trimmed)", "Trimmed to 00:00:00 – 00:03:20", "Changed: project, favourite, tags"),
        *("Added to the library", "Ready to watch", "Uploading 62 %"),
    ):
        assert expected in read, expected
    assert "00:01:07 Here is the new button" in buttons(page)
    assert page.sections["versions"].header.text() == "Versions  1"


def test_every_field_is_stored_and_told(person: Person, take: str) -> None:
    person.choose(take)
    page = person.panel.one
    told: list[list[str]] = []
    person.panel.changed.connect(told.append)
    person.write(page.title.line, "  A  new title ")
    person.write(name_line(page.project), "A new project")
    person.write(name_line(page.platform), "PeerTube")
    person.write(name_line(page.content_type), "Talk")
    person.go_to(page.description.edit)
    QTest.keyClick(page.description.edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(page.description.edit, "Two words")
    QTest.keyClick(page.description.edit, Qt.Key.Key_Tab)
    person.settle()
    person.go_to(page.type.box)
    QTest.keyClick(page.type.box, Qt.Key.Key_Home)
    QTest.keyClick(page.type.box, Qt.Key.Key_Return)
    page.type.box.activated.emit(page.type.box.currentIndex())
    person.settle()
    QTest.keyClick(page.favourite, Qt.Key.Key_Space)
    person.settle()
    found = person.stored(take)
    entry = found.recording
    assert (entry.title, entry.project, entry.description) == (
        "A new title",
        "A new project",
        "Two words",
    )
    assert (found.platform, found.content_type) == ("PeerTube", "Talk")
    assert entry.recording_type == "screen"
    assert not entry.is_favourite
    assert page.title.text() == "A new title"
    assert page.favourite.accessibleName() == "Add to favourites"
    assert told == [[take]] * 7
    person.write(name_line(page.project), "")
    assert person.stored(take).recording.project is None


def test_tags_are_added_and_taken_away(person: Person, take: str) -> None:
    person.choose(take)
    tags = person.panel.one.tags
    person.write(tags.line, "quick")
    assert tags.names == ["customer", "demo", "quick", "spring release"]
    assert person.stored(take).recording.tags == tags.names
    assert tags.line.text() == ""
    cross = named(tags, "Remove the tag “demo”")
    person.go_to(cross)
    QTest.keyClick(cross, Qt.Key.Key_Space)
    person.settle()
    assert person.stored(take).recording.tags == ["customer", "quick", "spring release"]
    assert tags.names == ["customer", "quick", "spring release"]


def test_names_that_are_known_are_offered(person: Person, take: str, database: Database) -> None:
    other = scenes.enter(database, Path("/nowhere.webm"), "Other")
    person.choose(other)
    page = person.panel.one
    assert [page.project.box.itemText(n) for n in range(page.project.box.count())] == ["Checkout"]
    QTest.keyClicks(page.tags.line, "rel")
    found = page.tags._completer
    assert found.currentCompletion() == "spring release"
    QTest.keyClick(page.tags.line, Qt.Key.Key_Escape)
    assert take


def test_escape_takes_back_and_undo_works_after_storing(person: Person, take: str) -> None:
    person.choose(take)
    line = person.panel.one.title.line
    person.write(line, "Other", ends=False)
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "Demo for the customer"
    person.write(line, "Stored")
    assert person.stored(take).recording.title == "Stored"
    while line.isUndoAvailable() and line.text() != "Demo for the customer":
        QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "Demo for the customer"
    QTest.keyClick(line, Qt.Key.Key_Return)
    person.settle()
    assert person.stored(take).recording.title == "Demo for the customer"


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


def test_what_is_typed_is_kept_when_another_is_chosen(
    person: Person, take: str, database: Database
) -> None:
    other = scenes.enter(database, Path("/nowhere.webm"), "Other")
    person.choose(take)
    person.write(person.panel.one.title.line, "Half typed", ends=False)
    person.choose(other)
    assert person.stored(take).recording.title == "Half typed"
    assert person.stored(other).recording.title == "Other"
    assert person.panel.one.title.text() == "Other"


def test_a_change_elsewhere_is_shown_but_not_over_what_is_typed(person: Person, take: str) -> None:
    person.choose(take)
    page = person.panel.one
    person.write(page.title.line, "Being typed", ends=False)
    catalogue.edit(take, catalogue.Changes(title="From elsewhere", project="Elsewhere"))
    person.panel.refresh()
    person.settle()
    assert page.title.text() == "Being typed"
    assert page.project.text() == "Elsewhere"
    QTest.keyClick(page.title.line, Qt.Key.Key_Escape)
    assert page.title.text() == "From elsewhere"


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


def locked(*_: object) -> None:
    raise LibraryLocked("The library is busy.")


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


def test_requests_are_told(person: Person, take: str, qtbot: QtBot) -> None:
    person.choose(take)
    panel, page = person.panel, person.panel.one
    for button, signal, expected in (
        (page.trim, panel.trim_requested, [take]),
        (page.share, panel.share_requested, [[take]]),
    ):
        with qtbot.waitSignal(signal, timeout=500) as told:
            QTest.keyClick(button, Qt.Key.Key_Return)
        assert told.args == expected
    with qtbot.waitSignal(panel.moment_requested, timeout=500) as told:
        QTest.keyClick(named(page, "00:01:07 Here is the new button"), Qt.Key.Key_Space)
    assert told.args == [take, 67.2]
    with qtbot.waitSignal(panel.opened, timeout=500) as told:
        QTest.keyClick(named(page.versions, "Open"), Qt.Key.Key_Return)
    assert person.stored(told.args[0]).recording.title == "Demo (trimmed)"
    QTest.keyClick(page.copy_path, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == person.stored(take).recording.path


def test_edits_are_undone_and_redone(person: Person, take: str) -> None:
    person.choose(take)
    page = person.panel.one
    QTest.keyClick(page.undo, Qt.Key.Key_Return)
    person.settle()
    assert "(undone)" in texts(page.steps)
    assert not page.undo.isVisible()
    QTest.keyClick(page.redo, Qt.Key.Key_Return)
    person.settle()
    assert "(undone)" not in texts(page.steps)
    assert not page.redo.isVisible()


def test_several_are_changed_together(person: Person, take: str, database: Database) -> None:
    other = scenes.enter(database, Path("/nowhere.webm"), "Other", description="Its own")
    person.choose(take, other)
    page = person.panel.several
    assert page.title.text() == "2 recordings"
    assert name_line(page.project).placeholderText() == "Several values"
    assert "demo (1 of 2)" in texts(page.tags)
    person.go_to(name_line(page.project))
    person.go_to(page.tags.line)
    person.settle()
    assert person.stored(take).recording.project == "Checkout"
    person.write(page.tags.line, "demo")
    assert "demo (1 of 2)" not in texts(page.tags)
    person.write(name_line(page.project), "Both")
    QTest.keyClick(page.add, Qt.Key.Key_Return)
    person.settle()
    QTest.keyClick(named(page.tags, "Remove the tag “customer”"), Qt.Key.Key_Return)
    person.settle()
    one, two = (person.stored(each).recording for each in (take, other))
    assert one.tags == ["demo", "spring release"]
    assert two.tags == ["demo"]
    assert one.project == two.project == "Both"
    assert two.is_favourite
    assert two.description == "Its own"
    assert page.favourites.text() == "All are favourites"


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


def refreshed(person: Person, is_so: Callable[[], bool]) -> Callable[[], bool]:
    """Return a question that has the panel look again each time, sooner than it does by itself."""

    def ask() -> bool:
        if person.panel.is_idle:
            person.panel.refresh()
        return is_so()

    return ask


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


# For everybody ------------------------------------------------------------------------------------


def test_everything_is_reached_by_tab_and_has_a_name(person: Person, take: str) -> None:
    person.choose(take)
    page = person.panel.one
    person.go_to(page.title.line)
    reached: set[QWidget] = set()
    for _ in range(120):
        at = QApplication.focusWidget()
        if at is None or at in reached:
            break
        reached.add(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    wanted = {
        each
        for each in page.findChildren(QWidget)
        if each.isVisibleTo(page)
        and each.isEnabled()
        and isinstance(each, QAbstractButton | QLineEdit)
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    # The line in a box is reached as the box.
    missed = wanted - reached - {each for each in wanted if each.parentWidget() in reached}
    assert not [each.accessibleName() for each in missed]
    assert not [type(each).__name__ for each in reached if not each.accessibleName()]


def test_nothing_is_wider_than_the_panel(person: Person, take: str) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde"
    catalogue.edit(
        take, catalogue.Changes(title=long, project=long, tags=(long,), description=long)
    )
    person.panel.resize(300, 700)
    person.choose(take)
    page = person.panel.one
    for section in page.sections.values():
        section.set_open(is_open=True)
    QApplication.processEvents()
    assert page.width() <= 300
    wide = [
        each
        for each in page.findChildren(QWidget)
        if each.isVisibleTo(page) and each.mapTo(page, each.rect().topRight()).x() > page.width()
    ]
    assert not [(type(each).__name__, each.accessibleName()) for each in wide]


def test_sections_stay_folded(person: Person, take: str, database: Database) -> None:
    person.choose(take)
    header = person.panel.one.sections["about"].header
    assert header.accessibleName() == "About, open"
    person.go_to(header)
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert header.accessibleName() == "About, folded up"
    person.choose(scenes.enter(database, Path("/nowhere.webm"), "Other"))
    assert not person.panel.one.sections["about"].is_open
