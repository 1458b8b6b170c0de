"""What a recording says about itself: states, statistics, health and the one result.

All are plain messages that go over a pipe as JSON unchanged.
"""

from __future__ import annotations

import enum

import msgspec


class RecordingState(enum.Enum):
    IDLE = "idle"
    PREPARING = "preparing"
    COUNTDOWN = "countdown"
    RECORDING = "recording"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (self.FINISHED, self.FAILED, self.CANCELLED)


_S = RecordingState

TRANSITIONS: dict[RecordingState, frozenset[RecordingState]] = {
    _S.IDLE: frozenset({_S.PREPARING, _S.CANCELLED}),
    _S.PREPARING: frozenset({_S.COUNTDOWN, _S.RECORDING, _S.FAILED, _S.CANCELLED}),
    _S.COUNTDOWN: frozenset({_S.RECORDING, _S.FAILED, _S.CANCELLED}),
    _S.RECORDING: frozenset({_S.PAUSED, _S.STOPPING, _S.FAILED, _S.CANCELLED}),
    _S.PAUSED: frozenset({_S.RECORDING, _S.STOPPING, _S.FAILED, _S.CANCELLED}),
    _S.STOPPING: frozenset({_S.FINISHED, _S.FAILED, _S.CANCELLED}),
    _S.FINISHED: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
}


class StateChanged(msgspec.Struct, frozen=True, tag="state"):
    """`seconds_left` counts down in COUNTDOWN."""

    state: RecordingState
    seconds_left: int | None = None


class SoundStatistics(msgspec.Struct, frozen=True):
    """One sound source. Levels in dBFS of the last fifth of a second, in a result of the loudest.

    `track_bytes` counts the packets of the track it is in. `frames_lost` never arrived, `gaps` is
    how often silence had to be put in, `drift_ppm` how much slower its clock runs than ours.
    """

    kind: str
    device: str
    track: str
    track_bytes: int
    peak_db: float
    rms_db: float
    is_muted: bool
    is_lost: bool
    frames_lost: int
    gaps: int
    drift_ppm: float


class Statistics(msgspec.Struct, frozen=True, tag="statistics"):
    """A snapshot, twice a second. `size_bytes` is written, `durable_bytes` is on the disk.

    `frames_captured` pictures differed from the one before, `frames_unchanged` looks found no
    difference, `frames_dropped` captured pictures never reached the encoder. `latency_ms` is the
    last picture's way from the screen to the end of the encoder.
    """

    elapsed_s: float = 0.0
    size_bytes: int = 0
    durable_bytes: int = 0
    frames_captured: int = 0
    frames_unchanged: int = 0
    frames_dropped: int = 0
    frames_encoded: int = 0
    latency_ms: float = 0.0
    free_bytes: int | None = None
    video_bytes: int = 0
    sounds: list[SoundStatistics] = []


class Severity(enum.Enum):
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


class HealthEvent(msgspec.Struct, frozen=True, tag="health"):
    """Something a person should know while it still matters. `code` is stable."""

    code: str
    severity: Severity
    message: str


class Marked(msgspec.Struct, frozen=True, tag="marked"):
    """A marker was set at `at_s` of the recording."""

    at_s: float
    text: str = ""


class RecordingResult(msgspec.Struct, frozen=True):
    """What was recorded. `truncated` says that it ended before it was told to."""

    path: str
    duration_s: float
    size_bytes: int
    width: int
    height: int
    container: str
    video_codec: str
    audio_codecs: list[str]
    frames_captured: int
    frames_unchanged: int
    frames_dropped: int
    warnings: list[str]
    truncated: bool
    sounds: list[SoundStatistics] = []
    recording_id: str = ""


class ErrorReport(msgspec.Struct, frozen=True):
    """A RecorderError as data."""

    code: str
    message: str
    hint: str
    exit_code: int


class Finished(msgspec.Struct, frozen=True, tag="result"):
    """The last message of a recording, once.

    `result` is None when nothing was kept; `error` says why it failed or ended early.
    """

    state: RecordingState
    result: RecordingResult | None = None
    error: ErrorReport | None = None


Event = StateChanged | Statistics | HealthEvent | Marked | Finished
