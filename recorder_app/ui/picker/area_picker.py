"""The picker as the app uses it: opened, and then either something is picked or it is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QPointF, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QImage

from recorder_app import paths
from recorder_app.capture.base import MIN_SIZE_PX
from recorder_app.errors import RecorderError
from recorder_app.media.geometry import Rect
from recorder_app.services.targets import TargetList, list_offers
from recorder_app.ui import screenshot, tokens
from recorder_app.ui.picker import words
from recorder_app.ui.picker.asking import Asking
from recorder_app.ui.picker.board import Board, Kind, Mode, Offer
from recorder_app.ui.picker.frozen import cropped, fitted, grab_screens, qt_screens
from recorder_app.ui.picker.keys import Keys
from recorder_app.ui.picker.layout import NamedPlace, ScreenPlace, main_place, placed
from recorder_app.ui.picker.overlay import Overlay
from recorder_app.ui.picker.selection import Ratio
from recorder_app.ui.picker.strip import Strip
from recorder_app.ui.tokens import Theme

Action = Literal["record", "copy", "save"]

# Longer than any list of windows takes; then the picker opens with what Qt knows.
_PATIENCE_MS = 1500
# The keyboard belongs to whoever holds the shortcut until its keys are let go.
_GRAB_AGAIN_MS, _GRAB_TRIES = 50, 60


@dataclass(frozen=True)
class Picked:
    """What was picked: `rect` in device pixels of the desktop, `target` as the recorder takes it.

    `picture` is there for a screenshot, and `action` says what is done with it.
    """

    kind: Kind
    rect: tuple[int, int, int, int]
    target: str
    picture: QImage | None = None
    action: Action = "record"


class AreaPicker(QObject):
    """Lets a person point at what to record. `fps` is only shown; `show_hints` the line below.

    A screenshot is copied or saved before or after `picked`: `saved` carries the file's path and
    `failed` a RecorderError. `look` lists monitors and windows, in another thread.
    """

    picked = Signal(object)
    left = Signal()
    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        *,
        reduced_motion: bool = False,
        look: Callable[[], TargetList] = list_offers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.reduced_motion = reduced_motion
        self.fps = 30
        self.show_hints = True
        self.board: Board | None = None
        self.overlays: list[Overlay] = []
        self.strip: Strip | None = None
        self._look = look
        self._mode: Mode = "area"
        self._is_open = False
        self._last_area: Rect | None = None
        self._pictures: dict[str, QImage] = {}
        self._asking: Asking | None = None
        self._keys = Keys(self._accept, self._leave, self._changed)
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(tokens.MOTION_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self._dim)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_qt_screens)
        self._grab_again = QTimer(self, singleShot=True, interval=_GRAB_AGAIN_MS)
        self._grab_again.timeout.connect(self._grab_keyboard)
        self._front: Overlay | None = None
        self._tries_left = 0
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            # Nothing chosen on screens that have changed can be trusted.
            app.screenAdded.connect(self._leave)
            app.screenRemoved.connect(self._leave)

    @property
    def is_open(self) -> bool:
        """Whether it is open, or about to be."""
        return self._is_open

    def open(
        self,
        mode: Mode,
        last_area: tuple[int, int, int, int] | None,
        screens: Sequence[ScreenPlace] | None = None,
    ) -> None:
        """Freeze the desktop and let a person choose. `screens` are for tests."""
        self.close()
        self._mode, self._is_open = mode, True
        self._last_area = Rect(*last_area) if last_area else None
        self._pictures = grab_screens()
        self._asking = Asking(self._look, self)
        self._asking.answered.connect(self._answered)
        self._asking.start()
        if screens is not None:
            self._show(screens)
        else:
            self._patience.start()

    def close(self) -> None:
        """Take it off the screen without a word."""
        self._patience.stop()
        self._grab_again.stop()
        self._fade.stop()
        # Still asking perhaps: an answer to nobody is let go when it comes.
        self._asking, self._is_open = None, False
        front, self._front = self._front, None
        self.board = self.strip = None
        for overlay in self.overlays:
            if overlay is front:
                overlay.windowHandle().setKeyboardGrabEnabled(False)
            overlay.hide()
            overlay.deleteLater()
        self.overlays = []
        self._pictures = {}

    def _answered(self, asking: Asking, answer: object) -> None:
        asking.deleteLater()
        if asking is not self._asking:
            return
        self._asking = None
        self._patience.stop()
        listed = answer if isinstance(answer, TargetList) else TargetList([], [])
        if self.board is None:
            monitors = [
                NamedPlace(one.name, Rect(one.x, one.y, one.width, one.height), one.target)
                for one in listed.monitors
            ]
            self._show(placed(qt_screens(), monitors))
        if self.board is not None:
            self.board.set_windows(
                [
                    Offer("window", one.target, one.name, rect)
                    for one in listed.windows
                    if (rect := Rect(one.x, one.y, one.width, one.height))
                    and _is_big_enough(rect.intersection(self.board.bounds))
                ]
            )
            self._changed()

    def _show_qt_screens(self) -> None:
        if self.board is None:
            self._show(placed(qt_screens(), []))

    def _show(self, places: Sequence[ScreenPlace]) -> None:
        self._pictures = {one.name: fitted(self._pictures.get(one.name), one) for one in places}
        self.board = board = Board(self._mode, places, self._last_area)
        if board.draws:
            self._make_strip()
        for place in places:
            overlay = Overlay(
                place, self._pictures[place.name], board, self.theme, self._text, self._keys.handle
            )
            overlay.veil = 1.0 if self.reduced_motion else 0.0
            overlay.changed.connect(self._changed)
            overlay.settled.connect(self._accept)
            overlay.closed.connect(self._leave)
            self.overlays.append(overlay)
        self._keys.board = board
        front = self._overlay_at_pointer()
        front.hint = words.hint(self._mode) if self.show_hints else ""
        for overlay in self.overlays:
            overlay.show()
        self._activate(front)
        self._changed()
        if not self.reduced_motion:
            self._fade.start()

    def _make_strip(self) -> None:
        self.strip = strip = Strip(is_screenshot=self._mode == "screenshot")
        strip.size_wanted.connect(self._set_size)
        strip.ratio_wanted.connect(self._set_ratio)
        strip.record_wanted.connect(self._accept)
        strip.copy_wanted.connect(self._accept)
        strip.save_wanted.connect(lambda: self._accept("save"))
        strip.entered.connect(self._pointer_is_away)
        strip.menu_closed.connect(self._grab_again.start)

    def _overlay_at_pointer(self) -> Overlay:
        """Return the screen that the pointer is on, and tell the board where it is."""
        screen = QGuiApplication.screenAt(QCursor.pos())
        for overlay in self.overlays:
            if screen is not None and overlay.place.name == screen.name() and self.board:
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

    def _changed(self) -> None:
        if self.board is None:
            return
        self._place_strip(self.board)
        for overlay in self.overlays:
            overlay.refresh()

    def _place_strip(self, board: Board) -> None:
        strip = self.strip
        if strip is None:
            return
        if board.selection is None or board.drag is not None:
            strip.hide()
            return
        strip.show_selection(board.selection)
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
        if self.board is not None and self.board.drag is None:
            self.board.point_at(None)
            self._changed()

    def _set_size(self, width: int, height: int) -> None:
        if self.board is not None and self.strip is not None:
            self.board.set_size(width, height)
            self.strip.field.setModified(False)
            self._back_to_area()

    def _set_ratio(self, ratio: Ratio | None) -> None:
        if self.board is not None:
            self.board.set_ratio(ratio)
            self._back_to_area()

    def _back_to_area(self) -> None:
        """Let the next Return record what is chosen."""
        self._changed()
        for overlay in self.overlays:
            if self.strip is not None and self.strip.parent() is overlay:
                overlay.setFocus()

    def _text(self) -> str:
        return words.label(self.board, self.fps) if self.board is not None else ""

    def _leave(self) -> None:
        if self.is_open:
            self.close()
            self.left.emit()

    def _accept(self, action: Action | None = None) -> None:
        chosen = self.board.chosen() if self.board is not None else None
        if self.board is None or chosen is None:
            return
        rect, picture = chosen.rect, None
        if self._mode == "screenshot":
            rect = rect.intersection(self.board.bounds)
            picture = cropped(self.board.places, self._pictures, rect)
            action = action or "copy"
        self.close()
        place = (rect.x, rect.y, rect.width, rect.height)
        done = Picked(chosen.kind, place, chosen.target, picture, action or "record")
        if picture is not None and action == "copy":
            screenshot.copy_picture(picture)
        elif picture is not None:
            self._save(picture)
        self.picked.emit(done)

    def _save(self, picture: QImage) -> None:
        now = datetime.now()
        saving = Asking(
            lambda: screenshot.save_picture(picture, paths.pictures_folder(), now), self
        )
        saving.answered.connect(self._report_saved)
        saving.start()

    def _report_saved(self, saving: Asking, answer: object) -> None:
        saving.deleteLater()
        if isinstance(answer, Path):
            self.saved.emit(answer)
        elif isinstance(answer, RecorderError):
            self.failed.emit(answer)


def _is_big_enough(rect: Rect) -> bool:
    return min(rect.width, rect.height) >= MIN_SIZE_PX
