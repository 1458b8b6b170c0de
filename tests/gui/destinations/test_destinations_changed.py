"""Destinations that are edited, removed or changed by something else: nothing is lost unasked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from recorder_app.library import uploads
from recorder_app.services import destinations
from recorder_app.services.library import open_library
from recorder_app.settings.destinations import AfterUpload, DestinationsStore, StoredDestination
from recorder_app.ui.destinations_page import DestinationsPage
from recorder_app.ui.settings_dialog import SettingsDialog
from tests.gui.destinations.support import (
    NOBODY,
    SECRET,
    add_folder,
    add_s3,
    begin,
    form_of,
    line_of,
    rows,
    save,
    status,
    store,
    stored,
    switch,
    write,
)
from tests.gui.support import buttons
from tests.support.command import ROOT
from tests.support.keyrings import MemoryRing


def test_what_is_not_saved_stays_until_it_is_discarded(
    dialog: SettingsDialog, home: Path, qtbot: QtBot
) -> None:
    page = dialog.destinations
    add_folder(page, qtbot, "One", home / "one")
    add_folder(page, qtbot, "Two", home / "two")
    begin(page, "bunny-stream")
    write(page, name="Videos", secret__api_key=SECRET)
    page.list.setCurrentRow(0)
    write(page, configuration__public_address="https://one.example.com")
    assert ["not saved" in row for row in rows(page)] == [True, False, True]
    page.list.setCurrentRow(1)
    assert line_of(page, "configuration.public_address").text() == ""
    dialog.show_page("video")
    dialog.close()
    dialog.show()
    dialog.show_page("destinations")
    qtbot.waitUntil(lambda: dialog.is_idle)
    page.list.setCurrentRow(2)
    assert line_of(page, "secret.api_key").text() == SECRET
    # Adding another one of that kind goes on with what was begun.
    begin(page, "bunny-stream")
    assert line_of(page, "name").text() == "Videos"
    page.footer.discard.click()
    assert len(rows(page)) == 2
    page.list.setCurrentRow(0)
    assert line_of(page, "configuration.public_address").text() == "https://one.example.com"
    page.footer.discard.click()
    assert line_of(page, "configuration.public_address").text() == ""
    assert not form_of(page).is_dirty
    assert not page.footer.discard.isVisible()
    assert stored("One").configuration == {"folder": str(home / "one")}


def test_what_the_command_line_changes_is_seen_and_what_is_typed_stays(
    page: DestinationsPage, home: Path, qtbot: QtBot
) -> None:
    add_folder(page, qtbot, "Share", home)
    write(page, command="mine")
    store("Share", home, is_automatic=True, proxy="http://proxy:3128")
    box = form_of(page).fields["is_automatic"].main
    assert isinstance(box, QCheckBox)
    qtbot.waitUntil(box.isChecked)
    assert line_of(page, "proxy").text() == "http://proxy:3128"
    assert line_of(page, "command").text() == "mine"
    assert not form_of(page).note.isVisible()
    # The same field: whoever saves decides, and is told.
    store("Share", home, after=AfterUpload(command="theirs"))
    qtbot.waitUntil(form_of(page).note.isVisible)
    assert line_of(page, "command").text() == "mine"
    page.footer.discard.click()
    assert line_of(page, "command").text() == "theirs"
    store("Other", home)
    qtbot.waitUntil(lambda: len(rows(page)) == 2)
    write(page, command="mine again")
    for name in ("Share", "Other"):
        DestinationsStore().remove(name)
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    assert "removed meanwhile" in form_of(page).note.text()
    save(page, qtbot)
    assert stored("Share").after.command == "mine again"
    assert not form_of(page).note.isVisible()


def test_one_is_chosen_as_default(page: DestinationsPage, home: Path, qtbot: QtBot) -> None:
    add_folder(page, qtbot, "One", home / "one")
    add_folder(page, qtbot, "Two", home / "two")
    assert ["default" in row for row in rows(page)] == [True, False]
    switch(page, "is_default")
    save(page, qtbot)
    assert ["default" in row for row in rows(page)] == [False, True]
    assert DestinationsStore().read().default == "Two"
    # A default is taken away by choosing another one.
    assert not form_of(page).fields["is_default"].isEnabled()
    destinations.set_default("One", "Work")
    qtbot.waitUntil(lambda: form_of(page) is not None)
    page.list.setCurrentRow(0)
    qtbot.waitUntil(form_of(page).projects.isVisible)
    assert "Work" in form_of(page).projects.text()


def test_one_is_removed_after_being_asked(
    page: DestinationsPage, home: Path, ring: MemoryRing, qtbot: QtBot
) -> None:
    add_folder(page, qtbot, "Share", home / "share")
    add_s3(page, qtbot)
    page.footer.remove.click()
    assert "“Bucket”" in page.footer.question.text()
    assert page.footer.keep.hasFocus()
    assert not page.footer.save.isVisible()
    page.footer.keep.click()
    assert not page.footer.question.isVisible()
    assert len(rows(page)) == 2
    page.footer.remove.click()
    page.footer.confirm.click()
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    assert ring.kept == {}
    assert page.told.text() == "“Bucket” is removed."
    assert [each.name for each in destinations.all_destinations()] == ["Share"]
    qtbot.waitUntil(page.list.hasFocus)
    page.footer.remove.click()
    page.footer.confirm.click()
    qtbot.waitUntil(page.empty.isVisible)
    qtbot.waitUntil(page.empty.add.hasFocus)


def test_one_that_is_still_needed_is_not_removed(
    page: DestinationsPage, home: Path, qtbot: QtBot
) -> None:
    add_folder(page, qtbot, "Share", home / "share")
    database = open_library()
    with database.write() as session:
        copy = {"destination": "Share", "remote_id": "a", "link": "", "ticket": {}}
        uploads.enqueue_removal(session, copy)
    database.close()
    page.footer.remove.click()
    page.footer.confirm.click()
    qtbot.waitUntil(lambda: "is to be deleted at “Share” still" in status(page))
    assert "cancel it" in status(page)
    assert stored("Share").kind == "folder"


def test_a_kind_of_a_newer_version_can_only_be_removed(
    page: DestinationsPage, qtbot: QtBot
) -> None:
    path = DestinationsStore().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('schema = 1\ndefault = "Moon"\n[destinations.Moon]\nkind = "moon"\n')
    page.set_shown(True)
    qtbot.waitUntil(page.unknown.isVisible)
    assert {"Remove..."} == buttons(page.footer)
    page.footer.remove.click()
    page.footer.confirm.click()
    qtbot.waitUntil(page.empty.isVisible)


def test_a_broken_file_is_told(page: DestinationsPage, qtbot: QtBot) -> None:
    path = DestinationsStore().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("default = [")
    page.set_shown(True)
    qtbot.waitUntil(page.problem.isVisible)
    path.unlink()
    page.set_shown(True)
    qtbot.waitUntil(lambda: not page.problem.isVisible())


def test_what_nobody_can_see_here_stays(page: DestinationsPage, home: Path, qtbot: QtBot) -> None:
    begin(page, "bunny-stream")
    page.footer.discard.click()
    DestinationsStore().put(
        StoredDestination(
            name="Videos",
            kind="bunny-stream",
            configuration={"library_id": 12345, "api_address": NOBODY},
        )
    )
    page.set_shown(True)
    qtbot.waitUntil(lambda: page.shown is not None)
    assert line_of(page, "configuration.library_id").text() == "12345"
    write(page, secret__api_key=SECRET, configuration__pull_zone="vz.b-cdn.net")
    save(page, qtbot)
    found = stored("Videos").configuration
    assert dict(found) == {
        "library_id": "12345",
        "api_address": NOBODY,
        "pull_zone": "vz.b-cdn.net",
    }
    assert home.is_dir()


def test_the_icon_in_the_tray_does_not_wait_for_what_it_needs() -> None:
    text = "import sys, recorder_app.ui.settings_dialog; print('sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
