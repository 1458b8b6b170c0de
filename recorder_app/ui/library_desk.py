"""The library window with all its panels, made when it is first wanted and joined to the app."""

from __future__ import annotations

import importlib
import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from recorder_app.errors import (
    EncodingError,
    LibraryError,
    MediaError,
    RecorderError,
    StorageError,
)
from recorder_app.settings.store import SettingsStore
from recorder_app.ui import pauses
from recorder_app.ui.background import Background
from recorder_app.ui.remembered import Memory
from recorder_app.ui.sharing import Sharing
from recorder_app.ui.tokens import Theme
from recorder_app.ui.worker import Worker

if TYPE_CHECKING:
    from recorder_app.ui.editor.trim_page import TrimPage
    from recorder_app.ui.library.details import DetailsPanel
    from recorder_app.ui.library.window import LibraryWindow

_log = logging.getLogger(__name__)

# So long an edit is waited for as the program ends.
_FINISHED_S = 2.0
# What the window is made of, which takes longer to load than to make.
_PARTS = (
    "recorder_app.ui.library.window",
    "recorder_app.ui.library.details",
    "recorder_app.ui.library.activity",
    "recorder_app.ui.editor.player",
    "recorder_app.ui.editor.trim_page",
)


class LibraryDesk(QObject):
    """Used on the GUI thread. `record_requested` comes from a library that is empty still.

    `changed` is emitted when recordings may be other ones than before.
    """

    record_requested = Signal()
    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        store: SettingsStore,
        memory: Memory,
        worker: Worker,
        sharing: Sharing,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.reduced_motion = False
        self._theme, self._store, self._memory = theme, store, memory
        self._worker, self._sharing = worker, sharing
        self._background = Background(self, "library window")
        self._was_prepared = False
        self._window: LibraryWindow | None = None
        self._details: DetailsPanel | None = None
        self._page: TrimPage | None = None

    def prepare(self) -> None:
        """Load what the window needs, as it may be wanted in a moment."""
        if not self._was_prepared:
            self._was_prepared = True
            self._background.run(_load, lambda _: None)

    def open(self, recording_id: str = "") -> None:
        """Show the window, with a recording chosen, or bring it to the front."""
        window = self._made()
        window.bring_up()
        if recording_id:
            window.show_recording(recording_id)

    def trim(self, recording_id: str) -> None:
        """Show the window with a recording in the trim view."""
        window = self._made()
        window.bring_up()
        window.trim(recording_id)

    def refresh(self) -> None:
        """Look for what changed, where somebody sees it."""
        if self._window is not None and self._window.isVisible():
            self._window.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        self._theme = theme
        if self._window is not None:
            self._window.set_theme(theme)

    def close(self) -> None:
        """Close the window; what is edited is kept, which is waited for a little."""
        if self._window is None or self._details is None or self._page is None:
            return
        self._details.commit()
        self._window.close()
        ends = time.monotonic() + _FINISHED_S
        self._details.finish(_FINISHED_S)
        self._window.deeds.finish(max(0.1, ends - time.monotonic()))
        self._page.finish()

    def _made(self) -> LibraryWindow:
        if self._window is not None:
            self._window.reduced_motion = self.reduced_motion
            return self._window
        from recorder_app.ui.editor.player import Player
        from recorder_app.ui.editor.trim_page import TrimPage
        from recorder_app.ui.library.activity import ActivityPanel
        from recorder_app.ui.library.details import DetailsPanel
        from recorder_app.ui.library.window import LibraryWindow

        window = LibraryWindow(self._theme, self._store, reduced_motion=self.reduced_motion)
        self._window = window
        self._details = details = DetailsPanel(self._theme)
        activity = ActivityPanel(self._theme)
        player = Player(self._theme)
        self._page = page = TrimPage(self._theme, self.reduced_motion)
        window.set_details(details)
        window.set_player(player)
        window.set_activity(activity)
        window.set_editor(page)
        for has_work in (
            window.work_added,
            details.work_queued,
            activity.work_queued,
            page.work_queued,
        ):
            has_work.connect(self._work)
        window.share_requested.connect(self._sharing.share_all)
        window.record_requested.connect(self.record_requested)
        window.deeds.changed.connect(self.changed)
        details.unshared.connect(lambda _: self._work())
        details.opened.connect(window.show_recording)
        details.changed.connect(lambda _: self.changed.emit())
        details.moment_requested.connect(window.doings.play_at)
        window.play_requested.connect(_play_elsewhere)
        player.failed.connect(window.tell_failed)
        player.playing_changed.connect(partial(_settle_played, window))
        page.version_opened.connect(window.show_recording)
        page.failed.connect(partial(self._trim_failed, window))
        for is_read in (details.recovered, activity.recovered):
            is_read.connect(lambda: window.notice.settle(LibraryError))
        details.changed.connect(lambda _: window.notice.settle(StorageError))
        page.version_made.connect(
            lambda _: window.notice.settle(StorageError, MediaError, EncodingError)
        )
        window.closed.connect(details.close_library)
        window.closed.connect(self.changed)
        window.left.connect(lambda look: self._memory.note(library=look))
        window.restore_look(self._memory.state.library)
        self._sharing.said.connect(partial(self._say, window))
        return window

    def _trim_failed(self, window: LibraryWindow, error: RecorderError) -> None:
        # Who sees the page is told there.
        if self._page is None or not self._page.isVisible():
            window.tell_failed(error)

    def _say(self, window: LibraryWindow, _recording_id: str, text: str) -> None:
        if window.isVisible() and text:
            window.notice.tell(text)

    def _work(self) -> None:
        self._worker.wake()
        self._sharing.look()
        self.changed.emit()


def _settle_played(window: LibraryWindow, is_playing: bool) -> None:
    if is_playing:
        window.notice.settle(MediaError)


def _play_elsewhere(_recording_id: str, path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def _load() -> None:
    for name in _PARTS:
        importlib.import_module(name)
    pauses.keep_loaded()
