"""Animated pictures: GIF, by a palette made of all of it first, and WebP."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from recorder_app.edit.encoding import encoder_failed
from recorder_app.edit.fitting import Fitter, Shape
from recorder_app.edit.pictures import PictureReader
from recorder_app.edit.plan import place
from recorder_app.edit.presets import Preset
from recorder_app.edit.render import RenderReport, abandon, look_at, open_container, translated
from recorder_app.edit.smartcut import video_of
from recorder_app.edit.timeline import EditList
from recorder_app.errors import InvalidRequest
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import MediaPacket, open_media
from recorder_app.texts import N_

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""

# GIF counts hundredths, WebP thousandths of a second.
_UNITS = {"gif": Fraction(1, 100), "webp": Fraction(1, 1000)}
# Browsers show what is shown for less, in hundredths, at a tenth of its speed.
_SHORTEST_GIF = 2
# How much of the work the palette is.
_PALETTE_SHARE = 0.4
# Dithering by a fixed pattern: what stands still does not flicker, and packs well.
_PALETTE_USE = "dither=bayer:bayer_scale=3:diff_mode=rectangle"
_WEBP_OPTIONS = {"lossless": "0", "quality": "80", "compression_level": "3", "preset": "text"}


def render_animation(
    source: Path, edits: EditList, file: RecordingFile, proceed: Proceed, preset: Preset
) -> RenderReport:
    """Write what `edits` keep of `source` into `file` as an animated picture, and close it.

    Memory does not grow with the length, but for what WebP has encoded. Raises MediaError,
    EncodingError, StorageError, and what `proceed` raises.
    """
    with translated(source, file):
        if preset.container == "gif":
            report = _render_gif(source, edits, file, proceed, preset)
        else:
            with _pictures(source, edits, preset, "yuv420p") as (reader, shape):
                report = _write_webp(reader, shape, edits.kept_length, file, proceed)
        file.close()
    if report.encoded == 0:
        raise InvalidRequest(
            N_("There is no picture in what would be kept."),
            hint=N_("Keep a longer part of the recording."),
        )
    return report


@contextlib.contextmanager
def _pictures(
    source: Path, edits: EditList, preset: Preset, pixel_format: str
) -> Iterator[tuple[PictureReader, Shape]]:
    with open_media(source) as media:
        video = video_of(media, source)
        shape = _shape(media, video, source, preset)
        reader = PictureReader(
            media,
            video,
            place(edits.kept),
            Fitter(shape, pixel_format),
            Fraction(preset.max_fps),
        )
        with reader:
            yield reader, shape


def _shape(media: InputContainer, video: VideoStream, source: Path, preset: Preset) -> Shape:
    return look_at(media, video, source).shape.within(preset.max_width, preset.max_height)


def _render_gif(
    source: Path, edits: EditList, file: RecordingFile, proceed: Proceed, preset: Preset
) -> RenderReport:
    length = edits.kept_length
    with _pictures(source, edits, preset, "bgra") as (reader, shape):
        palette = _palette(reader, shape, lambda at: proceed(_PALETTE_SHARE * float(at / length)))
    if palette is None:
        return RenderReport(length)
    with _pictures(source, edits, preset, "bgra") as (reader, shape):
        return _write_gif(
            reader,
            shape,
            length,
            file,
            lambda at: proceed(_PALETTE_SHARE + (1 - _PALETTE_SHARE) * float(at / length)),
            palette,
        )


def _palette(
    reader: PictureReader, shape: Shape, proceed: Callable[[Fraction], None]
) -> av.VideoFrame | None:
    """Return the 256 colours that show all pictures best; None when there are no pictures."""
    graph = Graph()
    entry = graph.add_buffer(
        width=shape.width,
        height=shape.height,
        format=av.VideoFormat("bgra"),
        time_base=Fraction(1, 1000),
    )
    # Weighted by what changes: the background gets fewer colours, what moves more.
    maker = graph.add("palettegen", "stats_mode=diff:reserve_transparent=1")
    entry.link_to(maker)
    maker.link_to(graph.add("buffersink"))
    graph.configure()
    count = 0
    for shown in reader:
        shown.frame.pts, count = count, count + 1
        entry.push(shown.frame)
        proceed(shown.at)
    if not count:
        return None
    entry.push(None)
    palette = graph.pull()
    assert isinstance(palette, av.VideoFrame)
    return palette


class _PaletteUse:
    """Makes pictures of the colours of a palette. Used by one thread."""

    def __init__(self, palette: av.VideoFrame, shape: Shape) -> None:
        self._graph = Graph()
        base = Fraction(1, 1000)
        colours = av.VideoFormat("bgra")
        self._entry = self._graph.add_buffer(
            width=shape.width, height=shape.height, format=colours, time_base=base
        )
        entries = self._graph.add_buffer(
            width=palette.width, height=palette.height, format=colours, time_base=base
        )
        use = self._graph.add("paletteuse", _PALETTE_USE)
        self._entry.link_to(use, 0, 0)
        entries.link_to(use, 0, 1)
        use.link_to(self._graph.add("buffersink"))
        self._graph.configure()
        palette.pts, palette.time_base = 0, base
        entries.push(palette)
        entries.push(None)
        self._count = 0

    def put(self, frame: av.VideoFrame) -> Iterator[av.VideoFrame]:
        """Take in a picture; yield those that are done, which may be earlier ones."""
        frame.pts, self._count = self._count, self._count + 1
        self._entry.push(frame)
        yield from self._done()

    def finish(self) -> Iterator[av.VideoFrame]:
        self._entry.push(None)
        yield from self._done()

    def _done(self) -> Iterator[av.VideoFrame]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            yield frame


def _write_gif(
    reader: PictureReader,
    shape: Shape,
    length: Fraction,
    file: RecordingFile,
    proceed: Callable[[Fraction], None],
    palette: av.VideoFrame,
) -> RenderReport:
    unit, report = _UNITS["gif"], RenderReport(length)
    painter = _PaletteUse(palette, shape)
    times: list[int] = []
    with contextlib.ExitStack() as stack:
        output = open_container(file, "gif")
        stack.callback(abandon, output)
        stream = output.add_stream("gif")
        assert isinstance(stream, VideoStream)
        _configure(stream.codec_context, shape, "pal8", unit, {})

        def write(frames: Iterator[av.VideoFrame]) -> None:
            for frame in frames:
                frame.pts, frame.time_base = times[report.encoded], unit
                report.encoded += 1
                output.mux(stream.encode(frame))

        for shown in reader:
            ticks = round(shown.at / unit)
            times.append(max(ticks, times[-1] + _SHORTEST_GIF) if times else ticks)
            write(painter.put(shown.frame))
            proceed(shown.at)
            last = shown.frame
        end = round(length / unit) - _SHORTEST_GIF
        if times and end - times[-1] >= _SHORTEST_GIF:
            # How long the last one is shown must be told before it is known: shown again, for so
            # long, it costs a pixel.
            times.append(end)
            write(painter.put(last))
            report.encoded -= 1
        write(painter.finish())
        output.mux(stream.encode(None))
        output.close()
        report.damaged = reader.damaged
    return report


def _write_webp(
    reader: PictureReader, shape: Shape, length: Fraction, file: RecordingFile, proceed: Proceed
) -> RenderReport:
    unit, report = _UNITS["webp"], RenderReport(length)
    with contextlib.ExitStack() as stack:
        output = open_container(file, "webp")
        stack.callback(abandon, output)
        stream = output.add_stream("libwebp_anim")
        assert isinstance(stream, VideoStream)
        _configure(stream.codec_context, shape, "yuv420p", unit, _WEBP_OPTIONS)
        last = -1
        for shown in reader:
            last = max(last + 1, round(shown.at / unit))
            shown.frame.pts, shown.frame.time_base = last, unit
            output.mux(stream.encode(shown.frame))
            report.encoded += 1
            proceed(float(shown.at / length))
        for packet in stream.encode(None):
            # All pictures at once; how long the last is shown, the encoder can only guess.
            whole: MediaPacket = Packet(with_length(bytes(packet), round(length / unit)))
            whole.pts = whole.dts = 0
            whole.time_base, whole.stream = unit, stream
            output.mux(whole)
        output.close()
        report.damaged = reader.damaged
    return report


def _configure(
    context: VideoCodecContext,
    shape: Shape,
    pixel_format: str,
    unit: Fraction,
    options: dict[str, str],
) -> None:
    context.width, context.height, context.pix_fmt = shape.width, shape.height, pixel_format
    context.time_base = unit
    context.options = options
    try:
        context.open()
    except (av.FFmpegError, OSError, ValueError) as error:
        raise encoder_failed(context.name, error) from error


def webp_frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the length of each picture of an animated WebP stands, and it, in ms.

    The format: https://developers.google.com/speed/webp/docs/riff_container
    """
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"ANMF":
            yield at + 20, int.from_bytes(data[at + 20 : at + 23], "little")
        at += 8 + size + size % 2


def with_length(data: bytes, length_ms: int) -> bytes:
    """Return an animated WebP whose last picture is shown until `length_ms`."""
    frames = list(webp_frames(data))
    if not frames:
        return data
    place, _ = frames[-1]
    last = max(1, length_ms - sum(length for _, length in frames[:-1]))
    return data[:place] + min(last, 0xFFFFFF).to_bytes(3, "little") + data[place + 3 :]
