"""The keys of the library window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from recorder_app.ui.library.window import LibraryWindow


def add_shortcuts(window: LibraryWindow) -> None:
    """Give the window its keys.

    They belong to the page of the library: the trim view has an undo of its own.
    """
    page, view, doings = window.page, window.recordings, window.doings
    for keys, action, owner in (
        (QKeySequence.StandardKey.Find, window.focus_search, page),
        (QKeySequence.StandardKey.Undo, doings.undo, page),
        (QKeySequence.StandardKey.Refresh, window.refresh, page),
        (QKeySequence.StandardKey.Delete, doings.delete_key, view),
        (QKeySequence.StandardKey.Copy, doings.copy_files, view),
        (QKeySequence("F2"), view.rename, view),
    ):
        made = QAction(owner)
        made.setShortcut(keys)
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.triggered.connect(partial(_call, action))
        owner.addAction(made)


def _call(action: Callable[[], object], _checked: bool = False) -> None:
    action()
