"""Asks for the keys of a destination that neither the keyring nor the environment gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.own_window import OwnWindow
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

if TYPE_CHECKING:
    from recorder_app.services.destinations import FieldEntry

_WIDTH = 420


class SecretsDialog(OwnWindow):
    """`given` carries what was typed, by the names of the secrets; it is shown to nobody."""

    given = Signal(dict)

    def __init__(
        self,
        destination: str,
        fields: Sequence[FieldEntry],
        problem: RecorderError | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        self.setWindowTitle(translate(N_("Keys of “{name}”"), name=destination))
        self.setMinimumWidth(_WIDTH)
        self._edits: dict[str, QLineEdit] = {}
        self._needed = [each.name for each in fields if not each.is_optional]
        about = _line(
            translate(
                N_("“{name}” needs its keys. They are used until Recorder is quit, and not kept."),
                name=destination,
            ),
            "strong",
        )
        self.use = TextButton(translate(N_("Share")), "link", "primary")
        self.cancel = TextButton(translate(N_("Not now")))
        form = QGridLayout()
        form.setHorizontalSpacing(SPACE_M)
        form.setVerticalSpacing(SPACE_XS)
        for each in fields:
            self._add(form, each)
        actions = boxes.row(SPACE_S)
        actions.addStretch(1)
        actions.addWidget(self.cancel)
        actions.addWidget(self.use)
        column = boxes.column(SPACE_M, self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.addWidget(about)
        if problem is not None:
            column.addWidget(_line(f"⚠ {problem}", "warn"))
        column.addLayout(form)
        column.addStretch(1)
        column.addLayout(actions)
        self.use.setDefault(True)
        self.use.clicked.connect(self._give)
        self.cancel.clicked.connect(self.close)
        self._check()

    def _add(self, form: QGridLayout, field: FieldEntry) -> None:
        edit = self._edits[field.name] = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.setAccessibleName(field.title)
        edit.setAccessibleDescription(field.help)
        edit.textChanged.connect(self._check)
        edit.returnPressed.connect(self._give)
        title = QLabel(field.title)
        title.setBuddy(edit)
        row = form.rowCount()
        form.addWidget(title, row, 0)
        form.addWidget(edit, row, 1)
        if field.help:
            form.addWidget(_line(field.help, "muted"), row + 1, 1)

    def _check(self) -> None:
        self.use.setEnabled(all(self._edits[name].text().strip() for name in self._needed))

    def _give(self) -> None:
        if not self.use.isEnabled():
            return
        typed = {name: edit.text().strip() for name, edit in self._edits.items()}
        self.given.emit({name: value for name, value in typed.items() if value})
        self.close()


def _line(text: str, kind: str) -> QLabel:
    line = QLabel(text)
    line.setWordWrap(True)
    line.setTextFormat(Qt.TextFormat.PlainText)
    set_kind(line, kind)
    return line
