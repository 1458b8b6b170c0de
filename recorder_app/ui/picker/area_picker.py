"""The picker as the app uses it: opened, and then either something is picked or it is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage

from recorder_app import paths
from recorder_app.capture.base import MIN_SIZE_PX
from recorder_app.errors import RecorderError
from recorder_app.media.geometry import Rect
from recorder_app.services.targets import TargetList, list_offers
from recorder_app.ui import screenshot
from recorder_app.ui.picker.asking import Asking
from recorder_app.ui.picker.board import Board, Kind, Mode, Offer
from recorder_app.ui.picker.frozen import cropped, fitted, grab_screens, qt_screens
from recorder_app.ui.picker.layout import NamedPlace, ScreenPlace, placed
from recorder_app.ui.picker.overlay import Overlay
from recorder_app.ui.picker.stage import Stage
from recorder_app.ui.picker.strip import Strip
from recorder_app.ui.sound_choices import SoundOffer
from recorder_app.ui.tokens import Theme

Action = Literal["record", "copy", "save"]

# Longer than any list of windows takes; then the picker opens with what Qt knows.
_PATIENCE_MS = 1500


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

    A screenshot is copied before `picked` is said, and saved after it: `saved` carries the file's
    path and `failed` a RecorderError. `look` lists monitors and windows, in another thread. The
    sound of recordings is shown as `set_sound` says, and chosen by others.
    """

    picked = Signal(object)
    left = Signal()
    saved = Signal(object)
    failed = Signal(object)
    microphone_chosen = Signal(str)
    system_sound_chosen = Signal(bool)

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
        self._look = look
        self.sound = SoundOffer()
        self._mode: Mode = "area"
        self._is_open = False
        self._covering: tuple[int, ...] = ()
        self._last_area: Rect | None = None
        self._pictures: dict[str, QImage] = {}
        self._asking: Asking | None = None
        self._stage: Stage | None = None
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_qt_screens)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            # Nothing chosen on screens that have changed can be trusted.
            app.screenAdded.connect(self._leave)
            app.screenRemoved.connect(self._leave)

    @property
    def is_open(self) -> bool:
        """Whether it is open, or about to be."""
        return self._is_open

    @property
    def covering(self) -> tuple[int, ...]:
        """Native handles of the windows that covered the screens last."""
        return self._covering

    @property
    def board(self) -> Board | None:
        """What is being chosen, None while it is not on the screen."""
        return self._stage.board if self._stage is not None else None

    @property
    def overlays(self) -> list[Overlay]:
        """What covers the screens now."""
        return self._stage.overlays if self._stage is not None else []

    @property
    def strip(self) -> Strip | None:
        """The controls, None while they are not on the screen."""
        return self._stage.strip if self._stage is not None else None

    def set_sound(self, offer: SoundOffer) -> None:
        """Offer these microphones, and show which sound is recorded."""
        self.sound = offer
        if self._stage is not None:
            self._stage.strip.show_sound(offer)
            self._stage.refresh()

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
        # Still asking perhaps: an answer to nobody is let go when it comes.
        self._asking, self._is_open = None, False
        stage, self._stage = self._stage, None
        if stage is not None:
            self._covering = tuple(int(overlay.winId()) for overlay in stage.overlays)
            stage.close()
        self._pictures = {}

    def _answered(self, asking: Asking, answer: object) -> None:
        asking.deleteLater()
        if asking is not self._asking:
            return
        self._asking = None
        self._patience.stop()
        listed = answer if isinstance(answer, TargetList) else TargetList([], [])
        if self._stage is None:
            monitors = [
                NamedPlace(one.name, Rect(one.x, one.y, one.width, one.height), one.target)
                for one in listed.monitors
            ]
            self._show(placed(qt_screens(), monitors))
        if self._stage is not None:
            board = self._stage.board
            board.set_windows(
                [
                    Offer("window", one.target, one.name, rect)
                    for one in listed.windows
                    if (rect := Rect(one.x, one.y, one.width, one.height))
                    and _is_big_enough(rect.intersection(board.bounds))
                ]
            )
            self._stage.refresh()

    def _show_qt_screens(self) -> None:
        if self._stage is None:
            self._show(placed(qt_screens(), []))

    def _show(self, places: Sequence[ScreenPlace]) -> None:
        self._pictures = {one.name: fitted(self._pictures.get(one.name), one) for one in places}
        board = Board(self._mode, places, self._last_area)
        self._stage = stage = Stage(
            board, self._pictures, self.theme, self.fps, self, shows_hints=self.show_hints
        )
        strip = stage.strip
        strip.show_sound(self.sound)
        strip.microphone_wanted.connect(self.microphone_chosen)
        strip.system_sound_wanted.connect(self.system_sound_chosen)
        stage.accepted.connect(self._accept)
        stage.left.connect(self._leave)
        stage.show(fading=not self.reduced_motion)

    def _leave(self) -> None:
        if self.is_open:
            self.close()
            self.left.emit()

    def _accept(self, action: Action | None) -> None:
        board = self.board
        chosen = board.chosen() if board is not None else None
        if board is None or chosen is None:
            return
        rect, picture = chosen.rect, None
        if self._mode == "screenshot":
            rect = rect.intersection(board.bounds)
            picture = cropped(board.places, self._pictures, rect)
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
