"""Playing through the sound server: what was recorded, and beeps at moments that are known."""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from recorder_app.capture import libpulse
from recorder_app.capture.pulse import PulseConnection
from recorder_app.errors import SourceUnavailable
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.sound import SAMPLE_RATE, Samples
from recorder_app.texts import N_

BEEP_HZ = 1000
BEEP_S = 0.1
_LEVEL = 0.4
# What is kept ahead of the speakers. Shorter stutters on a busy machine.
_AHEAD_S = 0.02
_FRAME_BYTES = 8
_LOOK_S = 0.05

Fill = Callable[[int, int], Samples | None]
"""Returns so many stereo frames, to be played after so many others, or None to end."""


def play_stream(
    connection: PulseConnection,
    name: bytes,
    sink: bytes | None,
    fill: Fill,
    stop: threading.Event,
    ahead_s: float,
) -> None:
    """Play what `fill` returns to `sink`, the default one for None, until it ends or `stop`.

    So much is kept ahead of the speakers, where the server grants it. Raises SourceUnavailable.
    """
    library = connection.library
    spec = libpulse.SampleSpec(libpulse.SAMPLE_FLOAT32LE, SAMPLE_RATE, 2)
    whatever = 0xFFFFFFFF
    ahead = round(ahead_s * SAMPLE_RATE) * _FRAME_BYTES
    buffering = libpulse.BufferAttributes(whatever, ahead, 0, whatever, whatever)
    stream = library.pa_stream_new(connection.context, name, ctypes.byref(spec), None)
    if not stream:
        connection.fail()
    try:
        flags = libpulse.STREAM_ADJUST_LATENCY
        if (
            library.pa_stream_connect_playback(
                stream, sink, ctypes.byref(buffering), flags, None, None
            )
            < 0
        ):
            connection.fail()
        connection.wait_for(lambda: library.pa_stream_get_state(stream) >= libpulse.STREAM_READY)
        while not stop.is_set():
            if library.pa_stream_get_state(stream) != libpulse.STREAM_READY:
                raise SourceUnavailable(
                    N_("The speakers went away."),
                    hint=N_("Plug them in, or choose others in the system's sound settings."),
                )
            connection.iterate(_LOOK_S)
            count = library.pa_stream_writable_size(stream) // _FRAME_BYTES
            if count:
                granted = library.pa_stream_get_buffer_attr(stream).contents.tlength
                samples = fill(count, max(0, granted // _FRAME_BYTES - count))
                if samples is None:
                    break
                data = samples.tobytes()
                library.pa_stream_write(stream, data, len(data), None, 0, 0)
    finally:
        library.pa_stream_disconnect(stream)
        library.pa_stream_unref(stream)


class BeepPlayer:
    """Plays silence and, when asked, beeps, to the default speakers or the sink called `sink`.

    ``run`` is the body of its thread, ``beep_at`` may be called from any. `heard_ns` are the
    moments at which beeps began to be played: what was kept ahead when one was written had to be
    played first. Latencies that servers report are not used; they were seen 100 ms wrong.
    """

    def __init__(self, clock: Clock, sink: str | None = None) -> None:
        self._clock = clock
        self._sink = None if sink is None else sink.encode()
        self._wanted: deque[int] = deque()
        self._left: Samples = np.zeros((0, 2), np.float32)
        self.heard_ns: list[int] = []
        self.is_playing = threading.Event()

    def beep_at(self, moment_ns: int) -> None:
        """Have a beep begin at `moment_ns` or soon after."""
        self._wanted.append(moment_ns)

    def run(self, stop: threading.Event) -> None:
        """Play until `stop`. Raises SourceUnavailable."""
        connection = PulseConnection()
        try:
            play_stream(connection, b"beep", self._sink, self._next, stop, _AHEAD_S)
        finally:
            connection.close()

    def _next(self, count: int, waiting: int) -> Samples:
        """Return `count` frames, which will be played when `waiting` others have been."""
        samples = np.zeros((count, 2), np.float32)
        start_ns = self._clock.now_ns() + waiting * NS_PER_S // SAMPLE_RATE
        at = 0
        if self._wanted and self._wanted[0] < start_ns + count * NS_PER_S // SAMPLE_RATE:
            at = max(0, (self._wanted.popleft() - start_ns) * SAMPLE_RATE // NS_PER_S)
            self._left = _beep()
            self.heard_ns.append(start_ns + at * NS_PER_S // SAMPLE_RATE)
        piece, self._left = np.split(self._left, [count - at])
        samples[at : at + len(piece)] = piece
        self.is_playing.set()
        return samples


def _beep() -> Samples:
    times = np.arange(round(BEEP_S * SAMPLE_RATE)) / SAMPLE_RATE
    wave = _LEVEL * np.sin(2 * np.pi * BEEP_HZ * times)
    return np.repeat(wave.astype(np.float32)[:, np.newaxis], 2, axis=1)
