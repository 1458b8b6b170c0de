"""Fields of a form that is saved as a whole: what is typed stays in them until then."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from recorder_app.settings.declaration import Setting
from recorder_app.settings.fields import Form
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.editors import LEAST_WIDTH, ChoiceEditor, SwitchEditor, WholeEditor
from recorder_app.ui.field_row import FieldRow

_MOST = 2**31 - 1


class FormField(FieldRow):
    """A value of the form. `changed` is emitted when a person changes it."""

    changed = Signal()

    @property
    def value(self) -> Any:
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show `value` without emitting anything."""
        raise NotImplementedError

    def note_change(self) -> None:
        # What was wrong with it may not be any more.
        self.tell("")
        self.changed.emit()


class TextField(FormField):
    """A line of text; with `chooses` a button beside it opens the dialog for a file or folder."""

    def __init__(
        self, title: str, help_text: str = "", *, chooses: str = "", is_optional: bool = False
    ) -> None:
        self.edit = QLineEdit()
        self.edit.setMinimumWidth(LEAST_WIDTH)
        control: QWidget = self.edit
        self.button: QPushButton | None = None
        if chooses:
            is_folder = chooses == "folder"
            self.button = QPushButton(translate(N_("Choose...")))
            named = N_("Choose a folder") if is_folder else N_("Choose a file")
            self.button.setAccessibleName(translate(named))
            self.button.clicked.connect(functools.partial(self._choose, is_folder))
            control = _beside(self.edit, self.button)
        super().__init__(
            control,
            self.edit,
            name=title,
            title=optional(title) if is_optional else title,
            help_text=help_text,
        )
        self.edit.textEdited.connect(lambda _: self.note_change())

    @property
    def value(self) -> str:
        return self.edit.text().strip()

    def show_value(self, value: Any) -> None:
        if self.value != value:
            self.edit.setText(str(value))
            # Of a long one the beginning is what tells them apart.
            self.edit.setCursorPosition(0)

    def _choose(self, is_folder: bool) -> None:
        # Not the static function: that one holds up everything until it is answered.
        dialog = QFileDialog(self, self.edit.accessibleName())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if is_folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        there = self.value or str(Path.home())
        dialog.setDirectory(there if is_folder else str(Path(there).parent))
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self.edit.setText(path)
        self.note_change()


class SecretField(FormField):
    """A secret that is typed. One that is kept already is never shown; empty leaves it as it is."""

    def __init__(self, title: str, help_text: str, *, is_optional: bool) -> None:
        self.edit = QLineEdit()
        self.edit.setMinimumWidth(LEAST_WIDTH)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        # Input methods and completion of the system learn what is typed elsewhere.
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.show_button = QPushButton()
        self.show_button.setCheckable(True)
        # One width for both words, so that nothing moves.
        words = [translate(N_("Show")), translate(N_("Hide"))]
        widths = [self.show_button.fontMetrics().horizontalAdvance(each) for each in words]
        self.show_button.setMinimumWidth(max(widths) + 2 * tokens.SPACE_L)
        super().__init__(
            _beside(self.edit, self.show_button),
            self.edit,
            name=title,
            title=optional(title) if is_optional else title,
            help_text=help_text,
        )
        self._title = title
        self._reveal(False)
        self.edit.textEdited.connect(lambda _: self.note_change())
        self.show_button.toggled.connect(self._reveal)

    @property
    def value(self) -> str:
        return self.edit.text().strip()

    def show_value(self, value: Any) -> None:
        self.edit.setText(str(value))
        self.show_button.setChecked(False)

    def say_where_kept(self, text: str) -> None:
        """Show in the empty field where the secret is."""
        self.edit.setPlaceholderText(text)

    def _reveal(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        self.show_button.setText(translate(N_("Hide") if is_shown else N_("Show")))
        name = N_("Hide “{title}”") if is_shown else N_("Show “{title}”")
        self.show_button.setAccessibleName(translate(name, title=self._title))


class SwitchField(FormField):
    """On or off."""

    def __init__(self, title: str, help_text: str = "") -> None:
        self.box = SwitchEditor(_setting(title, bool, False))
        super().__init__(
            self.box, self.box, name=title, title="", help_text=help_text, is_wide=False
        )
        self.box.chosen.connect(lambda _: self.note_change())

    @property
    def value(self) -> bool:
        return self.box.isChecked()

    def show_value(self, value: Any) -> None:
        self.box.show_value(value)


class ChoiceField(FormField):
    """One of a few values."""

    def __init__(self, title: str, help_text: str, choices: tuple[str, ...]) -> None:
        self.box = ChoiceEditor([(each, each) for each in choices])
        super().__init__(self.box, self.box, name=title, title=title, help_text=help_text)
        self.box.chosen.connect(lambda _: self.note_change())

    @property
    def value(self) -> Any:
        return self.box.currentData()

    def show_value(self, value: Any) -> None:
        self.box.show_value(value)


class NumberField(FormField):
    """A whole number."""

    def __init__(self, title: str, help_text: str) -> None:
        self.box = WholeEditor(_setting(title, int, 0))
        super().__init__(
            self.box, self.box, name=title, title=title, help_text=help_text, is_wide=False
        )
        self.box.chosen.connect(lambda _: self.note_change())

    @property
    def value(self) -> int:
        return self.box.value()

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setValue(int(value))


def optional(title: str) -> str:
    """Return the title of what may be left empty."""
    return translate(N_("{title} (optional)"), title=title)


def _beside(edit: QLineEdit, button: QPushButton) -> QWidget:
    held = QWidget()
    row = boxes.row(tokens.SPACE_S, held)
    row.addWidget(edit, 1)
    row.addWidget(button)
    return held


def _setting(title: str, kind: type, default: Any) -> Setting:
    return Setting(
        key="",
        name="",
        type=kind,
        default=default,
        title=title,
        help="",
        form=Form(),
        least=0,
        most=_MOST,
    )
