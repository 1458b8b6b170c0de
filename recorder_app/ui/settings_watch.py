"""Notices that another process, or a person with an editor, has changed the stored settings."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject

from recorder_app.settings.store import SettingsStore
from recorder_app.ui.background import Background

_log = logging.getLogger(__name__)


class SettingsWatch(QObject):
    """Has the store read its file anew; those who subscribed to the store hear of it."""

    def __init__(self, store: SettingsStore, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._look)
        self._watcher.fileChanged.connect(self._look)

    def begin(self) -> None:
        """Watch from now on."""
        # The file is replaced as a whole, which only its folder tells; editors may write into it.
        # It may be a link to one that is kept elsewhere.
        folder = self._store.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            _log.warning("settings not watched path=%s error=%s", folder, error)
            return
        self._look()

    def _look(self) -> None:
        real = Path(os.path.realpath(self._store.path))
        wanted = {str(self._store.path.parent), str(real.parent), str(real)}
        watched = {*self._watcher.directories(), *self._watcher.files()}
        missing = [path for path in sorted(wanted - watched) if os.path.exists(path)]
        if missing:
            self._watcher.addPaths(missing)
        self._background.run(self._store.reload_if_changed, lambda _: None)
