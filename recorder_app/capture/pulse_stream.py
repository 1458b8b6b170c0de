"""A stream of sound from one source of the sound server."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from recorder_app.capture import libpulse
from recorder_app.capture.pulse import CLIENT_NAME, PulseConnection, PulseSource
from recorder_app.media.sound import Samples

_SAMPLE_BYTES = 4
# What the server should hand over at a time. Longer costs latency, shorter costs CPU.
FRAGMENT_S = 0.02
# How much the server keeps for us while this process is busy; beyond it sound is lost.
_KEPT_S = 10.0


@dataclass(frozen=True, slots=True)
class Fragment:
    """Sound as it came: float32 samples of shape (frames, channels); `lost` frames before it."""

    samples: Samples
    lost: int = 0


class RecordStream:
    """A stream from one source, which the server must not move to another.

    Used by the connection's thread. Raises SourceUnavailable when it cannot be had.
    """

    def __init__(self, connection: PulseConnection, source: PulseSource, rate: int, channels: int):
        self._connection = connection
        self._library = connection.library
        self.rate, self.channels = rate, channels
        frame = _SAMPLE_BYTES * channels
        self._frame_bytes = frame
        spec = libpulse.SampleSpec(libpulse.SAMPLE_FLOAT32LE, rate, channels)
        whatever = 0xFFFFFFFF
        buffering = libpulse.BufferAttributes(
            round(_KEPT_S * rate) * frame,
            whatever,
            whatever,
            whatever,
            round(FRAGMENT_S * rate) * frame,
        )
        self._stream = self._library.pa_stream_new(
            connection.context, CLIENT_NAME, ctypes.byref(spec), None
        )
        if not self._stream:
            connection.fail()
        flags = libpulse.STREAM_DONT_MOVE | libpulse.STREAM_ADJUST_LATENCY
        try:
            if (
                self._library.pa_stream_connect_record(
                    self._stream, source.name.encode(), ctypes.byref(buffering), flags
                )
                < 0
            ):
                connection.fail()
            connection.wait_for(lambda: self._state() == libpulse.STREAM_READY or not self.is_alive)
            if not self.is_alive:
                connection.fail()
        except BaseException:
            self.close()
            raise

    @property
    def is_alive(self) -> bool:
        """Whether the server still feeds this stream: not when its device went away."""
        return self._state() not in (libpulse.STREAM_FAILED, libpulse.STREAM_TERMINATED)

    @property
    def is_suspended(self) -> bool:
        """Whether the device sleeps, as a sink's monitor does while nothing plays."""
        return bool(self._library.pa_stream_is_suspended(self._stream) == 1)

    @property
    def device_index(self) -> int:
        """The source that is recorded now."""
        index: int = self._library.pa_stream_get_device_index(self._stream)
        return index

    def read(self) -> Fragment | None:
        """Return the next fragment that has come, None when there is none."""
        lost = 0
        data, size = ctypes.c_void_p(), ctypes.c_size_t()
        while True:
            if (
                self._library.pa_stream_peek(self._stream, ctypes.byref(data), ctypes.byref(size))
                < 0
            ):
                return None
            if not size.value:
                return None
            frames = size.value // self._frame_bytes
            if data.value is None:
                # A hole: the server had to throw sound away.
                lost += frames
                self._library.pa_stream_drop(self._stream)
                continue
            raw = ctypes.string_at(data.value, frames * self._frame_bytes)
            self._library.pa_stream_drop(self._stream)
            samples = np.frombuffer(raw, np.float32).reshape(frames, self.channels)
            return Fragment(samples, lost)

    def close(self) -> None:
        """Give the stream back; a second call does nothing."""
        if self._stream is None:
            return
        self._library.pa_stream_disconnect(self._stream)
        self._library.pa_stream_unref(self._stream)
        self._stream = None

    def _state(self) -> int:
        state: int = self._library.pa_stream_get_state(self._stream)
        return state
