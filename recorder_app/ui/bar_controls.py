"""The buttons of the record bar, and the one question it asks in their place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, icons
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.take_texts import has_microphone
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme


class BarControls(QWidget):
    """Buttons for what can be done in the state that is shown."""

    stop_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    restart_requested = Signal()
    cancel_requested = Signal()
    mark_requested = Signal()
    mute_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = TakeView()
        self.mark = IconButton("flag", translate(N_("Add marker")))
        self.pause = IconButton("pause", translate(N_("Pause")))
        self.stop = TextButton(translate(N_("Stop")), "stop")
        self.more = IconButton("more", translate(N_("More")))
        self.cancel = TextButton(translate(N_("Cancel")))
        self.question = QLabel(translate(N_("Delete this recording?")))
        self.delete = TextButton(translate(N_("Delete")))
        self.keep = TextButton(translate(N_("Keep")), kind="primary")
        self._live: tuple[QWidget, ...] = (self.mark, self.pause, self.stop, self.more)
        self._asking: tuple[QWidget, ...] = (self.question, self.delete, self.keep)
        row = boxes.row(SPACE_XS, self)
        one: QWidget
        for one in (*self._live, self.cancel, *self._asking):
            row.addWidget(one)
        for one in self._asking:
            one.hide()
        row.insertSpacing(row.indexOf(self.delete), SPACE_S - SPACE_XS)
        self._fill_menu()
        self.mark.clicked.connect(self.mark_requested)
        self.pause.clicked.connect(self._ask_pause)
        self.stop.clicked.connect(self.stop_requested)
        self.more.clicked.connect(self._open_menu)
        self.cancel.clicked.connect(self.cancel_requested)
        self.delete.clicked.connect(self._delete)
        self.keep.clicked.connect(self._keep)

    def show_view(self, view: TakeView, theme: Theme) -> None:
        """Show what can be done now."""
        self._view = view
        is_live = view.state.is_live
        is_asking = self.is_asking and is_live
        for one in self._live:
            one.setVisible(is_live and not is_asking)
        for one in self._asking:
            one.setVisible(is_asking)
        self.cancel.setVisible(view.state in (AppState.PREPARING, AppState.COUNTDOWN))
        if view.state is AppState.PAUSED:
            self.pause.set_meaning("play", translate(N_("Resume")))
        else:
            self.pause.set_meaning("pause", translate(N_("Pause")))
        muting = N_("Unmute microphone") if view.is_muted else N_("Mute microphone")
        self.mute_action.setText(translate(muting))
        self.mute_action.setVisible(has_microphone(view))
        for action, name in (
            (self.mute_action, "microphone" if view.is_muted else "microphone-off"),
            (self.restart_action, "restart"),
            (self.cancel_action, "trash"),
        ):
            action.setIcon(icons.icon(name, theme.text, 16))

    @property
    def is_asking(self) -> bool:
        """Whether the question stands in place of the buttons."""
        return not self.question.isHidden()

    def ask_cancel(self) -> None:
        """Ask whether the recording shall be deleted; keeping it is what Return does."""
        if not self._view.state.is_live:
            return
        for one in self._live:
            one.hide()
        for one in self._asking:
            one.show()
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_menu(self) -> None:
        self.menu = QMenu(self)
        self.mute_action = self.menu.addAction("")
        self.mute_action.triggered.connect(self._ask_mute)
        self.restart_action = self.menu.addAction(translate(N_("Start over")))
        self.restart_action.triggered.connect(self.restart_requested)
        self.menu.addSeparator()
        self.cancel_action = self.menu.addAction(translate(N_("Cancel…")))
        self.cancel_action.triggered.connect(self.ask_cancel)

    def _open_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _ask_pause(self) -> None:
        is_paused = self._view.state is AppState.PAUSED
        (self.resume_requested if is_paused else self.pause_requested).emit()

    def _ask_mute(self) -> None:
        self.mute_requested.emit(not self._view.is_muted)

    def _delete(self) -> None:
        self._keep()
        self.cancel_requested.emit()

    def _keep(self) -> None:
        for one in self._asking:
            one.hide()
        for one in self._live:
            one.show()
        self.stop.setFocus(Qt.FocusReason.OtherFocusReason)
