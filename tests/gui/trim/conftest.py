"""A recording in a library of its own, and the page that trims it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from recorder_app.library.database import Database
from recorder_app.ui.editor.trim_page import TrimPage
from recorder_app.ui.tokens import LIGHT
from tests.gui.playing import recorded
from tests.gui.support import shown
from tests.gui.trim.support import SECONDS, opened
from tests.support.jobs import add_recording


@pytest.fixture(scope="session", params=["webm", "mp4"])
def take(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared: change nothing."""
    folder = tmp_path_factory.mktemp("trim")
    return recorded(folder / f"talk.{request.param}", "noise", seconds=SECONDS)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Videos").mkdir()


@pytest.fixture
def recording(take: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The take in the library, as a file of its own."""
    path = tmp_path / "Videos" / take.name
    shutil.copy(take, path)
    database = Database(tmp_path / "data" / "recorder-app" / "library.sqlite")
    yield add_recording(database, path).id, path
    database.close()


@pytest.fixture
def make_page(qtbot: QtBot) -> Iterator[Callable[[], TrimPage]]:
    made: list[TrimPage] = []

    def make() -> TrimPage:
        page = TrimPage(LIGHT)
        page.resize(1000, 700)
        made.append(page)
        shown(qtbot, page)
        return page

    yield make
    for page in made:
        page.close_media()


@pytest.fixture
def page(make_page: Callable[[], TrimPage], recording: tuple[str, Path], qtbot: QtBot) -> TrimPage:
    return opened(make_page(), recording[0], qtbot)
