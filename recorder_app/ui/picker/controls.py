"""What the strip of the picker is made of: what to choose, and which sound is recorded with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QRadioButton, QToolButton, QWidget

from recorder_app.texts import N_, translate
from recorder_app.ui import icons, tokens
from recorder_app.ui.microphone_menu import NO_MICROPHONE, MicrophoneMenu
from recorder_app.ui.picker.board import Mode
from recorder_app.ui.picker.selection import parse_size
from recorder_app.ui.sound_choices import SoundOffer
from recorder_app.ui.take_texts import plain
from recorder_app.ui.tokens import Theme

_ICON_PX = 16
_NAME_LENGTH = 18
# What is chosen by its icon, its name and its key.
_MODES: dict[Mode, tuple[str, str, str, str]] = {
    "screen": ("screen", N_("Screen"), N_("Record a whole screen"), "S"),
    "window": ("window", N_("Window"), N_("Record a window"), "W"),
    "area": ("area", N_("Area"), N_("Record an area"), "A"),
}


class SizeField(QLineEdit):
    """A size typed as 1280x720; Return applies it."""

    entered = Signal(int, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        # Not passed on: there it would start the recording.
        event.accept()
        size = parse_size(self.text())
        if size is None:
            self.selectAll()
        else:
            self.entered.emit(*size)


class MenuButton(QToolButton):
    """Opens `menu`, below which it says what is chosen there."""

    def __init__(self, name: str, menu: QMenu) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        menu.setParent(self, menu.windowFlags())
        self.setMenu(menu)


class ModeButton(QRadioButton):
    """A radio button that looks as the buttons beside it."""

    def __init__(self, mode: Mode, theme: Theme) -> None:
        super().__init__()
        picture, text, name, key = _MODES[mode]
        self._text = _beside(text)
        self.setProperty("kind", "button")
        self.setIcon(icons.icon(picture, theme.text, _ICON_PX))
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setAccessibleName(translate(name))
        self.setToolTip(f"{translate(name)} ({key})")

    def set_short(self, is_short: bool) -> None:
        """Show the icon alone, or what it means beside it."""
        self.setText("" if is_short else self._text)

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802 - Qt's name
        # All of it, where a radio button takes its text alone.
        return self.rect().contains(pos)


class ModeSwitch(QWidget):
    """Screen, window or area: one of three, as radio buttons are."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.SPACE_XS)
        self.buttons: dict[Mode, ModeButton] = {}
        for mode in _MODES:
            button = ModeButton(mode, theme)
            # Not clicked: a screen reader toggles it, which is no click.
            button.toggled.connect(partial(self._toggled, mode))
            row.addWidget(button)
            self.buttons[mode] = button

    def show_mode(self, mode: Mode) -> None:
        with QSignalBlocker(self.buttons[mode]):
            self.buttons[mode].setChecked(True)
        # Tab comes to the chosen one alone; from there arrows choose.
        for each, button in self.buttons.items():
            policy = Qt.FocusPolicy.TabFocus if each == mode else Qt.FocusPolicy.NoFocus
            button.setFocusPolicy(policy)

    def _toggled(self, mode: Mode, is_on: bool) -> None:
        if is_on:
            self.wanted.emit(mode)

    def set_short(self, is_short: bool) -> None:
        """Show icons alone, or what they mean beside them."""
        for button in self.buttons.values():
            button.set_short(is_short)
        self.updateGeometry()


class SoundSwitch(QWidget):
    """The microphone, and whether what the speakers play is recorded."""

    microphone_wanted = Signal(str)
    system_sound_wanted = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_short = False
        self.menu = MicrophoneMenu()
        self.menu.picked.connect(self.microphone_wanted)
        self.microphone = MenuButton(translate(N_("Microphone")), self.menu)
        self.system_sound = QToolButton()
        self.system_sound.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.system_sound.setText(_beside(N_("System sound")))
        self.system_sound.setAccessibleName(translate(N_("Record system sound")))
        self.system_sound.setCheckable(True)
        self.system_sound.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.system_sound.toggled.connect(self.system_sound_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.SPACE_XS)
        row.addWidget(self.microphone)
        row.addWidget(self.system_sound)

    def show_offer(self, offer: SoundOffer) -> None:
        self.menu.offer(offer.microphones, offer.microphone)
        name = self.menu.chosen_text
        is_on = offer.microphone != NO_MICROPHONE
        self._draw(self.microphone, "microphone" if is_on else "microphone-off")
        self.microphone.setAccessibleDescription(name)
        self.microphone.setToolTip(f"{translate(N_('Microphone'))}: {name} (M)")
        self._draw(self.system_sound, "speaker" if offer.has_system_sound else "speaker-off")
        with QSignalBlocker(self.system_sound):
            self.system_sound.setChecked(offer.has_system_sound)
        told = (
            N_("System sound is recorded")
            if offer.has_system_sound
            else N_("System sound is not recorded")
        )
        self.system_sound.setToolTip(f"{translate(told)} (O)")
        self._show_texts()

    def set_short(self, is_short: bool) -> None:
        """Show icons alone, or what is chosen beside them."""
        self._is_short = is_short
        self._show_texts()

    def _show_texts(self) -> None:
        name = plain(self.menu.chosen_text, _NAME_LENGTH)
        self.microphone.setText("▾" if self._is_short else f" {name} ▾")
        self.microphone.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.system_sound.setToolButtonStyle(_style(self._is_short))
        self.updateGeometry()

    def _draw(self, button: QToolButton, picture: str) -> None:
        button.setIcon(icons.icon(picture, self._theme.text, _ICON_PX))


def _beside(text: str) -> str:
    """Return a text as it stands beside an icon, which Qt would put close to it."""
    return f" {translate(text)}"


def _style(is_short: bool) -> Qt.ToolButtonStyle:
    style = Qt.ToolButtonStyle
    return style.ToolButtonIconOnly if is_short else style.ToolButtonTextBesideIcon
