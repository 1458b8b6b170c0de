"""One setting in the window: its name, its control, what it means, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from recorder_app.errors import InvalidSettingError, RecorderError
from recorder_app.settings.declaration import Setting
from recorder_app.texts import translate
from recorder_app.ui.editors import DecimalEditor, Editor, SwitchEditor, WholeEditor, plain_editor
from recorder_app.ui.field_row import FieldRow
from recorder_app.ui.microphone_editor import ListDevices, MicrophoneEditor
from recorder_app.ui.setting_words import help_text, none_title
from recorder_app.ui.special_editors import FolderEditor, ShortcutEditor, TemplateEditor


class SettingField(FieldRow):
    """A setting. `wanted` is emitted with the value that a person chose; nothing is stored here."""

    wanted = Signal(object)

    def __init__(self, setting: Setting, list_devices: ListDevices | None = None) -> None:
        editor = _editor(setting, list_devices)
        assert isinstance(editor, QWidget)
        title = translate(setting.title)
        super().__init__(
            editor,
            editor.main,
            name=title,
            title="" if isinstance(editor, SwitchEditor) else title,
            help_text=help_text(setting),
            is_wide=not isinstance(editor, SwitchEditor | WholeEditor | DecimalEditor),
        )
        self.setting = setting
        self.value: Any = setting.default
        self.editor: Editor = editor
        self.editor.chosen.connect(self._choose)
        typed = getattr(self.editor, "typed", None)
        if typed is not None:
            typed.connect(self._check)

    def show_value(self, value: Any) -> None:
        """Show what is stored."""
        if value != self.value:
            self.tell("")
        self.value = value
        self.editor.show_value(value)

    def refuse(self, error: RecorderError) -> None:
        """Say why what was chosen cannot be, and show what is stored."""
        take = getattr(self.editor, "take_value", self.editor.show_value)
        take(self.value)
        self.tell(str(error))

    def _choose(self, value: Any) -> None:
        try:
            checked = self.setting.checked(value)
        except InvalidSettingError as error:
            self.refuse(error)
            return
        self.tell("")
        if checked == self.value:
            # Another spelling of what is stored.
            self.editor.show_value(self.value)
        else:
            self.wanted.emit(checked)

    def _check(self, text: str) -> None:
        try:
            self.setting.checked(None if self.setting.takes_none and not text else text)
        except InvalidSettingError as error:
            self.tell(str(error))
        else:
            self.tell("")


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
