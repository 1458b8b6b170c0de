"""The smart cut: whole groups of pictures copied, only the heads of kept parts encoded.

::

    source --packets--> GroupBuilder --group--> spans: copy or Joiner.encode --> output
              \\-------> SoundTrack (a thread for each) ----------------------/

One pass over what is kept; what lies between distant parts is not read. Pictures that are copied
are bit-identical. Sound is cut to the sample, see ``sound``.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from recorder_app.edit import carrying, opus
from recorder_app.edit.groups import Group, GroupBuilder, GroupDecoder, duplicate, time_of
from recorder_app.edit.joining import EncodedPicture, Joiner
from recorder_app.edit.plan import TOLERANCE, Placed, Span, Treatment, is_shown, place, spans
from recorder_app.edit.sound_copy import LONGEST_LEAD, CopiedTrack, beginning, can_copy
from recorder_app.edit.timeline import EditList, Range
from recorder_app.edit.tracks import SoundTrack
from recorder_app.errors import InvalidRequest, UnreadableMedia, UnsupportedMedia
from recorder_app.media.containers import set_chapters
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import (
    MediaPacket,
    MediaStream,
    open_media,
    origin,
    packets,
    pictures_of,
)
from recorder_app.texts import N_

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""

# Sound may lie this far from the pictures it belongs to; also what a decoder needs to begin.
_SOUND_LEAD = Fraction(3, 2)
# Shorter stretches between kept parts are read past; a longer one is worth looking for its end.
_WORTH_SEEKING = Fraction(10)

# How a finished file is written. Tracks wait for each other for half a minute of media: one that
# ends early must not have all of the others kept in memory. In MP4 the edit list counts in the
# movie's time scale, and cuts off what its rounding loses.
_WEBM_CODECS = ("vp8", "vp9", "av1")
_OPTIONS = {
    "webm": {"max_interleave_delta": "30000000", "flush_packets": "0"},
    "matroska": {"max_interleave_delta": "30000000", "flush_packets": "0"},
    "mp4": {
        "max_interleave_delta": "30000000",
        "flush_packets": "0",
        "use_editlist": "1",
        "movie_timescale": "90000",
    },
}


@dataclass(slots=True)
class CutReport:
    """What came of a cut: pictures and packets counted, `length` in seconds."""

    length: Fraction
    copied: int = 0
    encoded: int = 0
    damaged: int = 0
    container: str = ""


def smart_cut(source: Path, edits: EditList, file: RecordingFile, proceed: Proceed) -> CutReport:
    """Write what `edits` keep of `source` into `file` and close it.

    Raises UnsupportedMedia, with the reason, when parts of the file cannot be joined: then nothing
    but encoding all of it helps. Raises UnreadableMedia, EncodingError, StorageError, and what
    `proceed` raises; what is in `file` then is worth nothing.
    """
    try:
        with open_media(source) as media:
            report = _Cutter(media, source, edits, file, proceed).run()
        if report.container != "mp4":
            opus.set_length(file, report.length)
        file.close()
    except Exception as error:
        # PyAV reports an exception of the file object as its own kind, not as an FFmpegError.
        if file.error is not None:
            raise file.error from error
        if isinstance(error, av.FFmpegError):
            raise UnreadableMedia(
                N_("{path} cannot be cut ({reason})."), path=source, reason=error
            ) from error
        raise
    return report


def container_of(media: InputContainer, path: Path) -> str:
    """Return FFmpeg's name for the kind of file the result is. Raises UnsupportedMedia."""
    if media.format.name.startswith("matroska"):
        return "webm" if path.suffix.lower() == ".webm" else "matroska"
    if media.format.name.startswith("mov"):
        return "mp4"
    raise UnsupportedMedia(
        N_("Parts of a {kind} file cannot be joined without encoding all of it."),
        kind=path.suffix.removeprefix(".").upper() or media.format.name,
    )


class _Cutter:
    def __init__(
        self,
        media: InputContainer,
        path: Path,
        edits: EditList,
        file: RecordingFile,
        proceed: Proceed,
    ) -> None:
        self._media, self._path, self._edits, self._proceed = media, path, edits, proceed
        self._placed = place(edits.kept)
        self.report = CutReport(edits.kept_length, container=container_of(media, path))
        self._video = video_of(media, path)
        codec = self._video.codec_context.codec.canonical_name
        if self.report.container == "webm" and codec not in _WEBM_CODECS:
            raise UnsupportedMedia(
                N_("WebM files hold no {codec}, whatever this one is called."), codec=codec.upper()
            )
        self._joiner = Joiner(self._video)
        self._decoder = GroupDecoder(self._video.codec_context)
        self._output = _Output(
            file, self.report.container, self._video, self._joiner.extradata, edits.kept_length
        )
        # Whether nothing of the source has been read.
        self._is_fresh = True
        # The source's time of the last picture that was written, by which none comes twice.
        self._last = Fraction(-1)

    def run(self) -> CutReport:
        with contextlib.ExitStack() as stack:
            stack.callback(self._output.abandon)
            sounds: dict[int, SoundTrack | CopiedTrack] = {}
            for each in self._media.streams.audio:
                if each.codec_context is not None:
                    sounds[each.index] = self._sound(each)
                    stack.callback(sounds[each.index].close)
            texts = carrying.CarriedSubtitles(
                self._media, self._path, self._output.container, self.report.container
            )
            texts.mux(self._output.container, self._edits)
            for stretch in stretches(self._placed):
                self._read(stretch, sounds)
            for sound in sounds.values():
                sound.finish()
                self._output.mux(sound.packets())
            self._output.finish(carrying.chapters(self._media, self._edits))
            self.report.damaged += sum(sound.damaged for sound in sounds.values())
        self.report.damaged += self._decoder.damaged
        if self.report.copied + self.report.encoded == 0:
            raise InvalidRequest(
                N_("There is no picture in what would be kept."),
                hint=N_("Keep a longer part of the recording."),
            )
        return self.report

    def _sound(self, stream: AudioStream) -> SoundTrack | CopiedTrack:
        """Return who makes a track of the result; one part of it need not be encoded."""
        output, container = self._output.container, self.report.container
        if len(self._placed) > 1 or not can_copy(stream, container):
            return SoundTrack(stream, output, container, self._placed, self._edits.length)
        part = self._placed[0].part
        with open_media(self._path) as scanned:
            # Another look at the file, so that this one is still at its beginning.
            video = video_of(scanned, self._path)
            if not is_at_beginning(scanned, video, part.start):
                seek(scanned, video, part.start)
            track = scanned.streams[stream.index]
            assert isinstance(track, AudioStream)
            first = beginning(track, packets(scanned, track), part)
        if part.start - first > LONGEST_LEAD:
            # There is a hole in the sound, which only decoding tells.
            return SoundTrack(stream, output, container, self._placed, self._edits.length)
        return CopiedTrack(stream, output, part, first)

    def _read(self, stretch: Range, sounds: dict[int, SoundTrack | CopiedTrack]) -> None:
        """Take in the packets of a stretch of the source, and work on its groups."""
        for sound in sounds.values():
            # Moving the source resets its decoders.
            sound.settle()
        self._seek_group(stretch.start)
        builder = GroupBuilder(self._joiner.is_join_point)
        streams: list[MediaStream] = [self._video]
        streams += [each for each in self._media.streams.audio if each.index in sounds]
        # Streams that have not come to the end of the stretch.
        behind = {each.index for each in streams}
        ends = {each.index: math.ceil(stretch.end / (each.time_base or 1)) for each in streams}
        for packet in packets(self._media, *streams):
            index = packet.stream_index
            if index in sounds:
                assert packet.pts is not None
                if packet.pts >= ends[index]:
                    behind.discard(index)
                sounds[index].put(packet)
                self._output.mux(sounds[index].packets())
            elif index in behind:
                group = builder.add(packet)
                if group is not None:
                    self._work(group)
                    if group.end is not None and group.end >= stretch.end:
                        behind.discard(index)
            if not behind:
                return
        last = builder.finish()
        if last is not None and self._video.index in behind:
            self._work(last)

    def _seek_group(self, at: Fraction) -> None:
        """Have the source read from the beginning of a group before `at`.

        An index leads to pictures that stand alone, of which those after that refer to earlier ones
        (open groups) begin none. Then it is looked for further back, at the worst from the start.
        """
        is_fresh, self._is_fresh = self._is_fresh, False
        if is_fresh and is_at_beginning(self._media, self._video, at):
            return
        back = Fraction(0)
        while True:
            seek(self._media, self._video, at - back)
            first = next(packets(self._media, self._video), None)
            if back >= at or (first is not None and self._joiner.is_join_point(first)):
                break
            back = max(2 * back, _SOUND_LEAD * 2)
        seek(self._media, self._video, at - back)

    def _work(self, group: Group) -> None:
        # The last picture of a file is shown until the end of what is kept.
        end = group.end or max(group.times[-1] + TOLERANCE * 2, self._placed[-1].part.end)
        self._output.learn_delay(group.packets[0])
        found = list(spans(self._placed, group.start, end, is_in_order=group.is_in_order))
        for span in found:
            if span.treatment is Treatment.COPY:
                # Writing gives a packet new times, with which it must not be decoded after.
                self._copy(group, span, is_needed_again=len(found) > 1)
            else:
                self._encode(group, span, end)
            done = span.placed.result_time(span.end) / self.report.length
            self._proceed(min(1.0, float(done)))

    def _copy(self, group: Group, span: Span, *, is_needed_again: bool) -> None:
        # A long group may be met again on the way to the next part.
        before = self._last
        for packet in group.packets:
            time = time_of(packet)
            if span.end - time <= TOLERANCE or time <= before:
                continue
            written = duplicate(packet) if is_needed_again else packet
            self._output.copy(written, max(span.placed.result_time(time), span.placed.at))
            self._last = max(self._last, time)
            self.report.copied += 1

    def _encode(self, group: Group, span: Span, end: Fraction) -> None:
        wanted = self._pictures(group, span, end)
        for picture in self._joiner.encode(wanted):
            self._output.encoded(picture)
            self.report.encoded += 1

    def _pictures(
        self, group: Group, span: Span, end: Fraction
    ) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        shown = {at: until for at, until in group.shown_until(end) if is_shown(at, until, span)}
        base = group.packets[0].time_base
        for picture in self._decoder.pictures(group, span.end):
            assert picture.pts is not None
            time = picture.pts * base
            if time in shown and time > self._last:
                self._last = time
                yield (
                    max(span.placed.result_time(time), span.placed.result_time(span.start)),
                    picture,
                )


class _Output:
    """The result's container and its stream of pictures, whose last packet is held back.

    Only what comes after a picture, or the end, tells how long it is shown.
    """

    def __init__(
        self,
        file: RecordingFile,
        container: str,
        source: VideoStream,
        extradata: bytes | None,
        length: Fraction,
    ) -> None:
        options = dict(_OPTIONS[container])
        if source.container.streams.subtitles:
            options["max_interleave_delta"] = carrying.SUBTITLE_DELTA_US
        output = av.open(file, "w", format=container, container_options=options)
        assert isinstance(output, OutputContainer)
        self.container = output
        self._stream = output.add_stream_from_template(source, opaque=True)
        if extradata is not None:
            self._stream.codec_context.extradata = extradata
        if container != "mp4":
            # How long a picture lasts; it is not among what a template carries.
            self._stream.codec_context.framerate = source.average_rate or Fraction(0)
        self._stream.metadata.update(source.metadata)
        assert source.time_base is not None
        self._base = source.time_base
        self._length = length
        self._held: MediaPacket | None = None
        self._last_dts: int | None = None
        # How much earlier a picture is decoded than shown, where some are out of order.
        self._delay: int | None = None

    def learn_delay(self, keyframe: MediaPacket) -> None:
        """Take from the source how much earlier pictures are decoded; encoded ones follow suit.

        Told before anything is written: the length of an MP4 track is that of its decoding.
        """
        assert keyframe.pts is not None
        if self._delay is None:
            self._delay = 0 if keyframe.dts is None else max(0, keyframe.pts - keyframe.dts)

    def copy(self, packet: MediaPacket, at: Fraction) -> None:
        """Write a packet of the source, to be shown at `at` seconds."""
        assert packet.pts is not None
        self._write(packet, at, 0 if packet.dts is None else packet.pts - packet.dts)

    def encoded(self, picture: EncodedPicture) -> None:
        packet: MediaPacket = Packet(picture.data)
        packet.is_keyframe = picture.is_keyframe
        self._write(packet, picture.time, self._delay or 0)

    def _write(self, packet: MediaPacket, at: Fraction, early: int) -> None:
        pts = round(at / self._base)
        dts = pts - early
        if self._last_dts is not None and dts <= self._last_dts:
            dts = self._last_dts + 1
        if dts > pts:
            raise UnsupportedMedia(
                N_("The pictures of this file are in an order that cannot be cut into.")
            )
        packet.time_base, packet.pts, packet.dts = self._base, pts, dts
        packet.stream = self._stream
        self._last_dts = dts
        held, self._held = self._held, packet
        if held is not None:
            self.container.mux(held)

    def mux(self, packets: Iterator[MediaPacket]) -> None:
        for packet in packets:
            self.container.mux(packet)

    def finish(self, chapters: Sequence[tuple[float, str]]) -> None:
        """Write what is left, and the index."""
        if self._held is not None:
            assert self._held.pts is not None
            end = round(self._length / self._base)
            self._held.duration = max(1, end - self._held.pts)
            self.container.mux(self._held)
        set_chapters(self.container, chapters, float(self._length))
        self.container.close()

    def abandon(self) -> None:
        """Let go of the container, whatever state it is in; nothing after ``finish``."""
        with contextlib.suppress(Exception):
            self.container.close()


def is_at_beginning(media: InputContainer, video: VideoStream, at: Fraction) -> bool:
    """Return whether all of the beginning is needed for what is shown at `at`.

    Then a file that was just opened is to be read as it is: looking for a picture would leave out
    the sound that is stored before the first one.
    """
    return max(Fraction(0), at - _SOUND_LEAD) <= max(_first(media, video), Fraction(0))


def _first(media: InputContainer, video: VideoStream) -> Fraction:
    """Return when the first picture is shown, in seconds."""
    assert video.time_base is not None
    return Fraction((video.start_time or 0) - origin(media, video)) * video.time_base


def seek(media: InputContainer, video: VideoStream, at: Fraction) -> None:
    """Have `media` read from a picture that stands alone before `at`, with its sound."""
    assert video.time_base is not None
    begin = max(Fraction(0), at - _SOUND_LEAD)
    sounds = media.streams.audio
    if 0 < _first(media, video) >= begin and sounds and sounds[0].time_base is not None:
        # No picture is that early: looking for one would leave out the sound before it.
        found = int(begin / sounds[0].time_base) + origin(media, sounds[0])
        media.seek(found, stream=sounds[0], backward=True)
        return
    found = int(begin / video.time_base) + origin(media, video)
    media.seek(found, stream=video, backward=True)


def stretches(placed: Sequence[Placed]) -> list[Range]:
    """Return what is to be read: kept parts, those near each other as one."""
    found: list[Range] = []
    for each in placed:
        if found and each.part.start - found[-1].end < _WORTH_SEEKING:
            found[-1] = Range(found[-1].start, each.part.end)
        else:
            found.append(each.part)
    return found


def video_of(media: InputContainer, path: Path) -> VideoStream:
    """Return the pictures that play. Raises UnsupportedMedia when there are none."""
    video = pictures_of(media)
    if video is None:
        raise UnsupportedMedia(N_("{path} holds no pictures to cut between."), path=path)
    return video
