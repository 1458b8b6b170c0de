"""What a recording is going to be, decided before anything is opened."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recorder_app.capture.base import SoundSource, VideoSource


class Need(enum.Enum):
    """What happens when a sound source cannot be had at the start.

    REQUIRED ends the recording before it begins: it was asked for by name. WANTED records silence
    until it comes. OPTIONAL leaves the track out.
    """

    REQUIRED = "required"
    WANTED = "wanted"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """One sound source; `kind` is microphone or system, `gain_db` makes it louder."""

    source: SoundSource
    kind: str
    need: Need = Need.REQUIRED
    gain_db: float = 0.0
    denoise: bool = False


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """A snapshot of every choice; nothing changes it while the recording runs.

    `limit_s` seconds of media end it, or a file of `limit_bytes`, or the time `stop_at`; `delay_s`
    whole seconds are counted down first. `is_generated` says that we chose the name: then it never
    replaces a file, and gives way to one that came meanwhile. `stop_free_bytes` of free space end
    the recording while the file can still be finished. `sound_offset_ms` moves the sound later
    against the picture. `recording_id` is the caller's name for what comes of it: the result and
    the sidecar carry it.
    """

    source: VideoSource
    output: Path
    profile: str
    quality: str
    fps: int
    target: str = ""
    recording_id: str = ""
    limit_s: float | None = None
    limit_bytes: int | None = None
    stop_at: datetime | None = None
    delay_s: int = 0
    sounds: tuple[SoundPlan, ...] = ()
    separate_tracks: bool = False
    sound_offset_ms: float = 0.0
    overwrite: bool = False
    is_generated: bool = False
    warn_free_bytes: int = 200_000_000
    stop_free_bytes: int = 50_000_000

    def is_over(self, elapsed_s: float, size_bytes: int, now: datetime) -> bool:
        """Whether a recording that has got so far is to end."""
        return (
            (self.limit_s is not None and elapsed_s >= self.limit_s)
            or (self.limit_bytes is not None and size_bytes >= self.limit_bytes)
            or (self.stop_at is not None and now >= self.stop_at)
        )

    def as_settings(self) -> dict[str, str | int | float | bool | None]:
        """Return the choices for the journal."""
        return {
            "target": self.target,
            "profile": self.profile,
            "quality": self.quality,
            "fps": self.fps,
            "limit_s": self.limit_s,
            "limit_bytes": self.limit_bytes,
            "stop_at": None if self.stop_at is None else self.stop_at.isoformat(),
            "delay_s": self.delay_s,
            "sound": ", ".join(f"{each.kind}: {each.source.description}" for each in self.sounds),
            "separate_tracks": self.separate_tracks,
            "sound_offset_ms": self.sound_offset_ms,
        }
