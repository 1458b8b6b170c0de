"""A library of its own, and a real recording, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder_app.library.database import Database
from tests.support.takes import virtual


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "library.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of the moving pattern. Shared: change nothing."""
    path = tmp_path_factory.mktemp("take") / "take.webm"
    virtual(path, "pattern@640x360", limit_s=12.0).run()
    return path
