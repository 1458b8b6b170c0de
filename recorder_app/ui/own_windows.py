"""The settings and the first run: windows that are made when they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication

from recorder_app.errors import RecorderError
from recorder_app.services.devices import list_devices
from recorder_app.services.preferences import checked_folder
from recorder_app.settings import Settings
from recorder_app.settings.store import SettingsStore
from recorder_app.ui.background import Background
from recorder_app.ui.first_run import FirstRun
from recorder_app.ui.look import Monitors
from recorder_app.ui.placing import kept_place
from recorder_app.ui.secrets_dialog import SecretsDialog
from recorder_app.ui.settings_dialog import SettingsDialog
from recorder_app.ui.sharing import Sharing
from recorder_app.ui.shortcuts import Shortcuts
from recorder_app.ui.tokens import Theme

if TYPE_CHECKING:
    from recorder_app.services.uploading import SecretsWanted

Change = Callable[..., None]


class OwnWindows(QObject):
    """Used on the GUI thread. `change` stores settings of an area in the background.

    `settings_left` carries where the settings window was when it was closed, as x, y, width and
    height; `settings_at` is where it opens.
    """

    settings_left = Signal(object)

    def __init__(
        self,
        store: SettingsStore,
        monitors: Monitors,
        shortcuts: Shortcuts,
        theme: Theme,
        change: Change,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store, self._monitors, self._shortcuts = store, monitors, shortcuts
        self._theme = theme
        self._change = change
        self._background = Background(self, "folder")
        self.settings_at: tuple[int, int, int, int] | None = None
        self._settings: SettingsDialog | None = None
        self._first_run: FirstRun | None = None
        self._secrets: SecretsDialog | None = None
        # By destination: what is asked for, and the recordings that wait for it.
        self._waiting_for_keys: dict[str, tuple[SecretsWanted, list[str]]] = {}
        self._sharing: Sharing | None = None
        monitors.told.connect(self._show_screens)
        shortcuts.failed.connect(lambda *_: self._show_shortcuts())

    def show_settings(self, page: str = "") -> None:
        """Open the settings window, or bring it to the front."""
        if self._settings is None:
            # Sound is loaded with the window, not with the icon in the tray.
            from recorder_app.services.sound_test import StoredSoundTest

            self._settings = SettingsDialog(
                self._store, list_devices=list_devices, sound_test=StoredSoundTest(self._store)
            )
            self._settings.closed.connect(self._leave_settings)
            self._place_settings(self._settings)
        if page:
            self._settings.show_page(page)
        self._settings.bring_up()

    def attach(self, sharing: Sharing) -> None:
        """Ask for what sharing lacks: a destination, or its keys."""
        self._sharing = sharing
        sharing.destination_wanted.connect(lambda _: self.show_settings("destinations"))
        sharing.secrets_wanted.connect(self._ask_secrets)

    def show_first_run(self) -> None:
        """Show what is in order and what is not; it asks for nothing."""
        if self._first_run is None:
            window = self._first_run = FirstRun(self._theme, list_devices)
            window.microphone_chosen.connect(lambda name: self._change("sound", mic=name))
            window.folder_chosen.connect(lambda name: self._change("files", folder=name))
            window.look_requested.connect(self._monitors.look)
            window.shortcuts_requested.connect(partial(self.show_settings, "shortcuts"))
            window.closed.connect(self._forget_first_run)
        self.apply(self._store.current)
        self._show_screens(self._monitors.problem)
        self._first_run.show()

    def give_way(self) -> None:
        """Leave the screen to a recording: the first run counts as skipped."""
        if self._first_run is not None:
            self._first_run.close()

    def apply(self, stored: Settings) -> None:
        """Show what is stored."""
        if self._first_run is None:
            return
        self._first_run.show_microphone(stored.sound.mic)
        self._show_shortcuts()
        self._background.run(partial(checked_folder, stored), self._show_folder)

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        if self._first_run is not None:
            self._first_run.set_theme(theme)

    def close(self) -> None:
        self._waiting_for_keys.clear()
        for window in (self._settings, self._first_run, self._secrets):
            if window is not None:
                window.close()

    def _ask_secrets(self, recording_id: str, wanted: SecretsWanted) -> None:
        """Ask for keys, once for all recordings that wait for them; one destination at a time."""
        waiting = self._waiting_for_keys.setdefault(wanted.destination, (wanted, []))[1]
        if recording_id not in waiting:
            waiting.append(recording_id)
        if self._secrets is None:
            self._ask_next()

    def _ask_next(self) -> None:
        if not self._waiting_for_keys:
            return
        name, (wanted, recording_ids) = next(iter(self._waiting_for_keys.items()))
        window = self._secrets = SecretsDialog(name, wanted.fields, wanted.problem)

        def use(values: dict[str, str]) -> None:
            if self._sharing is not None:
                self._sharing.use_secrets(list(recording_ids), name, values)

        def closed() -> None:
            self._waiting_for_keys.pop(name, None)
            self._secrets = None
            window.deleteLater()
            self._ask_next()

        window.given.connect(use)
        window.closed.connect(closed)
        window.bring_up()

    def _place_settings(self, window: SettingsDialog) -> None:
        if self.settings_at is None:
            return
        screens = [(each.name(), each.availableGeometry()) for each in QGuiApplication.screens()]
        left = QRect(*self.settings_at)
        place = kept_place(left, screens)
        window.resize(left.size() if place is None else place.size())
        if place is not None:
            window.move(place.topLeft())

    def _leave_settings(self) -> None:
        if self._settings is not None and not self._settings.isMaximized():
            at, size = self._settings.pos(), self._settings.size()
            self.settings_left.emit((at.x(), at.y(), size.width(), size.height()))

    def _forget_first_run(self) -> None:
        if self._first_run is not None:
            self._first_run.deleteLater()
        self._first_run = None

    def _show_screens(self, problem: RecorderError | None) -> None:
        if self._first_run is not None:
            sizes = [f"{each.width} x {each.height}" for each in self._monitors.all]
            self._first_run.show_screens(sizes, problem)

    def _show_shortcuts(self) -> None:
        if self._first_run is not None:
            stored = self._store.current.shortcuts
            shortcuts = {name: getattr(stored, name) for name in stored.__struct_fields__}
            self._first_run.show_shortcuts(shortcuts, self._shortcuts.problems)

    def _show_folder(self, found: tuple[Path, RecorderError | None]) -> None:
        if self._first_run is not None:
            self._first_run.show_folder(*found)
