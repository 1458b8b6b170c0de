"""The screen as a picture source: mss grabs, the display server says what changed."""

from __future__ import annotations

import logging
import sys
import threading

from mss.exception import ScreenShotError

from recorder_app.capture.base import SourceInfo, VideoSink
from recorder_app.capture.changes import ChangeTracker
from recorder_app.capture.desktop import Desktop, open_desktop
from recorder_app.capture.desktop_session import require_screen
from recorder_app.capture.grabber import Framer, Grabber
from recorder_app.capture.letterbox import fitted
from recorder_app.capture.targets import ScreenTarget, TargetLocator, require_size
from recorder_app.errors import SourceUnavailable, TargetLost
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.frames import Patch, Pixels, VideoFrame, VideoPing
from recorder_app.media.geometry import Rect, merged
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
# How often a window that moved while it was grabbed is grabbed again. A grab takes a few
# milliseconds and a mouse moves it every eight, so the second one is nearly always good.
_MOST_TRIES = 3


class ScreenSource:
    """Records a monitor, all monitors, a region or a window's rectangle.

    The frame keeps the size the target has at the start. A target that moves or changes its size
    is followed, letterboxed. ``open`` and ``close`` may be called from any thread, ``run`` is the
    capture thread's body; not two of them at the same time.
    """

    def __init__(self, target: ScreenTarget, clock: Clock, *, with_cursor: bool = True) -> None:
        self._target = target
        self._clock = clock
        self._with_cursor = with_cursor
        self._desktop: Desktop | None = None
        self._watch: X11Watch | None = None
        self._grabber: Grabber | None = None
        self._cursor: Cursor | None = None
        self._looked_ns = 0
        # Whether the last picture was grabbed beside its place: a window moved all the time.
        self._has_slipped = False

    def open(self) -> SourceInfo:
        """Find the target. Raises CaptureError or InvalidRequest."""
        require_screen()
        warnings: list[str] = []
        self._desktop = open_desktop()
        self._locator = TargetLocator(self._desktop, self._target)
        place, description = self._locator.find()
        # One column or row less rather than a pixel that was not chosen.
        size = place.even_size()
        require_size(size)
        self._frame = Rect(0, 0, size.width, size.height)
        self._desktop_rect = self._desktop.desktop_rect()
        self._view = fitted(place, self._frame, self._desktop_rect)
        self._tracker = ChangeTracker(size.width, size.height)
        self._watch = self._open_watch(warnings)
        self._grabber, self._framer = Grabber(), Framer()
        if self._locator.moves:
            warnings.append("A window is recorded with whatever lies on top of it.")
        backend = "mss" + (" + X DAMAGE" if self._watch else "")
        return SourceInfo(size.width, size.height, description, backend, tuple(warnings))

    def run(self, sink: VideoSink, stop: threading.Event) -> None:
        """Deliver pictures until `stop`. Raises TargetLost."""
        has_failed = False
        while sink.wait_until_due(stop):
            refresh = sink.needs_refresh()
            changes = self._await_changes(0 if refresh or has_failed else sink.period_ns)
            if stop.is_set():
                return
            try:
                capture_ns, patches = self._look(changes, refresh, anew=has_failed)
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

    def _await_changes(self, timeout_ns: int) -> Changes | None:
        """Wait for a change and return what changed; None means that nobody knows."""
        if self._watch is None:
            return None
        if self._watch.wait(timeout_ns):
            self._clock.wait_until(self._clock.now_ns() + SETTLE_NS, threading.Event())
        return self._watch.collect()

    def _look(
        self, changes: Changes | None, refresh: bool, *, anew: bool
    ) -> tuple[int, tuple[Patch, ...]]:
        """Return the capture time and what changed; everything, in one patch, to `refresh`."""
        capture_ns = self._clock.now_ns()
        everything = self._follow(changes, anew) or refresh or self._has_slipped
        tries = 0
        while view := self._view:
            tries += 1
            rects = self._rects_to_grab(changes, everything)
            pixels = [self._grab(rect) for rect in rects]
            # What was grabbed of a window that moved on meanwhile shows what is now in its place.
            self._has_slipped = bool(rects) and self._locator.moves and self._locate()
            if not self._has_slipped or (self._view and tries == _MOST_TRIES):
                framed = [
                    Patch(rect, self._framer.framed(view, rect, part))
                    for rect, part in zip(rects, pixels, strict=True)
                ]
                return capture_ns, self._patches(framed, refresh)
            everything = True
            capture_ns = self._clock.now_ns()
        # Where nothing of it is to be seen, the last picture stays.
        return capture_ns, self._tracker.repeat() if refresh else ()

    def _follow(self, changes: Changes | None, anew: bool) -> bool:
        """Find out where the target is now; return whether everything must be grabbed."""
        assert self._desktop is not None
        assert self._grabber is not None
        layout_changed = anew or (changes is not None and changes.layout_changed)
        if not layout_changed and not self._locator.moves and not self._is_look_due(changes):
            return False
        if layout_changed or changes is None:
            before, self._desktop_rect = self._desktop_rect, self._desktop.desktop_rect()
            if layout_changed or self._desktop_rect != before:
                _log.info("monitor layout changed")
                self._grabber.reopen()
        return self._locate() or layout_changed

    def _locate(self) -> bool:
        """Ask where the target is; return whether it is shown in another way than before."""
        before = self._view
        self._view = fitted(self._locator.locate(), self._frame, self._desktop_rect)
        return self._view != before

    def _is_look_due(self, changes: Changes | None) -> bool:
        """Whether to look after the monitors where nobody reports that they changed."""
        now_ns = self._clock.now_ns()
        if changes is not None or now_ns - self._looked_ns < _LOOK_EVERY_NS:
            return False
        self._looked_ns = now_ns
        return True

    def _rects_to_grab(self, changes: Changes | None, everything: bool) -> list[Rect]:
        """Return which parts of the frame to look at, with the pointer as it is now."""
        before, self._cursor = self._cursor, self._current_cursor()
        if everything or changes is None:
            return [self._frame]
        rects = list(changes.rects)
        if self._cursor is not before:
            rects += [cursor.rect for cursor in (before, self._cursor) if cursor is not None]
        if self._view.is_scaled:
            # Parts scaled one by one would not fit together to the pixel.
            is_seen = any(rect.intersection(self._view.visible) for rect in rects)
            return [self._frame] if is_seen else []
        covers = [
            part.even_cover(self._frame) for rect in rects if (part := self._view.to_frame(rect))
        ]
        if sum(cover.area_px for cover in covers) > self._frame.area_px * _WHOLE_SHARE:
            return [self._frame]
        return merged(covers, _MOST_RECTS)

    def _grab(self, rect: Rect) -> Pixels:
        """Return what is shown in `rect` of the frame, full size."""
        assert self._grabber is not None
        seen = self._view.visible if self._view.is_scaled else self._view.to_desktop(rect)
        return self._grabber.grab(seen, self._cursor)

    def _patches(self, grabbed: list[Patch], refresh: bool) -> tuple[Patch, ...]:
        """Return what of `grabbed` differs from the last picture, or all of it to `refresh`."""
        if [patch.rect for patch in grabbed] != [self._frame]:
            return self._tracker.parts(grabbed)
        if refresh:
            self._tracker.reset()
        return self._tracker.whole(grabbed[0].pixels)

    def _current_cursor(self) -> Cursor | None:
        return self._watch.cursor() if self._watch is not None and self._with_cursor else None


def _grab_failed(error: Exception) -> TargetLost:
    return TargetLost(
        N_("The screen can no longer be grabbed ({reason})."),
        hint=N_("What was recorded so far is kept."),
        reason=error,
    )
