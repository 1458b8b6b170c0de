"""What goes along with pictures and sound: chapters and subtitles, at their new times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle, SubtitleSet

from recorder_app.edit.plan import TOLERANCE, place
from recorder_app.edit.timeline import EditList
from recorder_app.media.probe import open_media

_ENCODERS = {"webm": "webvtt", "matroska": "subrip", "mp4": "mov_text"}
# How long tracks wait for each other in a file with subtitles, which may be minutes apart.
SUBTITLE_DELTA_US = "1000000"
_TIME_BASE = Fraction(1, 1000)
# Of a cue that tells no length: what programs show one for.
_USUAL_LENGTH = Fraction(4)


def chapters(media: InputContainer, edits: EditList) -> list[tuple[float, str]]:
    """Return the chapters whose beginnings are kept: their new times in seconds, and titles."""
    kept = []
    for chapter in media.chapters():
        base = chapter["time_base"] or Fraction(1)
        at = edits.result_time(Fraction(chapter["start"] * base))
        if at is not None:
            kept.append((float(at), chapter["metadata"].get("title", "")))
    return kept


@dataclass(frozen=True, slots=True)
class _Cue:
    start: Fraction
    end: Fraction
    ass: bytes


class CarriedSubtitles:
    """The tracks of text in `media`, a stream each in `output`, whose header is not written yet.

    ``mux`` writes them, before anything else. Subtitles that are pictures stay behind. Subtitles
    lie wherever their times are, far apart: they are read in a pass of their own, which only files
    that have some pay for.
    """

    def __init__(
        self, media: InputContainer, path: Path, output: OutputContainer, container: str
    ) -> None:
        self._path = path
        self._streams: dict[int, SubtitleStream] = {}
        if container not in _ENCODERS:
            return
        for each in media.streams.subtitles:
            if each.codec_context is None or not _is_text(each):
                continue
            header = each.codec_context.subtitle_header
            if header is None:
                each.codec_context.open()
                header = each.codec_context.subtitle_header
            stream = output.add_stream(_ENCODERS[container])
            assert isinstance(stream, SubtitleStream)
            stream.codec_context.subtitle_header = header
            stream.codec_context.time_base = stream.time_base = _TIME_BASE
            stream.metadata.update(
                {
                    name: each.metadata[name]
                    for name in ("language", "title")
                    if name in each.metadata
                }
            )
            self._streams[each.index] = stream

    def __bool__(self) -> bool:
        return bool(self._streams)

    def mux(self, output: OutputContainer, edits: EditList) -> None:
        """Write the cues of what is kept, clipped to it."""
        for index, stream in self._streams.items():
            for cue in _cues(self._path, index):
                for start, end in _placed(cue, edits):
                    output.mux(_encoded(stream, cue.ass, start, end))


def _is_text(stream: SubtitleStream) -> bool:
    # AV_CODEC_PROP_TEXT_SUB is not told by PyAV.
    return stream.codec_context.codec.name in (
        "ass",
        "ssa",
        "subrip",
        "srt",
        "mov_text",
        "webvtt",
        "text",
    )


def _cues(path: Path, index: int) -> Iterator[_Cue]:
    with open_media(path) as media:
        stream = media.streams[index]
        assert isinstance(stream, SubtitleStream)
        for packet in media.demux(stream):
            if not packet.size or packet.pts is None:
                continue
            try:
                decoded = stream.decode2(packet)
            except av.FFmpegError:
                continue
            start = Fraction(packet.pts * packet.time_base)
            length = Fraction((packet.duration or 0) * packet.time_base) or _USUAL_LENGTH
            for rect in decoded.rects if decoded is not None else ():
                if isinstance(rect, AssSubtitle) and rect.ass:
                    yield _Cue(start, start + length, rect.ass)


def _placed(cue: _Cue, edits: EditList) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield from when to when a cue is shown in the result, where parts touch there as one."""
    start = end = Fraction(-1)
    for each in place(edits.kept):
        first, last = max(cue.start, each.part.start), min(cue.end, each.part.end)
        if last - first <= TOLERANCE:
            continue
        if each.result_time(first) == end:
            end = each.result_time(last)
            continue
        if end > start:
            yield start, end
        start, end = each.result_time(first), each.result_time(last)
    if end > start:
        yield start, end


def _encoded(
    stream: SubtitleStream, ass: bytes, start: Fraction, end: Fraction
) -> Packet[SubtitleStream]:
    length = round((end - start) / _TIME_BASE)
    packet = stream.codec_context.encode_subtitle(SubtitleSet.create(ass, 0, length))
    packet.pts = packet.dts = round(start / _TIME_BASE)
    packet.duration, packet.time_base = length, _TIME_BASE
    packet.stream = stream
    return packet
