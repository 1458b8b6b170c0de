"""The player of the library window: plays a recording, with its markers as chapters.

Qt's player is loaded with the first file that is opened.
"""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

import bisect
import dataclasses
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from recorder_app.errors import RecorderError, UnreadableMedia
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes
from recorder_app.ui.background import Background
from recorder_app.ui.editor import habits
from recorder_app.ui.editor.habits import SPEEDS
from recorder_app.ui.editor.picture_view import PictureView
from recorder_app.ui.editor.player_controls import PlayerControls
from recorder_app.ui.tokens import LIGHT, Theme

if TYPE_CHECKING:
    from recorder_app.ui.editor.engine import PlaybackEngine

_log = logging.getLogger(__name__)

_STEP_S, _LEAP_S = 5.0, 10.0
_VOLUME_STEP = 0.05
# So soon after a chapter's beginning, "previous" means the one before.
_CHAPTER_GRACE_S = 2.0
_HIDE_AFTER_MS = 2500
_SAVE_AFTER_MS = 500


class Player(QWidget):
    """Shows a recording and plays it. `failed` carries a RecorderError, which is shown here too."""

    failed = Signal(object)
    playing_changed = Signal(bool)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, "player")
        self._engine: PlaybackEngine | None = None
        self._generation = 0
        self._recording_id = ""
        # Where to go as soon as the file is there.
        self._wanted_s = 0.0
        self._chapters: list[float] = []
        self._habits: habits.Habits | None = None
        self._full_screen: _FullScreen | None = None
        self._plays_once_open = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(translate(N_("Player")))
        # What moves to the full screen and back.
        self._stage = QWidget()
        self.view = PictureView()
        self.controls = PlayerControls(theme)
        self.controls.setEnabled(False)
        inside = boxes.column(0, self._stage)
        inside.addWidget(self.view, 1)
        inside.addWidget(self.controls)
        self._outside = boxes.column(0, self)
        self._outside.addWidget(self._stage)
        self._save_soon = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._save_soon.timeout.connect(self._save)
        self._keys = self._key_actions()
        self._connect()

    def open(self, recording_id: str, path: str, markers: Sequence[tuple[float, str]] = ()) -> None:
        """Show a recording at its beginning. Returns at once; what is wrong is told here."""
        self.close_media()
        generation = self._generation
        self._recording_id = recording_id
        self._chapters = sorted(at for at, _ in markers)
        self.controls.set_markers(markers)

        # A disk may take its time to answer, above all one that is far away.
        def look() -> tuple[bool, habits.Habits]:
            return Path(path).is_file(), self._habits or habits.load()

        def found(answer: tuple[bool, habits.Habits]) -> None:
            if generation == self._generation:
                self._load(path, *answer)

        self._background.run(look, found)

    def close_media(self) -> None:
        """Let go of the file and show nothing."""
        self._generation += 1
        self._plays_once_open = False
        self._recording_id = ""
        self._wanted_s = 0.0
        self._chapters = []
        self.leave_full_screen()
        if self._engine is not None:
            self._engine.close_media()
        self.view.clear()
        self.controls.clear()
        self.controls.setEnabled(False)

    @property
    def recording_id(self) -> str:
        """Which recording is open; empty without one."""
        return self._recording_id

    @property
    def position_s(self) -> float:
        return 0.0 if self._engine is None else self._engine.position_s

    @property
    def is_playing(self) -> bool:
        return self._engine is not None and self._engine.is_playing

    @property
    def sound_track(self) -> int:
        """Which sound track is heard, counted from 0."""
        return 0 if self._engine is None else self._engine.track

    @property
    def is_full_screen(self) -> bool:
        return self._full_screen is not None

    def set_theme(self, theme: Theme) -> None:
        self.controls.set_theme(theme)

    def play(self) -> None:
        """Play; what is being opened, as soon as it is open."""
        self._plays_once_open = True
        if self._engine is not None and self.controls.isEnabled():
            self._engine.play()

    def pause(self) -> None:
        self._plays_once_open = False
        if self._engine is not None:
            self._engine.pause()

    def toggle(self) -> None:
        """Play, or pause."""
        self.pause() if self.is_playing else self.play()

    def seek(self, at_s: float) -> None:
        """Go to a time in seconds, or to the end nearest to it; while it is opened, then."""
        if self._engine is None or not self.controls.isEnabled():
            self._wanted_s = at_s
            return
        self._engine.seek(at_s)
        if self._engine.is_loaded:
            self.controls.show_position(self._engine.position_s)

    def next_chapter(self) -> None:
        later = bisect.bisect_right(self._chapters, self.position_s + 0.05)
        if later < len(self._chapters):
            self.seek(self._chapters[later])

    def previous_chapter(self) -> None:
        before = bisect.bisect_left(self._chapters, self.position_s - _CHAPTER_GRACE_S) - 1
        self.seek(self._chapters[before] if before >= 0 else 0.0)

    def enter_full_screen(self) -> None:
        if self._full_screen is None and self._recording_id:
            self._full_screen = _FullScreen(self._stage, self.controls, self)
            self._full_screen.left.connect(self.leave_full_screen)
            self.controls.show_full_screen(is_full=True)
            self._full_screen.showFullScreen()
            self._full_screen.activateWindow()
            self._full_screen.setFocus()

    def leave_full_screen(self) -> None:
        window, self._full_screen = self._full_screen, None
        if window is not None:
            window.release()
            self.controls.show_full_screen(is_full=False)
            self._outside.addWidget(self._stage)
            self._stage.show()
            window.deleteLater()
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.press(event):
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # What is not seen is not heard: another page of the window was chosen, or it was closed.
        if not event.spontaneous() and self._full_screen is None:
            self.pause()
        super().hideEvent(event)

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; return whether it stands for something."""
        action = self._keys.get(_Keys.of(event))
        if action is None or not self.controls.isEnabled():
            return False
        action()
        return True

    def _key_actions(self) -> dict[_Keys, Callable[[], None]]:
        key, shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
        control = Qt.KeyboardModifier.ControlModifier
        actions: dict[_Keys, Callable[[], None]] = {
            _Keys(key.Key_Space): self.toggle,
            _Keys(key.Key_K): self.toggle,
            _Keys(key.Key_Left): lambda: self.seek(self.position_s - _STEP_S),
            _Keys(key.Key_Right): lambda: self.seek(self.position_s + _STEP_S),
            _Keys(key.Key_J): lambda: self.seek(self.position_s - _LEAP_S),
            _Keys(key.Key_L): lambda: self.seek(self.position_s + _LEAP_S),
            _Keys(key.Key_Home): lambda: self.seek(0.0),
            _Keys(key.Key_End): lambda: self.seek(float("inf")),
            _Keys(key.Key_Up): lambda: self._change_volume(_VOLUME_STEP),
            _Keys(key.Key_Down): lambda: self._change_volume(-_VOLUME_STEP),
            _Keys(key.Key_M): self._toggle_mute,
            _Keys(key.Key_F): self._toggle_full_screen,
            _Keys(key.Key_Left, control): self.previous_chapter,
            _Keys(key.Key_Right, control): self.next_chapter,
            _Keys(key.Key_PageUp): self.previous_chapter,
            _Keys(key.Key_PageDown): self.next_chapter,
            _Keys(key.Key_Less, shift): lambda: self._change_speed(-1),
            _Keys(key.Key_Greater, shift): lambda: self._change_speed(1),
            _Keys(key.Key_Less): lambda: self._change_speed(-1),
            _Keys(key.Key_Greater): lambda: self._change_speed(1),
        }
        return actions

    def _connect(self) -> None:
        self.view.clicked.connect(self._on_view_clicked)
        self.view.double_clicked.connect(self._toggle_full_screen)
        self.controls.play_pressed.connect(self.toggle)
        self.controls.sought.connect(self.seek)
        self.controls.speed_chosen.connect(self._set_speed)
        self.controls.volume_chosen.connect(self._set_volume)
        self.controls.mute_pressed.connect(self._toggle_mute)
        self.controls.track_chosen.connect(self._set_track)
        self.controls.previous_pressed.connect(self.previous_chapter)
        self.controls.next_pressed.connect(self.next_chapter)
        self.controls.full_screen_pressed.connect(self._toggle_full_screen)

    def _load(self, path: str, is_there: bool, liked: habits.Habits) -> None:
        self._habits = liked
        if not is_there:
            self._fail(
                UnreadableMedia(
                    N_("The file {path} is not there."),
                    hint=N_("If it was moved, drop it into this window: it is recognised."),
                    path=path,
                )
            )
            return
        engine = self._made_engine()
        self.controls.setEnabled(True)
        engine.set_room(self.view.room)
        self._apply_habits(engine, liked)
        engine.open(path)
        engine.seek(self._wanted_s)
        if self._plays_once_open:
            engine.play()

    def _made_engine(self) -> PlaybackEngine:
        if self._engine is None:
            # Only now: Qt's player brings libraries of its own.
            from recorder_app.ui.editor.engine import PlaybackEngine

            engine = self._engine = PlaybackEngine(self)
            engine.pictured.connect(lambda image, _: self.view.show_image(image))
            engine.moved.connect(self.controls.show_position)
            engine.length_found.connect(self.controls.show_length)
            engine.playing_changed.connect(self._on_playing)
            engine.tracks_found.connect(self.controls.set_tracks)
            engine.failed.connect(self._fail)
            self.view.room_changed.connect(engine.set_room)
            self.destroyed.connect(engine.shut)
        return self._engine

    def _fail(self, error: RecorderError) -> None:
        _log.warning("player failed error=%s", error)
        self.controls.setEnabled(False)
        self.leave_full_screen()
        self.view.say(error.message, error.hint)
        self.failed.emit(error)

    def _on_playing(self, is_playing: bool) -> None:
        self.controls.show_playing(is_playing)
        self.playing_changed.emit(is_playing)

    def _on_view_clicked(self) -> None:
        if self._full_screen is None:
            self.setFocus()
        self.toggle()

    def _toggle_full_screen(self) -> None:
        if self._full_screen is None:
            self.enter_full_screen()
        else:
            self.leave_full_screen()

    def _apply_habits(self, engine: PlaybackEngine, liked: habits.Habits) -> None:
        engine.set_speed(liked.speed)
        engine.set_volume(liked.volume, is_muted=liked.is_muted)
        self.controls.show_habits(liked)

    def _take_habits(self, liked: habits.Habits) -> None:
        self._habits = liked
        if self._engine is not None:
            self._apply_habits(self._engine, liked)
        self._save_soon.start()

    def _save(self) -> None:
        liked = self._habits
        if liked is not None:
            self._background.run(lambda: habits.save(liked), lambda _: None)

    def _set_speed(self, speed: float) -> None:
        self._take_habits(msgspec.structs.replace(self._habits or habits.Habits(), speed=speed))

    def _set_volume(self, volume: float) -> None:
        volume = min(1.0, max(0.0, volume))
        liked = self._habits or habits.Habits()
        self._take_habits(msgspec.structs.replace(liked, volume=volume, is_muted=False))

    def _change_volume(self, step: float) -> None:
        self._set_volume(round((self._habits or habits.Habits()).volume + step, 2))

    def _change_speed(self, step: int) -> None:
        now = (self._habits or habits.Habits()).speed
        place = min(range(len(SPEEDS)), key=lambda each: abs(SPEEDS[each] - now)) + step
        self._set_speed(SPEEDS[min(max(0, place), len(SPEEDS) - 1)])

    def _toggle_mute(self) -> None:
        liked = self._habits or habits.Habits()
        self._take_habits(msgspec.structs.replace(liked, is_muted=not liked.is_muted))

    def _set_track(self, number: int) -> None:
        if self._engine is not None:
            self._engine.set_track(number)


@dataclasses.dataclass(frozen=True)
class _Keys:
    """A key with what is held down beside it."""

    key: int
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @classmethod
    def of(cls, event: QKeyEvent) -> _Keys:
        # Of the keypad or not is the same.
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return cls(event.key(), held)


class _FullScreen(QWidget):
    """Holds the player's stage. The controls hide while nobody moves the pointer."""

    left = Signal()

    def __init__(self, stage: QWidget, controls: PlayerControls, player: Player) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(translate(N_("Player")))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setScreen(player.screen())
        self._stage, self._controls, self._player = stage, controls, player
        self._layout = boxes.column(0, self)
        self._layout.addWidget(stage)
        stage.show()
        self._idle = QTimer(self, singleShot=True, interval=_HIDE_AFTER_MS)
        self._idle.timeout.connect(self._hide_controls)
        for each in (self, stage, player.view):
            each.setMouseTracking(True)
            each.installEventFilter(self)
        self._idle.start()

    def release(self) -> None:
        """Give the stage back."""
        self._idle.stop()
        for each in (self, self._stage, self._player.view):
            each.removeEventFilter(self)
        self._show_controls()
        self._layout.removeWidget(self._stage)
        self._stage.setParent(None)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseMove:
            self._show_controls()
            self._idle.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._show_controls()
        self._idle.start()
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif not self._player.press(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QEvent) -> None:
        # By the window manager: the player goes back to its place.
        event.ignore()
        self.left.emit()

    def sizeHint(self) -> QSize:
        return QSize(1280, 720)

    def _hide_controls(self) -> None:
        at = self.focusWidget()
        is_used = self._controls.underMouse() or (at is not None and at is not self)
        if self._player.is_playing and not is_used:
            self._controls.hide()
            self.setCursor(Qt.CursorShape.BlankCursor)

    def _show_controls(self) -> None:
        self._controls.show()
        self.unsetCursor()
