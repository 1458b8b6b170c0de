"""What stands on the screen during a take: the bar, the frame round the area, the countdown.

None of them may be in the recorded picture: they stand outside the area, or not at all.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QSize
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from recorder_app.ui.area_frame import THICKNESS, AreaFrame
from recorder_app.ui.countdown import Countdown
from recorder_app.ui.placing import Area, frame_edges, logical_area
from recorder_app.ui.record_bar import RecordBar
from recorder_app.ui.take_view import AppState, TakeView
from recorder_app.ui.tokens import Theme


class TakeWindows(QObject):
    """Shows and hides them as the view says."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bar = RecordBar(theme)
        self.frame = AreaFrame(theme, self)
        self.countdown = Countdown(theme)
        self.shows_bar = True
        self.bar_was_at: QPoint | None = None
        self._placed: tuple[object, ...] | None = None
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._screens_changed)
            app.screenRemoved.connect(self._screens_changed)
        self._view = TakeView()

    @property
    def has_bar(self) -> bool:
        """Whether the bar is there to be used."""
        return self.bar.isVisible()

    def show_view(self, view: TakeView) -> None:
        """Show what belongs to the state, where it belongs."""
        self._view = view
        if view.state is AppState.COUNTDOWN and not self.countdown.isVisible():
            # Before it is shown: else the window manager chooses a place.
            self.countdown.place(self._around(view))
        self.countdown.show_view(view)
        self.bar.show_view(view)
        self.frame.set_state(view)
        if not view.state.is_taking:
            self._placed = None
            self.bar.hide()
            self.frame.hide()
            return
        wanted = (view.rect, self.shows_bar, self._is_barred(view))
        if wanted != self._placed:
            self._placed = wanted
            self._place(view)

    def set_theme(self, theme: Theme) -> None:
        for window in (self.bar, self.frame, self.countdown):
            window.set_theme(theme)

    def close(self) -> None:
        for window in (self.bar, self.countdown):
            window.close()
        self.frame.hide()

    @staticmethod
    def _is_barred(view: TakeView) -> bool:
        """The bar waits until the count is over: the countdown has the keyboard."""
        return view.state in (AppState.PREPARING, AppState.COUNTDOWN)

    def _place(self, view: TakeView) -> None:
        area = self._area(view)
        if area is None:
            self.frame.hide()
        else:
            desktop = QRect()
            for screen in QGuiApplication.screens():
                desktop = desktop.united(screen.geometry())
            self.frame.show_around(frame_edges(area, THICKNESS, desktop))
        self.bar.hide()
        if self._is_barred(view) or not self.shows_bar or area is None:
            # Where the picture comes from is not known, so nothing can be said to be outside it.
            return
        taken: Area = (area.x(), area.y(), area.width(), area.height())
        # Clear of the frame, too.
        taken = (
            taken[0] - THICKNESS,
            taken[1] - THICKNESS,
            taken[2] + 2 * THICKNESS,
            taken[3] + 2 * THICKNESS,
        )
        screens = [(each.name(), each.availableGeometry()) for each in QGuiApplication.screens()]
        if self.bar.place(taken, screens, self.bar_was_at):
            self.bar.show()

    def _area(self, view: TakeView) -> QRect | None:
        if view.rect is None:
            return None
        screens = [(each.geometry(), each.devicePixelRatio()) for each in QGuiApplication.screens()]
        found = logical_area(view.rect, screens)
        return None if found.isEmpty() else found

    def _around(self, view: TakeView) -> QRect:
        """Return the screen on which people look: that of the area, else of the pointer."""
        area = self._area(view)
        screen = None if area is None else QGuiApplication.screenAt(area.center())
        return (screen or screen_under_pointer()).geometry()

    def _screens_changed(self) -> None:
        self._placed = None
        self.show_view(self._view)


def screen_under_pointer() -> QScreen:
    """Return the screen the pointer is on."""
    return QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()


def device_rect(screen: QScreen) -> QRect:
    """Return a screen in device pixels of the desktop; its corner is the same in both units."""
    rect, scale = screen.geometry(), screen.devicePixelRatio()
    return QRect(rect.topLeft(), QSize(round(rect.width() * scale), round(rect.height() * scale)))
