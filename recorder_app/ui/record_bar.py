"""The bar beside a recording: that it runs, how long, how loud, and what can be done about it."""

# Qt calls its handlers by these names.
# ruff: noqa: N802

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLayout, QWidget

from recorder_app.pipeline.events import Severity
from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui import boxes, style
from recorder_app.ui.bar_controls import BarControls
from recorder_app.ui.level_meter import LevelMeter
from recorder_app.ui.placing import Area, Screens, bar_place, is_free, logical_area
from recorder_app.ui.raised import Picture, Raised, set_kind
from recorder_app.ui.take_texts import state_text
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import SPACE_M, SPACE_S, SPACE_XS, Theme

_MIN_WIDTH, _ROW_HEIGHT = 240, 32
_PICTURES = {
    AppState.RECORDING: "record",
    AppState.PAUSED: "pause",
    AppState.FINISHING: "saving",
    AppState.PROBLEM: "warning",
}


class RecordBar(Raised):
    """Draws a take in one row, and a warning below it. It never asks with a dialog."""

    stop_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    restart_requested = Signal()
    cancel_requested = Signal()
    mark_requested = Signal()
    mute_requested = Signal(bool)
    moved = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._view = TakeView()
        self._beside: tuple[Area | None, Screens] | None = None
        self._grip: QPoint | None = None
        self._was_dragged = False
        self._left_at: QPoint | None = None
        self._meters: list[LevelMeter] = []
        self.setWindowTitle(translate(N_("Recording")))
        self.setAccessibleName(self.windowTitle())
        self._state = Picture()
        self._time = QLabel()
        self._below = QLabel()
        self._warning_picture = Picture()
        self._warning = QLabel(wordWrap=True)
        self.controls = BarControls()
        self._lay_out()
        for name in ("stop", "pause", "resume", "restart", "cancel", "mark", "mute"):
            asked = f"{name}_requested"
            getattr(self.controls, asked).connect(getattr(self, asked))
        self.set_theme(theme)

    def show_view(self, view: TakeView) -> None:
        """Draw the take as it is now."""
        self._view = view
        theme, is_live = self._theme, view.state.is_live
        colours = {AppState.RECORDING: theme.rec, AppState.PAUSED: theme.warn}
        colour = colours.get(view.state, theme.muted)
        self._state.show_icon(_PICTURES.get(view.state, "clock"), colour, state_text(view))
        self._state.setToolTip(state_text(view))
        self._time.setText(clock_text(view.elapsed_s) if is_live else state_text(view))
        self._below.setVisible(is_live)
        is_paused = view.state is AppState.PAUSED
        self._below.setText(state_text(view) if is_paused else size_text(view.size_bytes))
        set_kind(self._below, "warn" if is_paused else "muted")
        self._below.setToolTip(size_text(view.size_bytes))
        self._show_meters(view)
        self.controls.show_view(view, theme)
        self._show_warning(view)

    def ask_cancel(self) -> None:
        """Ask in the bar whether the recording shall be deleted."""
        self.controls.ask_cancel()

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in the colours of `theme`."""
        super().set_theme(theme)
        for meter in self._meters:
            meter.set_theme(theme)
        self.show_view(self._view)

    def place(self, area: Area | None, screens: Screens, remembered: QPoint | None = None) -> bool:
        """Go beside `area` (device pixels); without room outside it the bar hides. Say if it has.

        `screens` are names and logical rectangles. The place where the bar was left, now or as it
        is `remembered`, comes first if it is outside the area.
        """
        self._beside = (area, screens)
        self._left_at = self.pos() if self._was_dragged else remembered
        self._was_dragged = False
        self.adjustSize()
        found = self._place_for(self.size())
        if found is None:
            self.hide()
        else:
            self.move(found)
        return found is not None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay outside the area in a new size."""
        super().resizeEvent(event)
        found = self._place_for(self.size())
        if found is not None:
            self.move(found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the bar."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the bar."""
        if self._grip is not None:
            self._was_dragged = True
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Leave the bar where it is."""
        if self._grip is not None and self._was_dragged:
            self.moved.emit(self.pos())
        self._grip = None

    def _lay_out(self) -> None:
        set_kind(self._time, "strong")
        self._time.setFont(style.tabular(self._time.font()))
        self._below.setFont(style.tabular(self._below.font()))
        times = boxes.column(0)
        times.addWidget(self._time)
        times.addWidget(self._below)
        self._meter_column = boxes.column(0)
        row = boxes.row(SPACE_S)
        row.addStrut(_ROW_HEIGHT)
        row.addWidget(self._state)
        row.addLayout(times)
        row.addSpacing(SPACE_XS)
        row.addLayout(self._meter_column)
        row.addStretch(1)
        row.addWidget(self.controls)
        self._row = row
        self._warning_row = QWidget()
        warning = boxes.row(SPACE_S, self._warning_row)
        warning.setContentsMargins(0, 0, 0, SPACE_XS)
        warning.addWidget(self._warning_picture, 0, Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self._warning, 1)
        whole = boxes.column(SPACE_XS, self)
        whole.setContentsMargins(SPACE_M, SPACE_XS, SPACE_S, SPACE_XS)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.addLayout(row)
        whole.addWidget(self._warning_row)

    def _show_meters(self, view: TakeView) -> None:
        sounds = view.sounds if view.state.is_live else ()
        if [sound.kind for sound in sounds] != [meter.kind for meter in self._meters]:
            for meter in self._meters:
                self._meter_column.removeWidget(meter)
                meter.hide()
                meter.deleteLater()
            self._meters = [LevelMeter(sound, self._theme) for sound in sounds]
            for meter in self._meters:
                self._meter_column.addWidget(meter)
                meter.show()
        for meter, sound in zip(self._meters, sounds, strict=True):
            meter.show_sound(sound, is_muted=view.is_muted and sound.kind == "microphone")

    def _show_warning(self, view: TakeView) -> None:
        warning = view.warning if view.state.is_taking else None
        if warning is None:
            self._warning_row.hide()
        else:
            is_danger = warning.severity is Severity.DANGER
            colour = self._theme.rec if is_danger else self._theme.warn
            self._warning_picture.show_icon("danger" if is_danger else "warning", colour)
            set_kind(self._warning, "danger" if is_danger else "warn")
            self._warning.setText(warning.message)
            self._state.setToolTip(warning.message)
            width = max(_MIN_WIDTH, self._row.sizeHint().width())
            self._warning.setFixedWidth(width - self._warning_picture.width() - SPACE_S)
            self._warning_row.show()
            # Without room for the line outside the picture the tooltips and the tray say it.
            if self._place_for(self.sizeHint()) is None:
                self._warning_row.hide()

    def _place_for(self, size: QSize) -> QPoint | None:
        if self._beside is None or self._was_dragged:
            return self.pos()
        area, screens = self._beside
        if area is not None:
            scales = {one.name(): one.devicePixelRatio() for one in QGuiApplication.screens()}
            with_scales = [(rect, scales.get(name, 1.0)) for name, rect in screens]
            inside = logical_area(area, with_scales)
            area = (inside.x(), inside.y(), inside.width(), inside.height())
        if self._left_at is not None and is_free(QRect(self._left_at, size), area, screens):
            return self._left_at
        return bar_place(size, area, screens)
