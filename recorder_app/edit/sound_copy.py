"""One kept part's sound without encoding it: packets copied, the beginning left out to the sample.

A decoder needs packets from before the beginning; the file then says how much of them is not to be
heard. That can be said once in a file, which is why this serves a result of one part only. Opus
says it of the end as well; AAC's last packet may reach 21 ms behind it.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import OutputContainer

from recorder_app.edit import opus
from recorder_app.edit.timeline import Range
from recorder_app.media.probe import MediaPacket

# Each AAC packet adds to the one before it: the one that the part begins in, and the last before.
_AAC_PACKETS = 2
# Times of packets are rounded; what differs by more is a gap.
_JUMP_S = 0.005
# Beginnings are no earlier, unless packets are missing before the part.
LONGEST_LEAD = Fraction(15, 100)
_CONTAINERS = {"opus": ("webm", "matroska"), "aac": ("mp4",)}


def can_copy(stream: AudioStream, container: str) -> bool:
    """Return whether ``CopiedTrack`` can do a track of the source."""
    codec = stream.codec_context.codec.canonical_name
    if container not in _CONTAINERS.get(codec, ()):
        return False
    extradata = stream.codec_context.extradata or b""
    if codec == "opus":
        with contextlib.suppress(ValueError):
            return opus.pre_skip(extradata) >= 0
        return False
    return bool(extradata)


def beginning(stream: AudioStream, packets: Iterable[MediaPacket], part: Range) -> Fraction:
    """Return the time of the first packet that is needed for `part`, in seconds.

    `packets` are those of the track, from well before the part on. Without any it is the part's
    own beginning.
    """
    assert stream.time_base is not None
    times: deque[Fraction] = deque()
    for packet in packets:
        assert packet.pts is not None
        begin = packet.pts * stream.time_base
        if begin > part.start:
            break
        times.append(begin)
        if stream.codec_context.codec.canonical_name == "opus":
            needed = part.start - Fraction(opus.PRE_ROLL, opus.RATE)
            while len(times) > 1 and times[1] <= needed:
                times.popleft()
        elif len(times) > _AAC_PACKETS:
            times.popleft()
    return times[0] if times else part.start


class CopiedTrack:
    """Copies the packets of `part` of one track into `output`. The counterpart of SoundTrack.

    `first` is the time of the first packet, see ``beginning``.
    """

    damaged = 0

    def __init__(
        self, stream: AudioStream, output: OutputContainer, part: Range, first: Fraction
    ) -> None:
        assert stream.time_base is not None
        self._base = stream.time_base
        self._part = part
        self._is_opus = stream.codec_context.codec.canonical_name == "opus"
        self._packets: deque[MediaPacket] = deque()
        self._held: MediaPacket | None = None
        # Packets are many: from here on whole numbers only. What is put in lies between
        # these times of the source, in its unit.
        self._begins, self._ends = math.ceil(first / self._base), math.ceil(part.end / self._base)
        # Samples in a unit of time.
        self._rate = opus.RATE if self._is_opus else stream.codec_context.sample_rate
        self._scale = self._base * self._rate
        self._start = round(part.start * self._rate)
        # When what has been put in ends, in samples of the result.
        self._end = round((first - part.start) * self._rate)
        with contextlib.ExitStack() as stack:
            template = stream
            if self._is_opus:
                extradata = stream.codec_context.extradata or b""
                skipped = round((part.start - first) * opus.RATE)
                if part.start == 0:
                    # What the source's encoder said, which times of packets are a rounding of.
                    skipped = opus.pre_skip(extradata)
                    self._end = -skipped
                template = stack.enter_context(opus.template(extradata, skipped))
            self.stream = output.add_stream_from_template(template, opaque=True)
        self.stream.metadata.update(stream.metadata)

    def put(self, packet: MediaPacket) -> None:
        """Take in the next packet of the source."""
        assert packet.pts is not None
        if not self._begins <= packet.pts < self._ends:
            return
        scale = self._scale
        at = packet.pts * scale.numerator // scale.denominator - self._start
        if abs(at - self._end) > _JUMP_S * self._rate:
            self._end = at
        self._end += self._length(packet)
        packet.pts = packet.dts = (at * scale.denominator + scale.numerator // 2) // scale.numerator
        packet.time_base, packet.stream = self._base, self.stream
        if self._held is not None:
            self._packets.append(self._held)
        self._held = packet

    def settle(self) -> None:
        """Nothing is under way: all is done in the caller's thread."""

    def finish(self) -> None:
        """Let the last packet end where the part does."""
        last, self._held = self._held, None
        if last is None:
            return
        over = self._end - round(self._part.length * self._rate)
        if over > 0:
            if self._is_opus:
                opus.leave_out_at_end(last, over)
            last.duration = max(1, round((self._length(last) - over) / self._scale))
        self._packets.append(last)

    def packets(self) -> Iterator[MediaPacket]:
        """Yield what is ready to be written."""
        while self._packets:
            yield self._packets.popleft()

    def close(self) -> None:
        """Nothing is held."""

    def _length(self, packet: MediaPacket) -> int:
        """Return how many samples a packet holds."""
        if self._is_opus:
            return opus.samples(bytes(packet))
        return round((packet.duration or 0) * self._scale)
