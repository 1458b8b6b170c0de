"""One job of the background in the list: what, how far, how fast, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from recorder_app.services.activity_entries import Activity
from recorder_app.services.speeds import Speed
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.library.labels import ElidedLabel, WrappedLabel
from recorder_app.ui.library.look import BAR_HEIGHT
from recorder_app.ui.library.words import (
    job_state,
    job_title,
    measure,
    progress_text,
    reason_text,
)
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.style import tabular
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

CANCEL, PAUSE, RETRY, FIRST, OPEN = "cancel", "pause", "retry", "first", "open"
_STEPS = 1000
# Rows with buttons are no higher than those without.
_HEAD = 28
_UNFINISHED = ("queued", "running", "paused")


class ActivityRow(QWidget):
    """A job. `asked` says what is wanted with it: one of the words above."""

    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entry: Activity | None = None
        self._speed = Speed()
        self._rate: float | None = None
        self._picture = Picture()
        self.title = ElidedLabel()
        self.state = QLabel()
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_kind(self.state, "muted")
        self.bar = QProgressBar(maximum=_STEPS, textVisible=False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.more = ElidedLabel(kind="muted")
        self.reason = WrappedLabel(kind="warn")
        self.open = TextButton(translate(N_("Show result")))
        self.retry = TextButton(translate(N_("Try again")), "restart")
        self.first = IconButton("first", translate(N_("Do this first")))
        self.pause = IconButton("pause", translate(N_("Pause")))
        self.cancel = IconButton("close", translate(N_("Cancel")))
        for label in (self.state, self.more):
            label.setFont(tabular(label.font()))
        self._lay_out()
        for button, word in (
            (self.open, OPEN),
            (self.retry, RETRY),
            (self.first, FIRST),
            (self.cancel, CANCEL),
        ):
            button.clicked.connect(lambda _=False, word=word: self.asked.emit(word))
        self.pause.clicked.connect(self._pause_or_resume)

    @property
    def entry(self) -> Activity | None:
        return self._entry

    @property
    def speed(self) -> float | None:
        """How fast it goes, in what its amount is counted in."""
        return self._rate

    def show_entry(self, entry: Activity) -> None:
        """Show how the job stands now; called again and again, also when nothing changed."""
        self._entry = entry
        is_running = entry.state == "running"
        self._rate = self._speed.note(measure(entry)) if is_running else None
        if not is_running:
            self._speed = Speed()
        title, state = job_title(entry), job_state(entry)
        self.title.set_text(title)
        self.state.setText(state)
        is_failed = entry.state == "failed"
        set_kind(self.state, "warn" if is_failed else "muted")
        is_over = entry.state in ("done", "cancelled")
        set_kind(self.title, "muted" if is_over else "")
        self._show_progress(entry, title)
        self.reason.set_text("" if is_over else reason_text(entry.error))
        self._show_buttons(entry)
        self._draw()
        self._describe(title, state)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        self._draw()
        for button in (self.open, self.retry, self.first, self.pause, self.cancel):
            button.set_theme(theme)

    def _show_progress(self, entry: Activity, title: str) -> None:
        has_bar = entry.state in ("running", "paused")
        self.bar.setVisible(has_bar)
        set_kind(self.bar, "idle" if entry.state == "paused" else "")
        value = round(entry.progress * _STEPS)
        if value != self.bar.value():
            self.bar.setValue(value)
        self.bar.setAccessibleName(title)
        text = progress_text(entry, self._rate) if has_bar else ""
        self.more.set_text(text)
        self.more.setVisible(bool(text))

    def _show_buttons(self, entry: Activity) -> None:
        state = entry.state
        is_waiting = state == "queued"
        has_failed_once = is_waiting and entry.error is not None
        self.cancel.setVisible(state in (*_UNFINISHED, "failed") and not entry.is_stopping)
        if state == "failed":
            self.cancel.set_meaning("close", translate(N_("Do not try again")))
        else:
            self.cancel.set_meaning("close", translate(N_("Cancel")))
        can_try = state in ("failed", "cancelled") or has_failed_once
        self.retry.setVisible(can_try and entry.can_retry)
        self.first.setVisible(is_waiting and not has_failed_once)
        self.pause.setVisible(entry.can_pause and state in _UNFINISHED and not entry.is_stopping)
        if state == "paused":
            self.pause.set_meaning("play", translate(N_("Go on")))
        else:
            self.pause.set_meaning("pause", translate(N_("Pause")))
        has_result = bool(entry.result_id or entry.result_path) or entry.kind == "upload"
        self.open.setVisible(state == "done" and has_result)

    def _pause_or_resume(self) -> None:
        is_paused = self._entry is not None and self._entry.state == "paused"
        self.asked.emit(RETRY if is_paused else PAUSE)

    def _draw(self) -> None:
        if self._entry is None:
            return
        name, colour = {
            "failed": ("warning", self._theme.warn),
            "done": ("check", self._theme.ok),
            "running": ("repeat", self._theme.accent),
            "paused": ("pause", self._theme.muted),
            "cancelled": ("close", self._theme.muted),
        }.get(self._entry.state, ("clock", self._theme.muted))
        self._picture.show_icon(name, colour)

    def _describe(self, title: str, state: str) -> None:
        parts = (title, state, self.more.text(), self.reason.text())
        self.setAccessibleName(", ".join(part for part in parts if part))
        # A button by itself says too little to somebody who does not see the row.
        for button in (self.open, self.retry, self.first, self.pause, self.cancel):
            button.setAccessibleDescription(title)

    def _lay_out(self) -> None:
        head = boxes.row(SPACE_S)
        head.addWidget(self._picture)
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        for button in (self.open, self.retry, self.first, self.pause, self.cancel):
            head.addWidget(button)
        below = boxes.column(SPACE_XS)
        # Level with the title.
        below.setContentsMargins(self._picture.width() + SPACE_S, 0, 0, 0)
        for part in (self.bar, self.more, self.reason):
            below.addWidget(part)
        column = boxes.column(0, self)
        column.setContentsMargins(0, 2, 0, 2)
        column.addLayout(head)
        column.addLayout(below)
        self.title.setMinimumHeight(_HEAD)
        self.reason.hide()
