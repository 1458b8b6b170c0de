"""What a person does on the page of destinations, and sees there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from recorder_app.settings.destinations import DestinationsStore, StoredDestination
from recorder_app.settings.store import SettingsStore
from recorder_app.ui.destination_form import DestinationForm
from recorder_app.ui.destinations_page import DestinationsPage
from recorder_app.ui.form_fields import SecretField, TextField
from recorder_app.ui.settings_dialog import SettingsDialog
from tests.gui.support import shown

# Nobody listens there, which is told at once.
NOBODY = "http://127.0.0.1:9"
SECRET = "typed-secret-key"


def opened(home: Path, qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(SettingsStore(home / "settings.toml"))
    shown(qtbot, made)
    made.show_page("destinations")
    qtbot.waitUntil(lambda: made.is_idle)
    return made


def form_of(page: DestinationsPage) -> DestinationForm:
    found = page.shown
    assert found is not None
    return found


def line_of(page: DestinationsPage, field: str) -> QLineEdit:
    found = form_of(page).fields[field]
    assert isinstance(found, TextField | SecretField)
    return found.edit


def write(page: DestinationsPage, **texts: str) -> None:
    """Type into fields; two underscores stand for the dot in their names."""
    for field, text in texts.items():
        edit = line_of(page, field.replace("__", "."))
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, text) if text else QTest.keyClick(edit, Qt.Key.Key_Delete)


def switch(page: DestinationsPage, field: str) -> None:
    box = form_of(page).fields[field].main
    assert isinstance(box, QCheckBox)
    QTest.keyClick(box, Qt.Key.Key_Space)


def problem_of(page: DestinationsPage, field: str) -> str:
    """Return what is said to be wrong with a field."""
    shown = form_of(page).fields[field].problem
    return shown.text().replace("\N{ZERO WIDTH SPACE}", "") if shown.isVisible() else ""


def status(page: DestinationsPage) -> str:
    return page.footer.status.accessibleName()


def rows(page: DestinationsPage) -> list[str]:
    return [page.list.item(index).text() for index in range(page.list.count())]


def begin(page: DestinationsPage, kind: str) -> None:
    (page.empty.add if page.empty.isVisible() else page.add).click()
    page.chooser.buttons[kind].click()


def save(page: DestinationsPage, qtbot: QtBot) -> None:
    page.footer.save.click()
    qtbot.waitUntil(lambda: page.is_idle)


def save_and_test(page: DestinationsPage, qtbot: QtBot) -> None:
    assert page.footer.test.text() == "Save and test"
    page.footer.test.click()
    qtbot.waitUntil(lambda: page.is_idle and page.footer.test.text() == "Test", timeout=20_000)


def add_folder(page: DestinationsPage, qtbot: QtBot, name: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    begin(page, "folder")
    write(page, name=name, configuration__folder=str(folder))
    save(page, qtbot)
    assert status(page) == "✓ Saved."


def add_s3(page: DestinationsPage, qtbot: QtBot, name: str = "Bucket") -> None:
    begin(page, "s3")
    write(page, name=name, configuration__endpoint=NOBODY, configuration__bucket="takes")
    write(page, secret__key_id="key-id", secret__secret=SECRET)
    save(page, qtbot)


def stored(name: str) -> StoredDestination:
    return DestinationsStore().read().get(name)


def store(name: str, home: Path, **more: object) -> None:
    """Do what the command line does beside the window."""
    folder = {"folder": str(home)}
    DestinationsStore().put(
        StoredDestination(name=name, kind="folder", configuration=folder, **more)  # type: ignore[arg-type]
    )
