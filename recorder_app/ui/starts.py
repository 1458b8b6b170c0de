"""How takes begin: of the screen, of an area or window that is picked first, or by a preset."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from recorder_app.errors import InvalidRequest, InvalidStateError
from recorder_app.services.preferences import recording_settings
from recorder_app.settings.store import SettingsStore
from recorder_app.texts import N_
from recorder_app.ui.look import Monitors
from recorder_app.ui.picker.area_picker import AreaPicker, Picked
from recorder_app.ui.picker.board import Mode
from recorder_app.ui.recorder import Recorder, TakeRequest
from recorder_app.ui.remembered import Memory
from recorder_app.ui.sound_choices import SoundChoices
from recorder_app.ui.take_windows import screen_under_pointer
from recorder_app.ui.uncovered import Uncovered

# The picker shows its keys to who is new to it.
_HINTED = 3


class Starts(QObject):
    """Used on the GUI thread. `attempt` does what it is given and tells what cannot be.

    `about_to_pick` is emitted when the screen is about to be looked at, `last_area_changed` when
    there is another last area.
    """

    about_to_pick = Signal()
    last_area_changed = Signal()

    def __init__(
        self,
        recorder: Recorder,
        store: SettingsStore,
        memory: Memory,
        monitors: Monitors,
        sound: SoundChoices,
        picker: AreaPicker,
        attempt: Callable[[Callable[[], object]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._recorder, self._store, self._memory = recorder, store, memory
        self._monitors, self._sound, self._picker = monitors, sound, picker
        self._uncovered = Uncovered(self)
        self._attempt = attempt
        picker.picked.connect(self._picked)

    def record(self, kind: str) -> None:
        """Record the screen under the pointer, the last area, or what is picked now.

        Raises InvalidRequest and InvalidStateError.
        """
        state = self._recorder.view.state
        if state.is_taking:
            raise InvalidStateError(state.value, "start")
        self.about_to_pick.emit()
        last_area = self._memory.state.last_area
        if kind == "screen":
            self._record_screen()
        elif kind == "last_area" and last_area is not None:
            x, y, width, height = last_area
            self._start("area", f"region:{x},{y},{width}x{height}", last_area)
        elif kind in ("area", "last_area", "window"):
            self._recorder.warm_up()
            self._sound.look()
            self._picker.fps = self._store.current.capture.fps
            self._open_picker("window" if kind == "window" else "area")
        else:
            raise InvalidRequest(
                N_("“{kind}” is nothing to record."),
                hint=N_("Choose screen, area, window or last_area."),
                kind=kind,
            )

    def toggle(self) -> None:
        """Stop, or record what was recorded last."""
        if self._picker.is_open:
            self._picker.close()
        elif self._recorder.view.state.is_taking:
            self._recorder.stop()
        else:
            self.record(self._memory.state.last_kind)

    def screenshot(self) -> None:
        """Pick an area for a picture of it."""
        self.about_to_pick.emit()
        self._open_picker("screenshot")

    def start_preset(self, name: str) -> None:
        """Record as the preset `name` says. Raises InvalidRequest."""
        preset = self._store.current.presets.get(name)
        if preset is None:
            raise InvalidRequest(
                N_("There is no preset named {name}."),
                hint=N_(
                    "The settings have all of them; on the command line, “recorder-app settings” "
                    "lists them."
                ),
                name=name,
            )
        target = preset.target or self._store.current.capture.target
        self._start(
            "screen",
            target,
            self._monitors.rect_of(target),
            format=preset.format,
            quality=preset.quality,
            mic=preset.mic,
            system_audio=preset.system_audio,
        )

    def skip_countdown(self, countdown_window: int) -> None:
        """Begin now, once the countdown is off the screen."""
        skip = partial(self._attempt, self._recorder.skip_countdown)
        self._uncovered.then([countdown_window], skip)

    def _open_picker(self, mode: Mode) -> None:
        used = self._memory.state.pickers_used
        self._picker.show_hints = used < _HINTED
        if used < _HINTED:
            self._memory.note(pickers_used=used + 1)
        self._picker.open(mode, self._memory.state.last_area)

    def _record_screen(self) -> None:
        monitor = self._monitors.of(screen_under_pointer())
        if monitor is None:
            stored = self._store.current.capture.target
            self._start("screen", stored, self._monitors.rect_of(stored))
        else:
            rect = (monitor.x, monitor.y, monitor.width, monitor.height)
            self._start("screen", monitor.target, rect)

    def _start(
        self, kind: str, target: str, rect: tuple[int, int, int, int] | None, **choices: object
    ) -> None:
        # Who sets something and starts in one breath gets what was set.
        self._store.reload_if_changed()
        wanted = {"target": target, **self._sound.unsaved, **choices}
        settings = recording_settings(self._store.current, wanted)
        stop = self._store.current.stop
        self._recorder.start(
            TakeRequest(settings, kind, rect, stop.split_minutes * 60.0, stop.split_mb * 1_000_000)
        )
        self._memory.note(last_kind=kind, last_target=target)

    def _picked(self, picked: Picked) -> None:
        if picked.picture is not None:
            return
        kind = {"region": "area", "window": "window", "monitor": "screen"}[picked.kind]
        if kind == "area":
            self._memory.note(last_area=picked.rect)
            self.last_area_changed.emit()
        start = partial(self._start, kind, picked.target, picked.rect)
        self._uncovered.then(self._picker.covering, partial(self._attempt, start))
