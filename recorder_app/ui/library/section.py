"""A part of a panel under a heading that folds it up."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, icons
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

_SIZE = 14


class Section(QWidget):
    """A heading with what belongs to it. `toggled` says whether it is open now."""

    toggled = Signal(bool)

    def __init__(
        self, heading: str, *, is_open: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._heading = heading
        self.header = QPushButton(heading)
        self.header.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.setIconSize(QSize(_SIZE, _SIZE))
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_kind(self.header, "section")
        self.body = QWidget()
        self.content = boxes.column(SPACE_S, self.body)
        self.content.setContentsMargins(0, 0, 0, SPACE_S)
        column = boxes.column(SPACE_XS, self)
        column.addWidget(self.header)
        column.addWidget(self.body)
        self.header.clicked.connect(lambda: self.set_open(is_open=not self.is_open))
        self._is_open = is_open
        self._show()

    @property
    def is_open(self) -> bool:
        return self._is_open

    def set_open(self, *, is_open: bool) -> None:
        """Unfold it, or fold it up."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._show()
            self.toggled.emit(is_open)

    def set_count(self, count: int) -> None:
        """Say beside the heading how many there are; 0 says nothing."""
        self.header.setText(f"{self._heading}  {count}" if count else self._heading)
        self._describe()

    def set_theme(self, theme: Theme) -> None:
        """Draw the arrow in the colours of `theme`."""
        self._theme = theme
        self._show()

    def _show(self) -> None:
        self.body.setVisible(self._is_open)
        if self._theme is not None:
            name = "chevron-down" if self._is_open else "chevron-right"
            self.header.setIcon(icons.icon(name, self._theme.muted, _SIZE))
        self._describe()

    def _describe(self) -> None:
        state = translate(N_("open")) if self._is_open else translate(N_("folded up"))
        self.header.setAccessibleName(f"{self.header.text()}, {state}")
