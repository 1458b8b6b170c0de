"""Fields that are edited in place: Return or leaving keeps what was typed, Esc takes it back.

A field tells what is wanted and goes on showing it; whoever stores it answers with what is stored
then, or with why it is not, which is shown beside the field. What was typed is never lost, and
undo within the field (Ctrl+Z) goes on working after it was stored.
"""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.editors import keep_wheel_for_page
from recorder_app.ui.library.drops import let_files_through
from recorder_app.ui.library.labels import WrappedLabel
from recorder_app.ui.marks import ARROW_WIDTH, draw_arrow
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_XS

_LEAST_LINES, _MOST_LINES = 2, 8
# What a line edit leaves before its text.
_INSET = 2


class Kept:
    """What a field shows against what is stored, so that nothing is asked for twice."""

    def __init__(self) -> None:
        self.stored = ""
        self.asked: str | None = None

    def wants(self, text: str) -> bool:
        """Return whether `text` is to be stored now, and note that it was asked for."""
        if text == self.asked or (self.asked is None and text == self.stored):
            return False
        self.asked = text
        return True

    def store(self, text: str) -> None:
        self.stored, self.asked = text, None


class Field(QWidget):
    """A label, a control and room for what is wrong. `wanted` carries the text to be stored."""

    wanted = Signal(str)

    def __init__(self, label: str, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kept = Kept()
        self._was_stored = self._was_refused = False
        self.main = control
        self.problem = WrappedLabel(kind="warn")
        column = boxes.column(2, self)
        if label:
            self.label = QLabel(label)
            set_kind(self.label, "muted")
            self.label.setBuddy(control)
            column.addWidget(self.label)
        column.addWidget(control)
        column.addWidget(self.problem)
        self.problem.hide()

    def show_text(self, text: str) -> None:
        """Show what is stored, unless it is being changed at this moment."""
        if self.kept.asked is not None:
            # Read before what was asked for was stored.
            return
        is_changed = self.text() != self.kept.stored and not self._was_stored
        self._was_stored = False
        self.kept.stored = text
        is_kept = self.main.hasFocus() or self._was_refused
        if is_changed and is_kept and self.text() != text:
            return
        self._was_refused = False
        self.tell("")
        if self.text() != text:
            self.set_text(text)

    def answered(self) -> None:
        """What was asked for is stored; what is read from now on is so."""
        # It may be stored in another spelling.
        self._was_stored = self.text() == self.kept.asked
        self.kept.asked = None

    def forget(self) -> None:
        """Nothing is known any more: it is about another recording."""
        self.main.clearFocus()
        self.tell("")
        self._was_stored = self._was_refused = False
        self.kept.store(self.text())

    def refuse(self, error: RecorderError) -> None:
        """Say why what was typed is not stored; it stays, to be put right."""
        # The same may be asked for again, of a library that was busy.
        self.kept.asked = None
        self._was_refused = True
        self.tell(str(error))

    def commit(self) -> None:
        """Ask for what was typed to be stored, if it is something new."""
        text = self.text()
        if self.kept.wants(text):
            self._was_refused = False
            self.tell("")
            self.wanted.emit(text)

    def revert(self) -> bool:
        """Show what is stored again; return whether that was something else."""
        self._was_refused = False
        self.tell("")
        if self.text() == self.kept.stored:
            return False
        self.set_text(self.kept.stored)
        return True

    def tell(self, text: str) -> None:
        self.problem.set_text(f"⚠ {text}" if text else "")
        self.main.setAccessibleDescription(text)

    def text(self) -> str:
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        raise NotImplementedError


class LineField(Field):
    """One line. With `is_title` it looks like a heading until it is edited."""

    def __init__(self, label: str, *, is_title: bool = False) -> None:
        self.line = _TitleEdit() if is_title else QLineEdit()
        super().__init__("" if is_title else label, self.line)
        self.line.setAccessibleName(label)
        self.line.setToolTip(label)
        if is_title:
            set_kind(self.line, "in-place")
            # In line with what stands below it.
            self.line.setTextMargins(-_INSET, 0, 0, 0)
        self.line.editingFinished.connect(self.commit)
        let_files_through(self.line)
        self.line.installEventFilter(_Escape(self))

    def text(self) -> str:
        return self.line.text()

    def set_text(self, text: str) -> None:
        self.line.setText(text)
        self.line.setCursorPosition(0)


class TextField(Field):
    """Some lines. Leaving keeps them, or Ctrl+Return; Tab leaves."""

    def __init__(self, label: str) -> None:
        self.edit = _TextEdit()
        super().__init__(label, self.edit)
        self.edit.setAccessibleName(label)
        self.edit.finished.connect(self.commit)
        let_files_through(self.edit)
        self.edit.installEventFilter(_Escape(self))

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        self.edit.setPlainText(text)


class NameField(Field):
    """A name out of those there are, or a new one. Empty is none."""

    def __init__(self, label: str, nothing: str = "") -> None:
        self.box = _NameBox()
        super().__init__(label, self.box)
        self.box.setAccessibleName(label)
        self._line.setAccessibleName(label)
        self.set_nothing(nothing)
        self.box.activated.connect(lambda _: self.commit())
        self._line.editingFinished.connect(self.commit)
        let_files_through(self._line)
        self._line.installEventFilter(_Escape(self))

    @property
    def _line(self) -> QLineEdit:
        line = self.box.lineEdit()
        assert line is not None
        return line

    def set_nothing(self, text: str) -> None:
        """Say what it means that nothing is typed."""
        self._line.setPlaceholderText(text)

    def offer(self, names: Sequence[str]) -> None:
        """Offer these names."""
        if list(names) == [self.box.itemText(each) for each in range(self.box.count())]:
            return
        text = self.text()
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.addItems(list(names))
            self.box.setCurrentIndex(self.box.findText(text))
        if self._line.text() != text:
            self.box.setEditText(text)

    def text(self) -> str:
        return self._line.text()

    def set_text(self, text: str) -> None:
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self.box.findText(text))
        self.box.setEditText(text)
        self._line.setCursorPosition(0)


class ChoiceField(Field):
    """One of a few values, each under a name for people."""

    def __init__(self, label: str, choices: Sequence[tuple[str, str]]) -> None:
        self.box = _Box()
        super().__init__(label, self.box)
        self.box.setAccessibleName(label)
        for value, title in choices:
            self.box.addItem(title, value)
        self.box.activated.connect(lambda _: self.commit())

    def text(self) -> str:
        return str(self.box.currentData() or "")

    def set_text(self, text: str) -> None:
        with QSignalBlocker(self.box):
            place = self.box.findData(text)
            if place < 0 and text:
                # Of another program, or of a newer version of ours.
                self.box.addItem(text, text)
                place = self.box.count() - 1
            self.box.setCurrentIndex(place)


def completer(names: QStringListModel, parent: QWidget) -> QCompleter:
    """Return what completes names wherever the letters are in them, in either case."""
    made = QCompleter(names, parent)
    made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    made.setFilterMode(Qt.MatchFlag.MatchContains)
    _fit_popup(made)
    return made


def _fit_popup(made: QCompleter) -> None:
    """Leave no room in its list but for names: it is made as high as these alone."""
    popup = made.popup()
    if popup is not None:
        popup.setStyleSheet("QListView, QListView:focus { padding: 0px; border-width: 1px; }")


class _Escape(QObject):
    """Esc takes a change back; without one it is the window's. Ctrl+Return keeps it."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._field = field

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._field.revert()
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._field.commit()
            return True
        return False


class _TitleEdit(QLineEdit):
    """A title; one that is too long is cut until it is edited."""

    def paintEvent(self, event: QPaintEvent) -> None:
        short = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        if self.hasFocus() or short == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, short)


class _TextEdit(QPlainTextEdit):
    """As high as its text, within reason."""

    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText(translate(N_("Add a description")))
        self.textChanged.connect(self._fit)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A menu over the field is no leaving.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finished.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), _LEAST_LINES), _MOST_LINES)
        margin = 2 * round(self.document().documentMargin()) + 2 * self.frameWidth() + SPACE_XS * 2
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margin)


class _Box(QComboBox):
    """A box with the arrow of the settings."""

    def __init__(self) -> None:
        super().__init__()
        keep_wheel_for_page(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        draw_arrow(self, QPointF(self.width() - ARROW_WIDTH / 2, self.height() / 2))


class _NameBox(_Box):
    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        found = self.completer()
        if found is not None:
            found.setFilterMode(Qt.MatchFlag.MatchContains)
            found.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            _fit_popup(found)
