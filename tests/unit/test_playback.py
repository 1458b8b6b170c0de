"""Playing through PortAudio, where no sound server runs."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

from recorder_app.capture import playback, portaudio_library
from recorder_app.errors import SoundServerUnavailable, SourceUnavailable
from tests.support.fake_portaudio import FakeError, FakeModule, driver

__all__ = ["driver"]

SAMPLES = np.linspace(0.0, 0.5, 24_000, dtype=np.float32).repeat(2).reshape(-1, 2)


class Speakers:
    """Has room for some frames at each look; goes away when it `is_dead`."""

    latency = 0.01

    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []
        self.is_dead = self.is_started = self.is_closed = False

    def start(self) -> None:
        self.is_started = True

    @property
    def write_available(self) -> int:
        if self.is_dead:
            raise FakeError("Unanticipated host error", -9999, (0, -19, "No such device"))
        return 5000

    def write(self, samples: np.ndarray) -> None:
        self.heard.append(samples)

    def abort(self) -> None: ...

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def speakers(driver: FakeModule, monkeypatch: pytest.MonkeyPatch) -> Speakers:
    def no_server(**_: object) -> None:
        raise SoundServerUnavailable("There is none.")

    made = Speakers()
    monkeypatch.setattr(driver, "OutputStream", lambda **_: made, raising=False)
    monkeypatch.setattr(playback, "PulseConnection", no_server)
    monkeypatch.setattr(portaudio_library, "load", lambda: sys.modules["sounddevice"])
    return made


def test_everything_is_played_in_order(speakers: Speakers) -> None:
    positions: list[int] = []
    playback.play(SAMPLES, threading.Event(), positions.append)
    assert np.array_equal(np.concatenate(speakers.heard), SAMPLES)
    assert positions == sorted(positions)
    assert positions[-1] == len(SAMPLES)
    assert speakers.is_closed


def test_it_ends_when_it_is_to(speakers: Speakers) -> None:
    stop = threading.Event()
    playback.play(SAMPLES, stop, lambda _: stop.set())
    assert sum(map(len, speakers.heard)) < len(SAMPLES)
    assert speakers.is_closed


def test_speakers_that_go_away_are_told(speakers: Speakers) -> None:
    def unplug(_at: int) -> None:
        speakers.is_dead = True

    with pytest.raises(SourceUnavailable, match="No such device"):
        playback.play(SAMPLES, threading.Event(), unplug)
    assert speakers.is_closed
