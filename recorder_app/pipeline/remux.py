"""Copying the tracks of a file that nobody finished into a whole one, and proving the copy."""

from __future__ import annotations

import functools
import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from recorder_app.errors import EncoderFailed, UnreadableMedia
from recorder_app.media.containers import set_chapters
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import MediaPacket, MediaStream, open_media, packets
from recorder_app.texts import N_

# Times may be rounded to another unit by the new file, by no more than this.
_ROUNDING_S = 0.002

Progress = Callable[[float], None]
"""Called with the share that is done, 0 to 1."""


@dataclass(slots=True)
class Contents:
    """The packets of one track: what they hold, and when they are shown, in seconds."""

    kind: str
    digest: hashlib.blake2b = field(default_factory=hashlib.blake2b)
    times_s: array[float] = field(default_factory=lambda: array("d"))
    end_s: float = 0.0

    def add(self, packet: MediaPacket) -> None:
        assert packet.pts is not None
        self.digest.update(packet.size.to_bytes(8, "big"))
        self.digest.update(packet)
        self.times_s.append(float(packet.pts * packet.time_base))
        self.end_s = max(
            self.end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base)
        )

    def is_like(self, other: Contents) -> bool:
        return self.digest.digest() == other.digest.digest() and all(
            abs(mine - theirs) <= _ROUNDING_S
            for mine, theirs in zip(self.times_s, other.times_s, strict=True)
        )


@dataclass(slots=True)
class Decoded:
    """How much of one track comes out of a decoder."""

    frames: int = 0
    errors: int = 0


def remux(
    media: Path, file: RecordingFile, marks: Sequence[tuple[float, str]], on_progress: Progress
) -> list[Contents]:
    """Copy every whole packet of `media` into `file`, with an index, its length and chapters.

    Closes `file`. Returns what was copied of each track. Raises UnreadableMedia when there is no
    picture to copy, StorageError and EncoderFailed.
    """
    try:
        with open_media(media) as source:
            copied = _copy(source, media, file, marks, on_progress)
        file.close()
    except UnreadableMedia:
        raise
    except Exception as error:
        # PyAV reports an exception of the file object as its own kind, not as an FFmpegError.
        if file.error is not None:
            raise file.error from error
        if not isinstance(error, av.FFmpegError | OSError | ValueError):
            raise
        raise EncoderFailed(
            N_("{path} cannot be copied into a whole file ({reason})."), path=media, reason=error
        ) from error
    return copied


def verify(media: Path, copy: Path, copied: list[Contents], on_progress: Progress) -> None:
    """Decode all of `copy` and compare it with `media`, of which `copied` was taken.

    Raises UnreadableMedia when the copy holds less than the first file, in any track.
    """
    with open_media(copy) as source:
        read = _contents(source)
    if len(read) != len(copied) or any(
        len(a.times_s) != len(b.times_s) for a, b in _pairs(read, copied)
    ):
        raise _less(media)
    is_same = all(mine.is_like(theirs) for mine, theirs in _pairs(read, copied))
    decoded = _decode(copy, on_progress)
    if is_same and not any(track.errors for track in decoded):
        # The same packets, of which all decode, are as much as the first file can give.
        return
    first = _decode(media, lambda _: None)
    if len(first) != len(decoded) or any(
        a.frames < b.frames for a, b in zip(decoded, first, strict=True)
    ):
        raise _less(media)


def _copy(
    source: InputContainer,
    media: Path,
    file: RecordingFile,
    marks: Sequence[tuple[float, str]],
    on_progress: Progress,
) -> list[Contents]:
    streams = _streams(source)
    total = max(media.stat().st_size, 1)
    form, options = _format(source, media)
    output = av.open(file, "w", format=form, container_options=options)
    assert isinstance(output, OutputContainer)
    try:
        copies = {
            each.index: output.add_stream_from_template(each, opaque=True) for each in streams
        }
        if form != "mp4":
            for picture in source.streams.video:
                # How long a picture lasts; it is not among what a template carries.
                copy = copies[picture.index]
                assert isinstance(copy, VideoStream)
                copy.codec_context.framerate = picture.average_rate or Fraction(0)
        copied = {each.index: Contents(each.type) for each in streams}
        for each in streams:
            copies[each.index].metadata.update(each.metadata)
        done = 0
        for packet in packets(source, *streams):
            copied[packet.stream_index].add(packet)
            done += packet.size
            if packet.dts is None:
                packet.dts = packet.pts
            packet.stream = copies[packet.stream_index]
            output.mux(packet)
            on_progress(min(done / total, 1.0))
        if not any(each.times_s for each in copied.values() if each.kind == "video"):
            raise UnreadableMedia(N_("{path} holds no picture."), path=media)
        set_chapters(output, marks, max(each.end_s for each in copied.values()))
    finally:
        output.close()
    return [each for each in copied.values() if each.times_s]


def _format(source: InputContainer, media: Path) -> tuple[str, dict[str, str]]:
    """Return FFmpeg's name for a file like `media`, whole, and the options for it."""
    if source.format.name.startswith("matroska"):
        return ("webm" if media.suffix.lower() == ".webm" else "matroska"), {}
    if source.format.name.startswith("mov"):
        return "mp4", {"use_editlist": "1"}
    raise UnreadableMedia(N_("{path} is not a file that was recorded here."), path=media)


def _streams(source: InputContainer) -> list[MediaStream]:
    return [*source.streams.video, *source.streams.audio]


def _contents(source: InputContainer) -> list[Contents]:
    found = {each.index: Contents(each.type) for each in _streams(source)}
    for packet in packets(source, *_streams(source)):
        found[packet.stream_index].add(packet)
    return [each for each in found.values() if each.times_s]


def _decode(path: Path, on_progress: Progress) -> list[Decoded]:
    """Decode all of `path`, picture and sound, past what cannot be."""
    total = max(path.stat().st_size, 1)
    done = 0
    with open_media(path) as source:
        streams = _streams(source)
        found = {each.index: Decoded() for each in streams}
        for picture in source.streams.video:
            picture.thread_type = "AUTO"
        for packet in packets(source, *streams):
            _count(found[packet.stream_index], packet.decode)
            done += packet.size
            on_progress(min(done / total, 1.0))
        for each in streams:
            _count(found[each.index], functools.partial(each.codec_context.decode, None))
    return [each for each in found.values() if each.frames or each.errors]


def _count(track: Decoded, decode: Callable[[], Iterable[object]]) -> None:
    try:
        track.frames += sum(1 for _ in decode())
    except av.error.EOFError:
        return
    except (av.error.InvalidDataError, av.error.ExternalError):
        track.errors += 1


def _pairs(one: list[Contents], other: list[Contents]) -> Iterator[tuple[Contents, Contents]]:
    return zip(one, other, strict=True)


def _less(media: Path) -> UnreadableMedia:
    return UnreadableMedia(
        N_("The new file holds less than {path}, which is left as it is."), path=media
    )
