"""The overlays of an open picker: shown, dimmed and drawn anew, with the keyboard and controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QImage

from recorder_app.ui import tokens
from recorder_app.ui.picker import words
from recorder_app.ui.picker.board import Board, Mode
from recorder_app.ui.picker.keys import Keys
from recorder_app.ui.picker.layout import main_place
from recorder_app.ui.picker.overlay import Overlay
from recorder_app.ui.picker.selection import Ratio
from recorder_app.ui.picker.strip import Strip
from recorder_app.ui.tokens import Theme

# The keyboard belongs to whoever holds the shortcut until its keys are let go.
_GRAB_AGAIN_MS, _GRAB_TRIES = 50, 60


class Stage(QObject):
    """Everything that is on the screens while something is chosen.

    `accepted` carries "copy" or "save" where one of them was asked for, else None. `pictures` are
    the frozen screens by name.
    """

    accepted = Signal(object)
    left = Signal()

    def __init__(
        self,
        board: Board,
        pictures: Mapping[str, QImage],
        theme: Theme,
        fps: int,
        parent: QObject,
        *,
        shows_hints: bool,
    ) -> None:
        super().__init__(parent)
        self.board = board
        self.overlays: list[Overlay] = []
        self.strip = self._make_strip(theme)
        self._fps = fps
        self._shows_hints = shows_hints
        keys = Keys(board, self.accepted.emit, self.left.emit, self.refresh, self._single_keys())
        for place in board.places:
            picture = pictures[place.name]
            overlay = Overlay(place, picture, board, theme, self._text, keys.handle)
            overlay.changed.connect(self.refresh)
            overlay.settled.connect(self._accept)
            overlay.closed.connect(self.left)
            self.overlays.append(overlay)
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(tokens.MOTION_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self._dim)
        self._grab_again = QTimer(self, singleShot=True, interval=_GRAB_AGAIN_MS)
        self._grab_again.timeout.connect(self._grab_keyboard)
        self._front: Overlay | None = None
        self._hinted: Overlay | None = None
        self._tries_left = 0

    def show(self, *, fading: bool) -> None:
        """Cover the screens, and take the keyboard to the one that the pointer is on."""
        front = self._overlay_at_pointer()
        self._hinted = front
        self._dim(0.0 if fading else 1.0)
        for overlay in self.overlays:
            overlay.show()
        self._activate(front)
        self.refresh()
        if fading:
            self._fade.start()

    def close(self) -> None:
        """Uncover the screens and give the keyboard back."""
        self._fade.stop()
        self._grab_again.stop()
        for overlay in self.overlays:
            if overlay is self._front:
                overlay.windowHandle().setKeyboardGrabEnabled(False)
            overlay.hide()
            overlay.deleteLater()
        self._front = None
        self.deleteLater()

    def refresh(self) -> None:
        """Show what is chosen now."""
        if self._hinted is not None:
            self._hinted.hint = words.hint(self.board.mode) if self._shows_hints else ""
        self._place_strip(self.board)
        for overlay in self.overlays:
            overlay.refresh()

    def _make_strip(self, theme: Theme) -> Strip:
        strip = Strip(theme, is_screenshot=self.board.mode == "screenshot")
        strip.mode_wanted.connect(self._set_mode)
        strip.size_wanted.connect(self._set_size)
        strip.ratio_wanted.connect(self._set_ratio)
        strip.record_wanted.connect(self._accept)
        strip.copy_wanted.connect(self._accept)
        strip.save_wanted.connect(lambda: self.accepted.emit("save"))
        strip.entered.connect(self._pointer_is_away)
        strip.menu_closed.connect(lambda: self._grab_again.start())
        return strip

    def _overlay_at_pointer(self) -> Overlay:
        """Return the screen that the pointer is on, and tell the board where it is."""
        screen = QGuiApplication.screenAt(QCursor.pos())
        for overlay in self.overlays:
            if screen is not None and overlay.place.name == screen.name():
                at = QPointF(QCursor.pos() - screen.geometry().topLeft())
                self.board.point_at(overlay.place.to_device(at.x(), at.y()))
                return overlay
        return self.overlays[0]

    def _activate(self, overlay: Overlay) -> None:
        overlay.activateWindow()
        overlay.setFocus()
        self._front = overlay
        self._tries_left = _GRAB_TRIES
        self._grab_keyboard()

    def _grab_keyboard(self) -> None:
        """Take the keyboard for the screen in front: no window manager gives it to us."""
        if self._front is None:
            return
        handle = self._front.windowHandle()
        if self._front.isActiveWindow() and handle.setKeyboardGrabEnabled(True):
            return
        self._tries_left -= 1
        if self._tries_left > 0:
            self._grab_again.start()

    def _place_strip(self, board: Board) -> None:
        strip, overlay = self.strip, self._front
        if board.drag is not None or overlay is None:
            strip.hide()
            return
        strip.show_board(board)
        if board.selection is not None:
            place = main_place(board.places, board.selection.rect)
            overlay = next(one for one in self.overlays if one.place is place)
        overlay.hold(strip)
        if overlay is not self._front:
            # Only a window with the keyboard can have a size typed into it.
            self._activate(overlay)

    def _dim(self, strength: float) -> None:
        for overlay in self.overlays:
            overlay.veil = strength
            overlay.update()

    def _pointer_is_away(self) -> None:
        # What was outlined in the other modes is what the button records.
        if self.board.drag is None and self.board.draws:
            self.board.point_at(None)
            self.refresh()

    def _single_keys(self) -> dict[Qt.Key, Callable[[], None]]:
        modes, sound = self.strip.modes, self.strip.sound
        if modes is None or sound is None:
            return {}
        return {
            Qt.Key.Key_S: lambda: self._set_mode("screen"),
            Qt.Key.Key_W: lambda: self._set_mode("window"),
            Qt.Key.Key_A: lambda: self._set_mode("area"),
            Qt.Key.Key_M: sound.microphone.showMenu,
            Qt.Key.Key_O: sound.system_sound.click,
        }

    def _set_mode(self, mode: Mode) -> None:
        self.board.set_mode(mode)
        self._overlay_at_pointer()
        if mode != "screen" and self.strip.underMouse():
            # A window behind the controls is not what is pointed at.
            self.board.point_at(None)
        self.refresh()

    def _set_size(self, width: int, height: int) -> None:
        self.board.set_size(width, height)
        self.strip.field.setModified(False)
        self._back_to_area()

    def _set_ratio(self, ratio: Ratio | None) -> None:
        self.board.set_ratio(ratio)
        self._back_to_area()

    def _back_to_area(self) -> None:
        """Let the next Return record what is chosen."""
        self.refresh()
        for overlay in self.overlays:
            if self.strip.parent() is overlay:
                overlay.setFocus()

    def _accept(self) -> None:
        self.accepted.emit(None)

    def _text(self) -> str:
        return words.label(self.board, self._fps)
