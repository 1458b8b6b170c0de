"""Background work as plain data: light to import, unlike what reads it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import msgspec


class Unit(enum.Enum):
    """What an amount of work is counted in: nothing that is known, bytes, or seconds of film."""

    NONE = "none"
    BYTES = "bytes"
    SECONDS = "seconds"


class Activity(msgspec.Struct, frozen=True):
    """A job with what people want to know of it. Times are UTC.

    `amount` is all there is to do, in `unit`, of which `progress` (0 to 1) is done. `title` is that
    of the recording, empty where it is gone; `target` where it goes: a destination or a preset.
    `result_id` and `result_path` are the recording and the file that came of it. With `can_pause`
    it may be paused; with `can_retry` tried again.
    """

    id: str
    kind: str
    state: str
    recording_id: str | None
    title: str
    target: str
    progress: float
    amount: float
    unit: Unit
    is_stopping: bool
    can_pause: bool
    can_retry: bool
    error: dict[str, Any] | None
    run_after: datetime
    updated_at: datetime
    result_id: str | None
    result_path: str | None

    @property
    def done(self) -> float:
        """How much of the amount is done."""
        return self.amount * self.progress


class ActivityList(msgspec.Struct, frozen=True):
    """Running work, what waits, what is paused, then what ended last; `counts` are of all jobs."""

    jobs: list[Activity]
    counts: dict[str, int]

    @property
    def is_busy(self) -> bool:
        return self.counts.get("running", 0) > 0
