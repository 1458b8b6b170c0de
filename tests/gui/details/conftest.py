"""The details panel over a library with a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from recorder_app.library.database import Database
from recorder_app.ui.library.details import DetailsPanel
from recorder_app.ui.tokens import LIGHT
from tests.gui import library_scenes as scenes
from tests.gui.details.support import Person
from tests.gui.support import shown


@pytest.fixture
def take(database: Database, home: Path) -> str:
    return scenes.take(database, home)


@pytest.fixture
def person(database: Database, qtbot: QtBot) -> Iterator[Person]:
    panel = DetailsPanel(LIGHT)
    panel.resize(300, 700)
    shown(qtbot, panel)
    yield Person(panel, database, qtbot)
    panel.close_library()
    panel._background.finish()
    panel.copies._calls.finish()
