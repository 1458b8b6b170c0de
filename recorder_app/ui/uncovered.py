"""What is begun only when windows of this app are really off the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QCursor

from recorder_app.capture.uncovering import wait_until_uncovered
from recorder_app.ui.background import Background

_log = logging.getLogger(__name__)


class Uncovered(QObject):
    """Calls back once windows that were hidden have gone. Used on the GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self, "uncovered")

    def then(self, windows: Sequence[int], act: Callable[[], object]) -> None:
        """Call `act` when no window of these native handles is on the screen; soon in any case."""
        if not windows:
            act()
            return
        # The display answers this after it has taken in, over the same connection, that they go.
        QCursor.pos()

        def go_on(has_gone: bool) -> None:
            if not has_gone:
                _log.warning("windows not known to be off the screen")
            act()

        self._background.run(
            lambda: wait_until_uncovered(windows), go_on, lambda _error: go_on(False)
        )
