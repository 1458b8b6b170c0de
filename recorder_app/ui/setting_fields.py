"""One setting in the window: its name, its control, what it means, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from recorder_app.errors import InvalidSettingError, RecorderError
from recorder_app.settings.declaration import Setting
from recorder_app.texts import translate
from recorder_app.ui import tokens
from recorder_app.ui.editors import DecimalEditor, Editor, SwitchEditor, WholeEditor, plain_editor
from recorder_app.ui.microphone_editor import ListDevices, MicrophoneEditor
from recorder_app.ui.setting_words import help_text, none_title
from recorder_app.ui.special_editors import FolderEditor, ShortcutEditor, TemplateEditor

_TITLE_WIDTH = 148
MOST_WIDTH = 580


class SettingField(QWidget):
    """A setting. `wanted` is emitted with the value that a person chose; nothing is stored here."""

    wanted = Signal(object)

    def __init__(self, setting: Setting, list_devices: ListDevices | None = None) -> None:
        super().__init__()
        self.setting = setting
        self.value: Any = setting.default
        self.editor = _editor(setting, list_devices)
        self.help = _line(help_text(setting), "muted")
        self.problem = _line("", "warn")
        self.problem.hide()
        self._arrange()
        self._name_control()
        self.editor.chosen.connect(self._choose)
        typed = getattr(self.editor, "typed", None)
        if typed is not None:
            typed.connect(self._check)

    def show_value(self, value: Any) -> None:
        """Show what is stored."""
        if value != self.value:
            self._tell("")
        self.value = value
        self.editor.show_value(value)

    def refuse(self, error: RecorderError) -> None:
        """Say why what was chosen cannot be, and show what is stored."""
        take = getattr(self.editor, "take_value", self.editor.show_value)
        take(self.value)
        self._tell(str(error))

    def _choose(self, value: Any) -> None:
        try:
            checked = self.setting.checked(value)
        except InvalidSettingError as error:
            self.refuse(error)
            return
        self._tell("")
        if checked == self.value:
            # Another spelling of what is stored.
            self.editor.show_value(self.value)
        else:
            self.wanted.emit(checked)

    def _check(self, text: str) -> None:
        try:
            self.setting.checked(None if self.setting.takes_none and not text else text)
        except InvalidSettingError as error:
            self._tell(str(error))
        else:
            self._tell("")

    def _tell(self, text: str) -> None:
        self.problem.setText(f"⚠ {text}" if text else "")
        self.problem.setVisible(bool(text))
        self.editor.main.setAccessibleDescription(text or self.help.text())

    def _arrange(self) -> None:
        control = self.editor
        assert isinstance(control, QWidget)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_XS)
        side = Qt.AlignmentFlag(0)
        if isinstance(control, SwitchEditor | WholeEditor | DecimalEditor):
            side = Qt.AlignmentFlag.AlignLeft
        column.addWidget(control, 0, side)
        column.addWidget(self.help)
        column.addWidget(self.problem)
        row = QHBoxLayout(self)
        row.setDirection(QBoxLayout.Direction.LeftToRight)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.SPACE_M)
        title = QLabel("" if isinstance(control, SwitchEditor) else translate(self.setting.title))
        title.setWordWrap(True)
        title.setFixedWidth(_TITLE_WIDTH)
        # Level with the text in the control.
        title.setContentsMargins(0, 6, 0, 0)
        title.setBuddy(self.editor.main)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def _name_control(self) -> None:
        self.editor.main.setAccessibleName(translate(self.setting.title))
        self.editor.main.setAccessibleDescription(self.help.text())


def _editor(setting: Setting, list_devices: ListDevices | None) -> Editor:
    kind = setting.form.kind
    if kind == "folder":
        return FolderEditor(setting)
    if kind == "template":
        return TemplateEditor(setting)
    if kind == "shortcut":
        return ShortcutEditor(setting)
    if kind == "microphone":
        return MicrophoneEditor(list_devices, none_title(setting) if setting.takes_none else "")
    return plain_editor(setting)


def _line(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("kind", kind)
    return label
