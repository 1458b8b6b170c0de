"""Where capture time becomes media time, and where the pace of the source is set.

The source calls in its own thread; the session pauses, resumes and finishes from its thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from recorder_app.media.clock import NS_PER_MS, NS_PER_S, Clock
from recorder_app.media.frames import Patch, TimedFrame, VideoFrame, VideoPing
from recorder_app.pipeline.media_time import MediaTime
from recorder_app.pipeline.queues import BoundedQueue

# Longest distance of two pictures in the file. A still screen must keep the file growing: sound
# waits for the next picture, and a crash costs what is not yet followed by another picture. WebM
# writes a cluster when the next one begins and knows no length of its last picture, so a crash
# costs up to two of these; each costs the encoding of an unchanged picture.
HEARTBEAT_NS = 330 * NS_PER_MS
# Matroska counts milliseconds; closer pictures would share a time stamp.
_MIN_STEP_NS = NS_PER_MS
# A queue that is this full slows the source down, before anything has to be dropped.
_SLOW_FILL = 0.5
# Patches carried over from dropped pictures. Beyond it a whole picture is cheaper, and memory
# stays bounded however long the encoder is stuck.
_MOST_PENDING = 16


class VideoSynchronizer:
    """The sink of the picture source and the front of the video encoder's queue.

    Pauses are cut out, time stamps grow strictly, a still screen gets a heartbeat, and what a
    full queue refuses is counted and carried into the next picture, so that only time is lost,
    never a change. Thread-safe.
    """

    def __init__(
        self,
        queue: BoundedQueue[TimedFrame],
        clock: Clock,
        *,
        fps: int,
        time: MediaTime | None = None,
        constant_frame_rate: bool = False,
        limit_ns: int | None = None,
        on_started: Callable[[], None] = lambda: None,
        on_limit: Callable[[], None] = lambda: None,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._period_ns = NS_PER_S // fps
        self._is_constant = constant_frame_rate
        self._limit_ns = limit_ns
        self._on_started = on_started
        self._on_limit = on_limit
        self._lock = threading.Lock()
        self._running = threading.Event()
        self._running.set()
        self._is_paused = False
        self._time = time or MediaTime()
        self._due_ns = 0
        self._last_media_ns: int | None = None
        self._pending: tuple[Patch, ...] = ()
        self._wants_refresh = True
        self._has_ended = False
        self._has_reached_limit = False
        self.frames_captured = 0
        self.frames_unchanged = 0
        self.frames_dropped = 0

    # The source's side.

    @property
    def period_ns(self) -> int:
        return self._period_ns

    def wait_until_due(self, stop: threading.Event) -> bool:
        self._running.wait()
        if stop.is_set():
            return False
        return not self._clock.wait_until(self._next_due_ns(), stop)

    def needs_refresh(self) -> bool:
        return self._wants_refresh

    def push_frame(self, frame: VideoFrame) -> None:
        with self._lock:
            if not self._time.is_started:
                if self._is_paused:
                    return
                self._start(frame.capture_ns)
            media_ns = self._media_ns(frame.capture_ns)
            if media_ns is None:
                # Taken in a pause or after the end; what it changed is fetched on resuming.
                self._wants_refresh = True
                return
            self.frames_captured += 1
            if frame.is_full:
                self._wants_refresh = False
                self._pending = ()
            self._pending += frame.patches
            self._deliver(media_ns, frame.capture_ns)

    def push_ping(self, ping: VideoPing) -> None:
        with self._lock:
            media_ns = self._media_ns(ping.capture_ns)
            if media_ns is None or self._last_media_ns is None:
                return
            self.frames_unchanged += 1
            quiet_ns = self._period_ns if self._is_constant else HEARTBEAT_NS
            if self._pending or media_ns - self._last_media_ns >= quiet_ns:
                self._deliver(media_ns, ping.capture_ns)

    # The session's side.

    def pause(self, at_ns: int) -> None:
        with self._lock:
            self._time.pause(at_ns)
            self._is_paused = True
            self._running.clear()

    def resume(self, at_ns: int) -> None:
        with self._lock:
            self._time.resume(at_ns)
            # What changed meanwhile was not looked at.
            self._wants_refresh = True
            self._due_ns = at_ns
            self._is_paused = False
            self._running.set()

    def release(self) -> None:
        """Let a source that waits in a pause see that it was stopped."""
        self._running.set()

    def elapsed_ns(self) -> int:
        """Return the media time reached now, at most the limit."""
        with self._lock:
            elapsed_ns = self._time.elapsed_ns(self._clock.now_ns())
            return elapsed_ns if self._limit_ns is None else min(elapsed_ns, self._limit_ns)

    @property
    def pauses(self) -> list[tuple[int, int]]:
        """Ended pauses as (media time, length), in nanoseconds."""
        return self._time.pauses

    def finish(self, end_ns: int) -> None:
        """End the track at media time `end_ns`.

        The last picture is repeated one period before the end, so that the file is as long as
        the recording was even if nothing moved.
        """
        with self._lock:
            if self._has_ended:
                return
            self._has_ended = True
            if self._last_media_ns is not None:
                last_ns = end_ns - self._period_ns
                if self._pending or last_ns - self._last_media_ns >= _MIN_STEP_NS:
                    at_ns = max(last_ns, self._last_media_ns + _MIN_STEP_NS)
                    self._queue.put_last(TimedFrame(at_ns, self._clock.now_ns(), self._pending))
            self._queue.end()

    # With the lock held.

    def _start(self, capture_ns: int) -> None:
        self._time.start(capture_ns)
        self._on_started()

    def _media_ns(self, capture_ns: int) -> int | None:
        if self._has_ended:
            return None
        media_ns = self._time.media_ns(capture_ns)
        if media_ns is None:
            return None
        if self._limit_ns is not None and media_ns >= self._limit_ns - self._period_ns // 2:
            if not self._has_reached_limit:
                self._has_reached_limit = True
                self._on_limit()
            return None
        return media_ns

    def _deliver(self, media_ns: int, capture_ns: int) -> None:
        if self._is_constant:
            self._deliver_constant(media_ns, capture_ns)
            return
        if self._last_media_ns is not None:
            media_ns = max(media_ns, self._last_media_ns + _MIN_STEP_NS)
        self._hand_over(media_ns, capture_ns)

    def _deliver_constant(self, media_ns: int, capture_ns: int) -> None:
        """Put the picture into its slot and repeat the one before in the slots left empty."""
        slot = round(media_ns / self._period_ns)
        if self._last_media_ns is not None:
            last = round(self._last_media_ns / self._period_ns)
            if slot <= last:
                # Two pictures in one slot: this one shows in the next.
                return
            pending, self._pending = self._pending, ()
            for empty in range(last + 1, slot):
                self._hand_over(empty * self._period_ns, capture_ns)
            self._pending = pending + self._pending
        self._hand_over(slot * self._period_ns, capture_ns)

    def _hand_over(self, media_ns: int, capture_ns: int) -> None:
        frame = TimedFrame(media_ns, capture_ns, self._pending)
        if not self._clock.is_realtime:
            self._queue.put(frame)
        elif not self._queue.offer(frame):
            self.frames_dropped += bool(frame.patches)
            self._bound_pending()
            return
        self._pending = ()
        self._last_media_ns = media_ns

    def _bound_pending(self) -> None:
        """Keep what is carried over small: rather fetch everything anew than hold many parts."""
        if len(self._pending) > _MOST_PENDING:
            self._pending = ()
            self._wants_refresh = True

    def _next_due_ns(self) -> int:
        """Return when the next picture is due and move on.

        A regular grid, so that lateness does not add up; after an idle time it starts anew, with
        at least half a period between two pictures.
        """
        now_ns = self._clock.now_ns()
        with self._lock:
            if self._due_ns == 0:
                self._due_ns = now_ns
                return now_ns
            period_ns = self._period_ns
            if self._clock.is_realtime and self._queue.fill >= _SLOW_FILL:
                period_ns += round(period_ns * self._queue.fill)
            self._due_ns = max(self._due_ns + period_ns, now_ns - period_ns // 2)
            return self._due_ns
