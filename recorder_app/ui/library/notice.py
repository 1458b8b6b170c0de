"""A line at the edge of the window: what happened, and a button or two for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QSizePolicy, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.tokens import SPACE_M, SPACE_S, Theme

_STAYS_MS = 12_000
_DETAILS_HEIGHT = 88

Action = tuple[str, str, Callable[[], None]]
"""What a button says, its kind, and what it does."""


class Notice(QFrame):
    """Hidden until there is something to say. What can be undone stays for some seconds."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_grave = False
        self._fault: Exception | None = None
        self.setProperty("kind", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture = Picture()
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setFixedHeight(_DETAILS_HEIGHT)
        self._details.setAccessibleName(translate(N_("Reasons")))
        self._details.setTabChangesFocus(True)
        self._details.hide()
        self._buttons = boxes.row(SPACE_S)
        self._close = IconButton("close", translate(N_("Close")))
        self._close.clicked.connect(self.hide)
        line = boxes.row(SPACE_S)
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._text, 1)
        line.addLayout(self._buttons)
        line.addWidget(self._close)
        column = boxes.column(SPACE_S, self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        column.addLayout(line)
        column.addWidget(self._details)
        self._timer = QTimer(self, singleShot=True, interval=_STAYS_MS)
        self._timer.timeout.connect(self._leave)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, nothing while it is hidden."""
        return self._text.text() if not self.isHidden() else ""

    def tell(
        self,
        text: str,
        actions: Sequence[Action] = (),
        *,
        is_grave: bool = False,
        details: str = "",
        stays: bool = False,
        asks: bool = False,
        fault: Exception | None = None,
    ) -> None:
        """Say `text`, with a button for each of `actions`; what is grave, or `stays`, stays.

        What `asks` stays as well, with the keyboard on the first button. What tells of a `fault`
        stays until that is over: see ``settle``.
        """
        self._is_grave = is_grave
        self._fault = fault
        self._text.setText(text)
        set_kind(self._text, "warn" if is_grave else "")
        self.setAccessibleName(text)
        self._details.setPlainText(details)
        self._details.setVisible(bool(details))
        while (item := self._buttons.takeAt(0)) is not None:
            button = item.widget()
            if button is not None:
                button.deleteLater()
        for title, kind, action in actions:
            made = TextButton(title, kind=kind)
            made.clicked.connect(self.hide)
            made.clicked.connect(action)
            self._buttons.addWidget(made)
        self.set_theme(self._theme)
        self.show()
        first = self._buttons.itemAt(0)
        button = None if first is None else first.widget()
        if asks and button is not None:
            button.setFocus()
        if stays or asks or is_grave:
            self._timer.stop()
        else:
            self._timer.start()

    def settle(self, *kinds: type[Exception]) -> None:
        """Faults of these kinds are over: something went well that they would have hindered."""
        if isinstance(self._fault, kinds):
            self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self._close.set_theme(theme)
        name, colour = ("warning", theme.warn) if self._is_grave else ("info", theme.muted)
        self._picture.show_icon(name, colour)

    def _leave(self) -> None:
        # Not from under a pointer or the keyboard.
        focused = self.focusWidget()
        if self.underMouse() or (focused is not None and focused.hasFocus()):
            self._timer.start()
        else:
            self.hide()
