"""A control in a form: its name beside it, below it what it means and what is wrong with it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from recorder_app.ui import boxes, tokens

_TITLE_WIDTH = 148
MOST_WIDTH = 580


class FieldRow(QWidget):
    """`control` is what is shown, `main` the part of it that has the keyboard.

    A control that shows its own name has no `title`; one that is not `is_wide` stays as narrow as
    it is. `name` is what a screen reader says.
    """

    def __init__(
        self,
        control: QWidget,
        main: QWidget,
        *,
        name: str,
        title: str,
        help_text: str,
        is_wide: bool = True,
    ) -> None:
        super().__init__()
        self.main = main
        self.help = line(help_text, "muted")
        if not help_text:
            self.help.hide()
        self.problem = line("", "warn")
        self.problem.hide()
        column = boxes.column(tokens.SPACE_XS)
        side = Qt.AlignmentFlag(0) if is_wide else Qt.AlignmentFlag.AlignLeft
        column.addWidget(control, 0, side)
        column.addWidget(self.help)
        column.addWidget(self.problem)
        row = boxes.row(tokens.SPACE_M, self)
        label = QLabel(title)
        label.setWordWrap(True)
        label.setFixedWidth(_TITLE_WIDTH)
        # Level with the text in the control.
        label.setContentsMargins(0, 6, 0, 0)
        label.setBuddy(main)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        main.setAccessibleName(name)
        main.setAccessibleDescription(help_text)

    def tell(self, text: str) -> None:
        """Say what is wrong; nothing is, without a text."""
        self.problem.setText(breakable(f"⚠ {text}") if text else "")
        self.problem.setVisible(bool(text))
        self.main.setAccessibleDescription(text or self.help.text())


def line(text: str, kind: str) -> QLabel:
    """Return a text that may be longer than a line, looking as `kind`."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("kind", kind)
    return label


def breakable(text: str) -> str:
    """Return `text` so that addresses and paths in it are wrapped as well."""
    return re.sub(r"([/\\_=&?])(?=\S)", "\\1\N{ZERO WIDTH SPACE}", text)
