"""The page of presets: choices under a name, which a shortcut may start."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QWidget

from recorder_app.errors import InvalidSettingError, RecorderError
from recorder_app.settings import Settings, declaration
from recorder_app.settings.app_areas import Preset
from recorder_app.settings.declaration import PRESETS, Setting
from recorder_app.settings.fields import Form
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.editors import ChoiceEditor, TextEditor
from recorder_app.ui.field_row import MOST_WIDTH
from recorder_app.ui.microphone_editor import ListDevices, MicrophoneEditor
from recorder_app.ui.setting_fields import SettingField
from recorder_app.ui.setting_words import page_title

NAME = "name"
_NAME = Setting(
    key=f"{PRESETS}.{NAME}",
    name=NAME,
    type=str,
    default="",
    title=N_("Name"),
    help=N_("Letters, digits, spaces, - and _."),
    form=Form(),
)


class PresetsPage(QScrollArea):
    """All presets, one of them shown. What is wanted is told by signals; nothing is stored here."""

    add_requested = Signal()
    # A name and its new one.
    rename_requested = Signal(str, str)
    # A name, one of its choices and the value.
    change_requested = Signal(str, str, object)
    # A name and what is to be under it: a Preset, or None for nothing.
    put_requested = Signal(str, object)

    def __init__(self, list_devices: ListDevices | None = None) -> None:
        super().__init__()
        self._presets: dict[str, Preset] = {}
        self._deleted: tuple[str, Preset] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(page_title(PRESETS))
        self.choice = ChoiceEditor([])
        self.choice.setAccessibleName(translate(N_("Preset")))
        self.add = QPushButton(translate(N_("Add preset")))
        self.delete = QPushButton(translate(N_("Delete")))
        self.undo = QPushButton(translate(N_("Undo delete")))
        self.undo.hide()
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("kind", "warn")
        self.problem.hide()
        settings = {NAME: _NAME, **declaration.settings_of(PRESETS)}
        self.fields = {
            name: SettingField(setting, list_devices) for name, setting in settings.items()
        }
        self._held = QWidget()
        self._arrange()
        self.choice.chosen.connect(self._turn)
        self.add.clicked.connect(self.add_requested)
        self.delete.clicked.connect(self._delete)
        self.undo.clicked.connect(self._undo)
        for name, field in self.fields.items():
            field.wanted.connect(partial(self._want, name))
        for control in self.findChildren(QWidget):
            control.installEventFilter(self)

    @property
    def shown(self) -> str:
        """The name of the preset that is shown, empty when there is none."""
        return str(self.choice.currentData() or "")

    def show_settings(self, settings: Settings) -> None:
        """Show what is stored."""
        shown = self.shown
        names = list(settings.presets)
        if names != list(self._presets):
            self.choice.clear()
            for name in names:
                self.choice.addItem(name, name)
            self.choice.show_value(shown)
        self._presets = dict(settings.presets)
        self._show()

    def show_preset(self, name: str, *, is_new: bool = False) -> None:
        """Turn to the preset of that name; a new one is to be named."""
        self.choice.show_value(name)
        self._show()
        editor = self.fields[NAME].editor
        if is_new and isinstance(editor, TextEditor):
            editor.setFocus()
            editor.selectAll()

    def refuse(self, field: str, error: RecorderError) -> None:
        """Say why what was wanted cannot be; without `field` it is about all of them."""
        if field:
            self.fields[field].refuse(error)
        else:
            self.problem.setText(f"⚠ {error}")
            self.problem.show()

    def set_shown(self, is_shown: bool) -> None:
        """Say whether people see this page now."""
        microphone = self.fields["mic"].editor
        if isinstance(microphone, MicrophoneEditor):
            microphone.set_listening(is_shown)
        if not is_shown:
            self._forget_deleted()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, tokens.SPACE_XXL * 2)
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        preset = self._presets.get(self.shown)
        has_any = preset is not None
        for each in (self.choice, self.delete, self._held):
            each.setVisible(has_any)
        self._none.setVisible(not has_any)
        if preset is not None:
            self.fields[NAME].show_value(self.shown)
            for name in declaration.settings_of(PRESETS):
                self.fields[name].show_value(getattr(preset, name))

    def _turn(self, _name: object) -> None:
        self.problem.hide()
        self._forget_deleted()
        self._show()

    def _want(self, field: str, value: object) -> None:
        self.problem.hide()
        self._forget_deleted()
        if field != NAME:
            self.change_requested.emit(self.shown, field, value)
            return
        try:
            new = declaration.checked_preset_name(str(value).strip())
        except InvalidSettingError as error:
            self.refuse(NAME, error)
        else:
            self.rename_requested.emit(self.shown, new)

    def _delete(self) -> None:
        self.problem.hide()
        name = self.shown
        self._deleted = (name, self._presets[name])
        self.undo.show()
        self.undo.setFocus()
        self.put_requested.emit(name, None)

    def _undo(self) -> None:
        if self._deleted is not None:
            self.put_requested.emit(*self._deleted)
        self.add.setFocus()
        self._forget_deleted()

    def _forget_deleted(self) -> None:
        self._deleted = None
        self.undo.hide()

    def _arrange(self) -> None:
        title = QLabel(page_title(PRESETS))
        title.setProperty("kind", "title")
        about = QLabel(
            translate(
                N_("A preset records with choices of its own. The rest is as in the settings.")
            ),
            wordWrap=True,
        )
        about.setProperty("kind", "muted")
        self._none = QLabel(translate(N_("There is no preset yet.")))
        chosen = boxes.row(tokens.SPACE_S)
        chosen.addWidget(self.choice, 1)
        chosen.addWidget(self._none, 1)
        for each in (self.add, self.delete, self.undo):
            chosen.addWidget(each)
        fields = boxes.column(tokens.SPACE_L, self._held)
        for field in self.fields.values():
            fields.addWidget(field)
        content = QWidget()
        sides = boxes.row(0, content)
        page = QWidget()
        page.setMaximumWidth(MOST_WIDTH + 2 * tokens.SPACE_XL)
        sides.addWidget(page, 1000)
        sides.addStretch(1)
        column = boxes.column(tokens.SPACE_L, page)
        column.setContentsMargins(*[tokens.SPACE_XL] * 4)
        for part in (title, about):
            column.addWidget(part)
        column.addLayout(chosen)
        column.addWidget(self.problem)
        column.addWidget(self._held)
        column.addStretch(1)
        self.setWidget(content)
