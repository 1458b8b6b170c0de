"""Work off the thread that draws, answered on it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from recorder_app.errors import RecorderError


class Asking(QObject):
    """Asks one thing in a thread of its own.

    `answered` carries this object, to tell a late answer by, and what was returned or the error.
    """

    answered = Signal(object, object)

    def __init__(self, question: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._question = question

    def start(self) -> None:
        """Ask. Nobody waits for an answer at the end of the program."""
        threading.Thread(target=self._run, name="asking", daemon=True).start()

    def _run(self) -> None:
        try:
            answer: object = self._question()
        except RecorderError as error:
            answer = error
        # Whoever asked may be gone by now.
        with contextlib.suppress(RuntimeError):
            self.answered.emit(self, answer)
