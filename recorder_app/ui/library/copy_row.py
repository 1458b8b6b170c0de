"""A copy of a recording elsewhere: how it stands, its links, and taking it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QMenu, QProgressBar, QWidget

from recorder_app.texts import N_, size_text, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.library.labels import ElidedLabel, WrappedLabel
from recorder_app.ui.library.look import BAR_HEIGHT
from recorder_app.ui.library.words import copy_state, reason_text, when_text
from recorder_app.ui.raised import Picture, set_kind
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

if TYPE_CHECKING:
    from recorder_app.services.uploads import UploadEntry

LINK, OPEN, VIEWS, PAUSE, RESUME, FIRST, UNSHARE = (
    "link",
    "open",
    "views",
    "pause",
    "resume",
    "first",
    "unshare",
)
_KINDS = (
    ("page", N_("Copy link to the page")),
    ("direct", N_("Copy link to the file")),
    ("embed", N_("Copy HTML to embed")),
    ("markdown", N_("Copy Markdown")),
)
_LIFETIMES = (
    (3600, N_("Copy link for 1 hour")),
    (86400, N_("Copy link for 1 day")),
    (7 * 86400, N_("Copy link for 7 days")),
)
_STEPS = 1000
_WAITS = ("queued", "running")


class CopyRow(QWidget):
    """`asked` carries one of the words above and what belongs to it: a kind or a time in s."""

    asked = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.entry: UploadEntry | None = None
        self._picture = Picture()
        self.name = ElidedLabel()
        self.state = QLabel()
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar(maximum=_STEPS, textVisible=False)
        self.bar.setFixedHeight(BAR_HEIGHT)
        self.link = ElidedLabel(kind="muted", mode=Qt.TextElideMode.ElideMiddle)
        self.reason = WrappedLabel(kind="warn")
        self.said = WrappedLabel(kind="muted")
        self.copy = TextButton(translate(N_("Copy link")), "copy")
        self.more = IconButton("more", translate(N_("More links and actions")))
        self.pause = IconButton("pause", translate(N_("Pause")))
        self.unshare = IconButton("unlink", translate(N_("Stop sharing")))
        self._question = WrappedLabel(
            translate(N_("The copy there is deleted and its link ends. The recording stays."))
        )
        self.yes = TextButton(translate(N_("Delete the copy")))
        self.no = TextButton(translate(N_("Keep it")))
        self._asking = QWidget()
        self._lay_out()
        self.copy.clicked.connect(lambda: self.asked.emit(LINK, None))
        self.more.clicked.connect(self._pop_up)
        self.pause.clicked.connect(self._pause_or_resume)
        self.unshare.clicked.connect(self.ask_unshare)
        self.yes.clicked.connect(self._unshare)
        self.no.clicked.connect(self._keep)

    def show_entry(self, entry: UploadEntry) -> None:
        """Show how the copy stands now."""
        self.entry = entry
        state = copy_state(entry)
        has_arrived = entry.state in ("uploaded", "playable")
        is_bad = not has_arrived and (
            entry.state in ("failed", "gone") or entry.job_state in ("failed", "cancelled", None)
        )
        self.name.set_text(entry.destination)
        self.state.setText(state)
        set_kind(self.state, "ok" if has_arrived else "warn" if is_bad else "muted")
        is_sending = not has_arrived and entry.job_state in ("running", "paused")
        self.bar.setVisible(is_sending)
        self.bar.setValue(round(entry.progress * _STEPS))
        self.bar.setAccessibleName(f"{entry.destination}, {state}")
        self._show_link(entry, is_sending=is_sending)
        self.reason.set_text("" if has_arrived else reason_text(entry.error))
        self.copy.setVisible(entry.link is not None and entry.state not in ("failed", "gone"))
        can_pause = not has_arrived and entry.job_state in _WAITS
        can_resume = not has_arrived and entry.job_state in ("paused", "failed")
        self.pause.setVisible(can_pause or can_resume)
        if entry.job_state == "paused":
            self.pause.set_meaning("play", translate(N_("Go on")))
        elif entry.job_state == "failed":
            self.pause.set_meaning("restart", translate(N_("Try again")))
        else:
            self.pause.set_meaning("pause", translate(N_("Pause")))
        self._draw(has_arrived=has_arrived, is_bad=is_bad)
        parts = (entry.destination, state, self.reason.text())
        self.setAccessibleName(", ".join(part for part in parts if part))
        for button in (self.copy, self.more, self.pause, self.unshare, self.yes, self.no):
            button.setAccessibleDescription(entry.destination)

    def say(self, text: str) -> None:
        """Say in a few words what came of it."""
        set_kind(self.said, "muted")
        self.said.set_text(text)

    def refuse(self, text: str) -> None:
        """Say why it was not possible."""
        set_kind(self.said, "warn")
        self.said.set_text(f"⚠ {text}")

    def ask_unshare(self) -> None:
        """Ask whether the copy is to be deleted: whoever has its link loses it for good."""
        self._asking.show()
        self._buttons.hide()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def menu(self) -> QMenu:
        """Return what else there is, for this copy as it stands now."""
        made = QMenu(self)
        entry = self.entry
        if entry is None:
            return made
        if entry.link is not None:
            for kind, text in _KINDS:
                self._add(made, text, LINK, kind)
            if entry.is_signed:
                made.addSeparator()
                for seconds, text in _LIFETIMES:
                    self._add(made, text, LINK, seconds)
            made.addSeparator()
            self._add(made, N_("Open link"), OPEN)
            self._add(made, N_("How often it was watched"), VIEWS)
        if entry.job_state == "queued":
            self._add(made, N_("Upload before all others"), FIRST)
        made.addSeparator()
        made.addAction(translate(N_("Stop sharing…")), self.ask_unshare)
        return made

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        self._theme = theme
        for button in (self.copy, self.more, self.pause, self.unshare):
            button.set_theme(theme)
        if self.entry is not None:
            self.show_entry(self.entry)

    def _show_link(self, entry: UploadEntry, *, is_sending: bool) -> None:
        parts = []
        if is_sending:
            done, whole = size_text(entry.sent_bytes), size_text(entry.size_bytes)
            parts.append(translate(N_("{done} of {whole}"), done=done, whole=whole))
        elif entry.links_end_at is not None:
            ends = when_text(entry.links_end_at)
            parts.append(translate(N_("the last link ends {when}"), when=ends))
        if entry.link and not entry.is_signed:
            parts.append(entry.link)
        self.link.set_text(" · ".join(parts))
        self.link.setVisible(bool(parts))

    def _draw(self, *, has_arrived: bool, is_bad: bool) -> None:
        if has_arrived:
            self._picture.show_icon("check", self._theme.ok)
        elif is_bad:
            self._picture.show_icon("warning", self._theme.warn)
        else:
            self._picture.show_icon("clock", self._theme.muted)

    def _add(self, menu: QMenu, text: str, word: str, argument: object = None) -> None:
        menu.addAction(translate(text), partial(self.asked.emit, word, argument))

    def _pop_up(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _pause_or_resume(self) -> None:
        is_open = self.entry is not None and self.entry.job_state in _WAITS
        self.asked.emit(PAUSE if is_open else RESUME, None)

    def _unshare(self) -> None:
        self._keep()
        self.asked.emit(UNSHARE, None)

    def _keep(self) -> None:
        self._asking.hide()
        self._buttons.show()
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        head = boxes.row(SPACE_S)
        head.addWidget(self._picture)
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        self._buttons = QWidget()
        actions = boxes.row(SPACE_XS, self._buttons)
        actions.addWidget(self.copy)
        actions.addStretch(1)
        for button in (self.pause, self.more, self.unshare):
            actions.addWidget(button)
        asking = boxes.column(SPACE_XS, self._asking)
        asking.addWidget(self._question)
        answers = boxes.row(SPACE_XS)
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        answers.addStretch(1)
        asking.addLayout(answers)
        self._asking.hide()
        column = boxes.column(SPACE_XS, self)
        column.addLayout(head)
        for part in (self.bar, self.link, self.reason, self._buttons, self._asking, self.said):
            column.addWidget(part)
        self.said.hide()
        self.reason.hide()
