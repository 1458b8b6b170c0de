"""Windows by themselves, drawn without a display; what needs a real one is in tests/desktop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from pytestqt.qtbot import QtBot

from recorder_app.library.database import Database
from recorder_app.services.targets import TargetList
from recorder_app.ui import style
from recorder_app.ui.picker import AreaPicker
from recorder_app.ui.tokens import LIGHT
from tests.gui import library_scenes
from tests.gui.library import Visitor, make_library
from tests.gui.picking import WINDOWS, Person

_HERE = Path(__file__).parent
# What a machine without a display, a graphics card or a sound server lacks is no fault of a window.
_OF_BARE_MACHINES = (
    "This plugin does not support",
    "No RHI backend",
    "No audio device detected",
    "PulseAudioService",
    # What Qt's player says beside its signals.
    "Could not open media",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Windows are judged by what they do, not by the machine they are on."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*_OF_BARE_MACHINES))


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> Iterator[None]:
    style.apply(qapp, LIGHT)
    yield
    qapp.processEvents()


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    """Somebody who is about to open the picker."""
    picker = AreaPicker(LIGHT, reduced_motion=True, look=lambda: TargetList([], WINDOWS))
    yield Person(qtbot, picker)
    picker.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    return tmp_path


@pytest.fixture
def database(home: Path) -> Iterator[Database]:  # noqa: ARG001 - it is where the library is
    with library_scenes.opened() as found:
        yield found


@pytest.fixture
def ids(home: Path) -> list[str]:  # noqa: ARG001 - the library is made there
    return make_library(300)


@pytest.fixture
def visitor(ids: list[str], home: Path, qtbot: QtBot) -> Iterator[Visitor]:  # noqa: ARG001
    one = Visitor(qtbot, home).open()
    yield one
    one.window.close()
    one.settle()
