"""One line that tells of work: how far it is, how long it goes on, what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, buttons, icons
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.tokens import SPACE_S, Theme

# Before that the first figures jump about.
_KNOWN_AFTER_S = 1.0
_BAR_PX = 160
_STEPS = 1000


class WorkLine(QWidget):
    """Empty while there is nothing to tell; `cancelled` is a person's wish."""

    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._began: tuple[float, float] | None = None
        self._picture = ""
        self._then: Callable[[], None] | None = None
        self.icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(_BAR_PX, 8)
        self.bar.setAccessibleName(translate(N_("Progress")))
        self.left = QLabel()
        self.left.setProperty("kind", "muted")
        self.cancel = TextButton(translate(N_("Cancel")))
        self.action = TextButton("")
        self.cancel.clicked.connect(self.cancelled)
        self.action.clicked.connect(self._act)
        row = boxes.row(SPACE_S, self)
        row.addWidget(self.icon)
        row.addWidget(self.text, 1)
        for each in (self.bar, self.left, self.action, self.cancel):
            row.addWidget(each)
        self.setMinimumHeight(self.cancel.sizeHint().height())
        self.set_theme(theme)
        self.clear()

    @property
    def told(self) -> str:
        return self.text.text()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        colour = {"warning": theme.warn, "check": theme.ok}.get(self._picture, theme.muted)
        self.bar.setStyleSheet(
            f"QProgressBar {{ background: {theme.line}; border: none; border-radius: 4px; }}"
            f"QProgressBar::chunk {{ background: {theme.accent}; border-radius: 4px; }}"
        )
        if self._picture:
            self.icon.setPixmap(
                icons.pixmap(self._picture, colour, 16, scale=self.devicePixelRatioF())
            )
        buttons.set_theme(self, theme)

    def clear(self) -> None:
        self._show("", "")

    def say(self, text: str, picture: str = "info") -> None:
        """Tell something in passing."""
        self._show(text, picture)

    def fail(self, error: RecorderError) -> None:
        """Tell what went wrong and what to do about it."""
        self._show(f"{error.message} {error.hint}".strip(), "warning")

    def done(self, text: str, action: str = "", then: Callable[[], None] | None = None) -> None:
        """Tell what came of it, with a button for what to do with it."""
        self._show(text, "check")
        self._then = then
        self.action.setVisible(bool(action))
        self.action.setText(action)
        self.action.setAccessibleName(action)

    def begin(self, text: str) -> None:
        """Tell that work has begun."""
        self._show(text, "")
        self._began = None
        self.bar.setValue(0)
        self.bar.show()
        self.left.show()
        self.cancel.show()

    def progress(self, share: float) -> None:
        """Tell how much is done, 0 to 1, and how long the rest takes as soon as that is known."""
        now_s = time.monotonic()
        if self._began is None or share < self._began[1]:
            self._began = now_s, share
        self.bar.setValue(round(share * _STEPS))
        began_s, first = self._began
        text = f"{share:.0%}"
        if now_s - began_s >= _KNOWN_AFTER_S and share > first:
            left_s = round((now_s - began_s) * (1 - share) / (share - first))
            time_left = f"{left_s // 60}:{left_s % 60:02}"
            text = translate(N_("{share} · {time} left"), share=text, time=time_left)
        self.left.setText(text)

    def _show(self, text: str, picture: str) -> None:
        self._picture = picture
        self._then = None
        self.text.setText(text)
        self.left.setText("")
        self.icon.setVisible(bool(picture))
        for each in (self.bar, self.left, self.action, self.cancel):
            each.hide()
        self.set_theme(self._theme)

    def _act(self) -> None:
        if self._then is not None:
            self._then()
