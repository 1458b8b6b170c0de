"""The page of destinations: one is added, saved as a whole and tested; keys go into the keyring."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from recorder_app import texts
from recorder_app.jobs import credentials
from recorder_app.services import destinations
from recorder_app.settings.destinations import AfterUpload, DestinationsStore, StoredDestination
from recorder_app.ui import destination_footer
from recorder_app.ui.destinations_page import DestinationsPage
from recorder_app.ui.form_fields import SecretField
from tests.gui.destinations.support import (
    NOBODY,
    SECRET,
    add_folder,
    add_s3,
    begin,
    form_of,
    line_of,
    opened,
    problem_of,
    rows,
    save,
    save_and_test,
    status,
    stored,
    switch,
    write,
)
from tests.gui.support import buttons, press, reached_by_tab
from tests.support.keyrings import MemoryRing, no_keyring, system_keyring


def test_nothing_yet_says_what_it_is_good_for(page: DestinationsPage, qtbot: QtBot) -> None:
    assert "link" in " ".join(label.text() for label in page.empty.findChildren(QLabel))
    assert not page.list.isVisible()
    assert not page.footer.isVisible()
    press(page.window(), "Add a destination")
    about = {
        one.accessibleName(): one.accessibleDescription() for one in page.chooser.buttons.values()
    }
    assert list(page.chooser.buttons) == list(destinations.kind_names())
    assert all(about)
    assert all(about.values())
    # Esc leaves the choice, not the window.
    QTest.keyClick(page.chooser, Qt.Key.Key_Escape)
    assert page.isVisible()
    assert page.empty.add.hasFocus()
    press(page.window(), "Add a destination")
    press(page.window(), "Folder or network share")
    qtbot.waitUntil(line_of(page, "name").hasFocus)
    # It is the only one, and so becomes the default.
    default = form_of(page).fields["is_default"].main
    assert isinstance(default, QCheckBox)
    assert default.isChecked()
    assert not default.isEnabled()


@pytest.mark.parametrize("kind", destinations.kind_names())
def test_every_field_has_a_name_and_a_help(page: DestinationsPage, kind: str) -> None:
    begin(page, kind)
    form = form_of(page)
    wanted = destinations.kind_entry(kind)
    for each in wanted.fields:
        # What has no help is for tests of the program.
        assert (f"configuration.{each.name}" in form.fields) == bool(each.help)
    for each in wanted.secrets:
        edit = line_of(page, f"secret.{each.name}")
        assert edit.echoMode() is QLineEdit.EchoMode.Password
    for name, field in form.fields.items():
        assert field.main.accessibleName(), name
        assert name == "webhook" or field.main.accessibleDescription(), name


def test_a_folder_is_added_with_the_keyboard_and_works(
    page: DestinationsPage, home: Path, qtbot: QtBot
) -> None:
    (home / "share").mkdir()
    begin(page, "folder")
    write(page, name="Team share", configuration__folder=str(home / "share"))
    assert rows(page) == ["Team share\nnot saved · Folder or network share"]
    for field in ("is_automatic", "as_mp4", "copy_link", "free_local"):
        switch(page, field)
    write(page, command="notify --quietly")
    press(page.window(), "Save and test")
    qtbot.waitUntil(lambda: status(page) == "✓ Everything works.")
    assert [one.text() for one in page.findings.lines] == [
        "✓ Place for files",
        "✓ Writing and deleting",
    ]
    assert rows(page) == ["Team share\nFolder or network share · default · every recording"]
    assert stored("Team share") == StoredDestination(
        name="Team share",
        kind="folder",
        configuration={"folder": str(home / "share")},
        is_automatic=True,
        as_mp4=True,
        after=AfterUpload(copy_link=True, free_local=True, command="notify --quietly"),
    )
    # What was found is not true of something else.
    write(page, configuration__public_address="https://files.example.com")
    assert not page.findings.isVisible()
    assert status(page) == ""
    assert list((home / "share").iterdir()) == []


def test_what_is_wrong_is_said_with_what_to_do(
    page: DestinationsPage, home: Path, qtbot: QtBot
) -> None:
    begin(page, "folder")
    write(page, name="Gone", configuration__folder=str(home / "nothing"))
    save_and_test(page, qtbot)
    [line] = page.findings.lines
    assert line.property("kind") == "warn"
    assert line.accessibleName().startswith("⚠ ")
    assert str(home / "nothing") in line.accessibleName()
    assert status(page) == "⚠ Not everything works; see above."
    # It is mended in the form, and saved with the test.
    (home / "nothing").mkdir()
    page.footer.test.click()
    qtbot.waitUntil(lambda: status(page) == "✓ Everything works.")


def test_a_server_that_is_not_there_is_told(page: DestinationsPage, qtbot: QtBot) -> None:
    add_s3(page, qtbot)
    page.footer.test.click()
    qtbot.waitUntil(page.findings.isVisible, timeout=20_000)
    [line] = page.findings.lines
    assert line.accessibleName().startswith("⚠ Connection: ")


def test_secrets_go_into_the_keyring_and_are_never_shown_again(
    page: DestinationsPage, home: Path, ring: MemoryRing, qtbot: QtBot
) -> None:
    begin(page, "s3")
    write(page, name="Bucket", configuration__endpoint=NOBODY, configuration__bucket="takes")
    write(page, secret__key_id="key-id", secret__secret=f" {SECRET} ")
    switch(page, "webhook")
    write(page, secret__webhook="https://example.com/hook")
    field = form_of(page).fields["secret.secret"]
    assert isinstance(field, SecretField)
    field.show_button.click()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Normal
    save(page, qtbot)
    service = "recorder-app/Bucket"
    kept = {
        (service, "key_id"): "key-id",
        (service, "secret"): SECRET,
        (service, "webhook"): "https://example.com/hook",
    }
    assert ring.kept == kept
    assert field.edit.text() == ""
    assert field.edit.placeholderText() == "kept in the keyring"
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    assert all(SECRET not in one.text() for one in page.findChildren(QLineEdit))
    files = [path for path in home.rglob("*") if path.is_file()]
    assert DestinationsStore().path in files
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
    # What is left empty stays, what is typed takes its place.
    write(page, configuration__folder="", secret__key_id="another-id")
    QTest.keyClick(
        line_of(page, "secret.key_id"), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier
    )
    qtbot.waitUntil(lambda: page.is_idle)
    assert ring.kept == kept | {(service, "key_id"): "another-id"}
    assert stored("Bucket").configuration["folder"] == ""
    assert stored("Bucket").after.webhook


def test_without_a_keyring_it_is_kept_and_its_keys_asked_for(
    home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system_keyring(no_keyring()):
        page = opened(home, qtbot).destinations
        add_s3(page, qtbot)
        assert status(page).startswith("⚠ Saved, but not its keys")
        assert "RECORDER_APP_SECRET_BUCKET" in status(page)
        assert line_of(page, "secret.secret").placeholderText() == "not kept"
        assert stored("Bucket").kind == "s3"
        # They are used as long as the program runs.
        page.footer.test.click()
        qtbot.waitUntil(page.findings.isVisible, timeout=20_000)
        # As after the next start.
        monkeypatch.setattr(credentials, "_given", {})
        page.footer.test.click()
        qtbot.waitUntil(lambda: page.is_idle)
        assert "no keyring" in status(page)
        for secret in ("key_id", "secret"):
            assert "Enter it" in problem_of(page, f"secret.{secret}")
        assert line_of(page, "secret.key_id").hasFocus()
        write(page, secret__key_id="key-id", secret__secret=SECRET)
        page.footer.test.click()
        qtbot.waitUntil(page.findings.isVisible, timeout=20_000)


def test_a_keyring_that_hangs_leaves_the_window_alive(
    page: DestinationsPage, ring: MemoryRing, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destination_footer, "PATIENCE_S", 0.2)
    add_s3(page, qtbot)
    monkeypatch.setattr(credentials, "_known", {})
    ring.answering.clear()
    page.footer.test.click()
    assert status(page) == "Getting the keys..."
    qtbot.waitUntil(lambda: "Waiting for the keyring" in status(page))
    # What is typed meanwhile stays.
    write(page, configuration__region="eu-1")
    assert page.footer.stop.isVisible()
    page.footer.stop.click()
    assert status(page) == "The test was left."
    page.footer.save.click()
    qtbot.waitUntil(lambda: "Waiting for the keyring" in status(page))
    write(page, configuration__region="eu-2")
    ring.answering.set()
    qtbot.waitUntil(lambda: page.is_idle)
    assert stored("Bucket").configuration["region"] == "eu-1"
    assert line_of(page, "configuration.region").text() == "eu-2"
    assert form_of(page).is_dirty
    assert not page.findings.isVisible()


def test_what_cannot_be_is_said_beside_the_field(
    page: DestinationsPage, home: Path, qtbot: QtBot
) -> None:
    add_folder(page, qtbot, "Share", home / "share")
    begin(page, "s3")
    page.footer.save.click()
    for field in ("name", "configuration.endpoint", "configuration.bucket", "secret.secret"):
        assert problem_of(page, field), field
    assert line_of(page, "name").hasFocus()
    assert not problem_of(page, "configuration.region")
    assert "missing" in status(page)
    write(page, name="Share", configuration__endpoint="ftp://there", configuration__bucket="takes")
    assert not problem_of(page, "name")
    write(page, secret__key_id="key-id")
    QApplication.clipboard().setText("schlüssel")
    line_of(page, "secret.secret").paste()
    page.footer.save.click()
    assert "Choose another name" in problem_of(page, "name")
    for field, good, words in (
        ("name", "no/slash", "cannot be called"),
        ("name", "Bucket", ""),
        ("proxy", "socks5://proxy", "proxy"),
        ("proxy", "http://proxy:3128", ""),
        ("ca_file", str(home / "none.pem"), "none.pem"),
        ("ca_file", "", ""),
    ):
        write(page, **{field: good})
        if words:
            save(page, qtbot)
            assert words in problem_of(page, field)
            assert line_of(page, field).hasFocus()
    save(page, qtbot)
    assert "Copy it anew" in problem_of(page, "secret.secret")
    write(page, secret__secret=SECRET)
    save(page, qtbot)
    assert "ftp://there" in problem_of(page, "configuration.endpoint")
    write(page, configuration__endpoint=NOBODY)
    switch(page, "configuration.has_play_page")
    save(page, qtbot)
    assert "needs" in problem_of(page, "configuration.public_address")
    switch(page, "webhook")
    page.footer.save.click()
    assert "Enter the address" in problem_of(page, "secret.webhook")
    write(page, secret__webhook="example")
    page.footer.save.click()
    assert "https://" in problem_of(page, "secret.webhook")
    assert [each.name for each in destinations.all_destinations()] == ["Share"]


def test_a_key_that_is_gone_from_the_keyring_is_asked_for(
    page: DestinationsPage, ring: MemoryRing, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_s3(page, qtbot)
    ring.kept.pop(("recorder-app/Bucket", "secret"))
    monkeypatch.setattr(credentials, "_known", {})
    page.footer.test.click()
    qtbot.waitUntil(lambda: page.is_idle)
    assert problem_of(page, "secret.secret")
    assert not problem_of(page, "secret.key_id")
    write(page, configuration__region="eu-1")
    save(page, qtbot)
    assert "Enter it again" in problem_of(page, "secret.secret")


def test_tab_comes_to_every_button(page: DestinationsPage, home: Path, qtbot: QtBot) -> None:
    add_folder(page, qtbot, "Share", home / "share")
    write(page, command="mine")
    form_of(page).fold.click()
    wanted = buttons(page)
    assert {"Save", "Save and test", "Discard", "Remove...", "Advanced"} <= wanted
    # It is the default, and stays so until another one is chosen.
    assert wanted - {"Default destination"} <= reached_by_tab(page.window())


@pytest.mark.parametrize("kind", destinations.kind_names())
@pytest.mark.parametrize("language", ["en", "de"])
def test_everything_fits_into_the_smallest_window(
    home: Path, qtbot: QtBot, kind: str, language: str
) -> None:
    texts.use_language(language)
    try:
        dialog = opened(home, qtbot)
        page = dialog.destinations
        dialog.resize(dialog.minimumSize())
        for fits in (page.empty, page.chooser):
            assert fits.minimumSizeHint().width() <= page.area.viewport().width()
        begin(page, kind)
        form = form_of(page)
        form.fold.click()
        form.fields["webhook"].main.click()  # type: ignore[attr-defined]
        page.footer.save.click()
        assert page.footer.discard.isVisible()
        qtbot.waitUntil(lambda: not page.area.horizontalScrollBar().isVisible())
        assert page.minimumSizeHint().width() <= page.width()
        assert dialog.width() == dialog.minimumWidth()
    finally:
        texts.use_language(texts.SYSTEM)


def test_an_emptied_storage_hostname_is_the_usual_one(page: DestinationsPage, qtbot: QtBot) -> None:
    begin(page, "bunny-storage")
    write(page, name="Files", configuration__zone="takes", configuration__pull_zone="t.b-cdn.net")
    write(page, secret__password=SECRET, configuration__host="uk.storage.bunnycdn.com")
    save(page, qtbot)
    assert stored("Files").configuration["host"] == "uk.storage.bunnycdn.com"
    write(page, configuration__host="")
    save(page, qtbot)
    assert status(page) == "✓ Saved."
    assert "host" not in stored("Files").configuration
    assert line_of(page, "configuration.host").text() == "storage.bunnycdn.com"
    assert not form_of(page).is_dirty
