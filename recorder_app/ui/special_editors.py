"""Controls for texts that mean something: a folder, a name's template, keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from recorder_app import paths
from recorder_app.errors import InvalidSettingError
from recorder_app.settings import naming
from recorder_app.settings.declaration import Setting
from recorder_app.texts import N_, translate
from recorder_app.ui import tokens
from recorder_app.ui.editors import LEAST_WIDTH, TextEditor

# What Qt calls keys that the settings spell out.
_QT_KEYS = {"Ins": "Insert", "Del": "Delete"}


class FolderEditor(QWidget):
    """A folder: typed, or chosen with the platform's dialog. Empty is the Videos folder."""

    chosen = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._text = TextEditor(setting)
        self._text.setPlaceholderText(str(paths.videos_folder()))
        self.main: QWidget = self._text
        self.typed = self._text.typed
        self.button = QPushButton(translate(N_("Choose...")))
        self.button.setAccessibleName(translate(N_("Choose a folder")))
        _row(self, self._text, self.button)
        self._text.chosen.connect(self.chosen.emit)
        self.button.clicked.connect(self._choose)

    def show_value(self, value: Any) -> None:
        self._text.show_value(value)

    def take_value(self, value: Any) -> None:
        self._text.take_value(value)

    def _choose(self) -> None:
        # Not the static function: that one holds up everything until it is answered.
        dialog = QFileDialog(self, translate(N_("Folder for recordings")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setDirectory(self._text.text() or str(paths.videos_folder()))
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, folder: str) -> None:
        self._text.take_value(folder)
        self.chosen.emit(folder)


class TemplateEditor(QWidget):
    """The template of names, with what it gives now."""

    chosen = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._text = TextEditor(setting)
        self.main: QWidget = self._text
        self.typed = self._text.typed
        self.preview = QLabel()
        self.preview.setWordWrap(True)
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        self.preview.setAccessibleName(translate(N_("Example")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_XS)
        column.addWidget(self._text)
        column.addWidget(self.preview)
        self._text.chosen.connect(self.chosen.emit)
        self._text.textChanged.connect(self._show_preview)

    def show_value(self, value: Any) -> None:
        self._text.show_value(value)

    def take_value(self, value: Any) -> None:
        self._text.take_value(value)

    def _show_preview(self, template: str) -> None:
        try:
            example = naming.preview(template, datetime.now())
        except InvalidSettingError:
            # The line below the field says what is missing.
            self.preview.setText("–")
        else:
            self.preview.setText(translate(N_("For example: {name}"), name=example))


class _Keys(QKeySequenceEdit):
    """Takes one combination. Keys that lead around the window still do."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if is_alone and event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif is_alone and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.clear()
            self.editingFinished.emit()
        else:
            super().keyPressEvent(event)


class ShortcutEditor(QWidget):
    """Keys, recorded by pressing them."""

    chosen = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._keys = _Keys()
        self._keys.setMaximumSequenceLength(1)
        self._keys.setMinimumWidth(LEAST_WIDTH)
        self.main: QWidget = self._keys
        inner = self._keys.findChild(QLineEdit)
        if inner is not None:
            inner.setPlaceholderText(translate(N_("Press keys")))
            inner.setAccessibleName(translate(setting.title))
        self.button = QPushButton(translate(N_("Clear")))
        self.button.setAccessibleName(
            translate(N_("Clear “{title}”"), title=translate(setting.title))
        )
        self._shown = ""
        _row(self, self._keys, self.button)
        self._keys.editingFinished.connect(self._finish)
        self.button.clicked.connect(self._clear)

    def show_value(self, value: Any) -> None:
        self._shown = str(value)
        with QSignalBlocker(self._keys):
            self._keys.setKeySequence(QKeySequence(self._shown))
        self.button.setEnabled(bool(value))

    def _clear(self) -> None:
        self._keys.setFocus()
        self._keys.clear()
        self._finish()

    def _finish(self) -> None:
        text = self._keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        *held, last = text.split("+")
        text = "+".join([*held, _QT_KEYS.get(last, last)])
        if text != self._shown:
            self._shown = text
            self.chosen.emit(text)


def _row(holder: QWidget, wide: QWidget, narrow: QWidget) -> None:
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(tokens.SPACE_S)
    row.addWidget(wide, 1)
    row.addWidget(narrow)
