"""Opus at any beginning: a stream that says how much of its first packets is not to be heard.

Opus packets are copied from a little before the beginning, so that a decoder has settled by then;
the file says how many samples to leave out (RFC 7845, 4.2; Matroska's CodecDelay). FFmpeg takes
that number from the stream that serves as template, so one is made that has the right number.
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import MediaPacket

RATE = 48_000
# What a decoder needs to settle (RFC 7845, 4.6), in samples.
PRE_ROLL = 3_840
_NS_PER_S = 1_000_000_000
_PRE_ROLL_NS = PRE_ROLL * _NS_PER_S // RATE

# Matroska's element ids (RFC 9559, section 27.1).
_EBML, _SEGMENT, _INFO, _TRACKS, _CLUSTER = (
    b"\x1a\x45\xdf\xa3",
    b"\x18\x53\x80\x67",
    b"\x15\x49\xa9\x66",
    b"\x16\x54\xae\x6b",
    b"\x1f\x43\xb6\x75",
)
_TRACK_ENTRY, _AUDIO = b"\xae", b"\xe1"
_MILLISECOND_NS = 1_000_000
# A float of eight bytes, in milliseconds, near the beginning of the file.
_DURATION = b"\x44\x89\x88"
_HEAD_BYTES = 4096
# Mono, nothing left out.
_HEADER = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, RATE, 0, 0)


def pre_skip(extradata: bytes) -> int:
    """Return how many samples an Opus stream leaves out at its beginning. Raises ValueError."""
    if len(extradata) < 19 or not extradata.startswith(b"OpusHead"):
        raise ValueError("not an Opus header")
    return int.from_bytes(extradata[10:12], "little")


def samples(packet: bytes) -> int:
    """Return how many samples, at 48 kHz, come out of a packet (RFC 6716, 3.1 and 3.2)."""
    if not packet:
        return 0
    kind, code = packet[0] >> 3, packet[0] & 3
    if kind < 12:
        length = (480, 960, 1920, 2880)[kind % 4]
    elif kind < 16:
        length = (480, 960)[kind % 2]
    else:
        length = (120, 240, 480, 960)[kind % 4]
    if code == 3:
        return length * (packet[1] & 0x3F) if len(packet) > 1 else 0
    return length if code == 0 else 2 * length


@contextlib.contextmanager
def template(extradata: bytes, skipped: int) -> Iterator[AudioStream]:
    """Yield a stream like that of `extradata` which leaves out its first `skipped` samples.

    Raises ValueError when `extradata` is not of Opus.
    """
    pre_skip(extradata)
    header = extradata[:10] + skipped.to_bytes(2, "little") + extradata[12:]
    with av.open(io.BytesIO(_file(header, skipped))) as source:
        assert isinstance(source, InputContainer)
        yield source.streams.audio[0]


def leave_out_at_end(packet: MediaPacket, samples: int) -> None:
    """Have a player leave out the last `samples` of a packet."""
    # PyAV makes no such data of its own: that of a packet which begins a stream is taken.
    with av.open(io.BytesIO(_file(_HEADER, 1))) as source:
        assert isinstance(source, InputContainer)
        data = next(source.demux()).get_sidedata("skip_samples")
        # AV_PKT_DATA_SKIP_SAMPLES: samples at the start, at the end, and a reason for each.
        data.update(struct.pack("<IIBB", 0, samples, 0, 0))
        packet.set_sidedata(data)


def set_length(file: RecordingFile, length: Fraction) -> None:
    """Have a written Matroska file say how long it is, in seconds.

    FFmpeg counts in what is left out at the beginning, so that players would show too long a time.
    """
    with file.path.open("rb") as head:
        at = head.read(_HEAD_BYTES).find(_DURATION)
    if at >= 0:
        file.seek(at + len(_DURATION))
        file.write(struct.pack(">d", float(length * 1000)))


def _file(header: bytes, skipped: int) -> bytes:
    """Return a Matroska file of one track and one packet."""
    delay_ns = round(skipped * _NS_PER_S / RATE)
    audio = _element(b"\xb5", struct.pack(">d", RATE)) + _element(b"\x9f", header[9:10])
    entry = b"".join(
        (
            _number(b"\xd7", 1),
            _number(b"\x73\xc5", 1),
            _number(b"\x83", 2),
            _element(b"\x86", b"A_OPUS"),
            _number(b"\x56\xaa", delay_ns),
            _number(b"\x56\xbb", _PRE_ROLL_NS),
            _element(_AUDIO, audio),
            _element(b"\x63\xa2", header),
        )
    )
    # A packet of no sound: its first byte alone, 20 ms of CELT.
    block = _element(b"\xa3", b"\x81\x00\x00\x80\xf8")
    segment = b"".join(
        (
            _element(_INFO, _number(b"\x2a\xd7\xb1", _MILLISECOND_NS)),
            _element(_TRACKS, _element(_TRACK_ENTRY, entry)),
            _element(_CLUSTER, _number(b"\xe7", 0) + block),
        )
    )
    kind = _element(b"\x42\x82", b"webm") + _number(b"\x42\x87", 4) + _number(b"\x42\x85", 2)
    return _element(_EBML, kind) + _element(_SEGMENT, segment)


def _element(identity: bytes, content: bytes) -> bytes:
    # A size of eight bytes is always enough.
    return identity + (1 << 56 | len(content)).to_bytes(8, "big") + content


def _number(identity: bytes, value: int) -> bytes:
    return _element(identity, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
