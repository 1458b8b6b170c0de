"""What any media file holds, wherever it comes from; everything else is refused."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import msgspec
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from recorder_app.errors import UnreadableMedia
from recorder_app.texts import N_

# FFmpeg's readers that may look at a file. The others take texts and pictures for media, or, as
# play lists, read further files and addresses that the first one names.
_READERS = (
    "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,gif,avi,asf,flv,mpegts,mpeg,ogg,wav,flac,mp3,aac,aiff,"
    "caf,w64,apng"
)
_AUDIO_TYPES = {
    "webm": "audio/webm",
    "mkv": "audio/x-matroska",
    "mp4": "audio/mp4",
    "mov": "audio/mp4",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "aiff": "audio/aiff",
}
_VIDEO_TYPES = {
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "gif": "image/gif",
    "apng": "image/apng",
    "avi": "video/x-msvideo",
    "mpegts": "video/mp2t",
    "mpeg": "video/mpeg",
    "flv": "video/x-flv",
    "asf": "video/x-ms-asf",
    "ogg": "video/ogg",
}
_ANY_CLOCK = ("mpegts", "mpeg")
# How far before its end a file is looked into, in microseconds, and how exactly that is told.
_END_US = 3_000_000
_END_ROUNDING = Fraction(1, 10)
# Errors in a row after which nothing more is expected of a damaged file.
_MOST_ERRORS = 50


class MediaTrack(msgspec.Struct, frozen=True):
    """One stream: `kind` is video or audio, `end_s` when its last sample ends."""

    kind: str
    codec: str
    title: str = ""
    packets: int = 0
    end_s: float = 0.0


class MediaDescription(msgspec.Struct, frozen=True):
    """What a file holds. Sizes in pixels (0 without a picture) and bytes, times in seconds."""

    container: str
    mime_type: str
    duration_s: float
    size_bytes: int
    width: int
    height: int
    video_codec: str
    audio_codecs: list[str]
    tracks: list[MediaTrack]


def probe(path: Path) -> MediaDescription:
    """Describe `path` by reading all of it and decoding the beginning of a track.

    The length is that of what is there, not what a header promises. Raises UnreadableMedia.
    """
    with open_media(path) as source, _translated(path):
        return _describe(source, path)


@contextlib.contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading. Raises UnreadableMedia for what is none."""
    with _translated(path):
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            # A pipe would be waited for, a device read without an end.
            raise OSError(0, "not an ordinary file")
        source = av.open(
            # Absolute, so that no name is taken for an address.
            os.path.abspath(path),
            "r",
            options={"format_whitelist": _READERS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    assert isinstance(source, InputContainer)
    with source:
        yield source


MediaStream = VideoStream | AudioStream
MediaPacket: TypeAlias = "Packet[Any]"


def packets(source: InputContainer, *streams: MediaStream) -> Iterator[MediaPacket]:
    """Yield the packets of `streams` that are whole, past damaged places and up to a cut.

    Their times count from `origin`. Raises OSError when the disk cannot be read.
    """
    errors = 0
    begin = {stream.index: origin(source, stream) for stream in streams}
    while errors < _MOST_ERRORS:
        try:
            for packet in source.demux(*streams):
                if packet.size and packet.pts is not None and not packet.is_corrupt:
                    errors = 0
                    if begin[packet.stream_index]:
                        packet.pts -= begin[packet.stream_index]
                        if packet.dts is not None:
                            packet.dts -= begin[packet.stream_index]
                    yield packet
            return
        except av.error.InvalidDataError:
            errors += 1


def length_of(path: Path) -> Fraction:
    """Return how long a file is, in seconds, to the millisecond.

    Of a file that tells, and whose end is there, only that end is read; of any other, all of it, as
    ``probe`` does. Raises UnreadableMedia.
    """
    with open_media(path) as source, _translated(path):
        told = source.duration
        if told is not None and source.format.name.startswith(("matroska", "mov")):
            # What comes before 0 is not heard.
            end = Fraction(told + min(source.start_time or 0, 0), av.time_base)
            source.seek(max(0, told - _END_US), backward=True)
            last = max((_end_of(packet) for packet in source.demux() if packet.size), default=None)
            if last is not None and abs(last - end) <= _END_ROUNDING:
                return Fraction(round(last * 1000), 1000)
    return Fraction(round(probe(path).duration_s * 1000), 1000)


def _end_of(packet: MediaPacket) -> Fraction:
    return Fraction(((packet.pts or 0) + (packet.duration or 0)) * packet.time_base)


def pictures_of(source: InputContainer) -> VideoStream | None:
    """Return the first track of pictures; a cover picture in a sound file is none."""
    for stream in source.streams.video:
        if stream.codec_context and not stream.disposition & COVER:
            return stream
    return None


def origin(source: InputContainer, stream: MediaStream) -> int:
    """Return which time of `stream`, in its unit, people call the beginning.

    The clock of a transport stream has any value there; all other files count from it.
    """
    if source.format.name not in _ANY_CLOCK or not source.start_time or stream.time_base is None:
        return 0
    return round(Fraction(source.start_time, 1_000_000) / stream.time_base)


def _describe(source: InputContainer, path: Path) -> MediaDescription:
    # A cover picture in a sound file is none of its tracks.
    videos = [s for s in source.streams.video if not s.disposition & COVER and s.codec_context]
    audios = [s for s in source.streams.audio if s.codec_context]
    streams: list[MediaStream] = [*videos, *audios]
    # Read before the packets are: PyAV closes a container that was read to its end.
    container = _container(source, path, has_video=bool(videos))
    width, height = (videos[0].width, videos[0].height) if videos else (0, 0)
    facts = {s.index: (s.type, s.codec_context.codec.canonical_name, _title(s)) for s in streams}
    counts = dict.fromkeys(facts, 0)
    ends = dict.fromkeys(facts, 0.0)
    undecoded = {streams[0].index} if streams else set()
    for packet in packets(source, *streams):
        index = packet.stream_index
        assert packet.pts is not None
        counts[index] += 1
        end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
        ends[index] = max(ends[index], end_s)
        if index in undecoded:
            with contextlib.suppress(av.error.InvalidDataError):
                if packet.decode():
                    undecoded.discard(index)
    if undecoded and counts[streams[0].index]:
        # A decoder may hold back what is there until the end.
        with contextlib.suppress(av.error.InvalidDataError):
            if streams[0].codec_context.decode(None):
                undecoded.clear()
    if undecoded or not streams:
        raise UnreadableMedia(N_("{path} holds no picture and no sound."), path=path)
    tracks = [MediaTrack(*facts[i], counts[i], round(ends[i], 3)) for i in facts if counts[i]]
    types = _VIDEO_TYPES if videos else _AUDIO_TYPES
    return MediaDescription(
        container=container,
        mime_type=types.get(container, "application/octet-stream"),
        duration_s=round(max(ends.values()), 3),
        size_bytes=path.stat().st_size,
        width=width,
        height=height,
        video_codec=facts[videos[0].index][1] if videos else "",
        audio_codecs=[track.codec for track in tracks if track.kind == "audio"],
        tracks=tracks,
    )


def _container(source: InputContainer, path: Path, *, has_video: bool) -> str:
    """Return a container's everyday name."""
    name = source.format.name
    if name.startswith("matroska"):
        return "webm" if path.suffix.lower() == ".webm" else "mkv"
    if name.startswith("mov"):
        brand = source.metadata.get("major_brand", "").strip()
        return "mov" if has_video and brand in ("qt", "") else "mp4"
    return name.partition(",")[0]


def _title(stream: MediaStream) -> str:
    return stream.metadata.get("title", "")


COVER = av.stream.Disposition.attached_pic


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        raise UnreadableMedia(
            N_("{path} cannot be read as video or sound ({reason})."),
            path=path,
            reason=getattr(error, "strerror", None) or error,
        ) from error
