"""“Show in folder”, as every window has it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from recorder_app.system import reveal
from recorder_app.ui.background import Background

_background: Background | None = None


def show_in_folder(path: str | Path) -> None:
    """Show a file in the file manager, chosen; or its folder, where there is no more to be had.

    Returns at once. Used on the GUI thread.
    """
    file = Path(path)

    def done(is_shown: bool) -> None:
        if not is_shown:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    _thread().run(lambda: reveal.reveal(file), done)


def _thread() -> Background:
    global _background
    if _background is None:
        app = QCoreApplication.instance()
        assert app is not None
        _background = Background(app, "show in folder")
    return _background
