"""What the windows show of a take: one value, from which every window is drawn.

No window keeps a copy of its own ("am I recording?"): it gets a new view and draws that.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from recorder_app.pipeline.events import HealthEvent, SoundStatistics


class AppState(enum.Enum):
    """What the app does. PROBLEM: something keeps it from recording until it is looked at."""

    IDLE = "idle"
    PREPARING = "preparing"
    COUNTDOWN = "countdown"
    RECORDING = "recording"
    PAUSED = "paused"
    FINISHING = "finishing"
    PROBLEM = "problem"

    @property
    def is_taking(self) -> bool:
        """Whether a take is under way."""
        return self not in (AppState.IDLE, AppState.PROBLEM)

    @property
    def is_live(self) -> bool:
        """Whether there is a take that can be paused, marked and stopped."""
        return self in (AppState.RECORDING, AppState.PAUSED)


@dataclass(frozen=True, slots=True)
class TakeView:
    """A take as it is now. `rect` is (x, y, width, height) of what is recorded, in device pixels.

    `seconds_left` counts down; `warning` is the latest that still holds. `problem` says what keeps
    the app from recording.
    """

    state: AppState = AppState.IDLE
    elapsed_s: float = 0.0
    size_bytes: int = 0
    seconds_left: int = 0
    is_muted: bool = False
    sounds: tuple[SoundStatistics, ...] = ()
    markers: int = 0
    rect: tuple[int, int, int, int] | None = None
    warning: HealthEvent | None = None
    problem: str = ""
