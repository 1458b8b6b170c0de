"""Telling what went wrong: in a window when nothing is recorded, by a notification otherwise."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from recorder_app.errors import InternalError
from recorder_app.texts import N_, translate
from recorder_app.ui.notifications import Notifier
from recorder_app.ui.problem_dialog import Problem, ProblemDialog

_log = logging.getLogger(__name__)


class Problems(QObject):
    """Used on the GUI thread."""

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._dialog: ProblemDialog | None = None

    def tell(self, problem: Problem, *, is_taking: bool, what_is_safe: str = "") -> None:
        """Tell of a problem that somebody waits to hear of."""
        _log.warning("told code=%s: %s %s", problem.code, problem.message, problem.hint)
        if is_taking:
            # No window while something is recorded: it would be in the picture.
            self.note("problem", problem)
            return
        if self._dialog is None:
            self._dialog = ProblemDialog()
        self._dialog.show_problem(problem, what_is_safe=what_is_safe)
        self._dialog.show()
        self._dialog.raise_()

    def note(self, key: str, problem: Problem) -> None:
        """Tell of a problem in passing."""
        self._notifier.notify(key, problem.message, problem.hint, urgency="critical")

    def crashed(self, report: Path) -> None:
        """Tell that something unexpected happened in the app, and where it is written down."""
        error = InternalError(
            N_("Something unexpected happened in Recorder."),
            hint=N_("Please report it with the file {report}."),
            report=report,
        )
        self._notifier.notify(
            "crash",
            error.message,
            f"{translate(N_('A recording that runs goes on.'))} {error.hint}",
            urgency="critical",
        )

    def close(self) -> None:
        if self._dialog is not None:
            self._dialog.close()


def confirmed(question: str, yes: str, no: str, *, is_safe: bool = False) -> bool:
    """Ask in a window of its own. Return means `no` unless `yes` is safe, Esc always does."""
    box = QMessageBox(QMessageBox.Icon.Question, translate(N_("Recorder")), translate(question))
    accepted = box.addButton(translate(yes), QMessageBox.ButtonRole.AcceptRole)
    rejected = box.addButton(translate(no), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(accepted if is_safe else rejected)
    box.setEscapeButton(rejected)
    box.exec()
    return box.clickedButton() is accepted
