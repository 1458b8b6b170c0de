"""What a recording is going to be, decided before anything is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recorder_app.capture.base import VideoSource


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """A snapshot of every choice; nothing changes it while the recording runs.

    `limit_s` seconds of media end it, `delay_s` whole seconds are counted down first.
    `stop_free_bytes` of free space end it while the file can still be finished.
    """

    source: VideoSource
    output: Path
    profile: str
    quality: str
    fps: int
    target: str = ""
    limit_s: float | None = None
    delay_s: int = 0
    overwrite: bool = False
    warn_free_bytes: int = 200_000_000
    stop_free_bytes: int = 50_000_000
