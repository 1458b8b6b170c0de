"""Encoding a few pictures so that packets of another encoder can follow them in one stream.

VP9 and AV1 need nothing but the same size and format: their keyframes carry all there is to know.
H.264 keeps its parameters beside the stream. Where ours come out equal to the source's, as for
recordings of this program, they serve both; else ours get a number of their own, and the file
carries both sets.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.stream import VideoStream

from recorder_app.edit import nal
from recorder_app.errors import EncoderFailed, UnsupportedMedia
from recorder_app.media import profiles
from recorder_app.media.convert import TIME_BASE
from recorder_app.media.probe import MediaPacket
from recorder_app.media.scheduling import open_encoder
from recorder_app.texts import N_

# What is encoded a second time should not show it: twice the usual rate, for a second or two.
_QUALITY = "high"
# Without one, as for a file that says nothing: rate control wants some idea.
_USUAL_RATE = Fraction(30)
_MOST_SETS = 31
_ENCODERS = {"vp9": "libvpx-vp9", "vp8": "libvpx", "av1": "libsvtav1", "h264": "libx264"}


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """One packet: its bytes in the source's form, its time, and whether it stands alone."""

    data: bytes
    time: Fraction
    is_keyframe: bool


class Joiner:
    """Encodes pictures that go before, between and behind packets of `stream`.

    Used by one thread. `extradata` is what the stream of the result must carry. Raises
    UnsupportedMedia, with the reason, when no encoder here can join on; then the whole file has to
    be encoded.
    """

    def __init__(self, stream: VideoStream) -> None:
        self._source = stream.codec_context
        self._rate = stream.average_rate or stream.guessed_rate or _USUAL_RATE
        self.codec = self._source.codec.canonical_name
        if self.codec not in _ENCODERS:
            raise UnsupportedMedia(
                N_("Parts of a {codec} file cannot be joined without encoding all of it."),
                codec=self.codec.upper(),
            )
        self._profile = profiles.load().encoders[_ENCODERS[self.codec]]
        self.extradata: bytes | None = None
        self._record: nal.Configuration | None = None
        self._sequence_id = 0
        if self.codec == "h264":
            self._agree(self._source.extradata or b"")
        elif self._source.pix_fmt != "yuv420p":
            # Tried by opening: a build may lack deeper colours.
            self._open()

    def is_join_point(self, packet: MediaPacket) -> bool:
        """Return whether decoding can begin at `packet`, and nothing before it is needed after."""
        if not packet.is_keyframe:
            return False
        if self._record is None:
            return True
        units = nal.split_lengths(bytes(packet), self._record.length_bytes)
        return any(nal.kind(unit) == nal.IDR_SLICE for unit in units)

    def encode(
        self, pictures: Iterable[tuple[Fraction, av.VideoFrame]]
    ) -> Iterable[EncodedPicture]:
        """Yield the packets of `pictures`, given with their times in the result, in seconds."""
        encoder = self._open()
        try:
            for number, (time, picture) in enumerate(pictures):
                picture.pts, picture.time_base = round(time / TIME_BASE), TIME_BASE
                # What the source's encoder chose for it means nothing to this one.
                picture.pict_type = PictureType.I if number == 0 else PictureType.NONE
                yield from map(self._packed, encoder.encode(picture))
            yield from map(self._packed, encoder.encode(None))
        except av.FFmpegError as error:
            raise _failed(error) from error
        except BaseException:
            # SVT-AV1 complains on the terminal when it is left before its end.
            with contextlib.suppress(av.FFmpegError):
                encoder.encode(None)
            raise

    def _packed(self, packet: Packet[VideoStream]) -> EncodedPicture:
        data = bytes(packet)
        if self._record is not None:
            # The parameters stand beside the stream; what x264 says of itself is not needed.
            beside = (nal.SEQUENCE_PARAMETERS, nal.PICTURE_PARAMETERS, nal.SEI)
            units = (unit for unit in nal.split_start_codes(data) if nal.kind(unit) not in beside)
            data = nal.join_lengths(units, self._record.length_bytes)
        assert packet.pts is not None
        return EncodedPicture(data, packet.pts * packet.time_base, packet.is_keyframe)

    def _agree(self, extradata: bytes) -> None:
        """Find parameters for H.264 under which both kinds of packets can be in one stream."""
        try:
            theirs = nal.Configuration.parse(extradata)
            used = {nal.sequence_number(unit) for unit in theirs.sequences}
            # x264 numbers both kinds alike.
            used |= {nal.picture_number(unit) for unit in theirs.pictures}
        except (ValueError, IndexError) as error:
            raise UnsupportedMedia(
                N_("The file does not say how its H.264 was encoded, as files of this kind do.")
            ) from error
        self._record = theirs
        ours = self._sets()
        if ours == (theirs.sequences, theirs.pictures):
            return
        free = [number for number in range(1, _MOST_SETS) if number not in used]
        if not free:
            raise UnsupportedMedia(N_("The file has no room for more H.264 parameters."))
        self._sequence_id = free[0]
        self.extradata = theirs.with_sets(*self._sets()).to_bytes()

    def _sets(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Return the sequence and picture parameters that our encoder writes now."""
        encoder = self._open()
        picture = av.VideoFrame(encoder.width, encoder.height, encoder.pix_fmt or "yuv420p")
        for plane in picture.planes:
            # What happens to be in memory may be no colour of ten bits: x264 ends the process then.
            plane.update(bytes(plane.buffer_size))
        picture.pts, picture.time_base = 0, TIME_BASE
        packets = [*encoder.encode(picture), *encoder.encode(None)]
        units = list(nal.split_start_codes(b"".join(bytes(packet) for packet in packets)))
        return _of(units, nal.SEQUENCE_PARAMETERS), _of(units, nal.PICTURE_PARAMETERS)

    def _open(self) -> VideoCodecContext:
        """Return an open encoder for pictures like the source's."""
        source = self._source
        context = VideoCodecContext.create(_ENCODERS[self.codec], "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = source.width, source.height, source.pix_fmt
        if source.sample_aspect_ratio is not None:
            context.sample_aspect_ratio = source.sample_aspect_ratio
        context.time_base, context.framerate = TIME_BASE, self._rate
        context.max_b_frames = 0
        context.bit_rate = self._profile.bit_rate(_QUALITY, source.width, source.height)
        context.color_primaries, context.color_trc = source.color_primaries, source.color_trc
        context.colorspace, context.color_range = source.colorspace, source.color_range
        context.options = self._profile.all_options(_QUALITY) | self._h264_options()
        try:
            open_encoder(context)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise UnsupportedMedia(
                N_("No encoder here makes pictures that join on to these ({reason})."),
                reason=getattr(error, "strerror", None) or error,
            ) from error
        return context

    def _h264_options(self) -> dict[str, str]:
        if self._record is None:
            return {}
        options = self._profile.options["x264-params"]
        # The level is written into the parameters, and would follow from size and rate.
        options += f":level={self._record.level}:sps-id={self._sequence_id}"
        return {"x264-params": options}


def _of(units: Sequence[bytes], kind: int) -> tuple[bytes, ...]:
    return tuple(unit for unit in units if nal.kind(unit) == kind)


def _failed(error: Exception) -> EncoderFailed:
    return EncoderFailed(
        N_("The pictures at a cut could not be encoded ({reason})."),
        hint=N_("The recording itself is unchanged. Try again."),
        reason=error,
    )
