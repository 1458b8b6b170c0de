"""A microphone through PortAudio: on Windows and macOS, and on Linux without a sound server."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from recorder_app.capture import portaudio_library as library
from recorder_app.capture.base import SoundInfo, SoundSink
from recorder_app.capture.portaudio_library import PortAudioDevice
from recorder_app.errors import SourceUnavailable
from recorder_app.media.clock import NS_PER_S, Clock
from recorder_app.media.sound import AudioBlock, AudioGap
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# How often a device that is away is looked for. A person is to be told within 3 s.
_RETRY_S = 0.4
_BLOCK_S = 0.02
# How much the driver keeps for us. ALSA's lowest is 0.06 s, less than a busy computer may take to
# come back to this thread. More costs no accuracy: stamps are made from arrivals.
_LATENCY_S = 0.2
_LOOK_S = 0.01
# A device that was unplugged may just fall silent (CoreAudio, MME); the slowest begin after 2 s.
_STALL_S = 3.0
_CLOSE_LIMIT_S = 1.0


class PortAudioSource:
    """A microphone by PortAudio's name for it, or ``default``, at the device's own rate.

    A blocking read has no time limit and cannot be ended from outside; so this asks how much there
    is, which never blocks, and reads no more than that. ``open`` and ``run`` are not called at the
    same time.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._device: PortAudioDevice | None = None
        self._stream: Any = None
        # When everything that had come was read last.
        self._read_ns: int | None = None

    @property
    def description(self) -> str:
        return self._device.name if self._device is not None else self._name

    def open(self) -> SoundInfo:
        self._connect(None)
        assert self._device is not None
        return SoundInfo(self.description, min(2, self._device.channels), "PortAudio")

    def run(self, sink: SoundSink, stop: threading.Event) -> None:
        """Deliver sound until `stop`, and gaps while there is none to be had."""
        is_lost = False
        while not stop.is_set():
            try:
                if self._stream is None:
                    self._connect(stop)
                self._start(stop)
                is_lost = False
                self._record(sink, stop)
            except SourceUnavailable as error:
                self._disconnect()
                if stop.is_set():
                    break
                if not is_lost:
                    is_lost = True
                    _log.warning("sound source lost name=%s reason=%s", self._name, error)
                now_ns = self._clock.now_ns()
                sink.push_gap(AudioGap(now_ns, True, error.message, self.description))
                stop.wait(_RETRY_S)
        self._disconnect()

    def close(self) -> None:
        self._disconnect()

    def _connect(self, stop: threading.Event | None) -> None:
        def work() -> tuple[PortAudioDevice, Any]:
            device = library.find_device(self._name, refresh=True)
            return device, library.open_stream(device, _BLOCK_S, _LATENCY_S)

        self._device, self._stream = library.in_time(
            work, stop=stop, undo=lambda late: library.close_stream(late[1])
        )
        self._read_ns = None
        _log.info("sound source opened name=%s rate=%s", self._device.name, self._device.rate)

    def _start(self, stop: threading.Event) -> None:
        # Only now: what came between `open` and here would have flown over.
        stream, self._stream = self._stream, None

        def work() -> Any:
            try:
                with library.translated(self.description):
                    stream.start()
            except SourceUnavailable:
                library.close_stream(stream)
                raise
            return stream

        self._stream = library.in_time(work, stop=stop, undo=library.close_stream)

    def _disconnect(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            library.in_time(lambda: library.close_stream(stream), limit_s=_CLOSE_LIMIT_S)
        except SourceUnavailable as error:
            _log.warning("a sound device stays open name=%s reason=%s", self._name, error)

    def _record(self, sink: SoundSink, stop: threading.Event) -> None:
        came_s = time.monotonic()
        while not stop.wait(_LOOK_S):
            if self._record_some(sink):
                came_s = time.monotonic()
            elif time.monotonic() - came_s > _STALL_S:
                raise SourceUnavailable(
                    N_("{name} sends nothing."),
                    hint=N_("Plug it in again: it is taken up by itself."),
                    name=self.description,
                )

    def _record_some(self, sink: SoundSink) -> bool:
        """Pass on everything that has come; return whether that was anything."""
        assert self._device is not None
        with library.translated(self.description):
            # All there is at once: only the last sample's arrival tells a time.
            frames = self._stream.read_available
            if not frames:
                return False
            samples, has_overflown = self._stream.read(frames)
        now_ns = self._clock.now_ns()
        rate = self._device.rate
        lost = self._count_lost(now_ns, len(samples), rate) if has_overflown else 0
        self._read_ns = now_ns
        capture_ns = now_ns - len(samples) * NS_PER_S // rate
        sink.push_block(AudioBlock(capture_ns, rate, samples, lost))
        return True

    def _count_lost(self, now_ns: int, frames: int, rate: int) -> int:
        """Return how many frames are missing since the last read, as time says.

        PortAudio tells that some are, not how many. The sum is right to a block or so, and what
        remains is taken for drift; with 0 nobody would be told, and all that follows would be early
        by what is missing.
        """
        if self._read_ns is None:
            return 1
        return max(1, (now_ns - self._read_ns) * rate // NS_PER_S - frames)
