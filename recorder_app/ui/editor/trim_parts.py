"""What the page that trims is made of: its widgets, laid out and named; they decide nothing."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QSizePolicy, QWidget

from recorder_app.edit.timeline import EditList
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, buttons, style
from recorder_app.ui.buttons import IconButton, TextButton
from recorder_app.ui.editor.picture_view import PictureView
from recorder_app.ui.editor.thin_slider import ThinSlider
from recorder_app.ui.editor.time_field import TimeField
from recorder_app.ui.editor.timeline_view import TimelineView
from recorder_app.ui.editor.times import exact_text
from recorder_app.ui.editor.work_line import WorkLine
from recorder_app.ui.library.labels import ElidedLabel
from recorder_app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS, Theme

_ZOOM_STEPS = 1000
_ZOOM_PX = 96
# In a narrower page the number of the picture is left out.
_ROOM_FOR_NUMBER_PX = 800


class TrimParts(QObject):
    """`zoomed` carries 0 (all) to 1 (single pictures), `time_typed` what was typed."""

    zoomed = Signal(float)
    time_typed = Signal(str)

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self.back = IconButton("back", translate(N_("Back to the library (Esc)")))
        self.title = ElidedLabel(kind="strong")
        self.undo = IconButton("undo", translate(N_("Undo (Ctrl+Z)")))
        self.redo = IconButton("redo", translate(N_("Redo (Ctrl+Shift+Z)")))
        self.revert = TextButton(translate(N_("Revert all")))
        self.export = TextButton(translate(N_("Export…")), "export")
        self.save = TextButton(translate(N_("Save as version")), "check", kind="primary")
        self.view = PictureView()
        self.first = IconButton("skip-back", translate(N_("To the start (Home)")))
        self.previous = IconButton("step-back", translate(N_("Previous picture (Left)")))
        self.play = IconButton("play", translate(N_("Play the result (Space)")))
        self.next = IconButton("step-forward", translate(N_("Next picture (Right)")))
        self.previous_marker = IconButton("flag-back", translate(N_("Previous marker (Ctrl+Left)")))
        self.next_marker = IconButton("flag-forward", translate(N_("Next marker (Ctrl+Right)")))
        self.last = IconButton("skip-forward", translate(N_("To the end (End)")))
        self.set_start = IconButton("range-start", translate(N_("Start here (I)")))
        self.set_end = IconButton("range-end", translate(N_("End here (O)")))
        self.remove = IconButton("cut", translate(N_("Remove the selected part (Del)")))
        self.time = TimeField(exact_text(Fraction(0)))
        self.time.setAccessibleName(translate(N_("Time")))
        self.time.setAcceptDrops(False)
        self.time.setToolTip(translate(N_("Type a time to go there")))
        self.has_pictures = True
        self.frame = QLabel()
        self.result = _Spare()
        # In a narrow window it is the first to go.
        self.result.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.result.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.zoom = ThinSlider(translate(N_("Zoom")), theme)
        self.zoom.setRange(0, _ZOOM_STEPS)
        self.zoom.setPageStep(_ZOOM_STEPS // 10)
        self.zoom.setSingleStep(_ZOOM_STEPS // 20)
        self.zoom.setMaximumWidth(_ZOOM_PX)
        self.fit = TextButton(translate(N_("Fit")))
        self.timeline = TimelineView(theme)
        self.work = WorkLine(theme)
        for label in (self.frame, self.result):
            label.setProperty("kind", "muted")
            label.setFont(style.tabular(label.font()))
        self.time.setFont(style.tabular(self.time.font()))
        width = self.time.fontMetrics().horizontalAdvance("00:00:00.0000")
        self.time.setFixedWidth(width + 2 * SPACE_S)
        self._lay_out(page)
        self.zoom.chosen.connect(lambda value: self.zoomed.emit(value / _ZOOM_STEPS))
        self.time.entered.connect(self.time_typed)
        self.time.given_up.connect(lambda: self.timeline.setFocus(Qt.FocusReason.OtherFocusReason))
        for each in (*self._buttons, self.zoom):
            # A click leaves the keyboard where it was: arrows go through the pictures.
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.time.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._page = page
        self.set_theme(theme)

    @property
    def _buttons(self) -> tuple[IconButton | TextButton, ...]:
        return (
            *(self.back, self.undo, self.redo, self.revert, self.export, self.save),
            *(self.first, self.previous, self.play, self.next, self.last),
            *(self.previous_marker, self.next_marker),
            *(self.set_start, self.set_end, self.remove, self.fit),
        )

    def set_theme(self, theme: Theme) -> None:
        buttons.set_theme(self._page, theme)
        self.timeline.set_theme(theme)
        self.zoom.set_theme(theme)
        self.work.set_theme(theme)

    def set_title(self, title: str) -> None:
        self.title.set_text(title)

    def show_time(self, at: Fraction, number: int) -> None:
        self.time.show_text(exact_text(at))
        if self.has_pictures:
            self.frame.setText(translate(N_("(frame {number})"), number=number))

    def show_kind(self, *, has_pictures: bool) -> None:
        """Speak of pictures, or, where there are none, of moments."""
        self.has_pictures = has_pictures
        self.make_room()
        if has_pictures:
            self.previous.set_meaning("step-back", translate(N_("Previous picture (Left)")))
            self.next.set_meaning("step-forward", translate(N_("Next picture (Right)")))
        else:
            self.previous.set_meaning("step-back", translate(N_("A little back (Left)")))
            self.next.set_meaning("step-forward", translate(N_("A little on (Right)")))

    def make_room(self) -> None:
        """Leave out what there is no room for."""
        has_room = self._page.width() >= _ROOM_FOR_NUMBER_PX
        is_shown = self.has_pictures and has_room
        if self.frame.isHidden() is is_shown:
            self.frame.setVisible(is_shown)

    def show_marker_buttons(self, *, are_shown: bool) -> None:
        """Offer to go from marker to marker, where there are any."""
        self.previous_marker.setVisible(are_shown)
        self.next_marker.setVisible(are_shown)

    def show_result(self, edits: EditList, before: Fraction) -> None:
        """Show where in the result this is, and how long the result is."""
        self.result.setText(
            translate(
                N_("Result {at} of {length}"),
                at=exact_text(before),
                length=exact_text(edits.kept_length),
            )
        )

    def show_zoom(self, zoom: float) -> None:
        if not self.zoom.isSliderDown():
            self.zoom.setValue(round(zoom * _ZOOM_STEPS))

    def show_state(
        self,
        *,
        is_ready: bool,
        is_edited: bool,
        can_undo: bool,
        can_redo: bool,
        is_playing: bool,
        is_busy: bool,
        has_selection: bool,
    ) -> None:
        """Offer what can be done."""
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)
        self.revert.setEnabled(is_edited)
        self.save.setEnabled(is_ready and is_edited and not is_busy)
        self.export.setEnabled(is_ready and not is_busy)
        self.remove.setEnabled(is_ready and has_selection)
        for each in (self.first, self.previous, self.play, self.next, self.last):
            each.setEnabled(is_ready)
        for each in (self.previous_marker, self.next_marker):
            each.setEnabled(is_ready)
        for widget in (self.set_start, self.set_end, self.time, self.zoom, self.fit):
            widget.setEnabled(is_ready)
        if is_playing:
            self.play.set_meaning("pause", translate(N_("Pause (Space)")))
        else:
            self.play.set_meaning("play", translate(N_("Play the result (Space)")))

    def _lay_out(self, page: QWidget) -> None:
        column = boxes.column(SPACE_S, page)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        head = boxes.row(SPACE_S)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        for each in (self.undo, self.redo, self.revert, self.export, self.save):
            head.addWidget(each)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(self._transport())
        column.addWidget(self.timeline)
        column.addWidget(self.work)

    def _transport(self) -> QBoxLayout:
        row = boxes.row(SPACE_XS)
        for each in (self.first, self.previous, self.play, self.next, self.last):
            row.addWidget(each)
        for each in (self.previous_marker, self.next_marker):
            row.addWidget(each)
            each.hide()
        row.addSpacing(SPACE_S)
        row.addWidget(self.time)
        row.addWidget(self.frame)
        row.addSpacing(SPACE_S)
        row.addWidget(_separator())
        row.addSpacing(SPACE_S)
        for each in (self.set_start, self.set_end, self.remove):
            row.addWidget(each)
        row.addWidget(self.result, 1)
        row.addSpacing(SPACE_S)
        row.addWidget(self.zoom)
        row.addWidget(self.fit)
        return row


class _Spare(QLabel):
    """A text that is left out where there is no room for all of it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.sizeHint().width() <= self.width():
            super().paintEvent(event)


def _separator() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(line.palette().ColorRole.Mid)
    return line
