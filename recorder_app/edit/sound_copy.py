"""One kept part's sound without encoding it: packets copied, the beginning left out to the sample.

A decoder needs packets from before the beginning; the file then says how much of them is not to be
heard. That can be said once in a file, which is why this serves a result of one part only. Opus
says it of the end as well; AAC's last packet may reach 21 ms behind it.
"""

from __future__ import annotations

import contextlib
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
_JUMP = Fraction(1, 200)
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
        self._part, self._first = part, first
        self._is_opus = stream.codec_context.codec.canonical_name == "opus"
        self._packets: deque[MediaPacket] = deque()
        self._held: MediaPacket | None = None
        # When what has been put in ends, in the result's time.
        self._end = first - part.start
        with contextlib.ExitStack() as stack:
            template = stream
            if self._is_opus:
                extradata = stream.codec_context.extradata or b""
                skipped = round((part.start - first) * opus.RATE)
                if part.start == 0:
                    # What the source's encoder said, which times of packets are a rounding of.
                    skipped = opus.pre_skip(extradata)
                    self._end = -Fraction(skipped, opus.RATE)
                template = stack.enter_context(opus.template(extradata, skipped))
            self.stream = output.add_stream_from_template(template, opaque=True)
        self.stream.metadata.update(stream.metadata)

    def put(self, packet: MediaPacket) -> None:
        """Take in the next packet of the source."""
        assert packet.pts is not None
        begin = packet.pts * self._base
        if not self._first <= begin < self._part.end:
            return
        at = begin - self._part.start
        if abs(at - self._end) > _JUMP:
            self._end = at
        self._end += self._length(packet)
        packet.pts = packet.dts = round(at / self._base)
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
        over = self._end - self._part.length
        if over > 0:
            if self._is_opus:
                opus.leave_out_at_end(last, round(over * opus.RATE))
            last.duration = max(1, round((self._length(last) - over) / self._base))
        self._packets.append(last)

    def packets(self) -> Iterator[MediaPacket]:
        """Yield what is ready to be written."""
        while self._packets:
            yield self._packets.popleft()

    def close(self) -> None:
        """Nothing is held."""

    def _length(self, packet: MediaPacket) -> Fraction:
        """Return how long a packet's sound is, in seconds, rounded by nobody."""
        if self._is_opus:
            return Fraction(opus.samples(bytes(packet)), opus.RATE)
        return (packet.duration or 0) * self._base
