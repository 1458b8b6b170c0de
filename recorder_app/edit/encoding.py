"""Encoding the pictures of an export, with the first encoder of a ladder that works."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from recorder_app.edit.fitting import Shape
from recorder_app.edit.pictures import Shown
from recorder_app.edit.presets import ExportEncoder
from recorder_app.errors import CodecUnavailable, EncoderFailed
from recorder_app.media.convert import TIME_BASE
from recorder_app.media.scheduling import open_encoder
from recorder_app.texts import N_

# A player finds any moment at once, and what is exported can be cut again at this cost.
_GROUP_S = Fraction(4)
# The far limit; keyframes are asked for by time.
_GROUP_PICTURES = 600


@dataclass(frozen=True, slots=True)
class EncodingPlan:
    """How pictures are encoded; `rate` is how many a second there usually are."""

    encoder: ExportEncoder
    shape: Shape
    rate: Fraction
    bit_rate: int = 0
    options: Mapping[str, str] = field(default_factory=dict)

    def configure(self, context: VideoCodecContext) -> None:
        """Set `context` up; it is not opened yet."""
        context.width, context.height = self.shape.width, self.shape.height
        context.pix_fmt = self.encoder.pixel_format
        # Rate control of VP9 and AV1 goes by the rate, not by the time base.
        context.time_base, context.framerate = TIME_BASE, self.rate
        context.gop_size = _GROUP_PICTURES
        # Without a rate it must be 0: PyAV presets 1 Mb/s, which SVT-AV1 refuses beside CRF.
        context.bit_rate = self.bit_rate or self.encoder.bit_rate
        context.thread_count = min(4, os.cpu_count() or 1)
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        context.options = {**self.encoder.options, **self.options}

    def opened(self) -> VideoCodecContext:
        """Return an encoder of its own. Raises EncoderFailed."""
        try:
            context = VideoCodecContext.create(self.encoder.encoder, "w")
            assert isinstance(context, VideoCodecContext)
            self.configure(context)
            open_encoder(context)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise encoder_failed(self.encoder.encoder, error) from error
        return context

    def add_to(self, output: OutputContainer) -> VideoStream:
        """Return a stream of `output` whose encoder is open. Raises EncoderFailed."""
        stream = output.add_stream(self.encoder.encoder)
        assert isinstance(stream, VideoStream)
        try:
            self.configure(stream.codec_context)
            open_encoder(stream.codec_context)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise encoder_failed(self.encoder.encoder, error) from error
        return stream


def choose(ladder: Sequence[ExportEncoder], plan: EncodingPlan) -> EncodingPlan:
    """Return `plan` with the first encoder of `ladder` that works. Raises CodecUnavailable."""
    reasons = []
    for rung in ladder:
        tried = replace(plan, encoder=rung)
        try:
            context = tried.opened()
            blank = av.VideoFrame(plan.shape.width, plan.shape.height, rung.pixel_format)
            for plane in blank.planes:
                plane.update(bytes(plane.buffer_size))
            blank.pts, blank.time_base = 0, TIME_BASE
            context.encode(blank)
            context.encode(None)
        except (EncoderFailed, av.FFmpegError) as error:
            reasons.append(str(error))
            continue
        return tried
    raise CodecUnavailable(
        N_("No encoder for this export works on this machine ({reasons})."),
        hint=N_(
            "Choose another preset; on the command line, “recorder-app doctor” lists what works."
        ),
        reasons="; ".join(reasons),
    )


class PictureEncoder:
    """Encodes pictures in order, each as long as until the next one; the latest is held back."""

    def __init__(self, encoder: VideoCodecContext, length: Fraction) -> None:
        self._encoder = encoder
        self._end = round(length / TIME_BASE)
        self._held: av.VideoFrame | None = None
        # Of pictures that are in the encoder, which may give them out in another order.
        self._lengths: dict[int, int] = {}
        self._key_at = Fraction(0)
        self.count = 0

    def encode(self, shown: Shown) -> list[Packet[VideoStream]]:
        ticks, frame = round(shown.at / TIME_BASE), shown.frame
        packets = []
        if self._held is not None:
            assert self._held.pts is not None
            ticks = max(self._held.pts + 1, ticks)
            packets = self._encode_until(ticks)
        frame.pts, frame.time_base = ticks, TIME_BASE
        # What the source's encoder chose for it means nothing to this one.
        frame.pict_type = PictureType.NONE
        if shown.at >= self._key_at:
            frame.pict_type, self._key_at = PictureType.I, shown.at + _GROUP_S
        self._held = frame
        self.count += 1
        return packets

    def finish(self) -> list[Packet[VideoStream]]:
        packets = self._encode_until(self._end) if self._held is not None else []
        return packets + self._given(None)

    def _encode_until(self, ticks: int) -> list[Packet[VideoStream]]:
        assert self._held is not None
        assert self._held.pts is not None
        self._held.duration = self._lengths[self._held.pts] = max(1, ticks - self._held.pts)
        return self._given(self._held)

    def _given(self, frame: av.VideoFrame | None) -> list[Packet[VideoStream]]:
        try:
            packets = self._encoder.encode(frame)
        except av.FFmpegError as error:
            raise encoder_failed(self._encoder.name, error) from error
        for packet in packets:
            assert packet.pts is not None
            packet.duration = self._lengths.pop(packet.pts, 0)
        return packets


def encoder_failed(name: str, error: Exception) -> EncoderFailed:
    return EncoderFailed(
        N_("The encoder {name} does not work ({reason})."),
        hint=N_("The recording itself is unchanged. Try again, or choose another preset."),
        name=name,
        reason=getattr(error, "strerror", None) or error,
    )
