"""What stands below the form of a destination: how it is, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.field_row import breakable, line

if TYPE_CHECKING:
    from recorder_app.services.destinations import TestReport

# From then on it is said what is waited for.
PATIENCE_S = 2.0
_SHEET = f"#footer {{ border: none; border-top: {1}px solid palette(mid); }}"


class Phase(Enum):
    """What is being done with a destination."""

    SAVING = "saving"
    ASKING = "asking"
    TESTING = "testing"
    REMOVING = "removing"


@dataclass
class State:
    """How a destination is, in its form. `began` is when its phase did, of time.monotonic.

    A test that was given up has another `number` than the one that is waited for. What `is_lasting`
    is said again after a test.
    """

    phase: Phase | None = None
    began: float = 0.0
    text: str = ""
    kind: str = ""
    is_asked: bool = False
    is_lasting: bool = False
    number: int = 0
    report: TestReport | None = field(default=None)

    def begin(self, phase: Phase, now: float) -> None:
        self.phase, self.began, self.text, self.is_asked = phase, now, "", False
        self.is_lasting = False
        self.report = None

    def end(self, text: str, kind: str = "warn") -> None:
        """Nothing is done any more; `text` says what came of it."""
        self.phase, self.text, self.kind, self.is_asked = None, text, kind, False
        self.is_lasting = False

    @property
    def can_stop(self) -> bool:
        return self.phase in (Phase.ASKING, Phase.TESTING)


class DestinationFooter(QFrame):
    """What is pressed is told by signals. `remove_confirmed` comes after being asked."""

    save_requested = Signal()
    test_requested = Signal()
    discard_requested = Signal()
    remove_requested = Signal()
    remove_confirmed = Signal()
    remove_refused = Signal()
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("footer")
        self.setStyleSheet(_SHEET)
        self.status = line("", "muted")
        self.stop = TextButton(translate(N_("Stop waiting")))
        self.question = line("", "")
        self.confirm = TextButton(translate(N_("Remove")))
        self.keep = TextButton(translate(N_("Keep")))
        self.remove = TextButton(translate(N_("Remove...")))
        self.discard = TextButton(translate(N_("Discard")))
        self.test = TextButton("")
        self.save = TextButton(translate(N_("Save")), kind="primary")
        for button, signal in (
            (self.stop, self.stop_requested),
            (self.confirm, self.remove_confirmed),
            (self.keep, self.remove_refused),
            (self.remove, self.remove_requested),
            (self.discard, self.discard_requested),
            (self.test, self.test_requested),
            (self.save, self.save_requested),
        ):
            button.clicked.connect(signal)
        self._arrange()

    def show_state(
        self, state: State, name: str, now: float, *, is_stored: bool, is_dirty: bool
    ) -> None:
        """Show `state` of the destination called `name`, and what can be done with it now."""
        text, kind = state.text, state.kind
        if state.phase is not None:
            text, kind = _progress(state, name, now), "muted"
        sign = {"warn": "⚠ ", "ok": "✓ "}.get(kind, "") if text else ""
        _show(self.status, f"{sign}{text}", kind)
        self.status.setVisible(bool(text))
        self.stop.setVisible(state.can_stop)
        is_asked = state.is_asked and is_stored
        self._question.setVisible(is_asked)
        self._buttons.setVisible(not is_asked)
        if is_asked:
            question = N_("Remove “{name}” and its keys? What was uploaded there stays there.")
            self.question.setText(translate(question, name=name))
        self.remove.setVisible(is_stored)
        self.discard.setVisible(is_dirty or not is_stored)
        test = N_("Save and test") if is_dirty or not is_stored else N_("Test")
        self.test.setText(translate(test))
        self.test.setAccessibleName(self.test.text())

    def allow(self, *, is_known: bool) -> None:
        """What is of a kind that is not known can only be removed."""
        self.save.setVisible(is_known)
        self.test.setVisible(is_known)

    def _arrange(self) -> None:
        status = boxes.row(tokens.SPACE_S)
        status.addWidget(self.status, 1)
        status.addWidget(self.stop)
        self._question = QWidget()
        asked = boxes.row(tokens.SPACE_S, self._question)
        asked.addWidget(self.question, 1)
        asked.addWidget(self.keep)
        asked.addWidget(self.confirm)
        self._buttons = QWidget()
        row = boxes.row(tokens.SPACE_S, self._buttons)
        row.addWidget(self.remove)
        row.addStretch(1)
        for button in (self.discard, self.test, self.save):
            row.addWidget(button)
        column = boxes.column(tokens.SPACE_S, self)
        column.setContentsMargins(tokens.SPACE_XL, tokens.SPACE_M, tokens.SPACE_XL, tokens.SPACE_M)
        column.addLayout(status)
        column.addWidget(self._question)
        column.addWidget(self._buttons)


def _progress(state: State, name: str, now: float) -> str:
    waited = now - state.began
    if state.phase is Phase.TESTING:
        text = N_("Testing “{name}”: {seconds} s")
        return translate(text, name=name, seconds=int(waited))
    if waited >= PATIENCE_S:
        text = N_(
            "Waiting for the keyring: {seconds} s. It may be asking for its password in another"
            " window."
        )
        return translate(text, seconds=int(waited))
    texts = {
        Phase.SAVING: N_("Saving..."),
        Phase.ASKING: N_("Getting the keys..."),
        Phase.REMOVING: N_("Removing..."),
    }
    return translate(texts[state.phase]) if state.phase is not None else ""


def _show(label: QLabel, text: str, kind: str) -> None:
    label.setText(breakable(text))
    label.setAccessibleName(text)
    if label.property("kind") != kind:
        label.setProperty("kind", kind)
        # The style sheet looks at it only then.
        label.style().unpolish(label)
        label.style().polish(label)
