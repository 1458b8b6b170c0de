"""Playing sound to the default speakers."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from recorder_app.capture import portaudio_library
from recorder_app.capture.pulse import PulseConnection
from recorder_app.capture.pulse_player import play_stream
from recorder_app.errors import SoundServerUnavailable
from recorder_app.media.sound import SAMPLE_RATE, Samples

_PIECE_FRAMES = SAMPLE_RATE // 20
_LOOK_S = 0.01
# Nobody waits for it, so that a busy machine has time.
_AHEAD_S = 0.2
# Speakers that sleep lose the first moments, and servers keep some of the last behind the stream's
# buffer: silence goes first and last.
_LEAD_FRAMES = SAMPLE_RATE // 10
_TAIL_FRAMES = SAMPLE_RATE // 5

OnPosition = Callable[[int], None]
"""Gets how many frames were played so far, about."""


def play(samples: Samples, stop: threading.Event, on_position: OnPosition) -> None:
    """Play stereo `samples` at 48 kHz to their end, or until `stop`.

    Raises SourceUnavailable when there are no speakers, or when they go away.
    """
    if sys.platform == "linux":
        try:
            connection = PulseConnection(stop=stop)
        except SoundServerUnavailable:
            # Then the driver has the speakers to itself.
            pass
        else:
            try:
                tape = _Tape(samples, on_position)
                play_stream(connection, b"recording", None, tape.next, stop, _AHEAD_S)
            finally:
                connection.close()
            return
    _play_through_driver(samples, stop, on_position)


class _Tape:
    """Gives `samples` piece by piece between silence, until the last of them was played."""

    def __init__(self, samples: Samples, on_position: OnPosition) -> None:
        self._samples = np.pad(samples, ((_LEAD_FRAMES, _TAIL_FRAMES), (0, 0)))
        self._count = len(samples)
        self._on_position = on_position
        self._at = 0

    def next(self, count: int, waiting: int) -> Samples | None:
        played = self._at - waiting
        if played >= len(self._samples):
            return None
        self._on_position(min(max(0, played - _LEAD_FRAMES), self._count))
        piece = self._samples[self._at : self._at + count]
        self._at += count
        return np.pad(piece, ((0, count - len(piece)), (0, 0)))


def _play_through_driver(samples: Samples, stop: threading.Event, on_position: OnPosition) -> None:
    stream = portaudio_library.in_time(_open, stop=stop, undo=portaudio_library.close_stream)
    at = 0
    try:
        # A write has no limit of time: no more is written than there is room for.
        while at < len(samples) and not stop.wait(_LOOK_S):
            with portaudio_library.translated("PortAudio"):
                room = min(stream.write_available, _PIECE_FRAMES)
                if room:
                    stream.write(samples[at : at + room])
            at += room
            on_position(min(at, len(samples)))
        until = time.monotonic() + float(stream.latency)
        while time.monotonic() < until and not stop.wait(_LOOK_S):
            pass
    finally:
        portaudio_library.in_time(lambda: portaudio_library.close_stream(stream))


def _open() -> Any:
    return portaudio_library.open_output(SAMPLE_RATE)
