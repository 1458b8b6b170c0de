"""Takes in every state, for tests and pictures of windows."""

from __future__ import annotations

from recorder_app.pipeline.events import HealthEvent, Severity, SoundStatistics
from recorder_app.ui.take_view import AppState, TakeView


def sound(
    kind: str = "microphone",
    peak_db: float = -18.0,
    *,
    is_muted: bool = False,
    is_lost: bool = False,
) -> SoundStatistics:
    """Return one sound as a recording tells it."""
    return SoundStatistics(
        kind=kind,
        device="USB Audio" if kind == "microphone" else "Speakers",
        track="sound",
        track_bytes=0,
        peak_db=peak_db,
        rms_db=peak_db - 6,
        is_muted=is_muted,
        is_lost=is_lost,
        frames_lost=0,
        gaps=0,
        drift_ppm=0.0,
    )


BOTH = (sound(), sound("system", -30.0))
SILENT = HealthEvent("silent", Severity.WARNING, "The microphone is silent since 00:03:58.")
FULL = HealthEvent(
    "disk",
    Severity.DANGER,
    "The disk is almost full. The recording so far is saved. Free some space, then resume.",
)

IDLE = TakeView()
PROBLEM = TakeView(AppState.PROBLEM, problem="The folder for recordings cannot be written to.")
PREPARING = TakeView(AppState.PREPARING)
COUNTDOWN = TakeView(AppState.COUNTDOWN, seconds_left=3)
RECORDING = TakeView(AppState.RECORDING, elapsed_s=252.4, size_bytes=18_300_000, sounds=BOTH)
SILENTLY = TakeView(AppState.RECORDING, elapsed_s=5, size_bytes=1_200_000)
MUTED = TakeView(
    AppState.RECORDING, elapsed_s=252.4, size_bytes=18_300_000, sounds=BOTH, is_muted=True
)
LOST = TakeView(
    AppState.RECORDING,
    elapsed_s=4000,
    size_bytes=2_400_000_000,
    sounds=(sound(is_lost=True), sound("system", -1.0)),
)
WARNING = TakeView(
    AppState.RECORDING, elapsed_s=252.4, size_bytes=18_300_000, sounds=BOTH, warning=SILENT
)
DANGER = TakeView(
    AppState.RECORDING, elapsed_s=252.4, size_bytes=18_300_000, sounds=BOTH, warning=FULL
)
PAUSED = TakeView(AppState.PAUSED, elapsed_s=252.4, size_bytes=18_300_000, sounds=BOTH)
FINISHING = TakeView(AppState.FINISHING, elapsed_s=252.4, size_bytes=18_300_000)

ALL = {
    "idle": IDLE,
    "problem": PROBLEM,
    "preparing": PREPARING,
    "countdown": COUNTDOWN,
    "recording": RECORDING,
    "silently": SILENTLY,
    "muted": MUTED,
    "lost": LOST,
    "warning": WARNING,
    "danger": DANGER,
    "paused": PAUSED,
    "finishing": FINISHING,
}
