"""Is the recording really being written? Judged by bytes and pictures, never by a flag."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from recorder_app.errors import DiskFull, PipelineStalled, RecorderError
from recorder_app.media.clock import NS_PER_S, SystemClock
from recorder_app.pipeline.events import HealthEvent, Severity
from recorder_app.pipeline.graph import VIDEO_TRACK, RecordingGraph
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.texts import N_, translate

# A person is told within 3 s that nothing is written any more; the heartbeat of a still screen is
# 0.33 s and looks come every 0.5 s, so 2 s leave room for a busy moment.
_STALL_WARN_NS = 2 * NS_PER_S
_STALL_END_NS = 15 * NS_PER_S
# More than this share of pictures lost is visible.
_DROP_SHARE = 0.02
_DROP_LEAST = 10


def free_space(folder: Path) -> int | None:
    """Return the free bytes of the disk of `folder`, None when it cannot be asked."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def stalled() -> PipelineStalled:
    """Return the error of a recording in which nothing moves any more."""
    return PipelineStalled(
        N_("The recording stood still and was ended."),
        hint=N_("What was recorded so far is kept. Check the disk it was written to."),
    )


class HealthMonitor:
    """Looks at a running graph twice a second. Used by the session's thread.

    Each thing is told once. `error` is set when the recording must end to save what it has.
    """

    def __init__(self, plan: RecordingPlan, graph: RecordingGraph) -> None:
        self._plan = plan
        self._graph = graph
        self._clock = SystemClock()
        self._told: set[str] = set()
        now_ns = self._clock.now_ns()
        # Bytes of each track when it last grew, and when that was.
        self._growth = {track: (0, now_ns) for track in graph.tracks}
        self.error: RecorderError | None = None

    def look(self, *, is_paused: bool) -> Iterator[HealthEvent]:
        """Yield what is new and wrong."""
        yield from self._look_at_disk()
        yield from self._look_at_growth(is_paused)
        yield from self._look_at_drops()

    def _look_at_disk(self) -> Iterator[HealthEvent]:
        free = self._graph.file.free_bytes
        if free is None:
            return
        if free < self._plan.stop_free_bytes:
            self.error = DiskFull(
                N_("The disk is full: {free} MB are left."),
                hint=N_("The recording so far is saved. Free some space, then record on."),
                free=free // 1_000_000,
            )
        elif free < self._plan.warn_free_bytes:
            yield from self._once(
                "disk_low",
                Severity.WARNING,
                translate(
                    N_("The disk is almost full: {free} MB are left."), free=free // 1_000_000
                ),
            )

    def _look_at_growth(self, is_paused: bool) -> Iterator[HealthEvent]:
        """Each track by itself: sound that goes on must not hide a picture that stands still."""
        now_ns = self._clock.now_ns()
        for track, name in self._graph.tracks.items():
            if track in self._graph.sound.failed_tracks:
                continue
            warn_ns = _STALL_WARN_NS + self._graph.sound.patience_ns(track)
            size = self._graph.muxer.track_bytes.get(track, 0)
            before, grown_ns = self._growth[track]
            is_picture = track == VIDEO_TRACK
            code = "track_stalled" if is_picture else f"track_stalled_{track}"
            if size != before or is_paused:
                self._growth[track] = size, now_ns
                self._told.discard(code)
            elif is_picture and now_ns - grown_ns > _STALL_END_NS:
                self.error = stalled()
            elif now_ns - grown_ns > warn_ns:
                text = translate(N_("{name} is not being written any more."), name=name)
                severity = Severity.DANGER if is_picture else Severity.WARNING
                yield from self._once(code, severity, text)

    def _look_at_drops(self) -> Iterator[HealthEvent]:
        captured = self._graph.synchronizer.frames_captured
        dropped = self._graph.synchronizer.frames_dropped
        if dropped >= _DROP_LEAST and dropped > captured * _DROP_SHARE:
            yield from self._once(
                "frames_dropped",
                Severity.WARNING,
                translate(
                    N_(
                        "This computer cannot keep up: pictures are missing. Try fewer frames a "
                        "second, a smaller area or a lower quality."
                    )
                ),
            )

    def _once(self, code: str, severity: Severity, message: str) -> Iterator[HealthEvent]:
        if code not in self._told:
            self._told.add(code)
            yield HealthEvent(code, severity, message)
