"""What a person reads when something went wrong: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from recorder_app import logs, paths
from recorder_app.texts import N_, translate
from recorder_app.ui import report_files, tokens
from recorder_app.ui.background import Background
from recorder_app.ui.own_window import OwnWindow

_WIDTH = 460
_DETAILS_HEIGHT = 200


class Problem(Protocol):
    """A RecorderError, or one that came from another process as data."""

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str: ...


class ProblemDialog(OwnWindow):
    """Tells of a problem. `retry_requested` is emitted by the button that `can_retry` brings."""

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        self._background = Background(self, "problem details")
        self._given = ""
        self.setWindowTitle(translate(N_("Recorder")))
        # On the accent, a ring of the accent is not seen.
        self.setStyleSheet(
            'QPushButton[kind="primary"]:focus'
            f" {{ border: {tokens.FOCUS_PX}px solid palette(text); }}"
        )
        self._message = _text("strong")
        self._safe = _text("ok")
        self._hint = _text("")
        self._toggle = QPushButton(translate(N_("Show details")))
        self._toggle.setCheckable(True)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._details.setMinimumHeight(_DETAILS_HEIGHT)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self._details.setStyleSheet(f"font-family: '{fixed}'; font-size: {tokens.MUTED_PX}px;")
        self._details.setAccessibleName(translate(N_("Details")))
        self._copy = QPushButton(translate(N_("Copy details")))
        self._retry = QPushButton(translate(N_("Try again")))
        self._retry.setProperty("kind", "primary")
        self._close = QPushButton(translate(N_("Close")))
        self._arrange()
        self._toggle.toggled.connect(self._show_details)
        self._copy.clicked.connect(self._copy_details)
        self._retry.clicked.connect(self._ask_again)
        self._close.clicked.connect(self.close)

    def show_problem(
        self,
        error: Problem,
        *,
        what_is_safe: str = "",
        details: str = "",
        can_retry: bool = False,
    ) -> None:
        """Show `error`. `details` are put before the version and the end of the log."""
        for label, text in (
            (self._message, error.message),
            (self._safe, f"✓ {what_is_safe}" if what_is_safe else ""),
            (self._hint, error.hint),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._retry.setVisible(can_retry)
        self._toggle.setChecked(False)
        self._details.hide()
        self._copy.setText(translate(N_("Copy details")))
        # The log is on a disk, which may be what is in trouble.
        self._copy.setEnabled(False)
        self._given = logs.redacted(
            "\n".join(each for each in (f"{error.code}: {error.message}", details) if each)
        )
        self._details.setPlainText(self._given)
        given = self._given
        self._background.run(
            lambda: report_files.details(paths.log_folder()),
            lambda text: self._take_details(given, text),
            lambda _: self._take_details(given, ""),
        )
        self._fit()
        self.show()
        self.raise_()
        (self._retry if can_retry else self._close).setFocus()

    def details_text(self) -> str:
        """Return what is copied."""
        return self._details.toPlainText()

    def _take_details(self, given: str, text: str) -> None:
        # Another problem may be shown by now.
        if given == self._given:
            self._details.setPlainText(f"{given}\n\n{text}".rstrip() + "\n")
            self._copy.setEnabled(True)

    def _show_details(self, is_shown: bool) -> None:
        self._toggle.setText(translate(N_("Hide details") if is_shown else N_("Show details")))
        self._details.setVisible(is_shown)
        self._fit()

    def _fit(self) -> None:
        """Take as much height as the texts need at the usual width."""
        layout = self.layout()
        if layout is not None:
            for label in (self._message, self._safe, self._hint):
                label.ensurePolished()
                label.updateGeometry()
            layout.invalidate()
            self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self.details_text())
        self._copy.setText(translate(N_("Copied ✓")))

    def _ask_again(self) -> None:
        self.close()
        self.retry_requested.emit()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.SPACE_S)
        buttons.addWidget(self._toggle)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        buttons.addWidget(self._retry)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[tokens.SPACE_XL] * 4)
        column.setSpacing(tokens.SPACE_M)
        for each in (self._message, self._safe, self._hint):
            column.addWidget(each)
        column.addWidget(self._details, 1)
        column.addStretch(0)
        column.addSpacing(tokens.SPACE_S)
        column.addLayout(buttons)


def _text(kind: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if kind:
        label.setProperty("kind", kind)
    return label
