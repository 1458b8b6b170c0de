"""The first window there is: whether screen, sound, shortcuts and folder are in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from recorder_app.errors import RecorderError
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, marks, tokens
from recorder_app.ui.buttons import TextButton
from recorder_app.ui.microphone_editor import NONE, ListDevices, MicrophoneEditor
from recorder_app.ui.own_window import OwnWindow
from recorder_app.ui.raised import Picture
from recorder_app.ui.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, SPACE_XS, Theme

_WIDTH = 560
_LEAST_WIDTH = 420
_PICTURE = 20
# What people bind themselves where programs cannot have shortcuts.
_COMMAND = "recorder-app toggle"


class FirstRun(OwnWindow):
    """One page that can be skipped. What is chosen is told by signals; nothing is stored here."""

    microphone_chosen = Signal(str)
    folder_chosen = Signal(str)
    look_requested = Signal()
    shortcuts_requested = Signal()

    def __init__(self, theme: Theme, list_devices: ListDevices | None = None) -> None:
        super().__init__()
        self._mic = NONE
        self._folder = Path()
        self.setWindowTitle(translate(N_("Welcome to Recorder")))
        self.setStyleSheet(marks.SHEET)
        self.setMinimumWidth(_LEAST_WIDTH)
        self.screen_row = _Row("screen", translate(N_("Screen")), theme)
        self.sound_row = _Row("microphone", translate(N_("Sound")), theme)
        self.shortcuts_row = _Row("record", translate(N_("Shortcuts")), theme)
        self.folder_row = _Row("folder", translate(N_("Folder")), theme)
        self._rows = (self.screen_row, self.sound_row, self.shortcuts_row, self.folder_row)
        self.look = self.screen_row.offer(translate(N_("Look again")))
        self.change_shortcuts = self.shortcuts_row.offer(translate(N_("Change...")))
        self.copy_command = self.shortcuts_row.offer(translate(N_("Copy command")))
        self.choose_folder = self.folder_row.offer(translate(N_("Choose...")))
        self.choose_folder.setAccessibleName(translate(N_("Choose a folder")))
        self.microphone = MicrophoneEditor(list_devices)
        self.microphone.main.setAccessibleName(translate(N_("Microphone")))
        self.microphone.show_value(NONE)
        self.sound_row.add(self.microphone, self.microphone.main)
        self.skip = TextButton(translate(N_("Skip")))
        self.done = TextButton(translate(N_("Done")), kind="primary")
        self._arrange()
        self.skip.clicked.connect(self.close)
        self.done.clicked.connect(self.close)
        self.look.clicked.connect(self.look_requested)
        self.change_shortcuts.clicked.connect(self.shortcuts_requested)
        self.copy_command.clicked.connect(self._copy_command)
        self.choose_folder.clicked.connect(self._choose_folder)
        self.microphone.chosen.connect(self.microphone_chosen.emit)
        self.microphone.works_changed.connect(lambda _: self._show_sound())
        self.show_screens([], None)
        self.show_microphone(NONE)
        self.show_shortcuts({}, {})

    def show_screens(self, sizes: Sequence[str], problem: RecorderError | None) -> None:
        """Show what can be recorded, or why nothing can; neither while that is not known."""
        self.look.setVisible(problem is not None)
        if problem is not None:
            self.screen_row.show_problem(_told(problem))
        elif sizes:
            text = N_("Can be recorded: {screens}.")
            self.screen_row.show_ok(translate(text, screens=", ".join(sizes)))
        else:
            self.screen_row.show_open(translate(N_("Looking...")))

    def show_microphone(self, name: str) -> None:
        """Show which microphone is stored."""
        self._mic = name
        self.microphone.show_value(name)
        self._show_sound()

    def show_shortcuts(
        self, shortcuts: Mapping[str, str], problems: Mapping[str, RecorderError]
    ) -> None:
        """Show the shortcuts by name, and which of them cannot be had ("" for all)."""
        has_none = "" in problems
        self.copy_command.setVisible(has_none)
        self.change_shortcuts.setVisible(not has_none)
        if problems:
            told = [problems[""]] if has_none else problems.values()
            self.shortcuts_row.show_problem("\n".join(_told(each) for each in told))
            return
        texts = (
            ("start_stop", N_("{keys} starts and stops")),
            ("region", N_("{keys} records an area")),
            ("pause", N_("{keys} pauses")),
        )
        parts = [
            translate(text, keys=shortcuts[name]) for name, text in texts if shortcuts.get(name)
        ]
        if parts:
            self.shortcuts_row.show_ok(", ".join(parts) + ".")
        else:
            self.shortcuts_row.show_open(translate(N_("There are none. The tray icon records.")))

    def show_folder(self, folder: Path, problem: RecorderError | None) -> None:
        """Show where recordings go, or why they cannot."""
        self._folder = folder
        if problem is not None:
            self.folder_row.show_problem(_told(problem))
        else:
            self.folder_row.show_ok(str(folder))

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of `theme`."""
        for row in self._rows:
            row.set_theme(theme)

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return is_done

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._fit()
        self.microphone.set_listening(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.microphone.set_listening(False)

    def _show_sound(self) -> None:
        if self._mic == NONE:
            self.sound_row.show_open(
                translate(N_("The microphone is off. Choose one to record what you say."))
            )
        elif self.microphone.works:
            self.sound_row.show_ok(translate(N_("The microphone is recorded too.")))
        else:
            self.sound_row.show_open(
                translate(N_("Say something: the bar moves when it hears you."))
            )

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(_COMMAND)
        self.copy_command.setText(translate(N_("Copied ✓")))

    def _choose_folder(self) -> None:
        # Not the static function: that one holds up everything until it is answered.
        dialog = QFileDialog(self, translate(N_("Folder for recordings")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setDirectory(str(self._folder))
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.open()

    def _arrange(self) -> None:
        title = _line(translate(N_("Welcome to Recorder")), "title")
        hint = _line(
            translate(N_("You can record right away. All of this is in the settings too.")), "muted"
        )
        head = boxes.column(SPACE_XS)
        head.addWidget(title)
        head.addWidget(hint)
        buttons = boxes.row(SPACE_S)
        buttons.addStretch(1)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.done)
        whole = boxes.column(SPACE_L, self)
        whole.setContentsMargins(*[SPACE_XL] * 4)
        whole.addLayout(head)
        for row in self._rows:
            whole.addWidget(row)
        whole.addStretch(1)
        whole.addLayout(buttons)
        self.resize(_WIDTH, 0)
        self.done.setFocus()

    def _fit(self) -> None:
        """Have room for every line: layouts ask for less where lines are broken."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))


class _Row(QWidget):
    """What it is about, whether that is in order, and a button to put it right."""

    def __init__(self, picture: str, title: str, theme: Theme) -> None:
        super().__init__()
        self._about, self._title = picture, title
        self._theme = theme
        # Icon, token of its colour, and what it means to who does not see it.
        self._state = (picture, "muted", "")
        self._picture = Picture(_PICTURE)
        self._text = _line("", "muted")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem = _line("", "warn")
        self._problem.hide()
        self._column = boxes.column(SPACE_XS)
        self._head = _line(title, "strong")
        self._column.addWidget(self._head)
        self._column.addWidget(self._text)
        self._column.addWidget(self._problem)
        self._row = boxes.row(SPACE_M, self)
        self._row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._column, 1)
        self.set_theme(theme)

    @property
    def is_ok(self) -> bool:
        return self._state[0] == "check"

    @property
    def text(self) -> str:
        """What is said in it now."""
        return self._problem.text() or self._text.text()

    def add(self, control: QWidget, main: QWidget) -> None:
        """Put a control below the text; `main` is what of it has the keyboard."""
        self._head.setBuddy(main)
        self._column.addSpacing(tokens.SPACE_XS)
        self._column.addWidget(control)

    def offer(self, text: str) -> QPushButton:
        """Put a button at the side and return it."""
        button = TextButton(text)
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def show_ok(self, text: str) -> None:
        self._show(("check", "ok", translate(N_("{title}: in order"), title=self._title)), text)

    def show_open(self, text: str) -> None:
        """Show what may still be chosen: nothing is wrong, and nothing done."""
        self._show((self._about, "muted", self._title), text)

    def show_problem(self, text: str) -> None:
        state = ("warning", "warn", translate(N_("{title}: not in order"), title=self._title))
        self._show(state, "", text)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        picture, colour, meaning = self._state
        self._picture.show_icon(picture, getattr(theme, colour), meaning)

    def _show(self, state: tuple[str, str, str], text: str, problem: str = "") -> None:
        self._state = state
        self.set_theme(self._theme)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))


def _told(problem: RecorderError) -> str:
    return f"{problem.message} {problem.hint}".strip()


def _line(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("kind", kind)
    return label
