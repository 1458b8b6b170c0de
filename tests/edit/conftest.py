"""A user with a library, and a real recording in it, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app.library.database import Database
from recorder_app.library.models import Recording
from tests.support.jobs import add_recording
from tests.support.takes import virtual


@pytest.fixture(scope="session")
def short_take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of the moving pattern, 30 pictures a second. Shared: change nothing."""
    path = tmp_path_factory.mktemp("short") / "talk.webm"
    virtual(path, "pattern@320x192", limit_s=6.0).run()
    return path


@pytest.fixture
def home(screenless: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A user's environment whose library is `database`."""
    (tmp_path / "Videos").mkdir()
    return screenless | {"XDG_DATA_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "recorder-app" / "library.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def recording(database: Database, short_take: Path, tmp_path: Path) -> Recording:
    """The take in the library, as a file of its own."""
    path = tmp_path / "Videos" / "talk.webm"
    path.parent.mkdir(exist_ok=True)
    shutil.copy(short_take, path)
    return add_recording(database, path)
