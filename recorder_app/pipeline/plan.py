"""What a recording is going to be, decided before anything is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recorder_app.capture.base import VideoSource


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """A snapshot of every choice; nothing changes it while the recording runs.

    `limit_s` seconds of media end it, `delay_s` whole seconds are counted down first.
    `is_generated` says that we chose the name: then it never replaces a file, and gives way to one
    that came meanwhile. `stop_free_bytes` of free space end the recording while the file can still
    be finished.
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
    is_generated: bool = False
    warn_free_bytes: int = 200_000_000
    stop_free_bytes: int = 50_000_000

    def as_settings(self) -> dict[str, str | int | float | bool | None]:
        """Return the choices for the journal."""
        return {
            "target": self.target,
            "profile": self.profile,
            "quality": self.quality,
            "fps": self.fps,
            "limit_s": self.limit_s,
            "delay_s": self.delay_s,
        }
