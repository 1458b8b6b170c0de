"""What the player is played with: buttons, the line of time, volume, speed and sound track."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from recorder_app.texts import N_, clock_text, translate
from recorder_app.ui import boxes, style
from recorder_app.ui.buttons import IconButton
from recorder_app.ui.editor.habits import SPEEDS, Habits
from recorder_app.ui.editor.thin_slider import SeekBar, ThinSlider
from recorder_app.ui.tokens import SPACE_S, SPACE_XS, Theme

_VOLUME_STEPS = 100
_STEP_MS, _PAGE_MS = 5000, 60_000
_VOLUME_PX = 72
_TRACK_PX = 112
# In a narrow panel not all of it has room.
_LEAST_PX = 250
_MUTE_FROM_PX, _LENGTH_FROM_PX, _CHAPTERS_FROM_PX, _VOLUME_FROM_PX = 320, 370, 440, 540


class PlayerControls(QWidget):
    """`sought` carries seconds, `volume_chosen` 0 to 1, `track_chosen` a number from 0."""

    play_pressed = Signal()
    sought = Signal(float)
    speed_chosen = Signal(float)
    volume_chosen = Signal(float)
    mute_pressed = Signal()
    track_chosen = Signal(int)
    previous_pressed = Signal()
    next_pressed = Signal()
    full_screen_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._length_s = 0.0
        self._has_markers = False
        self.seek_bar = SeekBar(translate(N_("Position")), theme)
        self.seek_bar.setSingleStep(_STEP_MS)
        self.seek_bar.setPageStep(_PAGE_MS)
        self.play = IconButton("play", translate(N_("Play (Space)")))
        self.previous = IconButton("skip-back", translate(N_("Previous marker (Ctrl+Left)")))
        self.next = IconButton("skip-forward", translate(N_("Next marker (Ctrl+Right)")))
        self.time = QLabel()
        self.time.setFont(style.tabular(self.time.font()))
        self.mute = IconButton("speaker", translate(N_("Mute (M)")))
        self.volume = ThinSlider(translate(N_("Volume")), theme)
        self.volume.setRange(0, _VOLUME_STEPS)
        self.volume.setMinimumWidth(_VOLUME_PX // 2)
        self.volume.setMaximumWidth(_VOLUME_PX)
        self.speed = _menu_button(translate(N_("Speed")))
        self.tracks = _menu_button(translate(N_("Sound track")))
        self.full_screen = IconButton("fullscreen", translate(N_("Full screen (F)")))
        self._speeds = self._speed_actions()
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.clear()

    def clear(self) -> None:
        """Show that nothing is open."""
        self.seek_bar.setRange(0, 0)
        self.set_markers(())
        self.set_tracks([])
        self.show_playing(False)
        self.show_length(0.0)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for slider in (self.seek_bar, self.volume):
            slider.set_theme(theme)
        for button in (self.play, self.previous, self.next, self.mute, self.full_screen):
            button.set_theme(theme)

    def set_markers(self, markers: Sequence[tuple[float, str]]) -> None:
        self.seek_bar.set_markers(markers)
        self._has_markers = bool(markers)
        self._fit()

    def set_tracks(self, names: Sequence[str]) -> None:
        """Offer the sound tracks, if there are several."""
        menu = self.tracks.menu()
        menu.clear()
        group = QActionGroup(menu)
        for number, name in enumerate(names):
            # An ampersand of a name is no mnemonic.
            action = QAction(name.replace("&", "&&"), menu, checkable=True)
            action.setChecked(number == 0)
            action.triggered.connect(lambda _=False, each=number: self._choose_track(each))
            group.addAction(action)
            menu.addAction(action)
        self.tracks.setVisible(len(names) > 1)
        self.tracks.setText(names[0] if names else "")

    def show_length(self, length_s: float) -> None:
        self._length_s = length_s
        self.seek_bar.setRange(0, round(length_s * 1000))
        self._show_time(self.seek_bar.value() / 1000)

    def show_position(self, at_s: float) -> None:
        if not self.seek_bar.isSliderDown():
            self.seek_bar.setValue(round(at_s * 1000))
        self._show_time(at_s)

    def show_playing(self, is_playing: bool) -> None:
        if is_playing:
            self.play.set_meaning("pause", translate(N_("Pause (Space)")))
        else:
            self.play.set_meaning("play", translate(N_("Play (Space)")))

    def show_habits(self, habits: Habits) -> None:
        self.volume.setValue(round(habits.volume * _VOLUME_STEPS))
        if habits.is_muted or not habits.volume:
            self.mute.set_meaning("speaker-off", translate(N_("Unmute (M)")))
        else:
            self.mute.set_meaning("speaker", translate(N_("Mute (M)")))
        self.speed.setText(_times(habits.speed))
        for speed, action in self._speeds.items():
            action.setChecked(abs(speed - habits.speed) < 0.01)

    def show_full_screen(self, *, is_full: bool) -> None:
        if is_full:
            self.full_screen.set_meaning("fullscreen-exit", translate(N_("Leave full screen (F)")))
        else:
            self.full_screen.set_meaning("fullscreen", translate(N_("Full screen (F)")))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what keys do as well, where there is no room for all of it."""
        wide = self.width()
        self.volume.setVisible(wide >= _VOLUME_FROM_PX)
        self.mute.setVisible(wide >= _MUTE_FROM_PX)
        self.tracks.setMaximumWidth(_TRACK_PX if wide >= _VOLUME_FROM_PX else _TRACK_PX // 2)
        for button in (self.previous, self.next):
            button.setVisible(self._has_markers and wide >= _CHAPTERS_FROM_PX)
        self._show_time(self.seek_bar.value() / 1000)

    def _show_time(self, at_s: float) -> None:
        text = clock_text(at_s)
        if self.width() >= _LENGTH_FROM_PX:
            text = f"{text} / {clock_text(self._length_s)}"
        self.time.setText(text)

    def _choose_track(self, number: int) -> None:
        self.tracks.setText(self.tracks.menu().actions()[number].text().replace("&&", "&"))
        self.track_chosen.emit(number)

    def _speed_actions(self) -> dict[float, QAction]:
        group = QActionGroup(self)
        actions = {}
        for speed in SPEEDS:
            action = QAction(_times(speed), self.speed.menu(), checkable=True)
            action.triggered.connect(lambda _=False, each=speed: self.speed_chosen.emit(each))
            group.addAction(action)
            self.speed.menu().addAction(action)
            actions[speed] = action
        return actions

    def _lay_out(self) -> None:
        column = boxes.column(SPACE_XS, self)
        column.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_S)
        column.addWidget(self.seek_bar)
        row = boxes.row(SPACE_XS)
        for left in (self.play, self.previous, self.next, self.time):
            row.addWidget(left)
        row.addStretch(1)
        for right in (self.tracks, self.speed, self.mute, self.volume, self.full_screen):
            row.addWidget(right)
        column.addLayout(row)

    def _connect(self) -> None:
        for each in (*self.findChildren(QToolButton), self.volume):
            # A click leaves the keyboard where it was: arrows go through the film.
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.clicked.connect(self.play_pressed)
        self.previous.clicked.connect(self.previous_pressed)
        self.next.clicked.connect(self.next_pressed)
        self.mute.clicked.connect(self.mute_pressed)
        self.full_screen.clicked.connect(self.full_screen_pressed)
        self.seek_bar.chosen.connect(lambda at: self.sought.emit(at / 1000))
        self.volume.chosen.connect(lambda value: self.volume_chosen.emit(value / _VOLUME_STEPS))


def _menu_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("kind", "flat")
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    # The text is what is chosen: that there are others, the pointer is told.
    button.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0px; }")
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button


def _times(speed: float) -> str:
    """Return a speed as 1.5×."""
    return f"{speed:g}×"
