"""``kill -9`` in the middle of a take: what was recorded plays."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder_app.media.containers import inspect
from recorder_app.pipeline.events import RecordingState
from recorder_app.pipeline.journal import journal_path, read_journal
from tests.support.command import Recorder
from tests.support.painting import painter
from tests.support.recordings import pictures, track_ends

StartTake = Callable[[dict[str, str]], Recorder]
AFTER_S = 8.0
LEAST_S = 7.2


@pytest.mark.parametrize("screen", ["motion", "still"])
def test_what_was_recorded_until_a_kill_plays(
    on_desktop: dict[str, str], tmp_path: Path, start_take: StartTake, screen: str
) -> None:
    outputs = {"webm": tmp_path / "take.webm", "mp4": tmp_path / "take.mp4"}
    with painter(on_desktop, screen), contextlib.ExitStack() as kills:
        for form, output in outputs.items():
            take = start_take(on_desktop)
            settings = {"target": "region:0,0,1280x720", "format": form}
            take.send("start", settings=settings, output=str(output))
            first = take.wait_for(lambda e: e["type"] == "statistics" and e["elapsed_s"] > 0)
            # When the first picture came, by the take's own clock.
            began = time.monotonic() - first["elapsed_s"]
            kills.callback(_kill_at, take, began + AFTER_S)
    for form, output in outputs.items():
        ends = track_ends(output)
        # The picture, and the sound of the speakers.
        assert len(ends) == 2
        assert min(ends) >= LEAST_S, form
        assert sum(1 for _ in pictures(output)) == inspect(output).video_frames
        journal = read_journal(journal_path(output))
        assert journal.state is RecordingState.RECORDING
        assert not journal.owner.is_alive


def _kill_at(take: Recorder, moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
    take.signal(signal.SIGKILL)
    take.exit_code()


@pytest.mark.parametrize("form", ["webm", "mp4"])
def test_a_kill_at_any_moment_leaves_a_file_that_plays(
    screenless: dict[str, str], tmp_path: Path, start_take: StartTake, form: str
) -> None:
    for frames in (45, 60, 80):
        output = tmp_path / f"take-{frames}.{form}"
        take = start_take(screenless)
        settings = {"target": "synthetic:pattern@320x180", "format": form}
        settings |= {"mic": "synthetic:tone"}
        take.send("start", settings=settings, output=str(output))
        statistics = take.wait_for_frames(frames)
        take.signal(signal.SIGKILL)
        take.exit_code()
        assert min(track_ends(output)) >= statistics["elapsed_s"] - 0.8
