"""The timeline: pictures and sound of a recording, what is kept of it, and where the playhead is.

A handle is where the cut is: it moves from one edge between two pictures to the next.
"""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from enum import Enum, auto
from fractions import Fraction

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from recorder_app.edit.timeline import EditList, Range
from recorder_app.media.waveform import Peaks
from recorder_app.texts import N_, translate
from recorder_app.ui.editor import timeline_markers, timeline_painting
from recorder_app.ui.editor.edge_scroll import EdgeScroll
from recorder_app.ui.editor.filmstrip import Cell
from recorder_app.ui.editor.picture_times import PictureTimes
from recorder_app.ui.editor.strip_pictures import StripPictures
from recorder_app.ui.editor.timeline_markers import Markers
from recorder_app.ui.editor.timeline_painting import HANDLE, MARGIN, Look
from recorder_app.ui.editor.timeline_scale import TimelineScale
from recorder_app.ui.editor.times import exact_text
from recorder_app.ui.tokens import Theme

_RULER, _STRIP, _WAVE = 22, 56, 44
_GRAB_PX = 8
# Moved less than this, it was a click.
_DRAG_PX = 4
_WHEEL_ZOOM = 1.25
_WHEEL_SHARE = 0.2


class _Grip(Enum):
    NONE = auto()
    PLAYHEAD = auto()
    START = auto()
    END = auto()
    SELECTION = auto()


class TimelineView(QWidget):
    """`sought` carries a picture's number, `edge_previewed` the one a handle is at.

    `trimmed` carries the edges of the two handles, `selected` the edges of a part or None,
    `thumbnail_wanted` a Cell whose picture is missing.
    """

    sought = Signal(int)
    edge_previewed = Signal(int)
    trimmed = Signal(int, int)
    selected = Signal(object)
    zoom_changed = Signal(float)
    thumbnail_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._times: PictureTimes | None = None
        self._edits: EditList | None = None
        self._scale = TimelineScale(1.0, 1.0, 1.0)
        self._playhead = 0
        self._peaks: Peaks | None = None
        self._pictures = StripPictures()
        self._aspect = 16 / 9
        self._selection: tuple[int, int] | None = None
        self._markers = Markers()
        self._has_strip = True
        self._grip = _Grip.NONE
        self._pressed = QPointF()
        # The edge where the button was pressed, and where the pointer is since.
        self._anchor = 0
        self._held_x = 0.0
        self._edge_scroll = EdgeScroll(self)
        self._edge_scroll.scrolled.connect(self._go_on)
        # Where the handles are while one is dragged, as edges.
        self._dragged: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(translate(N_("Timeline")))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # What is shown

    def clear(self) -> None:
        self._times = self._edits = self._peaks = None
        self._pictures.clear()
        self._selection = self._dragged = None
        self.show_markers(Markers())
        self.show_strip(is_shown=True)
        self._edge_scroll.stop()
        # A button that is held down drags nothing any more.
        self._grip = _Grip.NONE
        self._playhead = 0
        self.update()

    def show_edits(self, edits: EditList) -> None:
        is_first = self._edits is None
        self._edits = edits
        if is_first:
            self._set_scale(TimelineScale.fit(float(edits.length), self._inner))
        self._describe()
        self.update()

    def show_markers(self, markers: Markers) -> None:
        """Show markers in a row above the times; without any there is no such row."""
        self._markers = markers
        self._describe()
        self.updateGeometry()
        self.update()

    def show_strip(self, *, is_shown: bool) -> None:
        """Show pictures above the sound, or, where there are none, the sound alone."""
        self._has_strip = is_shown
        self.update()

    def show_times(self, times: PictureTimes) -> None:
        """Say when the pictures are."""
        self._times = times
        self.update()

    def show_aspect(self, aspect: float) -> None:
        """Say how wide the pictures are for their height."""
        if aspect != self._aspect:
            self._aspect = aspect
            self._pictures.make_anew()
            self.update()

    def show_playhead(self, number: int, *, follow: bool = True) -> None:
        self._playhead = number
        if follow and self._times is not None and self._grip is _Grip.NONE:
            self._set_scale(self._scale.showing(self._times.time(number)))
        self.update()

    def show_peaks(self, peaks: Peaks) -> None:
        self._peaks = peaks
        self.update()

    def show_hover_strip(self, image: QImage) -> None:
        """Show these pictures, side by side, until there are better ones."""
        self._pictures.stand_ins = QPixmap.fromImage(image)
        self.update()

    def show_thumbnail(self, cell: Cell, image: QImage) -> None:
        self._pictures.add(cell, image)
        self.update()

    def leave_out_thumbnail(self, cell: Cell) -> None:
        """Ask no more for a picture that cannot be read; the others still come."""
        self._pictures.leave_out(cell)
        self.update()

    def select(self, part: tuple[int, int] | None) -> None:
        if part != self._selection:
            self._selection = part
            self.selected.emit(part)
            self.update()

    def cancel_drag(self) -> bool:
        """Give up what is being dragged; return whether there was anything."""
        grip, self._grip = self._grip, _Grip.NONE
        self._dragged = None
        self._edge_scroll.stop()
        if grip is _Grip.SELECTION:
            self.select(None)
        self.update()
        return grip is not _Grip.NONE

    @property
    def selection(self) -> tuple[int, int] | None:
        """The edges of the part that is selected."""
        return self._selection

    @property
    def scale(self) -> TimelineScale:
        return self._scale

    @property
    def thumbnail_room(self) -> QSize:
        """How large the pictures of the strip are, in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(_STRIP * self._aspect * ratio), round(_STRIP * ratio))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Zoom, 0 shows all and 1 single pictures, around the playhead if it is seen."""
        x = self._scale.x_of(self._time(self._playhead))
        if not 0 <= x <= self._scale.width:
            x = self._scale.width / 2
        self._set_scale(self._scale.with_zoom(zoom, x))

    def fit(self) -> None:
        """Show all."""
        if self._edits is not None:
            self._set_scale(TimelineScale.fit(float(self._edits.length), self._inner))

    def x_of_edge(self, edge: int) -> float:
        """Return where an edge is in the widget, in logical pixels."""
        return MARGIN + self._scale.x_of(self._time(edge))

    def tip_at(self, at: QPointF) -> str:
        """Return the marker at a place of the widget, as it is told; nothing where none is."""
        marker = self._marker_at(at)
        return "" if marker is None else timeline_markers.tip(marker)

    # Qt's

    def sizeHint(self) -> QSize:
        return QSize(640, self._top + _STRIP + _WAVE + 4)

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_scale(self._scale.resized(self._inner))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(0, self._top, self.width(), _STRIP if self._has_strip else 0)
        bottom = self._top + _STRIP + 2 + _WAVE
        wave = QRectF(0, strip.bottom() + 2, self.width(), bottom - strip.bottom() - 2)
        look = Look(painter, self._theme, self._scale, strip, wave)
        timeline_painting.ruler(look)
        if self._edits is None:
            return
        painter.save()
        painter.setClipRect(QRectF(MARGIN, 0, self._inner, self.height()))
        if self._has_strip:
            wanted = self._pictures.paint(look, self._times, _STRIP * self._aspect)
            if wanted is not None:
                self.thumbnail_wanted.emit(wanted)
        else:
            timeline_painting.strip_ground(look)
        if self._peaks is not None:
            timeline_painting.waveform(look, self._peaks)
        bounds = self._bounds()
        timeline_painting.removed(look, self._edits, bounds)
        if self._selection is not None:
            start, end = map(self._time, self._selection)
            timeline_painting.selection(look, start, end)
        painter.restore()
        self._markers.paint(look)
        timeline_painting.handles(look, bounds)
        timeline_painting.playhead(look, self._time(self._playhead))
        if self.hasFocus():
            timeline_painting.focus(look, QRectF(self.rect()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = _WHEEL_ZOOM ** (turned.y() / 120)
            x = event.position().x() - MARGIN
            self._set_scale(self._scale.zoomed(self._scale.px_per_s * factor, x))
        else:
            steps = (turned.x() or turned.y()) / 120
            self._set_scale(self._scale.scrolled(-steps * _WHEEL_SHARE * self._scale.width))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._times is None:
            return
        self._pressed = event.position()
        self._anchor = self._edge_at(self._pressed.x())
        marker = self._marker_at(self._pressed)
        if marker is not None:
            self.sought.emit(self._times.number_at(Fraction(marker[0])))
            return
        self._grip = self._grip_at(self._pressed)
        if self._grip in (_Grip.START, _Grip.END):
            self._dragged = self._edges()
        elif self._grip is _Grip.PLAYHEAD:
            self._seek(self._pressed.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._grip is _Grip.NONE:
            grip = self._grip_at(event.position())
            is_handle = grip in (_Grip.START, _Grip.END)
            shape = Qt.CursorShape.SizeHorCursor if is_handle else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            return
        self._held_x = x
        # Beyond the edge, and farther out than where it was grabbed: a handle may lie there.
        left, right = min(MARGIN, self._pressed.x()), max(MARGIN + self._inner, self._pressed.x())
        self._edge_scroll.hold(min(0.0, x - left) + max(0.0, x - right))
        self._pull_to(x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._edge_scroll.stop()
        grip, self._grip = self._grip, _Grip.NONE
        dragged, self._dragged = self._dragged, None
        if grip in (_Grip.START, _Grip.END) and dragged is not None:
            if dragged != self._edges():
                self.trimmed.emit(*dragged)
            self.update()
        elif grip is _Grip.SELECTION and self._was_click(event.position()):
            self.select(self._cut_at(event.position().x()))
            self._seek(event.position().x())

    def hideEvent(self, event: QHideEvent) -> None:
        self._edge_scroll.stop()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    # What a person does with it

    def _marker_at(self, at: QPointF) -> tuple[float, str] | None:
        is_above = bool(self._markers) and at.y() < self._top
        return self._markers.near(at.x() - MARGIN, self._scale) if is_above else None

    def _pull_to(self, x: float) -> None:
        """Do with what is held what its being at `x` means; beyond the edges, at the edge."""
        x = min(max(x, MARGIN), MARGIN + self._inner)
        if self._grip is _Grip.PLAYHEAD:
            self._seek(x)
        elif self._grip is _Grip.SELECTION:
            if abs(x - self._pressed.x()) >= _DRAG_PX or self._selection is not None:
                self._select_to(x)
        else:
            self._drag_to(x)

    def _go_on(self, px: float) -> None:
        before = self._scale
        self._set_scale(self._scale.scrolled(px))
        if self._scale == before:
            # There is no more.
            self._edge_scroll.stop()
        else:
            self._pull_to(self._held_x)

    def _grip_at(self, at: QPointF) -> _Grip:
        if self._edits is None or self._times is None:
            return _Grip.NONE
        if at.y() < self._top:
            return _Grip.PLAYHEAD
        start, end = self._bounds()
        # A handle lies outside of what it keeps: they never cover each other.
        from_start = at.x() - (MARGIN + self._scale.x_of(start) - HANDLE / 2)
        from_end = at.x() - (MARGIN + self._scale.x_of(end) + HANDLE / 2)
        if min(abs(from_start), abs(from_end)) > _GRAB_PX:
            return _Grip.SELECTION
        return _Grip.START if abs(from_start) <= abs(from_end) else _Grip.END

    def _drag_to(self, x: float) -> None:
        assert self._times is not None
        assert self._dragged is not None
        start, end = self._dragged
        edge = self._edge_at(x)
        if self._grip is _Grip.START:
            self._dragged = (min(edge, end - 1), end)
            self.edge_previewed.emit(self._dragged[0])
        else:
            self._dragged = (start, max(edge, start + 1))
            # The last picture that stays.
            self.edge_previewed.emit(self._dragged[1] - 1)
        self.update()

    def _select_to(self, x: float) -> None:
        edges = sorted((self._anchor, self._edge_at(x)))
        self.select((edges[0], edges[1]) if edges[0] < edges[1] else None)

    def _seek(self, x: float) -> None:
        assert self._times is not None
        self.sought.emit(self._times.number_at(self._scale.time_at(x - MARGIN)))

    def _cut_at(self, x: float) -> tuple[int, int] | None:
        """Return the edges of the removed part at a place."""
        assert self._times is not None
        at = self._scale.time_at(x - MARGIN)
        for cut in self._edits.removed if self._edits else ():
            if cut.start <= at < cut.end:
                return self._times.nearest_edge(cut.start), self._times.nearest_edge(cut.end)
        return None

    def _was_click(self, at: QPointF) -> bool:
        return abs(at.x() - self._pressed.x()) < _DRAG_PX

    def _edge_at(self, x: float) -> int:
        assert self._times is not None
        return self._times.nearest_edge(self._scale.time_at(x - MARGIN))

    def _edges(self) -> tuple[int, int]:
        """Return the edges where the two handles are."""
        assert self._times is not None
        assert self._edits is not None
        bounds = self._edits.bounds
        return self._times.nearest_edge(bounds.start), self._times.nearest_edge(bounds.end)

    # What is drawn

    @property
    def _top(self) -> int:
        """Where the pictures begin, below the markers and the times."""
        return _RULER + (timeline_markers.ROW if self._markers else 0)

    @property
    def _inner(self) -> float:
        return max(1.0, self.width() - 2.0 * MARGIN)

    def _time(self, edge: int) -> Fraction:
        return Fraction(0) if self._times is None else self._times.time(edge)

    def _bounds(self) -> tuple[Fraction, Fraction]:
        assert self._edits is not None
        if self._dragged is not None:
            start, end = map(self._time, self._dragged)
            return start, end
        bounds: Range = self._edits.bounds
        return bounds.start, bounds.end

    def _describe(self) -> None:
        parts = []
        if self._edits is not None:
            parts.append(
                translate(
                    N_("Keeps {start} to {end}. Parts removed inside: {count}."),
                    start=exact_text(self._edits.bounds.start),
                    end=exact_text(self._edits.bounds.end),
                    count=len(self._edits.removed),
                )
            )
        if self._markers:
            parts.append(translate(N_("Markers: {count}."), count=len(self._markers)))
        self.setAccessibleDescription(" ".join(parts))

    def _set_scale(self, scale: TimelineScale) -> None:
        if scale != self._scale:
            self._scale = scale
            self.zoom_changed.emit(scale.zoom)
            self.update()
