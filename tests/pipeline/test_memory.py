"""Memory stays where it is, however long a take is. The long form is ``make bench-memory``."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.media.clock import VirtualClock
from recorder_app.pipeline.events import Event, Statistics
from recorder_app.pipeline.plan import RecordingPlan
from recorder_app.pipeline.session import RecordingSession


@pytest.mark.parametrize("profile", ["webm", "mp4"])
def test_memory_does_not_grow_with_the_recording(tmp_path: Path, profile: str) -> None:
    process = psutil.Process()
    seen: list[tuple[float, int]] = []

    def note(event: Event) -> None:
        if isinstance(event, Statistics):
            seen.append((event.elapsed_s, process.memory_info().rss))

    clock = VirtualClock(1)
    plan = RecordingPlan(
        source=SyntheticSource("motion@320x180", clock),
        output=tmp_path / f"take.{profile}",
        profile=profile,
        quality="low",
        fps=30,
        limit_s=180.0,
    )
    session = RecordingSession(plan, clock=clock, on_event=note)
    session.start()
    finished = session.wait(100)
    assert finished is not None
    assert finished.result is not None
    settled = next(rss for at_s, rss in seen if at_s > 30)
    at_s, last = seen[-1]
    # One unfreed 320x180 picture a second would be 35 MB by then.
    assert last - settled < 8_000_000, (at_s, last - settled)
