"""The raised strip below the area: its size, its ratio, and what to do with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QEnterEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
)

from recorder_app.texts import N_, translate
from recorder_app.ui import tokens
from recorder_app.ui.picker.selection import RATIOS, SIZES, Ratio, Selection, parse_size
from recorder_app.ui.style import tabular

_FIELD_WIDTH = 104


class SizeField(QLineEdit):
    """A size typed as 1280x720; Return applies it."""

    entered = Signal(int, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        # Not passed on: there it would start the recording.
        event.accept()
        size = parse_size(self.text())
        if size is None:
            self.selectAll()
        else:
            self.entered.emit(*size)


class Strip(QFrame):
    """The controls of an area; shows what it is told and says what is asked for."""

    size_wanted = Signal(int, int)
    ratio_wanted = Signal(object)
    record_wanted = Signal()
    copy_wanted = Signal()
    save_wanted = Signal()
    entered = Signal()
    menu_closed = Signal()

    def __init__(self, *, is_screenshot: bool) -> None:
        super().__init__()
        self.setProperty("kind", "raised")
        self.setAccessibleName(translate(N_("Area")))
        # The mark of a menu stands in the text instead of on the edge of the button.
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.field = SizeField()
        self.field.setFont(tabular(self.field.font()))
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setAccessibleName(translate(N_("Size in pixels, such as 1280x720")))
        self.field.setToolTip(translate(N_("Type a size and press Return")))
        self.field.entered.connect(self.size_wanted)
        self.ratio_button = self._button(translate(N_("Ratio")))
        self._ratios = self._fill_ratios(self.ratio_button)
        self.size_button = self._button(translate(N_("Fixed size")))
        self.size_button.setText(f"{translate(N_('Size'))} ▾")
        self._fill_sizes(self.size_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[tokens.SPACE_S] * 4)
        row.setSpacing(tokens.SPACE_S)
        row.addWidget(self.field)
        row.addWidget(self.ratio_button)
        row.addWidget(self.size_button)
        row.addSpacing(tokens.SPACE_S)
        self.buttons: dict[str, QPushButton] = {}
        if is_screenshot:
            self._act(translate(N_("Save")), "save", "Ctrl+S")
            self._act(translate(N_("Copy")), "copy", "Ctrl+C")
        else:
            self._act(translate(N_("Record")), "record", "Enter")
        controls = (self.field, self.ratio_button, self.size_button, *self.buttons.values())
        height = max(control.sizeHint().height() for control in controls)
        for control in controls:
            control.setFixedHeight(height)

    def show_selection(self, selection: Selection) -> None:
        """Show the size and the ratio of an area, unless a size is being typed."""
        size = f"{selection.rect.width} x {selection.rect.height}"
        if not (self.field.hasFocus() and self.field.isModified()):
            self.field.setText(size)
        self._show_ratio(selection.ratio)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        self.entered.emit()
        super().enterEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        # Between the controls nothing is drawn: a press there was meant for one of them.
        event.accept()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(button)
        menu.aboutToHide.connect(self.menu_closed)
        button.setMenu(menu)
        return button

    def _fill_ratios(self, button: QToolButton) -> dict[Ratio | None, QAction]:
        actions: dict[Ratio | None, QAction] = {}
        group = QActionGroup(button)
        for ratio in (None, *RATIOS):
            action = QAction(_ratio_text(ratio), group)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, chosen=ratio: self.ratio_wanted.emit(chosen))
            button.menu().addAction(action)
            actions[ratio] = action
        return actions

    def _fill_sizes(self, button: QToolButton) -> None:
        for width, height in SIZES:
            action = button.menu().addAction(f"{width} x {height}")
            action.triggered.connect(
                lambda _=False, size=(width, height): self.size_wanted.emit(*size)
            )

    def _act(self, text: str, name: str, shortcut: str) -> None:
        button = QPushButton(text)
        button.setToolTip(f"{text} ({shortcut})")
        button.setAccessibleName(text)
        if name != "save":
            button.setProperty("kind", "primary")
        signals = {
            "record": self.record_wanted,
            "copy": self.copy_wanted,
            "save": self.save_wanted,
        }
        button.clicked.connect(lambda: signals[name].emit())
        self.buttons[name] = button
        row = self.layout()
        assert row is not None
        row.addWidget(button)

    def _show_ratio(self, ratio: Ratio | None) -> None:
        name = _ratio_text(ratio) if ratio else translate(N_("Ratio"))
        self.ratio_button.setText(f"{name} ▾")
        self._ratios[ratio].setChecked(True)


def _ratio_text(ratio: Ratio | None) -> str:
    return f"{ratio[0]}:{ratio[1]}" if ratio else translate(N_("Free"))
