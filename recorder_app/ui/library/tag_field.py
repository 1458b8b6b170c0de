"""Tags as chips, with a field to add one."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QWidget

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.buttons import IconButton
from recorder_app.ui.library.drops import let_files_through
from recorder_app.ui.library.fields import completer
from recorder_app.ui.library.flow import FlowLayout
from recorder_app.ui.library.labels import ElidedLabel, WrappedLabel
from recorder_app.ui.raised import set_kind
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

_CROSS = 12
_ADD_WIDTH, _HEIGHT = 110, 24


class Chip(QFrame):
    """A tag, which can be taken away; `share` says how many of several recordings have it."""

    removed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.label = ElidedLabel(name)
        self.label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.cross = IconButton("close", translate(N_("Remove the tag “{name}”"), name=name))
        self.cross.setIconSize(QSize(_CROSS, _CROSS))
        row = boxes.row(2, self)
        row.setContentsMargins(SPACE_S, 1, 3, 1)
        row.addWidget(self.label)
        row.addWidget(self.cross)
        self.cross.clicked.connect(lambda: self.removed.emit(self.name))
        self.show_share("")

    def show_share(self, share: str) -> None:
        """Say that only some have it; empty for all."""
        self.label.set_text(f"{self.name} {share}".strip())
        self.setAccessibleName(self.label.text())
        self.setFixedHeight(_HEIGHT)
        set_kind(self, "chip-partly" if share else "chip")


class TagField(QWidget):
    """`added` and `removed` carry a name; what is shown is what is stored."""

    added = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._chips: dict[str, Chip] = {}
        self._asked = ""
        self._was_refused = False
        self._names = QStringListModel(self)
        title = QLabel(translate(N_("Tags")))
        set_kind(title, "muted")
        self.line = _AddLine()
        self.line.setPlaceholderText(translate(N_("Add a tag")))
        self.line.setAccessibleName(translate(N_("Add a tag")))
        set_kind(self.line, "chip-add")
        let_files_through(self.line)
        self.line.setFixedSize(_ADD_WIDTH, _HEIGHT)
        self._completer = completer(self._names, self.line)
        self.line.setCompleter(self._completer)
        title.setBuddy(self.line)
        self.problem = WrappedLabel(kind="warn")
        held = QWidget()
        self._flow = FlowLayout(SPACE_XS, held)
        self._flow.addWidget(self.line)
        column = boxes.column(2, self)
        column.addWidget(title)
        column.addWidget(held)
        column.addWidget(self.problem)
        self.problem.hide()
        self.line.returnPressed.connect(self._add)
        self.line.left.connect(self._add)
        self.line.textChanged.connect(self._forget_refused)
        self._completer.activated.connect(lambda _: self._add())

    def offer(self, names: Sequence[str]) -> None:
        """Offer these names."""
        if list(names) != self._names.stringList():
            self._names.setStringList(list(names))

    def show_tags(self, tags: Mapping[str, int], of: int = 1) -> None:
        """Show tags; the number is how many of `of` recordings have one."""
        if not self._was_refused:
            self._tell("")
        for gone in self._chips.keys() - tags.keys():
            chip = self._chips.pop(gone)
            if chip.cross.hasFocus():
                self.line.setFocus()
            self._flow.removeWidget(chip)
            chip.deleteLater()
        for place, (name, count) in enumerate(tags.items()):
            known = self._chips.get(name)
            if known is None:
                known = self._chips[name] = Chip(name)
                known.removed.connect(self.removed)
                if self._theme is not None:
                    known.cross.set_theme(self._theme)
                self._flow.insert(place, known)
                QWidget.setTabOrder(known.cross, self.line)
            partly = translate(N_("({count} of {whole})"), count=count, whole=of)
            known.show_share(partly if count < of else "")
        self._chips = {name: self._chips[name] for name in tags}

    def refuse(self, error: RecorderError) -> None:
        """Say why a tag was not stored; it stays, to be added again."""
        if not self.line.text():
            self.line.setText(self._asked)
        self._was_refused = True
        self._tell(str(error))

    def commit(self) -> None:
        """Ask for the tag to be added that is being typed."""
        self._add()

    def clear(self) -> None:
        """Forget what was being typed."""
        self.line.clear()
        self._tell("")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    @property
    def names(self) -> list[str]:
        return list(self._chips)

    def _add(self) -> None:
        name = self.line.text().strip()
        # The completer and Return may both tell of one press.
        self.line.clear()
        if name:
            self._tell("")
            self._asked = name
            self.added.emit(name)

    def _forget_refused(self) -> None:
        if self._was_refused:
            self._was_refused = False
            self._tell("")

    def _tell(self, text: str) -> None:
        self.problem.set_text(f"⚠ {text}" if text else "")
        self.line.setAccessibleDescription(text)


class _AddLine(QLineEdit):
    """Leaving it keeps what was typed, unless its list of names took the keyboard."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc forgets what was typed; without any it is the window's. A comma ends a tag."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Comma:
            self.left.emit()
        else:
            super().keyPressEvent(event)
