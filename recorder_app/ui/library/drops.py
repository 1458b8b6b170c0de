"""Files that are dropped: which they are, and that they go to the window, not into its fields."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_DROPS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


def files_of(data: QMimeData) -> list[Path]:
    """Return the files of this machine that are dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def let_files_through(field: QWidget) -> None:
    """Have files that are dropped onto a text field go to what it is in; texts go into it.

    By itself it takes their paths for texts.
    """
    part = field.viewport() if isinstance(field, QAbstractScrollArea) else field
    part.installEventFilter(_Filter(part))


class _Filter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _DROPS and isinstance(event, QDropEvent) and files_of(event.mimeData()):
            event.ignore()
            return True
        return super().eventFilter(watched, event)
