"""Opening video encoders: what works on this machine is known only by trying it."""

from __future__ import annotations

import functools
import logging
import os
from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from recorder_app import faults
from recorder_app.errors import CodecUnavailable
from recorder_app.media import profiles
from recorder_app.media.convert import TIME_BASE, PlanarCanvas
from recorder_app.texts import N_

_log = logging.getLogger(__name__)

# Groups of pictures end by time (the encoder stage asks for keyframes); this count is only the
# far limit, for an encoder that overlooks the request.
_GOP_LIMIT_FRAMES = 600

# SVT-AV1 writes a banner and its settings to stderr unless told otherwise.
os.environ.setdefault("SVT_LOG", "1")


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What is asked of an encoder. Sizes in pixels and even, `fps` in frames a second."""

    width: int
    height: int
    fps: int
    quality: str


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The rung that opened, and why those above it did not."""

    name: str
    profile: profiles.EncoderProfile
    reasons: tuple[str, ...] = ()

    @property
    def is_fallback(self) -> bool:
        return bool(self.reasons)


def configure(
    context: VideoCodecContext, encoder: profiles.EncoderProfile, wanted: VideoFormat
) -> None:
    """Set `context` up as `encoder` describes; it is not opened yet."""
    context.width, context.height = wanted.width, wanted.height
    context.pix_fmt = encoder.pixel_format
    context.time_base = TIME_BASE
    # Rate control of VP9 and AV1 goes by this, not by the time base.
    context.framerate = Fraction(wanted.fps)
    context.gop_size = _GOP_LIMIT_FRAMES
    context.max_b_frames = 0
    # With CRF a bit rate must be 0: PyAV presets 1 Mb/s, which SVT-AV1 refuses beside it.
    context.bit_rate = encoder.bit_rate(wanted.quality, wanted.width, wanted.height)
    context.thread_count = min(4, os.cpu_count() or 1)
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    context.options = encoder.all_options(wanted.quality)


def try_encoder(name: str, wanted: VideoFormat) -> str:
    """Open encoder `name` and encode one picture; return why it failed, or "" when it works."""
    encoder = profiles.load().encoders[name]
    try:
        faults.check(f"encoder.open.{name}")
        context = VideoCodecContext.create(name, "w")
        assert isinstance(context, VideoCodecContext)
        configure(context, encoder, wanted)
        context.open()
        canvas = PlanarCanvas(wanted.width, wanted.height, encoder.pixel_format)
        packets = [*context.encode(canvas.frame(0)), *context.encode(None)]
    except (av.FFmpegError, OSError, ValueError) as error:
        # UnknownCodecError derives from ValueError. The text is for details and logs only.
        return str(getattr(error, "strerror", None) or error)
    return "" if packets else "no picture came out"


def choose_encoder(profile_name: str, wanted: VideoFormat) -> EncoderChoice:
    """Return the first encoder of the profile's ladder that works.

    Raises CodecUnavailable when none does.
    """
    known = profiles.load()
    reasons: list[str] = []
    for name in known.profile(profile_name).video:
        failure = try_encoder(name, wanted)
        if not failure:
            return EncoderChoice(name, known.encoders[name], tuple(reasons))
        _log.warning("encoder failed to open name=%s reason=%s", name, failure)
        reasons.append(f"{name}: {failure}")
    raise CodecUnavailable(
        N_("No video encoder for {profile} works on this machine ({reasons})."),
        hint=N_("Choose another --format; “recorder-app doctor” lists what works."),
        profile=profile_name,
        reasons="; ".join(reasons),
    )


@functools.cache
def library_versions() -> str:
    """Return the versions that decide what an encoder can do, for reports."""
    numbers = av.library_versions["libavcodec"]
    return f"PyAV {av.__version__}, libavcodec {'.'.join(map(str, numbers))}"
