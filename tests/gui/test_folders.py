"""“Show in folder”: the file manager is asked in the background; else the folder is opened."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from recorder_app.system import reveal
from recorder_app.ui.folders import show_in_folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the toolkit opens."""
    found: list[Path] = []

    def note(url: QUrl) -> bool:
        found.append(Path(url.toLocalFile()))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    return found


def test_the_folder_is_opened_where_no_bus_is(
    tmp_path: Path, opened: list[Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    file = tmp_path / "talk.webm"
    file.write_bytes(b"x")
    show_in_folder(str(file))
    qtbot.waitUntil(lambda: bool(opened))
    assert opened == [tmp_path]


def test_a_slow_file_manager_holds_up_nothing(
    tmp_path: Path, opened: list[Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    go_on, asked = threading.Event(), list[tuple[Path, str]]()

    def slow(path: Path) -> bool:
        asked.append((path, threading.current_thread().name))
        return go_on.wait(20)

    monkeypatch.setattr(reveal, "reveal", slow)
    show_in_folder(tmp_path / "talk.webm")
    qtbot.waitUntil(lambda: bool(asked))
    go_on.set()
    assert asked[0][0] == tmp_path / "talk.webm"
    assert asked[0][1] != threading.current_thread().name
    monkeypatch.setattr(reveal, "reveal", lambda _: False)
    show_in_folder(tmp_path / "gone.webm")
    qtbot.waitUntil(lambda: bool(opened))
    # The first one was shown.
    assert len(opened) == 1
