"""The screen as a picture source: mss grabs, the display server says what changed."""

from __future__ import annotations

import logging
import sys
import threading

import mss
import numpy as np
from mss.exception import ScreenShotError

from recorder_app.capture.base import SourceInfo, VideoSink
from recorder_app.capture.changes import ChangeTracker
from recorder_app.capture.desktop import Desktop, open_desktop
from recorder_app.capture.desktop_session import require_screen
from recorder_app.capture.targets import ScreenTarget, TargetLocator, require_size
from recorder_app.errors import SourceUnavailable, TargetLost
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.frames import Patch, Pixels, VideoFrame, VideoPing
from recorder_app.media.geometry import Rect, bounds, merged
from recorder_app.texts import N_

if sys.platform not in ("win32", "darwin"):
    from recorder_app.capture.x11_watch import SETTLE_NS, Changes, Cursor, X11Watch

_log = logging.getLogger(__name__)

# Most rectangles grabbed for one picture; beyond it one grab around them all is cheaper.
_MOST_RECTS = 6
# How often monitors are looked after where changes are not reported.
_LOOK_EVERY_NS = NS_PER_S
# From this share of the picture on, everything is grabbed in one go.
_WHOLE_SHARE = 0.6


class ScreenSource:
    """Records a monitor, all monitors, a region or a window's rectangle.

    ``open`` and ``close`` may be called from any thread, ``run`` is the capture thread's body;
    not two of them at the same time.
    """

    def __init__(self, target: ScreenTarget, clock: Clock, *, with_cursor: bool = True) -> None:
        self._target = target
        self._clock = clock
        self._with_cursor = with_cursor
        self._desktop: Desktop | None = None
        self._watch: X11Watch | None = None
        self._grabber: mss.MSS | None = None
        self._cursor: Cursor | None = None
        self._looked_ns = 0

    def open(self) -> SourceInfo:
        """Find the target. Raises CaptureError or InvalidRequest."""
        require_screen()
        warnings: list[str] = []
        self._desktop = open_desktop()
        self._locator = TargetLocator(self._desktop, self._target)
        place, description = self._locator.find()
        # One column or row less rather than a pixel that was not chosen.
        self._area = place.even_size()
        require_size(self._area)
        self._frame = Rect(0, 0, self._area.width, self._area.height)
        self._visible = place.intersection(self._desktop.desktop_rect())
        self._tracker = ChangeTracker(self._area.width, self._area.height)
        self._watch = self._open_watch(warnings)
        self._open_grabber()
        if self._locator.moves:
            warnings.append("A window is recorded with whatever lies on top of it.")
        backend = "mss" + (" + X DAMAGE" if self._watch else "")
        return SourceInfo(
            self._area.width, self._area.height, description, backend, tuple(warnings)
        )

    def run(self, sink: VideoSink, stop: threading.Event) -> None:
        """Deliver pictures until `stop`. Raises TargetLost."""
        has_failed = False
        while sink.wait_until_due(stop):
            refresh = sink.needs_refresh() or has_failed
            changes = self._await_changes(0 if refresh else sink.period_ns)
            if stop.is_set():
                return
            capture_ns = self._clock.now_ns()
            try:
                refresh |= self._follow(changes, force=has_failed)
                patches = self._grab_changes(changes, refresh)
            except ScreenShotError as error:
                # The desktop may have shrunk between the look and the grab: once more, anew.
                if has_failed:
                    raise _grab_failed(error) from error
                has_failed = True
                continue
            has_failed = False
            if patches:
                sink.push_frame(
                    VideoFrame(capture_ns, self._frame.width, self._frame.height, patches)
                )
            else:
                sink.push_ping(VideoPing(capture_ns))

    def close(self) -> None:
        for part in (self._grabber, self._watch, self._desktop):
            if part is not None:
                part.close()
        self._grabber = self._watch = self._desktop = None

    def _open_watch(self, warnings: list[str]) -> X11Watch | None:
        if sys.platform in ("win32", "darwin"):
            if self._with_cursor:
                warnings.append("The pointer is not recorded on this system yet.")
            return None
        try:
            return X11Watch(with_cursor=self._with_cursor)
        except SourceUnavailable as error:
            # Works without: every picture is grabbed and compared.
            _log.warning("change reports unavailable reason=%s", error)
            if self._with_cursor:
                warnings.append("The pointer is not recorded: the display cannot report it.")
            return None

    def _open_grabber(self) -> None:
        if self._grabber is not None:
            self._grabber.close()
        try:
            self._grabber = mss.MSS()
        except (ScreenShotError, OSError) as error:
            raise SourceUnavailable(
                N_("The screen cannot be grabbed ({reason})."),
                hint=N_("“recorder-app doctor” shows what works here."),
                reason=error,
            ) from error

    def _await_changes(self, timeout_ns: int) -> Changes | None:
        """Wait for a change and return what changed; None means that nobody knows."""
        if self._watch is None:
            return None
        if self._watch.wait(timeout_ns):
            self._clock.wait_until(self._clock.now_ns() + SETTLE_NS, threading.Event())
        return self._watch.collect()

    def _follow(self, changes: Changes | None, *, force: bool = False) -> bool:
        """Bring the area up to date; return whether everything must be grabbed anew."""
        assert self._desktop is not None
        layout_changed = force or (changes is not None and changes.layout_changed)
        if not layout_changed and not self._locator.moves and not self._is_look_due(changes):
            return False
        place = self._locator.locate()
        if not place:
            # A hidden window shows nothing of its own: the last picture stays.
            self._visible = Rect(0, 0, 0, 0)
            return False
        area = Rect(place.x, place.y, self._frame.width, self._frame.height)
        visible = place.intersection(self._desktop.desktop_rect())
        has_moved = area != self._area or visible != self._visible
        self._area, self._visible = area, visible
        if layout_changed or (has_moved and changes is None):
            _log.info("monitor layout changed")
            # The shared memory of an mss instance has the size the desktop had.
            self._open_grabber()
        return has_moved or layout_changed

    def _is_look_due(self, changes: Changes | None) -> bool:
        """Whether to look after the monitors where nobody reports that they changed."""
        now_ns = self._clock.now_ns()
        if changes is not None or now_ns - self._looked_ns < _LOOK_EVERY_NS:
            return False
        self._looked_ns = now_ns
        return True

    def _grab_changes(self, changes: Changes | None, refresh: bool) -> tuple[Patch, ...]:
        previous, self._cursor = self._cursor, self._current_cursor()
        if not self._visible:
            return self._tracker.repeat() if refresh else ()
        if refresh:
            self._tracker.reset()
        if refresh or changes is None:
            return self._tracker.whole(self._grab(self._frame))
        rects = list(changes.rects)
        if self._cursor is not previous:
            rects += [cursor.rect for cursor in (previous, self._cursor) if cursor is not None]
        covers = [
            self._to_frame(rect).even_cover(self._frame)
            for rect in rects
            if self._to_frame(rect).intersection(self._frame)
        ]
        if not covers:
            return ()
        if bounds(covers).area_px and sum(r.area_px for r in covers) > (
            self._frame.area_px * _WHOLE_SHARE
        ):
            return self._tracker.whole(self._grab(self._frame))
        return self._tracker.parts(
            [Patch(rect, self._grab(rect)) for rect in merged(covers, _MOST_RECTS)]
        )

    def _current_cursor(self) -> Cursor | None:
        return self._watch.cursor() if self._watch is not None and self._with_cursor else None

    def _to_frame(self, rect: Rect) -> Rect:
        return rect.moved(-self._area.x, -self._area.y)

    def _grab(self, rect: Rect) -> Pixels:
        """Return the pixels of `rect`, in frame coordinates; black where nothing is visible."""
        wanted = rect.moved(self._area.x, self._area.y)
        visible = wanted.intersection(self._visible)
        if visible == wanted:
            pixels = self._grab_desktop(wanted)
        else:
            pixels = np.zeros((rect.height, rect.width, 4), np.uint8)
            if visible:
                top, left = visible.y - wanted.y, visible.x - wanted.x
                pixels[top : top + visible.height, left : left + visible.width] = (
                    self._grab_desktop(visible)
                )
        if self._cursor is not None:
            self._cursor.blend_into(pixels, wanted)
        return pixels

    def _grab_desktop(self, rect: Rect) -> Pixels:
        assert self._grabber is not None
        shot = self._grabber.grab(
            {"left": rect.x, "top": rect.y, "width": rect.width, "height": rect.height}
        )
        return np.frombuffer(shot.raw, np.uint8).reshape(rect.height, rect.width, 4)


def _grab_failed(error: Exception) -> TargetLost:
    return TargetLost(
        N_("The screen can no longer be grabbed ({reason})."),
        hint=N_("What was recorded so far is kept."),
        reason=error,
    )
