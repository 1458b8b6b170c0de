"""A user's own folders and keyring, and the page in its window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from recorder_app.jobs import credentials
from recorder_app.ui.destinations_page import DestinationsPage
from recorder_app.ui.settings_dialog import SettingsDialog
from tests.gui.destinations.support import opened
from tests.support.keyrings import MemoryRing, system_keyring


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    for kept in ("_given", "_known", "_asked"):
        monkeypatch.setattr(credentials, kept, {})
    return tmp_path


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    made = MemoryRing()
    with system_keyring(made):
        yield made
        made.answering.set()


@pytest.fixture
def dialog(home: Path, ring: MemoryRing, qtbot: QtBot) -> SettingsDialog:  # noqa: ARG001
    return opened(home, qtbot)


@pytest.fixture
def page(dialog: SettingsDialog) -> DestinationsPage:
    return dialog.destinations
