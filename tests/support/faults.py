"""Scripted faults of a server, each for one call."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Effect = Literal[
    # Nothing is done, and `status` is answered.
    "status",
    # The connection breaks in the middle of the body, before the call is done, or after it.
    "cut",
    "drop",
    "lose answer",
    # The server stops reading for `seconds` in the middle of the body, or reads slowly.
    "stall",
    "slow",
    # The call comes twice, the answer of the second is given.
    "duplicate",
    # What was uploaded is gone, and 410 or 404 is answered.
    "forget",
    # Half of a chunk is taken, or bytes are taken that were never sent, or only said to be.
    "take less",
    "take more",
    "claim more",
    # A Location elsewhere; a JSON that ends early, or another one.
    "wrong location",
    "truncate",
    # No Upload-Offset in the answer.
    "say nothing",
    # The sum of something else.
    "wrong tag",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next call of that `method` below `path`, after `after` other ones."""

    effect: Effect
    method: str = "PATCH"
    path: str = "/tusupload"
    after: int = 0
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        about = self.status if self.effect == "status" else self.effect
        return f"{self.method} {about}"


@dataclass
class _Waiting:
    """A fault, and how many calls it still lets pass."""

    fault: Fault
    left: int


class Script:
    """The faults that are still to come, in their order for each kind of call. Thread-safe."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._waiting = [_Waiting(fault, fault.after) for fault in faults]
        self.met: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._waiting += [_Waiting(fault, fault.after) for fault in faults]

    def clear(self) -> None:
        """Let nothing more happen."""
        with self._lock:
            self._waiting.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """Return the fault that this call meets."""
        with self._lock:
            for entry in self._waiting:
                fault = entry.fault
                if fault.method != method or not path.startswith(fault.path):
                    continue
                if entry.left:
                    entry.left -= 1
                    return None
                self._waiting.remove(entry)
                self.met.append(fault)
                return fault
        return None

    @property
    def left(self) -> list[Fault]:
        return [each.fault for each in self._waiting]
