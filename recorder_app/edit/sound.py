"""Cutting a sound track to the sample: decoded, cut, and encoded again.

The result is as long as the kept parts to within a sample, however many there are: each part's
place follows from the sum of all before it, never from what was written so far. At a cut the sound
fades out and in within 2 ms, so that it does not click.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from recorder_app.edit.plan import Placed
from recorder_app.media.probe import MediaPacket
from recorder_app.media.sound import Samples

_FADE_S = 0.002
# Times of packets are rounded; what differs by more is a gap, or a repetition.
_JUMP_S = 0.005
# A decoder that begins in the middle needs what comes before: Opus 80 ms (RFC 7845, 4.6).
PRE_ROLL_S = Fraction(1, 5)


class SoundCutter:
    """Turns the packets of a track into frames of the result, without gaps, from time 0 on.

    `placed` are the kept parts, `length` is that of the source, in seconds. Frames are planar
    floats at the source's rate, stamped in samples. Used by one thread.
    """

    def __init__(self, stream: AudioStream, placed: Sequence[Placed], length: Fraction) -> None:
        self._codec = stream.codec_context
        self.rate = self._codec.sample_rate
        self.layout = self._codec.layout.name
        self._channels = self._codec.layout.nb_channels
        self._planar = AudioResampler("fltp", self.layout, self.rate)
        self._parts = [_Part(each, self.rate, length) for each in placed]
        self._next: int | None = None
        self._written = 0
        self.damaged = 0

    def cut(self, packet: MediaPacket | None) -> Iterator[AudioFrame]:
        """Yield what a packet of the source adds to the result; None ends it."""
        try:
            frames = self._codec.decode(packet)
        except av.error.EOFError:
            frames = []
        except (av.error.InvalidDataError, av.error.ExternalError):
            self.damaged += 1
            frames = []
        for frame in frames:
            if frame.sample_rate == self.rate and frame.layout.nb_channels == self._channels:
                yield from self._place(frame)
        if packet is None:
            while self._parts:
                yield from self._silence(self._parts[0].missing)
                self._parts.pop(0)

    def _place(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        begin = self._position(frame)
        self._next = begin + frame.samples
        while self._parts:
            part = self._parts[0]
            first, last = max(begin, part.reached), min(begin + frame.samples, part.end)
            if last > first:
                yield from self._silence(first - part.reached)
                yield self._piece(frame, first - begin, last - begin, part.gains(first, last))
                part.reached = last
            if part.reached < part.end:
                if begin + frame.samples < part.end:
                    return
                yield from self._silence(part.missing)
            self._parts.pop(0)

    def _position(self, frame: AudioFrame) -> int:
        """Return where in the source a frame begins, in samples."""
        if frame.pts is None or frame.time_base is None:
            return self._next or 0
        told = round(frame.pts * frame.time_base * self.rate)
        if self._next is None or abs(told - self._next) > _JUMP_S * self.rate:
            return told
        return self._next

    def _piece(self, frame: AudioFrame, first: int, last: int, gains: Samples | None) -> AudioFrame:
        if frame.format.name != "fltp":
            frame.pts = None
            (frame,) = self._planar.resample(frame)
        if gains is not None or last - first != frame.samples:
            samples = frame.to_ndarray()[:, first:last]
            if gains is not None:
                samples = samples * gains
            return self._stamped(self._frame(np.ascontiguousarray(samples, np.float32)))
        return self._stamped(frame)

    def _silence(self, count: int) -> Iterator[AudioFrame]:
        while count > 0:
            size = min(count, self.rate)
            yield self._stamped(self._frame(np.zeros((self._channels, size), np.float32)))
            count -= size

    def _frame(self, samples: Samples) -> AudioFrame:
        frame = AudioFrame.from_ndarray(samples, format="fltp", layout=self.layout)
        frame.sample_rate = self.rate
        return frame

    def _stamped(self, frame: AudioFrame) -> AudioFrame:
        frame.pts, frame.time_base = self._written, Fraction(1, self.rate)
        self._written += frame.samples
        return frame


class _Part:
    """A kept part, in samples of the source; `reached` is how far it has been written."""

    def __init__(self, placed: Placed, rate: int, length: Fraction) -> None:
        part = placed.part
        self.start = self.reached = round(part.start * rate)
        count = round((placed.at + part.length) * rate) - round(placed.at * rate)
        self.end = self.start + count
        self._fade = min(round(_FADE_S * rate), count // 2)
        self._fades_in = part.start > 0
        self._fades_out = part.end < length

    @property
    def missing(self) -> int:
        return self.end - self.reached

    def gains(self, first: int, last: int) -> Samples | None:
        """Return the factors for the samples from `first` to before `last`; None if all are 1."""
        fades_in = self._fades_in and first < self.start + self._fade
        fades_out = self._fades_out and last > self.end - self._fade
        if not (fades_in or fades_out) or self._fade == 0:
            return None
        at = np.arange(first, last, dtype=np.float32) + np.float32(0.5)
        gains = np.ones(last - first, np.float32)
        if fades_in:
            gains = np.minimum(gains, (at - self.start) / self._fade)
        if fades_out:
            gains = np.minimum(gains, (self.end - at) / self._fade)
        return gains
