"""A page of the settings window: the settings of one area, and bringing back its defaults."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from recorder_app.settings import Settings, declaration
from recorder_app.texts import N_, translate
from recorder_app.ui import tokens
from recorder_app.ui.field_row import MOST_WIDTH
from recorder_app.ui.microphone_editor import ListDevices, MicrophoneEditor
from recorder_app.ui.setting_fields import SettingField
from recorder_app.ui.setting_words import page_title
from recorder_app.ui.sound_test import SoundTest, SoundTestPanel


class SettingsPage(QScrollArea):
    """The settings of `area`. `wanted` is emitted with the name and value that are to be stored."""

    wanted = Signal(str, object)
    reset_requested = Signal()
    undo_requested = Signal()

    def __init__(
        self,
        area: str,
        list_devices: ListDevices | None = None,
        sound_test: SoundTest | None = None,
    ) -> None:
        super().__init__()
        self.area = area
        self.fields: dict[str, SettingField] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Its controls take the focus.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(page_title(area))
        content = QWidget()
        sides = QHBoxLayout(content)
        sides.setContentsMargins(0, 0, 0, 0)
        held = QWidget()
        # Lines stay short enough to be read, and buttons near to what they are about.
        held.setMaximumWidth(MOST_WIDTH + 2 * tokens.SPACE_XL)
        sides.addWidget(held, 1000)
        sides.addStretch(1)
        column = QVBoxLayout(held)
        column.setContentsMargins(*[tokens.SPACE_XL] * 4)
        column.setSpacing(tokens.SPACE_L)
        title = QLabel(page_title(area))
        title.setProperty("kind", "title")
        column.addWidget(title)
        for name, setting in declaration.settings_of(area).items():
            field = SettingField(setting, list_devices)
            field.wanted.connect(lambda value, name=name: self.wanted.emit(name, value))
            self.fields[name] = field
            column.addWidget(field)
            # Who goes through them with Tab sees where they are.
            for control in (field.editor.main, *field.findChildren(QPushButton)):
                control.installEventFilter(self)
        self._is_shown = False
        self.test: SoundTestPanel | None = None
        if area == "sound" and sound_test is not None:
            self.test = SoundTestPanel(sound_test)
            self.test.running_changed.connect(lambda _: self._listen())
            self.test.button.installEventFilter(self)
            column.addWidget(self.test)
        column.addSpacing(tokens.SPACE_S)
        column.addLayout(self._buttons())
        column.addStretch(1)
        self.setWidget(content)

    def show_settings(self, settings: Settings) -> None:
        """Show what is stored."""
        values = getattr(settings, self.area)
        is_default = True
        for name, field in self.fields.items():
            field.show_value(getattr(values, name))
            is_default = is_default and field.value == field.setting.default
        if is_default and self.reset.hasFocus():
            next(iter(self.fields.values())).editor.main.setFocus()
        self.reset.setEnabled(not is_default)

    def set_shown(self, is_shown: bool) -> None:
        """Say whether people see this page now."""
        self._is_shown = is_shown
        if not is_shown and self.test is not None:
            self.test.stop()
        self._listen()

    def _listen(self) -> None:
        # Some devices can be used once at a time only.
        is_testing = self.test is not None and self.test.is_running
        for field in self.fields.values():
            if isinstance(field.editor, MicrophoneEditor):
                field.editor.set_listening(self._is_shown and not is_testing)

    def offer_undo(self, is_offered: bool) -> None:
        """Offer to take the last reset back, or no more."""
        if is_offered:
            self.undo.show()
            self.undo.setFocus()
        else:
            self.undo.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, tokens.SPACE_XXL * 2)
        return super().eventFilter(watched, event)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE_S)
        row.addStretch(1)
        self.undo = QPushButton(translate(N_("Undo reset")))
        self.undo.clicked.connect(self.undo_requested.emit)
        self.undo.hide()
        self.reset = QPushButton(translate(N_("Reset page")))
        self.reset.setAccessibleDescription(translate(N_("Bring back what was set at first.")))
        self.reset.clicked.connect(self.reset_requested.emit)
        row.addWidget(self.undo)
        row.addWidget(self.reset)
        return row
