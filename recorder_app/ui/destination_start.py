"""How a destination begins: what it is good for, and which kinds there are."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.field_row import line

if TYPE_CHECKING:
    from recorder_app.services.destinations import KindEntry

_LINES = {
    "bunny-stream": N_("A player page for each recording, smooth on every device."),
    "bunny-storage": N_("Files of your own storage zone, fast everywhere."),
    "s3": N_("A bucket of your own, at one of many services or on your server."),
    "folder": N_("A network share, a folder that is synchronised, or a disk."),
}


class EmptyState(QWidget):
    """What is shown while there is no destination."""

    add_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        what = line(translate(N_("Share a recording with a link")), "strong")
        why = line(
            translate(
                N_(
                    "A destination is a place that recordings are uploaded to: a video service, a"
                    " bucket or a folder that others can see. Once there is one, the link to a"
                    " recording is there as soon as it ends. Keys stay in the system's keyring."
                )
            ),
            "",
        )
        self.add = TextButton(translate(N_("Add a destination")), kind="primary")
        self.add.setMinimumHeight(2 * tokens.SPACE_L + tokens.SPACE_XS)
        self.add.clicked.connect(self.add_requested)
        column = boxes.column(tokens.SPACE_M, self)
        column.addWidget(what)
        column.addWidget(why)
        column.addSpacing(tokens.SPACE_XS)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)


class KindChooser(QWidget):
    """One button for each kind of destination. `chosen` carries its name."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        self._column = boxes.column(tokens.SPACE_S, self)
        self._column.addWidget(line(translate(N_("Where to?")), "strong"))
        self.cancel = TextButton(translate(N_("Cancel")))
        self.cancel.clicked.connect(self.left)
        self._column.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignRight)

    def show_kinds(self, kinds: list[KindEntry]) -> None:
        """Show a button for each."""
        for kind in kinds:
            if kind.name in self.buttons:
                continue
            about = translate(_LINES.get(kind.name, ""))
            button = _KindButton(kind.title, about)
            button.clicked.connect(functools.partial(self.chosen.emit, kind.name))
            self.buttons[kind.name] = button
            self._column.insertWidget(len(self.buttons), button)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leaves the kinds, not the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _KindButton(TextButton):
    """A title with a line below it, which wraps."""

    def __init__(self, title: str, about: str) -> None:
        super().__init__("")
        self.setAccessibleName(title)
        self.setAccessibleDescription(about)
        self._lines = column = boxes.column(tokens.SPACE_XS // 2, self)
        column.setContentsMargins(
            tokens.SPACE_M, tokens.SPACE_S + 2, tokens.SPACE_M, tokens.SPACE_S + 2
        )
        for text, kind in ((title, ""), (about, "muted")):
            label = line(text, kind)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        return self._lines.heightForWidth(width)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._lines.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._lines.minimumSize()
