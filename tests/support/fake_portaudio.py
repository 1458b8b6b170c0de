"""A stand-in for the package sounddevice, whose devices do what a test wants."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

RATE = 48000


class FakeError(Exception):
    pass


class FakeStream:
    """Delivers in real time, but for the `missing` frames that it owns up to once."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.missing = 0
        self.is_dead = self.is_mute = self.is_closed = False
        self._begun = time.monotonic()
        self._taken = 0

    def start(self) -> None:
        self._begun = time.monotonic()

    @property
    def read_available(self) -> int:
        if self.is_dead:
            raise FakeError("Unanticipated host error", -9999, (0, -19, "No such device"))
        if self.is_mute:
            return 0
        left = int((time.monotonic() - self._begun) * RATE) - self._taken - self.missing
        return max(0, left)

    def read(self, frames: int) -> tuple[np.ndarray, bool]:
        has_overflown, self._taken = self.missing > 0, self._taken + frames + self.missing
        self.missing = 0
        return np.full((frames, self.options["channels"]), 0.5, np.float32), has_overflown

    def abort(self) -> None: ...

    def close(self) -> None:
        self.is_closed = True


class FakeModule(SimpleNamespace):
    """As much of sounddevice as is used."""

    def __init__(self) -> None:
        self.streams: list[FakeStream] = []
        self.found = [("Mic", 1), ("Mic array", 4), ("Speakers", 0)]
        self.starts = 0
        super().__init__(
            PortAudioError=FakeError,
            default=SimpleNamespace(device=[0, 2]),
            _lib=SimpleNamespace(Pa_Initialize=lambda: 0),
            _check=self._count,
            _terminate=lambda: None,
            _initialized=1,
            _exit_handler=lambda: None,
        )

    def _count(self, _number: int, _text: str) -> None:
        self.starts += 1

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {"name": n, "hostapi": 0, "max_input_channels": c, "default_samplerate": RATE}
            for n, c in self.found
        ]

    def InputStream(self, **options: Any) -> FakeStream:  # noqa: N802 - sounddevice's name
        self.streams.append(FakeStream(**options))
        return self.streams[-1]


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> FakeModule:
    """The module that is imported as sounddevice during a test."""
    fake = FakeModule()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake
