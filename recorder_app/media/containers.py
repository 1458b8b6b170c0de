"""Containers: written crash-safe from the first byte, and inspected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from recorder_app.errors import EncoderFailed, UnreadableMedia
from recorder_app.media.codecs import (
    EncoderChoice,
    SoundEncoderChoice,
    VideoFormat,
    configure,
    configure_sound,
)
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.profiles import ContainerFormat
from recorder_app.media.scheduling import open_encoder
from recorder_app.media.sound import SAMPLE_RATE
from recorder_app.texts import N_

_BEGINNING = "Beginning"
_MILLISECONDS = Fraction(1, 1000)


def open_output(file: RecordingFile, container: ContainerFormat) -> OutputContainer:
    """Return an output container that writes to `file`; nothing is written yet."""
    output = av.open(file, "w", format=container.format, container_options=container.options)
    assert isinstance(output, OutputContainer)
    return output


def add_video_stream(
    output: OutputContainer, choice: EncoderChoice, wanted: VideoFormat
) -> VideoStream:
    """Add a stream whose encoder is open; the container owns it.

    Raises EncoderFailed when the encoder does not open after all.
    """
    stream = output.add_stream(choice.name, rate=wanted.fps)
    assert isinstance(stream, VideoStream)
    try:
        configure(stream.codec_context, choice.profile, wanted)
        open_encoder(stream.codec_context)
    except (av.FFmpegError, OSError) as error:
        raise EncoderFailed(
            N_("The video encoder {name} stopped working ({reason})."),
            hint=N_("Close other programs that encode video and try again."),
            name=choice.name,
            reason=error,
        ) from error
    return stream


def add_sound_stream(
    output: OutputContainer, choice: SoundEncoderChoice, channels: int, title: str
) -> AudioStream:
    """Add a sound stream whose encoder is open; the container owns it. Raises EncoderFailed."""
    stream = output.add_stream(choice.name, rate=SAMPLE_RATE)
    assert isinstance(stream, AudioStream)
    try:
        configure_sound(stream.codec_context, choice.profile, channels)
        # Matroska keeps titles, MP4 the names of handlers.
        stream.metadata["title"] = stream.metadata["handler_name"] = title
        stream.codec_context.open()
    except (av.FFmpegError, OSError) as error:
        raise EncoderFailed(
            N_("The sound encoder {name} stopped working ({reason})."),
            hint=N_("Record without sound, or choose another format."),
            name=choice.name,
            reason=error,
        ) from error
    return stream


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file holds: sizes in pixels, times in seconds, FFmpeg's codec names."""

    container: str
    duration_s: float
    width: int
    height: int
    video_codec: str
    audio_codecs: tuple[str, ...]
    video_frames: int


def inspect(path: Path) -> MediaInfo:
    """Read every packet header of `path`, so that a file without an index is measured right.

    Raises UnreadableMedia.
    """
    try:
        with av.open(path, "r") as source:
            assert isinstance(source, InputContainer)
            return _measure(source)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise UnreadableMedia(
            N_("{path} is not a recording that can be played ({reason})."),
            path=path,
            reason=error,
        ) from error


def _measure(source: InputContainer) -> MediaInfo:
    video = source.streams.video[0]
    # Read before the packets are: PyAV closes a container that was read to its end.
    container, width, height = source.format.name, video.width, video.height
    video_codec = video.codec_context.codec.canonical_name
    audio_codecs = tuple(
        stream.codec_context.codec.canonical_name for stream in source.streams.audio
    )
    end_s = 0.0
    frames = 0
    for packet in source.demux():
        if packet.pts is None or packet.time_base is None:
            continue
        frames += packet.stream_index == video.index
        end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return MediaInfo(container, end_s, width, height, video_codec, audio_codecs, frames)


def set_chapters(
    container: OutputContainer, marks: Sequence[tuple[float, str]], end_s: float
) -> None:
    """Make (seconds, title) pairs chapters of a file that ends at `end_s`."""
    if not marks:
        return
    if container.format.name == "mp4" and marks[0][0] > 0:
        # MP4's chapters follow each other from 0 on: the first would be there whatever it says.
        marks = [(0.0, _BEGINNING), *marks]
    ends = [at_s for at_s, _ in marks[1:]]
    ends.append(max(end_s, marks[-1][0]))
    container.set_chapters(
        [
            {
                "id": number,
                "start": round(at_s * 1000),
                "end": round(end_s * 1000),
                "time_base": _MILLISECONDS,
                "metadata": {"title": title or f"Marker {number}"},
            }
            for number, ((at_s, title), end_s) in enumerate(zip(marks, ends, strict=True), start=1)
        ]
    )
