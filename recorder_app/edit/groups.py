"""Groups of pictures: the packets from one that stands alone to before the next such."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext

from recorder_app.errors import UnsupportedMedia
from recorder_app.media.probe import MediaPacket
from recorder_app.texts import N_

# A file of which all pictures depend on the first is one group; it is encoded as a whole instead of
# being held in memory.
_MOST_BYTES = 400_000_000


def time_of(packet: MediaPacket) -> Fraction:
    """Return when a packet's picture is shown, in seconds."""
    assert packet.pts is not None
    return packet.pts * packet.time_base


def duplicate(packet: MediaPacket) -> MediaPacket:
    """Return a packet of the same picture with times of its own."""
    copy: MediaPacket = Packet(bytes(packet))
    copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
    copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
    return copy


@dataclass(slots=True)
class Group:
    """Packets in the order of decoding; the pictures of the first are shown first.

    `end` is when the next group begins; None when it is the last.
    """

    packets: list[MediaPacket] = field(default_factory=list)
    end: Fraction | None = None
    # Of all packets, in the order in which they are shown.
    times: list[Fraction] = field(default_factory=list)
    is_in_order: bool = True
    size_bytes: int = 0

    def add(self, packet: MediaPacket) -> None:
        time = time_of(packet)
        if self.times and time < self.times[-1]:
            self.is_in_order = False
            bisect.insort(self.times, time)
        else:
            self.times.append(time)
        self.packets.append(packet)
        self.size_bytes += packet.size

    @property
    def start(self) -> Fraction:
        return self.times[0]

    def shown_until(self, end: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
        """Yield from when to when each picture is shown; the group ends at `end`."""
        return zip(self.times, [*self.times[1:], end], strict=True)


class GroupBuilder:
    """Puts packets together; `is_join_point` tells where decoding can begin."""

    def __init__(self, is_join_point: Callable[[MediaPacket], bool]) -> None:
        self._is_join_point = is_join_point
        self._group: Group | None = None

    def add(self, packet: MediaPacket) -> Group | None:
        """Take in the next packet; return the group that is complete with it.

        What comes before the first that stands alone cannot be decoded, and is left out.
        Raises UnsupportedMedia when a group does not end.
        """
        complete = None
        if self._is_join_point(packet):
            complete, self._group = self._group, Group()
            if complete is not None:
                complete.end = time_of(packet)
        if self._group is not None:
            self._group.add(packet)
            if self._group.size_bytes > _MOST_BYTES:
                raise UnsupportedMedia(
                    N_("The file has too few pictures that stand alone to be cut without encoding.")
                )
        return complete

    def finish(self) -> Group | None:
        """Return the last group."""
        last, self._group = self._group, None
        return last


class GroupDecoder:
    """Decodes groups, each for itself. `damaged` counts packets that could not be."""

    def __init__(self, codec: VideoCodecContext) -> None:
        codec.thread_type = "AUTO"
        self._codec = codec
        self.damaged = 0

    def pictures(self, group: Group, until: Fraction) -> Iterator[av.VideoFrame]:
        """Yield the pictures in the order in which they are shown, those before `until` at least.

        Their times are those of the group's packets, in the unit of the packets.
        """
        self._codec.flush_buffers()
        for packet in group.packets:
            if group.is_in_order and time_of(packet) >= until:
                break
            yield from self._decode(packet)
        yield from self._decode(None)

    def _decode(self, packet: MediaPacket | None) -> list[av.VideoFrame]:
        try:
            return list(self._codec.decode(packet))
        except av.error.EOFError:
            return []
        except (av.error.InvalidDataError, av.error.ExternalError):
            self.damaged += 1
            return []
