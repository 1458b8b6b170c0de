"""The page that trims: an exact picture, the timeline under it, and what is made of the result."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from recorder_app.edit.timeline import Cut, EditList, Operation, Range, Restore, Revert, Trim
from recorder_app.errors import RecorderError, UnsupportedMedia
from recorder_app.texts import N_, translate
from recorder_app.ui.editor import missing_pictures, skipping
from recorder_app.ui.editor.edit_session import EditSession
from recorder_app.ui.editor.filmstrip import Cell
from recorder_app.ui.editor.picture_server import PictureServer
from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.timeline_markers import Markers
from recorder_app.ui.editor.times import typed_time
from recorder_app.ui.editor.trim_keys import TrimKeys
from recorder_app.ui.editor.trim_parts import TrimParts
from recorder_app.ui.editor.trim_playing import TrimPlaying
from recorder_app.ui.editor.trim_previews import TrimPreviews
from recorder_app.ui.editor.trim_results import TrimResults
from recorder_app.ui.tokens import Theme

if TYPE_CHECKING:
    from recorder_app.services.edit_state import EditState

# Read sooner than that, a file needs no words.
_SLOW_MS = 500


class TrimPage(QWidget):
    """Edits one recording at a time; every edit is kept at once.

    `version_made` carries the id of a new recording, `version_opened` that of one to be shown,
    `failed` a RecorderError, which is told here too. `work_queued` asks for queued jobs to be run.
    """

    closed = Signal()
    version_made = Signal(str)
    version_opened = Signal(str)
    work_queued = Signal()
    failed = Signal(object)

    def __init__(
        self, theme: Theme, reduced_motion: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        # Nothing moves here but what is played.
        self.reduced_motion = reduced_motion
        self._times: PictureTimes | None = None
        self._pictures: PictureServer | None = None
        self._number = 0
        self._markers = Markers()
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)
        self.parts = TrimParts(theme, self)
        self.session = EditSession(self)
        self.playing = TrimPlaying(self)
        self.playback = self.playing.playback
        self._previews = TrimPreviews(self)
        self.results = TrimResults(self.parts.work, theme, self)
        self._keys = TrimKeys(self)
        self._connect()
        self.setFocusProxy(self.parts.timeline)
        self._show_state()

    # Names that others use

    def open(self, recording_id: str) -> None:
        """Show a recording as it is edited. Returns at once."""
        self.close_media()
        self._clear_told()
        self.parts.view.clear()
        self.parts.set_title("")
        self.parts.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
        self.session.open(recording_id)

    def close_media(self) -> None:
        """Let go of the file; edits are kept, and work that was begun goes on."""
        self.playing.close()
        self.session.close()
        self._previews.close()
        self._close_pictures()
        self._times = None
        self._number = 0
        self._show_markers(Markers())
        self.parts.timeline.clear()
        self._show_state()

    def finish(self) -> None:
        """Wait for the last edits to be kept: for the end of the program."""
        self.session.finish()

    def set_theme(self, theme: Theme) -> None:
        self.parts.set_theme(theme)
        self.results.set_theme(theme)

    @property
    def number(self) -> int:
        """Which picture is shown, counted from 0."""
        return self._number

    @property
    def edits(self) -> EditList | None:
        return None if self.session.state is None else self.session.state.edits

    # What keys and buttons do

    def go(self, number: int) -> None:
        """Show a picture, exactly."""
        self.playing.pause()
        self.show_number(number)

    def step(self, pictures: int) -> None:
        """Go some pictures on, or back."""
        self.go(self._number + pictures)

    def step_s(self, seconds: int) -> None:
        if self._times is not None:
            at = self._times.time(self._number) + seconds
            self.go(self._times.number_at(max(Fraction(0), at)))

    def go_to_start(self) -> None:
        """To the first picture that is kept; from there, to the first of all."""
        start, _ = self.handle_edges
        self.go(0 if self._number == start else start)

    def go_to_end(self) -> None:
        """To the last picture that is kept; from there, to the last of all."""
        _, end = self.handle_edges
        is_there = self._number == end - 1
        self.go(self._times.count - 1 if is_there and self._times is not None else end - 1)

    def go_to_marker(self, *, is_next: bool) -> None:
        """To the next marker, or to the one before; where there is none, stay."""
        if self._times is not None:
            find = self._markers.after if is_next else self._markers.before
            number = find(self._number, self._times)
            if number is not None:
                self.go(number)

    def set_start(self) -> None:
        """Begin with the picture that is shown."""
        _, end = self.handle_edges
        count = 0 if self._times is None else self._times.count
        self._trim(self._number, end if end > self._number else count)

    def set_end(self) -> None:
        """End with the picture that is shown."""
        start, _ = self.handle_edges
        self._trim(start if start <= self._number else 0, self._number + 1)

    def remove(self) -> None:
        """Take the selected part out; if it is out already, put it back."""
        part = self.parts.timeline.selection
        if part is None or self._times is None or self.edits is None:
            self.parts.work.say(translate(N_("Drag over the timeline to select what to remove.")))
            return
        wanted = Range(self._times.time(part[0]), self._times.time(part[1]))
        is_out = any(
            cut.start <= wanted.start and wanted.end <= cut.end for cut in self.edits.removed
        )
        self.apply(Restore(wanted) if is_out else Cut((wanted,)))
        self.parts.timeline.select(None)

    def revert(self) -> None:
        """Keep everything again."""
        self.apply(Revert())
        self.parts.timeline.select(None)

    def apply(self, step: Operation) -> None:
        self._clear_told()
        self.playing.pause()
        self.session.apply(step)

    def leave(self) -> None:
        """Give up what is dragged, or the selection; without them, go back to the library."""
        if self.parts.timeline.cancel_drag():
            # In place of where the handle was.
            self.show_number(self._number)
        elif self.parts.timeline.selection is not None:
            self.parts.timeline.select(None)
        else:
            self.close_media()
            self.closed.emit()

    # Qt's

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.parts.make_room()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self.playing.pause()
        super().hideEvent(event)

    # Inside

    def _connect(self) -> None:
        parts, timeline = self.parts, self.parts.timeline
        self.playing.changed.connect(self._show_state)
        self.session.opened.connect(self._on_opened)
        self.session.changed.connect(self._on_changed)
        self.session.failed.connect(self._fail)
        self.playback.shown.connect(parts.view.show_image)
        self.playback.failed.connect(self._fail)
        self._previews.peaks_found.connect(timeline.show_peaks)
        self._previews.strip_found.connect(timeline.show_hover_strip)
        self._previews.markers_found.connect(self._show_markers)
        self.results.version_made.connect(self.version_made)
        self.results.version_opened.connect(self.version_opened)
        self.results.work_queued.connect(self.work_queued)
        self.results.failed.connect(self.failed)
        self.results.busy_changed.connect(lambda _: self._show_state())
        timeline.sought.connect(self.go)
        timeline.edge_previewed.connect(self._preview_edge)
        timeline.trimmed.connect(self._trim)
        timeline.selected.connect(lambda _: self._show_state())
        timeline.thumbnail_wanted.connect(self._make_thumbnail)
        timeline.zoom_changed.connect(parts.show_zoom)
        parts.view.room_changed.connect(self._on_room)
        parts.view.clicked.connect(self.playing.toggle)
        parts.zoomed.connect(timeline.set_zoom)
        parts.fit.clicked.connect(timeline.fit)
        parts.time_typed.connect(self._go_to_typed)
        parts.back.clicked.connect(self._back)
        parts.undo.clicked.connect(self.undo)
        parts.redo.clicked.connect(self.redo)
        parts.revert.clicked.connect(self.revert)
        parts.remove.clicked.connect(self.remove)
        parts.first.clicked.connect(self.go_to_start)
        parts.last.clicked.connect(self.go_to_end)
        parts.previous.clicked.connect(lambda: self.step(-1))
        parts.next.clicked.connect(lambda: self.step(1))
        parts.previous_marker.clicked.connect(lambda: self.go_to_marker(is_next=False))
        parts.next_marker.clicked.connect(lambda: self.go_to_marker(is_next=True))
        parts.play.clicked.connect(self.playing.toggle)
        parts.set_start.clicked.connect(self.set_start)
        parts.set_end.clicked.connect(self.set_end)
        parts.save.clicked.connect(self.save_version)
        parts.export.clicked.connect(self.export)

    def undo(self) -> None:
        self.playing.pause()
        self._clear_told()
        self.session.undo()

    def redo(self) -> None:
        self.playing.pause()
        self._clear_told()
        self.session.redo()

    def save_version(self) -> None:
        """Make a new recording of what is kept."""
        self.playing.pause()
        state = self.session.state
        if state is None or not self._can_export:
            return
        if state.edits.is_whole:
            self.parts.work.say(translate(N_("Cut something first: nothing was changed yet.")))
            return
        self.session.when_kept(lambda: self.results.save_version(state.recording_id))

    def export(self) -> None:
        """Choose what to make of what is kept, and where."""
        self.playing.pause()
        state = self.session.state
        if state is None or not self._can_export:
            return

        def choose() -> None:
            # Another one may be shown by now, or none.
            shown = self.session.state
            if shown is not None and shown.recording_id == state.recording_id:
                self.results.choose_export(
                    state.recording_id, state.path, has_pictures=self.parts.has_pictures
                )

        self.session.when_kept(choose)

    @property
    def _can_export(self) -> bool:
        return self._times is not None and not self.results.is_busy

    def _back(self) -> None:
        self.parts.timeline.select(None)
        self.leave()

    def _clear_told(self) -> None:
        # Of work that goes on it is told until it is done.
        if not self.results.is_busy:
            self.parts.work.clear()

    def _on_opened(self, state: EditState) -> None:
        self.parts.set_title(state.title)
        self.parts.show_kind(has_pictures=True)
        self._pictures = PictureServer(state.path, state.edits.length, self)
        self._slow.start()
        pictures = self._pictures
        pictures.opened.connect(self._on_times)
        pictures.failed.connect(self._on_no_picture)
        self.playback.set_file(str(state.path))
        self._previews.open(state.recording_id, state.path, float(state.edits.length))
        self._on_changed(state)

    def _close_pictures(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
            self._pictures.deleteLater()
            self._pictures = None

    def _on_times(self, times: PictureTimes) -> None:
        if self.sender() is self._pictures:
            self._take_times(times)

    def _take_times(self, times: PictureTimes) -> None:
        self._times = times
        self.parts.timeline.show_times(times)
        start, _ = self.handle_edges
        self.show_number(start)
        self._show_state()

    def _on_changed(self, state: EditState) -> None:
        self.parts.timeline.show_edits(state.edits)
        self._show_kept()
        self._show_state()

    def _show_kept(self) -> None:
        edits, times = self.edits, self._times
        if edits is None or times is None:
            return
        picture = edits.length / max(1, times.count)
        self.playback.set_kept(edits.kept, picture)
        before = skipping.before(edits.kept, times.time(self._number))
        self.parts.show_result(edits, before)

    def show_number(self, number: int) -> None:
        """Put the playhead on a picture, and show it exactly."""
        self.follow(number)
        self._show_picture(self._number)

    def follow(self, number: int) -> None:
        """Put the playhead on a picture, which somebody else shows."""
        if self._times is not None:
            self._number = min(max(0, number), self._times.count - 1)
            self._show_time()

    def _show_picture(self, number: int) -> None:
        """Show a picture as our own reader decodes it: as the result will have it."""
        if self._pictures is None or self._times is None:
            return
        pictures = self._pictures

        def shown(image: QImage) -> None:
            if pictures is self._pictures and not self.playback.is_playing:
                self._take_picture(image)

        pictures.show(number, self.parts.view.room, shown)

    def _take_picture(self, image: QImage) -> None:
        is_first = self.parts.view.image.isNull()
        self.parts.view.show_image(image)
        if is_first:
            self.parts.timeline.show_aspect(image.width() / image.height())

    def _show_time(self) -> None:
        assert self._times is not None
        self.parts.show_time(self._times.time(self._number), self._number)
        self.parts.timeline.show_playhead(self._number)
        self._show_kept()

    def _preview_edge(self, number: int) -> None:
        self.playing.pause()
        assert self._times is not None
        self.parts.show_time(self._times.time(number), number)
        self._show_picture(number)

    def _make_thumbnail(self, cell: Cell) -> None:
        if self._pictures is not None:
            timeline = self.parts.timeline
            self._pictures.thumbnail(
                cell.number,
                timeline.thumbnail_room,
                is_exact=cell.is_exact,
                done=lambda image: timeline.show_thumbnail(cell, image),
                failed=lambda _: timeline.leave_out_thumbnail(cell),
            )

    @property
    def times(self) -> PictureTimes | None:
        """When the pictures are; None until that is known."""
        return self._times

    @property
    def handle_edges(self) -> tuple[int, int]:
        """The edges where the two handles are."""
        if self._times is None or self.edits is None:
            return 0, 1
        bounds = self.edits.bounds
        return self._times.nearest_edge(bounds.start), self._times.nearest_edge(bounds.end)

    def _trim(self, start: int, end: int) -> None:
        if self._times is None:
            return
        self.apply(Trim(Range(self._times.time(start), self._times.time(end))))
        if self.edits is None:
            return
        number = min(max(self._number, start), end - 1)
        if number == self._number:
            # The handle that was dragged is what one wants to see: the timeline stays there.
            self.parts.show_time(self._times.time(number), number)
            self._show_picture(number)
        else:
            self.show_number(number)

    def _go_to_typed(self, text: str) -> None:
        at = typed_time(text)
        if at is None or self._times is None:
            self.parts.work.say(translate(N_("Type a time such as 1:07.233.")), "warning")
            if self._times is not None:
                self._show_time()
            return
        self.go(self._times.number_at(at))
        self.parts.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_room(self) -> None:
        self.playback.set_room(self.parts.view.room)
        if not self.playback.is_playing:
            self._show_picture(self._number)

    def _on_no_picture(self, error: RecorderError) -> None:
        state = self.session.state
        if self.sender() is not self._pictures or state is None:
            return
        self._slow.stop()
        if isinstance(error, UnsupportedMedia):
            self._go_by_sound(state)
            return
        error = missing_pictures.reason(error, state.path)
        self.parts.view.say(error.message, error.hint)
        self.failed.emit(error)

    def _go_by_sound(self, state: EditState) -> None:
        """Without pictures, cut at any hundredth of a second."""
        self._close_pictures()
        self.parts.view.say(
            translate(N_("This recording has sound and no pictures.")),
            translate(N_("Cut it by its waveform, and play the result to hear it.")),
        )
        self.parts.timeline.show_strip(is_shown=False)
        self.parts.show_kind(has_pictures=False)
        self._take_times(PictureTimes.of_sound(state.edits.length))

    def _show_markers(self, markers: Markers) -> None:
        self._markers = markers
        self.parts.timeline.show_markers(markers)
        self.parts.show_marker_buttons(are_shown=bool(markers))

    def _on_slow(self) -> None:
        if self._pictures is not None and self._times is None:
            self.parts.view.say(translate(N_("Reading the recording…")))

    def _fail(self, error: RecorderError) -> None:
        self.parts.work.fail(error)
        self.failed.emit(error)

    def _show_state(self) -> None:
        state = self.session.state
        self.parts.show_state(
            is_ready=self._times is not None and state is not None,
            is_edited=state is not None and not state.edits.is_whole,
            can_undo=state is not None and state.can_undo,
            can_redo=state is not None and state.can_redo,
            is_playing=self.playing.is_active,
            is_busy=self.results.is_busy,
            has_selection=self.parts.timeline.selection is not None,
        )
