"""What is told of a take that was cut short; loads no library."""

from __future__ import annotations

from datetime import datetime

import msgspec

FOUND, RECOVERED, KEPT, BUSY = "found", "recovered", "kept", "busy"


class RecoveryEntry(msgspec.Struct, frozen=True):
    """A take that was cut short, and what became of it.

    `state` is ``found`` (nothing done yet), ``recovered``, ``kept`` (left as it was, `reason` says
    why) or ``busy`` (another process is at it).
    """

    path: str
    state: str
    started: datetime
    size_bytes: int
    duration_s: float = 0.0
    id: str = ""
    short_id: str = ""
    reason: str = ""
