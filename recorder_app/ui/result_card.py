"""What was just recorded, in the corner: play, trim, rename, share, find, copy or delete it."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPropertyAnimation, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QMenu, QStackedWidget, QWidget

from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.card_parts import NoteLine, Poster, TitleEdit
from recorder_app.ui.placing import card_place
from recorder_app.ui.raised import Raised, set_kind
from recorder_app.ui.take_texts import plain
from recorder_app.ui.tokens import MOTION_MS, SPACE_M, SPACE_S, SPACE_XS, Theme

STAYS_MS = 12_000


@dataclass(frozen=True, slots=True)
class CardContent:
    """What the card tells. `notes` are sentences; `is_truncated` says it ended before its time."""

    recording_id: str
    title: str
    path: str
    poster: Path | None
    duration_s: float
    size_bytes: int
    notes: tuple[str, ...] = ()
    is_truncated: bool = False


class ResultCard(Raised):
    """Stays `stays_ms`, or 12 s, longer for who looks at it. All works by keyboard, Esc closes."""

    play_requested = Signal()
    folder_requested = Signal()
    trim_requested = Signal()
    copy_requested = Signal()
    share_requested = Signal(str)
    """Its link is wanted: the name of the destination, or "" for the usual one."""
    renamed = Signal(str)
    delete_requested = Signal()
    undo_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        content: CardContent,
        theme: Theme,
        reduced_motion: bool = False,
        parent: QWidget | None = None,
        stays_ms: int | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self.content = content
        self._reduced_motion = reduced_motion
        self._was_touched = False
        self._corner: QRect | None = None
        self.setWindowTitle(translate(N_("Recording saved")))
        self.setAccessibleName(self.windowTitle())
        self.poster = Poster(theme)
        self.poster.show_picture(content.poster)
        self.title = TitleEdit(content.title)
        self.title.renamed.connect(self.renamed)
        self.play = TextButton(translate(N_("Play")), "play", "primary")
        self.folder = IconButton("folder", translate(N_("Show in folder")))
        self.copy = IconButton("copy", translate(N_("Copy file")))
        self.trim = IconButton("scissors", translate(N_("Trim")))
        self.share = IconButton("link", translate(N_("Copy link")))
        self.elsewhere = IconButton("more", translate(N_("Share elsewhere")))
        self.elsewhere.hide()
        self.delete = IconButton("trash", translate(N_("Delete")))
        self.dismiss = IconButton("close", translate(N_("Close")))
        self.undo = TextButton(translate(N_("Undo")), "undo", "primary")
        self._notes = [NoteLine(note, is_grave=content.is_truncated) for note in content.notes]
        self._said = QLabel()
        self._upload = QLabel(wordWrap=True)
        self._destinations: tuple[str, ...] = ()
        self._lay_out()
        self.play.clicked.connect(self.play_requested)
        self.folder.clicked.connect(self.folder_requested)
        self.trim.clicked.connect(self.trim_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.share.clicked.connect(lambda: self.share_requested.emit(""))
        self.elsewhere.clicked.connect(self._offer_destinations)
        self.delete.clicked.connect(self._delete)
        self.undo.clicked.connect(self._undo)
        self.dismiss.clicked.connect(self.close)
        self._stay = QTimer(self, interval=STAYS_MS if stays_ms is None else stays_ms)
        self._stay.timeout.connect(self._fade_unless_used)
        self._fade = QPropertyAnimation(self, b"windowOpacity", self)
        self._fade.setDuration(MOTION_MS)
        self._fade.setEndValue(0.0)
        self._fade.finished.connect(self.close)
        self._stay.start()
        self.play.setFocus(Qt.FocusReason.OtherFocusReason)
        self.set_theme(theme)

    def set_poster(self, path: Path) -> None:
        """Show the poster, now that it is made."""
        self.poster.show_picture(path)

    def say(self, text: str) -> None:
        """Say in a few words what came of it, like "File copied"."""
        self._said.setText(text)
        self._fit()

    def show_upload(self, text: str) -> None:
        """Say how far its upload is; "" when there is none."""
        if text != self._upload.text():
            if not self._upload.text():
                # Time to read it.
                self._stay.start()
            self._upload.setText(text)
            self._upload.setVisible(bool(text))
            self._fit()

    def set_destinations(self, names: Sequence[str]) -> None:
        """Offer these places to share it at, the usual one first."""
        self._destinations = tuple(names)
        self.elsewhere.setVisible(len(self._destinations) > 1)

    def place(self, screen: QRect) -> None:
        """Go to the bottom right corner of what is free of `screen`."""
        self._corner = screen
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        super().set_theme(theme)
        self.poster.set_theme(theme)
        for note in self._notes:
            note.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Who touches the card wants it to stay."""
        self._was_touched = True
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Who goes away again has 12 s more."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange:
            self._stay.start()

    def leaveEvent(self, event: QEvent) -> None:
        """Who points elsewhere has 12 s more."""
        super().leaveEvent(event)
        self._stay.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep a title that is being typed, and say that the card is gone."""
        super().closeEvent(event)
        self._stay.stop()
        self.title.commit()
        self.closed.emit()

    @property
    def is_deleted(self) -> bool:
        """Whether the card offers to undo the deletion."""
        return self._pages.currentIndex() == 1

    def _fade_unless_used(self) -> None:
        # Not isActiveWindow: a tool window counts as active with any other window of the program.
        has_keyboard = QApplication.activeWindow() is self
        if self._was_touched or self.underMouse() or has_keyboard:
            return
        if self._reduced_motion:
            self.close()
        else:
            self._fade.start()

    def _fit(self) -> None:
        """Stay in the corner with all that is to be said."""
        if self._corner is not None:
            self.adjustSize()
            self.move(card_place(self.size(), self._corner))

    def _offer_destinations(self) -> None:
        self._was_touched = True
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in self._destinations:
            action = menu.addAction(plain(name))
            action.triggered.connect(functools.partial(self._share_at, name))
        menu.popup(self.elsewhere.mapToGlobal(QPoint(0, self.elsewhere.height())))

    def _share_at(self, name: str, _is_checked: bool = False) -> None:
        self.share_requested.emit(name)

    def _delete(self) -> None:
        self._show_page(1)
        self.undo.setFocus(Qt.FocusReason.OtherFocusReason)
        self.delete_requested.emit()

    def _undo(self) -> None:
        self._show_page(0)
        self.play.setFocus(Qt.FocusReason.OtherFocusReason)
        self.undo_requested.emit()

    def _show_page(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        # Deleted and left alone the card may go.
        self._was_touched = False
        self._stay.start()

    def _lay_out(self) -> None:
        facts = QLabel(
            f"{clock_text(self.content.duration_s)} · {size_text(self.content.size_bytes)}"
        )
        set_kind(facts, "muted")
        set_kind(self._said, "muted")
        set_kind(self._upload, "muted")
        self._upload.hide()
        head = boxes.row(SPACE_S)
        head.addWidget(self.title, 1)
        head.addWidget(self.dismiss)
        actions = boxes.row(SPACE_XS)
        actions.addWidget(self.play)
        for button in (
            self.trim,
            self.share,
            self.elsewhere,
            self.folder,
            self.copy,
            self.delete,
        ):
            actions.addWidget(button)
        actions.addWidget(self._said, 1)
        column = boxes.column(SPACE_XS)
        column.addLayout(head)
        column.addWidget(facts)
        column.addWidget(self._upload)
        for note in self._notes:
            column.addWidget(note)
        column.addStretch(1)
        column.addLayout(actions)
        saved = QWidget()
        row = boxes.row(SPACE_M, saved)
        row.addWidget(self.poster, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        deleted = QWidget()
        undo = boxes.row(SPACE_M, deleted)
        undo.addStretch(1)
        undo.addWidget(QLabel(translate(N_("Deleted."))))
        undo.addWidget(self.undo)
        undo.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(saved)
        self._pages.addWidget(deleted)
        whole = boxes.column(0, self)
        whole.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.addWidget(self._pages)
