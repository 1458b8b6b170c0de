"""The seconds before a recording, large in the middle. It is gone before the first picture."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QLayout, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, style
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.placing import middle_place
from recorder_app.ui.raised import Raised, set_kind
from recorder_app.ui.take_texts import state_text
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import SPACE_M, SPACE_S, SPACE_XL, Theme

# The window must be off the screen, and what is under it drawn again, before the first picture.
# The count ends in another process, so this leaves room for a busy moment of this one.
_GONE_BEFORE_MS = 300
_FIGURE_PX = 96


class Countdown(Raised):
    """Shows the seconds left. A click, Space or Return starts now, Esc cancels.

    When `skip_requested` comes it is hidden; whoever starts sees to it that it has gone.
    """

    skip_requested = Signal()
    cancel_requested = Signal()
    about_to_start = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        # Its keys are what it is there for.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle(translate(N_("Recording starts")))
        self._around: QRect | None = None
        self._figure = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._figure.setFont(style.tabular(self._figure.font()))
        self._figure.setStyleSheet(f"font-size: {_FIGURE_PX}px; font-weight: 600;")
        self._figure.setMinimumWidth(2 * _FIGURE_PX)
        self._hint = QLabel(translate(N_("Click or Space starts now, Esc cancels")))
        set_kind(self._hint, "muted")
        self.start = TextButton(translate(N_("Start now")), kind="primary")
        self.cancel = TextButton(translate(N_("Cancel")))
        self.start.clicked.connect(self._start_now)
        self.cancel.clicked.connect(self.cancel_requested)
        buttons = boxes.row(SPACE_S)
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        whole = boxes.column(SPACE_M, self)
        whole.setContentsMargins(SPACE_XL, SPACE_M, SPACE_XL, SPACE_XL)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.addWidget(self._figure)
        whole.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addLayout(buttons)
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self._go)
        self._has_gone = False
        self.set_theme(theme)

    def show_view(self, view: TakeView) -> None:
        """Show the seconds left, or go when there are none."""
        if view.state is not AppState.COUNTDOWN:
            self._end.stop()
            self._has_gone = False
            self.hide()
            return
        if self._has_gone:
            return
        self._figure.setText(str(view.seconds_left))
        self.setAccessibleName(state_text(view))
        if view.seconds_left <= 0:
            self._go()
            return
        # Told again within the same second it must not begin anew.
        if view.seconds_left > 1:
            self._end.stop()
        elif not self._end.isActive():
            self._end.start(1000 - _GONE_BEFORE_MS)
        if not self.isVisible():
            self.show()

    def place(self, around: QRect) -> None:
        """Be in the middle of a screen or an area."""
        self._around = around
        self.adjustSize()
        self.move(middle_place(self.size(), around))

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard."""
        super().showEvent(event)
        if self._around is not None:
            self.place(self._around)
        self.activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Return start now, Esc cancels."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._start_now()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel_requested.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click anywhere starts now."""
        self._start_now()

    def _start_now(self) -> None:
        # Hidden first, asked for then.
        self._go()
        self.skip_requested.emit()

    def _go(self) -> None:
        self._end.stop()
        self._has_gone = True
        self.hide()
        self.about_to_start.emit()
