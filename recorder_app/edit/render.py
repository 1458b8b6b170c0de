"""The full render: what is kept, decoded and encoded anew.

Decoding and scaling work in a thread of their own (``pictures``), each track of sound in another
(``tracks``); this one encodes pictures and writes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from recorder_app.edit import carrying
from recorder_app.edit.encoding import EncodingPlan, PictureEncoder, choose
from recorder_app.edit.fitting import Fitter, Shape, upright
from recorder_app.edit.pictures import PictureReader, decode_in_threads
from recorder_app.edit.plan import Placed, place
from recorder_app.edit.presets import Preset, load
from recorder_app.edit.smartcut import video_of
from recorder_app.edit.timeline import EditList
from recorder_app.edit.tracks import SoundTrack, SoundWish
from recorder_app.errors import InvalidRequest, UnreadableMedia
from recorder_app.media.containers import set_chapters
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import open_media
from recorder_app.texts import N_

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""

# Of what a file says of its rate; a still screen has few pictures, a broken header says nonsense.
_LEAST_RATE, _MOST_RATE = Fraction(1), Fraction(240)


@dataclass(slots=True)
class RenderReport:
    """What came of a render: pictures counted, packets of the source that were damaged."""

    length: Fraction
    encoded: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How the pictures of a source are seen, and how many a second."""

    shape: Shape
    rate: Fraction


def look_at(media: InputContainer, video: VideoStream, path: Path) -> Look:
    """Decode the first picture. Raises UnreadableMedia when there is none."""
    for frame in _first_pictures(media, video):
        rate = video.average_rate or video.guessed_rate or Fraction(30)
        return Look(
            upright(frame, video.codec_context.sample_aspect_ratio),
            min(_MOST_RATE, max(_LEAST_RATE, Fraction(rate))),
        )
    raise UnreadableMedia(N_("There is no picture in {path}."), path=path)


def _first_pictures(media: InputContainer, video: VideoStream) -> Iterator[av.VideoFrame]:
    decode_in_threads(video)
    for packet in media.demux(video):
        with contextlib.suppress(av.error.InvalidDataError, av.error.ExternalError):
            yield from video.codec_context.decode(packet)


def plan_for(preset: Preset, look: Look) -> EncodingPlan:
    """Return how `preset` encodes what looks like that. Raises CodecUnavailable."""
    ladder = load().ladder(preset)
    rate = min(look.rate, Fraction(preset.max_fps)) if preset.max_fps else look.rate
    shape = look.shape.within(preset.max_width, preset.max_height)
    return choose(ladder, EncodingPlan(ladder[0], shape, rate))


def render(
    source: Path,
    edits: EditList,
    file: RecordingFile,
    proceed: Proceed,
    preset: Preset,
    plan: EncodingPlan | None = None,
    sound: SoundWish | None = None,
) -> RenderReport:
    """Write what `edits` keep of `source` into `file`, encoded as `preset` says, and close it.

    `plan` and `sound` take the place of what follows from the preset. Raises MediaError,
    EncodingError, StorageError, and what `proceed` raises; `file` is worth nothing then.
    """
    wish = sound or SoundWish(preset.sound, preset.sound_bit_rate)
    with translated(source, file):
        with open_media(source) as media:
            video = video_of(media, source)
            if plan is None:
                plan = plan_for(preset, look_at(media, video, source))
            report = _Render(media, video, source, edits, file, proceed, preset, plan, wish).run()
        file.close()
    return report


def count_first_pass(
    source: Path, edits: EditList, proceed: Proceed, plan: EncodingPlan, most_fps: float
) -> None:
    """Encode the pictures for what the encoder notes of them; nothing is written."""
    with translated(source), open_media(source) as media:
        video = video_of(media, source)
        encoder = plan.opened()
        length = edits.kept_length
        with PictureReader(
            media,
            video,
            place(edits.kept),
            Fitter(plan.shape, plan.encoder.pixel_format),
            Fraction(most_fps) if most_fps else None,
        ) as reader:
            pictures = PictureEncoder(encoder, length)
            for shown in reader:
                pictures.encode(shown)
                proceed(min(1.0, float(shown.at / length)))
            pictures.finish()


@contextlib.contextmanager
def translated(source: Path, file: RecordingFile | None = None) -> Iterator[None]:
    """Make what PyAV and the file raise an error of ours."""
    try:
        yield
    except Exception as error:
        # PyAV reports an exception of the file object as its own kind, not as an FFmpegError.
        if file is not None and file.error is not None:
            raise file.error from error
        if isinstance(error, av.FFmpegError):
            raise UnreadableMedia(
                N_("{path} cannot be exported ({reason})."), path=source, reason=error
            ) from error
        raise


class _Render:
    def __init__(
        self,
        media: InputContainer,
        video: VideoStream,
        path: Path,
        edits: EditList,
        file: RecordingFile,
        proceed: Proceed,
        preset: Preset,
        plan: EncodingPlan,
        wish: SoundWish,
    ) -> None:
        self._media, self._video, self._path = media, video, path
        self._edits, self._file, self._proceed = edits, file, proceed
        self._preset, self._plan, self._wish = preset, plan, wish
        self._placed = place(edits.kept)
        self.report = RenderReport(edits.kept_length)

    def run(self) -> RenderReport:
        # Read before the packets are: PyAV closes a container that was read to its end.
        marks = carrying.chapters(self._media, self._edits)
        with contextlib.ExitStack() as stack:
            output = open_container(
                self._file, self._preset.container, bool(self._media.streams.subtitles)
            )
            stack.callback(abandon, output)
            stream = self._plan.add_to(output)
            stream.metadata.update(_kept_names(self._video))
            sounds = sound_tracks(
                self._media, output, self._preset.container, self._placed, self._edits, self._wish
            )
            for sound in sounds.values():
                stack.callback(sound.close)
            texts = carrying.CarriedSubtitles(
                self._media, self._path, output, self._preset.container
            )
            texts.mux(output, self._edits)
            reader = stack.enter_context(
                PictureReader(
                    self._media,
                    self._video,
                    self._placed,
                    Fitter(self._plan.shape, self._plan.encoder.pixel_format),
                    Fraction(self._preset.max_fps) if self._preset.max_fps else None,
                    sounds,
                )
            )
            self._write(output, stream, reader, sounds)
            set_chapters(output, marks, float(self._edits.kept_length))
            output.close()
            self.report.damaged = reader.damaged + sum(each.damaged for each in sounds.values())
        if self.report.encoded == 0:
            raise InvalidRequest(
                N_("There is no picture in what would be kept."),
                hint=N_("Keep a longer part of the recording."),
            )
        return self.report

    def _write(
        self,
        output: OutputContainer,
        stream: VideoStream,
        reader: PictureReader,
        sounds: dict[int, SoundTrack],
    ) -> None:
        pictures = PictureEncoder(stream.codec_context, self._edits.kept_length)
        for shown in reader:
            self._mux(output, stream, pictures.encode(shown))
            for sound in sounds.values():
                output.mux(list(sound.packets()))
            self._proceed(min(1.0, float(shown.at / self._edits.kept_length)))
        self._mux(output, stream, pictures.finish())
        for sound in sounds.values():
            sound.finish()
            output.mux(list(sound.packets()))
        self.report.encoded = pictures.count

    @staticmethod
    def _mux(
        output: OutputContainer, stream: VideoStream, packets: list[Packet[VideoStream]]
    ) -> None:
        for packet in packets:
            packet.stream = stream
            output.mux(packet)


def open_container(file: RecordingFile, name: str, has_subtitles: bool = False) -> OutputContainer:
    """Return a container that writes to `file`, of a kind of the presets."""
    container = load().containers[name]
    options = dict(container.options)
    if has_subtitles:
        options["max_interleave_delta"] = carrying.SUBTITLE_DELTA_US

    def reopened(*_: object) -> object:
        # The index goes in front in a second pass over what was written.
        return file.path.open("rb")

    output = av.open(
        file, "w", format=container.format, container_options=options, io_open=reopened
    )
    assert isinstance(output, OutputContainer)
    return output


def sound_tracks(
    media: InputContainer,
    output: OutputContainer,
    container: str,
    placed: Sequence[Placed],
    edits: EditList,
    wish: SoundWish | None,
) -> dict[int, SoundTrack]:
    """Return a track of `output` for each of the source's, by the index of its stream.

    Raises UnsupportedMedia; then none is left running.
    """
    tracks: dict[int, SoundTrack] = {}
    try:
        for each in media.streams.audio:
            if each.codec_context is not None:
                tracks[each.index] = SoundTrack(each, output, container, placed, edits.length, wish)
    except BaseException:
        for track in tracks.values():
            track.close()
        raise
    return tracks


def abandon(output: OutputContainer) -> None:
    """Let go of a container, whatever state it is in; nothing after it was closed."""
    with contextlib.suppress(Exception):
        output.close()


def _kept_names(stream: VideoStream | AudioStream) -> dict[str, str]:
    names = ("title", "language", "handler_name")
    return {name: stream.metadata[name] for name in names if name in stream.metadata}
