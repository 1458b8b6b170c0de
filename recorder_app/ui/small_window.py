"""What stands in for the tray on desktops that have none: a small window that can be minimised."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QLayout, QWidget

from recorder_app.pipeline.events import Severity
from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui import boxes, buttons, icons, style
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.take_menu import TakeMenu
from recorder_app.ui.take_texts import state_text
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, Theme

_TEXT_WIDTH = 300


class SmallWindow(QWidget):
    """The state, the frequent actions as buttons, the rest in the menu of the tray."""

    def __init__(
        self, theme: Theme, has_library: bool = False, parent: QWidget | None = None
    ) -> None:
        QWidget.__init__(self, parent)
        self._theme = theme
        self._view = TakeView()
        self.menu = TakeMenu(theme, has_library=has_library, parent=self)
        self.setWindowTitle(translate(N_("Screen recorder")))
        self.setWindowIcon(icons.app_icon())
        self._picture = Picture(20)
        self._state = QLabel()
        self._time = QLabel()
        self._wrong_picture = Picture()
        self._wrong = QLabel(wordWrap=True)
        self._uploads = QLabel(wordWrap=True)
        self.record_screen = TextButton(translate(N_("Record screen")), "record", "primary")
        self.record_area = TextButton(translate(N_("Record area…")), "area")
        self.problem = TextButton(translate(N_("Show what is wrong…")), "warning")
        self.stop = TextButton(translate(N_("Stop")), "stop")
        self.pause = TextButton(translate(N_("Pause")), "pause")
        self.cancel = TextButton(translate(N_("Cancel")))
        self.more = IconButton("more", translate(N_("More")))
        self.settings = IconButton("settings", translate(N_("Settings")))
        self.quit = IconButton("quit", translate(N_("Quit")))
        self._lay_out()
        self.record_screen.clicked.connect(lambda: self.menu.record_requested.emit("screen"))
        self.record_area.clicked.connect(lambda: self.menu.record_requested.emit("area"))
        self.problem.clicked.connect(self.menu.problem_requested)
        self.stop.clicked.connect(self.menu.stop_requested)
        self.pause.clicked.connect(self._ask_pause)
        self.cancel.clicked.connect(self.menu.cancel_requested)
        self.more.clicked.connect(self._open_menu)
        self.settings.clicked.connect(self.menu.settings_requested)
        self.quit.clicked.connect(self.menu.quit_requested)
        self.set_theme(theme)

    def show_view(self, view: TakeView) -> None:
        """Show the state and what can be done now."""
        self._view = view
        state, theme = view.state, self._theme
        self.menu.show_view(view)
        name, colour = {
            AppState.RECORDING: ("record", theme.rec),
            AppState.PAUSED: ("pause", theme.warn),
            AppState.PROBLEM: ("warning", theme.warn),
            AppState.FINISHING: ("saving", theme.text),
            AppState.IDLE: ("screen", theme.text),
        }.get(state, ("clock", theme.text))
        self._picture.show_icon(name, colour, state_text(view))
        self._state.setText(state_text(view))
        self._time.setText(clock_text(view.elapsed_s))
        self._time.setVisible(state.is_live)
        self._show_wrong(view)
        for button, is_shown in (
            (self.record_screen, state is AppState.IDLE),
            (self.record_area, state is AppState.IDLE),
            (self.problem, state is AppState.PROBLEM),
            (self.stop, state.is_live),
            (self.pause, state.is_live),
            (self.cancel, state in (AppState.PREPARING, AppState.COUNTDOWN)),
        ):
            button.setVisible(is_shown)
        if state is AppState.PAUSED:
            self.pause.set_meaning("play", translate(N_("Resume")), theme)
        else:
            self.pause.set_meaning("pause", translate(N_("Pause")), theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        buttons.set_theme(self, theme)
        self.menu.set_theme(theme)
        self.show_view(self._view)

    def show_uploads(self, progress: str) -> None:
        """Say how far uploads are; "" when there are none."""
        self._uploads.setText(progress)
        self._uploads.setVisible(bool(progress))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is asking to quit; whether it may, others decide."""
        event.ignore()
        self.menu.quit_requested.emit()

    def _show_wrong(self, view: TakeView) -> None:
        warning = view.warning if view.state.is_taking else None
        is_danger = warning is not None and warning.severity is Severity.DANGER
        text = warning.message if warning else "" if view.state.is_taking else view.problem
        theme = self._theme
        name, colour = ("danger", theme.rec) if is_danger else ("warning", theme.warn)
        self._wrong_picture.show_icon(name, colour)
        set_kind(self._wrong, "danger" if is_danger else "warn")
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        # A problem has its picture beside the state.
        self._wrong_picture.setVisible(warning is not None)

    def _ask_pause(self) -> None:
        is_paused = self._view.state is AppState.PAUSED
        (self.menu.resume_requested if is_paused else self.menu.pause_requested).emit()

    def _open_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _lay_out(self) -> None:
        set_kind(self._state, "strong")
        set_kind(self._time, "strong")
        self._wrong.setMinimumWidth(_TEXT_WIDTH)
        self._time.setFont(style.tabular(self._time.font()))
        head = boxes.row(SPACE_S)
        head.addWidget(self._picture)
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self._time)
        actions = boxes.row(SPACE_S)
        for button in (
            self.record_screen,
            self.record_area,
            self.problem,
            self.stop,
            self.pause,
            self.cancel,
        ):
            actions.addWidget(button)
        actions.addStretch(1)
        actions.addSpacing(SPACE_L)
        small = boxes.row(SPACE_XS)
        for one in (self.more, self.settings, self.quit):
            small.addWidget(one)
        actions.addLayout(small)
        whole = boxes.column(SPACE_M, self)
        whole.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.addLayout(head)
        wrong = boxes.row(SPACE_S)
        wrong.addWidget(self._wrong_picture, 0, Qt.AlignmentFlag.AlignTop)
        wrong.addWidget(self._wrong, 1)
        whole.addLayout(wrong)
        set_kind(self._uploads, "muted")
        self._uploads.hide()
        whole.addWidget(self._uploads)
        whole.addLayout(actions)
