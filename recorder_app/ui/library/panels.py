"""Where the panels that others make stand in the library window, and how they are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from recorder_app.ui import boxes
from recorder_app.ui.tokens import SPACE_S, Theme

if TYPE_CHECKING:
    from recorder_app.ui.library.window import LibraryWindow

_SIDE_WIDTH = 280


class Panels(QObject):
    """Details and player in `side`, jobs in `below`, the trim view as a page of the window.

    Each may be missing; until it is set nothing is asked of it.
    """

    def __init__(self, window: LibraryWindow) -> None:
        super().__init__(window)
        self._window = window
        self._details: Any = None
        self._activity: Any = None
        self._editor: Any = None
        self.player: Any = None
        self.side = QWidget()
        self.side.setMinimumWidth(_SIDE_WIDTH)
        self._side_column = boxes.column(SPACE_S, self.side)
        self.below = QWidget()
        self._below_column = boxes.column(0, self.below)

    @property
    def has_side(self) -> bool:
        """Whether there is anything to stand beside the recordings."""
        return self._details is not None or self.player is not None

    def set_details(self, widget: Any) -> None:
        window = self._window
        self._details = widget
        self._side_column.addWidget(widget, 1)
        widget.changed.connect(lambda _: window.refresh())
        widget.trim_requested.connect(self.trim)
        widget.share_requested.connect(window.share_requested)
        widget.failed.connect(window.tell_failed)
        widget.refused.connect(window.tell_failed)

    def set_player(self, widget: Any) -> None:
        self.player = widget
        self._side_column.insertWidget(0, widget)
        widget.hide()

    def set_activity(self, widget: Any) -> None:
        self._activity = widget
        self._below_column.addWidget(widget)
        widget.opened.connect(self._window.show_recording)
        widget.failed.connect(self._window.tell_failed)
        if self._window.isVisible():
            widget.begin()

    def set_editor(self, widget: Any) -> None:
        self._editor = widget
        self._window.pages.addWidget(widget)
        widget.closed.connect(self._window.leave_editor)
        # The version appears among the others; who goes on trimming stays.
        widget.version_made.connect(lambda _: self._window.refresh())

    def trim(self, recording_id: str) -> None:
        """Open the trim view; what is played ends."""
        if self._editor is not None:
            self._end_playing()
            self._editor.open(recording_id)
            self._window.deeds.look_for_file(recording_id)
            self._window.pages.setCurrentWidget(self._editor)

    def close_editor(self) -> None:
        """Show the library in place of the trim view, which lets go of its file."""
        if self._window.pages.currentIndex():
            self._window.pages.setCurrentIndex(0)
            self._editor.close_media()

    def play(
        self, recording_id: str, path: str, markers: list[tuple[float, str]], at_s: float = 0.0
    ) -> None:
        """Play a recording beside the others, from `at_s` on."""
        self.player.show()
        self.player.open(recording_id, path, markers)
        if at_s > 0:
            self.player.seek(at_s)
        self.player.play()

    def show_recordings(self, ids: list[str]) -> None:
        """Show details of what is chosen."""
        if self._details is not None:
            self._details.show_recordings(ids)

    def begin(self) -> None:
        """The window is shown."""
        if self._activity is not None:
            self._activity.begin()

    def rest(self) -> None:
        """The window is minimised; what plays goes on."""
        if self._activity is not None:
            self._activity.end()

    def end(self) -> None:
        """The window is hidden."""
        self.rest()
        self._end_playing()
        self.close_editor()

    def set_theme(self, theme: Theme) -> None:
        for panel in (self._details, self._activity, self.player, self._editor):
            if panel is not None and hasattr(panel, "set_theme"):
                panel.set_theme(theme)

    def _end_playing(self) -> None:
        if self.player is not None:
            self.player.close_media()
            self.player.hide()
