"""Windows by themselves, drawn without a display; what needs a real one is in tests/desktop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from recorder_app.ui import style
from recorder_app.ui.tokens import LIGHT

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the platform without a display lacks is no fault of a window."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> Iterator[None]:
    style.apply(qapp, LIGHT)
    yield
    qapp.processEvents()
