"""The raised strip of the picker: what to choose, its size, the sound, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.picker.board import Board
from recorder_app.ui.picker.controls import MenuButton, ModeSwitch, SizeField, SoundSwitch
from recorder_app.ui.picker.selection import RATIOS, SIZES, Ratio
from recorder_app.ui.sound_choices import SoundOffer
from recorder_app.ui.style import tabular
from recorder_app.ui.tokens import Theme

_FIELD_WIDTH = 104


class Strip(QFrame):
    """The controls of the picker; shows what it is told and says what is asked for.

    A screenshot has no sound, and is always of an area: those controls are None then.
    """

    mode_wanted = Signal(str)
    size_wanted = Signal(int, int)
    ratio_wanted = Signal(object)
    microphone_wanted = Signal(str)
    system_sound_wanted = Signal(bool)
    record_wanted = Signal()
    copy_wanted = Signal()
    save_wanted = Signal()
    entered = Signal()
    menu_closed = Signal()

    def __init__(self, theme: Theme, *, is_screenshot: bool) -> None:
        super().__init__()
        self.setProperty("kind", "raised")
        self.setAccessibleName(translate(N_("What to record")))
        # The mark of a menu stands in the text instead of on the edge of the button.
        self.setStyleSheet(
            "QToolButton::menu-indicator { image: none; }"
            f"QToolButton:checked {{ border-color: {theme.accent}; }}"
        )
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._theme = theme
        self._fitted: tuple[object, ...] = ()
        self.modes = None if is_screenshot else ModeSwitch(theme)
        self.sound = None if is_screenshot else SoundSwitch(theme)
        self._make_area_controls()
        self.buttons: dict[str, QPushButton] = {}
        self._lay_out()
        if is_screenshot:
            self._act(translate(N_("Save")), "save", "Ctrl+S", self.save_wanted.emit)
            self._act(translate(N_("Copy")), "copy", "Ctrl+C", self.copy_wanted.emit)
        else:
            self._act(translate(N_("Record")), "record", "Enter", self.record_wanted.emit)
        if self.modes is not None and self.sound is not None:
            self.modes.wanted.connect(self.mode_wanted)
            self.sound.microphone_wanted.connect(self.microphone_wanted)
            self.sound.system_sound_wanted.connect(self.system_sound_wanted)
            self.sound.menu.aboutToHide.connect(self.menu_closed)
        height = max(control.sizeHint().height() for control in self.controls)
        for control in self.controls:
            control.setFixedHeight(height)

    @property
    def controls(self) -> list[QWidget]:
        """All that can be used, in the order that Tab goes through them."""
        modes = list(self.modes.buttons.values()) if self.modes is not None else []
        sound = [self.sound.microphone, self.sound.system_sound] if self.sound is not None else []
        area = [self.field, self.ratio_button, self.size_button]
        return [*modes, *area, *sound, *self.buttons.values()]

    def show_board(self, board: Board) -> None:
        """Show what is chosen, unless a size is being typed."""
        if self.modes is not None:
            self.modes.show_mode(board.mode)
        self._area.setVisible(board.draws)
        if not (self.field.hasFocus() and self.field.isModified()):
            rect = board.selection.rect if board.selection is not None else None
            self.field.setText(f"{rect.width} x {rect.height}" if rect is not None else "")
        name = _ratio_text(board.ratio) if board.ratio else translate(N_("Ratio"))
        self.ratio_button.setText(f"{name} ▾")
        self._ratios[board.ratio].setChecked(True)
        for button in self.buttons.values():
            button.setEnabled(board.chosen() is not None)

    def show_sound(self, offer: SoundOffer) -> None:
        """Show which sound is recorded."""
        if self.sound is not None:
            self.sound.show_offer(offer)
            self._fitted = ()

    def fit(self, width: int) -> None:
        """Be at most that wide: with icons alone and, if that is not enough, in two rows."""
        now = (width, self._area.isHidden())
        if now == self._fitted:
            return
        self._fitted = now
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        for is_short, direction in ((False, across), (True, across), (False, down), (True, down)):
            self._whole.setDirection(direction)
            for part in (self.modes, self.sound):
                if part is not None:
                    part.set_short(is_short)
            # Of rows within rows Qt would tell the old size until the next turn of its loop.
            self._whole.invalidate()
            self._whole.activate()
            if self._whole.sizeHint().width() <= width:
                break
        self.adjustSize()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        self.entered.emit()
        super().enterEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        # Between the controls nothing is drawn: a press there was meant for one of them.
        event.accept()

    def _make_area_controls(self) -> None:
        self.field = SizeField()
        self.field.setFont(tabular(self.field.font()))
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setPlaceholderText("– x –")
        self.field.setAccessibleName(translate(N_("Size in pixels, such as 1280x720")))
        self.field.setToolTip(translate(N_("Type a size and press Return")))
        self.field.entered.connect(self.size_wanted)
        self.ratio_button = MenuButton(translate(N_("Ratio")), QMenu())
        self._ratios = self._fill_ratios(self.ratio_button)
        self.size_button = MenuButton(translate(N_("Fixed size")), QMenu())
        self.size_button.setText(f"{translate(N_('Size'))} ▾")
        self._fill_sizes(self.size_button)
        for button in (self.ratio_button, self.size_button):
            button.menu().aboutToHide.connect(self.menu_closed)

    def _lay_out(self) -> None:
        self._area = QWidget()
        area = QHBoxLayout(self._area)
        area.setContentsMargins(0, 0, 0, 0)
        area.setSpacing(tokens.SPACE_XS)
        for control in (self.field, self.ratio_button, self.size_button):
            area.addWidget(control)
        self._whole = boxes.row(tokens.SPACE_S, self)
        self._whole.setContentsMargins(*[tokens.SPACE_S] * 4)
        first, self._last = boxes.row(tokens.SPACE_M), boxes.row(tokens.SPACE_M)
        for row, part in ((first, self.modes), (first, self._area), (self._last, self.sound)):
            if part is not None:
                row.addWidget(part)
        first.addStretch(1)
        self._last.addStretch(1)
        self._whole.addLayout(first)
        self._whole.addSpacing(tokens.SPACE_XS)
        self._whole.addLayout(self._last)

    def _fill_ratios(self, button: MenuButton) -> dict[Ratio | None, QAction]:
        actions: dict[Ratio | None, QAction] = {}
        group = QActionGroup(button)
        for ratio in (None, *RATIOS):
            action = QAction(_ratio_text(ratio), group)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, chosen=ratio: self.ratio_wanted.emit(chosen))
            button.menu().addAction(action)
            actions[ratio] = action
        return actions

    def _fill_sizes(self, button: MenuButton) -> None:
        for width, height in SIZES:
            action = button.menu().addAction(f"{width} x {height}")
            action.triggered.connect(
                lambda _=False, size=(width, height): self.size_wanted.emit(*size)
            )

    def _act(self, text: str, name: str, shortcut: str, act: Callable[[], None]) -> None:
        is_record = name == "record"
        button = TextButton(
            f"{text} ↵" if is_record else text,
            "record" if is_record else "",
            "" if name == "save" else "primary",
        )
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({shortcut})")
        button.set_theme(self._theme)
        button.clicked.connect(act)
        self.buttons[name] = button
        self._last.addWidget(button)


def _ratio_text(ratio: Ratio | None) -> str:
    return f"{ratio[0]}:{ratio[1]}" if ratio else translate(N_("Free"))
