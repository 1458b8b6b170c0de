"""A problem is told in words that help, with what to send along."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from recorder_app import __version__, logs, paths
from recorder_app.errors import DiskFull
from recorder_app.pipeline.events import ErrorReport
from recorder_app.ui.problem_dialog import ProblemDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProblemDialog:
    monkeypatch.setattr(paths, "log_folder", lambda: tmp_path)
    (tmp_path / logs.FILE_NAME).write_text("the last line\n")
    made = ProblemDialog()
    qtbot.addWidget(made)
    return made


def button(dialog: ProblemDialog, text: str) -> QPushButton:
    found = [each for each in dialog.findChildren(QPushButton) if each.text() == text]
    assert len(found) == 1
    return found[0]


def visible(dialog: ProblemDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]


def test_it_says_what_happened_what_is_safe_and_what_to_do(
    dialog: ProblemDialog, qtbot: QtBot
) -> None:
    error = DiskFull("The disk of {folder} is full.", hint="Free some space.", folder="/x")
    dialog.show_problem(error, what_is_safe="The recording so far is saved.", can_retry=True)
    assert visible(dialog) == [
        "The disk of /x is full.",
        "✓ The recording so far is saved.",
        "Free some space.",
    ]
    with qtbot.waitSignal(dialog.retry_requested):
        button(dialog, "Try again").click()
    assert not dialog.isVisible()


def test_details_are_copied_with_the_log(dialog: ProblemDialog, qtbot: QtBot) -> None:
    dialog.show_problem(ErrorReport("storage", "It failed.", "", 5), details="token=5ecre7")
    assert visible(dialog) == ["It failed."]
    assert not button(dialog, "Try again").isVisible()
    qtbot.waitUntil(lambda: button(dialog, "Copy details").isEnabled())
    button(dialog, "Show details").click()
    button(dialog, "Copy details").click()
    copied = QGuiApplication.clipboard().text()
    assert all(part in copied for part in ("storage: It failed.", __version__, "the last line"))
    assert "5ecre7" not in copied
    assert button(dialog, "Hide details").isVisible()


def test_escape_closes(dialog: ProblemDialog, qtbot: QtBot) -> None:
    dialog.show_problem(ErrorReport("storage", "It failed.", "", 5))
    with qtbot.waitSignal(dialog.closed):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
