"""Files that are dropped onto text fields of the library window go to the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from recorder_app.ui.library.details import DetailsPanel
from recorder_app.ui.tokens import LIGHT
from tests.gui.library import Visitor

AT = QPoint(9, 9)
COPY, BUTTON = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def drop(data: QMimeData, target: QWidget) -> bool:
    """Drop something of another program; return whether it was taken."""
    entered = QDragEnterEvent(AT, COPY, data, BUTTON, NONE)
    QApplication.sendEvent(target, entered)
    if not entered.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPointF(AT), COPY, data, BUTTON, NONE))
    return True


@pytest.fixture
def panel(visitor: Visitor) -> DetailsPanel:
    """The details of the first recording, beside the others."""
    window = visitor.window
    made = DetailsPanel(LIGHT)
    window.set_details(made)
    window.resize(1100, 700)
    visitor.click(0)
    visitor.qtbot.waitUntil(lambda: made.is_idle and bool(made.one.title.text()))
    return made


@pytest.mark.parametrize("where", ["search", "title", "description", "project", "tag", "card"])
def test_files_are_imported_wherever_they_are_dropped(
    visitor: Visitor, panel: DetailsPanel, tmp_path: Path, where: str
) -> None:
    if where == "card":
        visitor.window.recordings.rename()
    found = {
        "search": visitor.window.bar.search,
        "title": panel.one.title.line,
        "description": panel.one.description.edit.viewport(),
        "project": panel.one.project._line,
        "tag": panel.one.tags.line,
        "card": visitor.window.recordings.grid.findChild(QLineEdit),
    }
    field = found[where]
    assert field is not None
    file = tmp_path / "notes.webm"
    file.write_text("no film at all")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    # As file managers do.
    data.setText(str(file))
    before = panel.one.title.text(), panel.one.description.text(), panel.one.project.text()
    assert drop(data, field)
    visitor.qtbot.waitUntil(lambda: "not imported" in visitor.window.notice.text, timeout=5_000)
    after = panel.one.title.text(), panel.one.description.text(), panel.one.project.text()
    assert after == before
    assert not visitor.window.bar.search.text()
    assert not panel.one.tags.line.text()


def test_a_text_that_is_dropped_is_searched_for(visitor: Visitor) -> None:
    data = QMimeData()
    data.setText("workshop")
    assert drop(data, visitor.window.bar.search)
    assert visitor.window.bar.search.text() == "workshop"
    visitor.settle()
    assert not visitor.window.notice.text
