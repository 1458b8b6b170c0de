"""The details of recordings: read at once, changed in place, and nothing typed is ever lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from recorder_app.library.database import Database
from recorder_app.services import catalogue
from tests.gui import library_scenes as scenes
from tests.gui.details.support import Person, name_line, named, texts
from tests.gui.support import buttons


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
