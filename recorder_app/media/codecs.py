"""Opening encoders: what works on this machine is known only by trying it."""

from __future__ import annotations

import functools
import logging
import os
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from recorder_app import faults
from recorder_app.errors import CodecUnavailable
from recorder_app.media import profiles
from recorder_app.media.convert import TIME_BASE, PlanarCanvas
from recorder_app.media.scheduling import open_encoder
from recorder_app.media.sound import SAMPLE_RATE
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
        open_encoder(context)
        canvas = PlanarCanvas(wanted.width, wanted.height, encoder.pixel_format)
        packets = [*context.encode(canvas.frame(0)), *context.encode(None)]
    except (av.FFmpegError, OSError, ValueError) as error:
        # UnknownCodecError derives from ValueError. The text is for details and logs only.
        return str(getattr(error, "strerror", None) or error)
    return "" if packets else "no picture came out"


# What was tried in this process. Trying costs a tenth of a second, which a person who presses a key
# to record would wait.
_worked: dict[str, list[VideoFormat]] = {}


def _has_worked(name: str, wanted: VideoFormat) -> bool:
    """Return whether the encoder worked for pictures that are as large, or larger.

    Hardware may be taken by another program meanwhile, and is tried each time.
    """
    if profiles.load().encoders[name].hardware:
        return False
    return any(
        (each.fps, each.quality) == (wanted.fps, wanted.quality)
        and each.width >= wanted.width
        and each.height >= wanted.height
        for each in _worked.get(name, [])
    )


def choose_encoder(profile_name: str, wanted: VideoFormat) -> EncoderChoice:
    """Return the first encoder of the profile's ladder that works.

    Raises CodecUnavailable when none does.
    """
    known = profiles.load()
    reasons: list[str] = []
    for name in known.profile(profile_name).video:
        if _has_worked(name, wanted):
            return EncoderChoice(name, known.encoders[name], tuple(reasons))
        failure = try_encoder(name, wanted)
        if not failure:
            _worked.setdefault(name, []).append(wanted)
            return EncoderChoice(name, known.encoders[name], tuple(reasons))
        _log.warning("encoder failed to open name=%s reason=%s", name, failure)
        reasons.append(f"{name}: {failure}")
    raise CodecUnavailable(
        N_("No video encoder for {profile} works on this machine ({reasons})."),
        hint=N_(
            "Choose another format; on the command line, with --format, and “recorder-app doctor” "
            "lists what works."
        ),
        profile=profile_name,
        reasons="; ".join(reasons),
    )


@dataclass(frozen=True, slots=True)
class SoundEncoderChoice:
    """The rung of the sound ladder that opened."""

    name: str
    profile: profiles.SoundEncoderProfile


def configure_sound(
    context: AudioCodecContext, encoder: profiles.SoundEncoderProfile, channels: int
) -> None:
    """Set `context` up as `encoder` describes, for 1 or 2 channels; it is not opened yet."""
    context.sample_rate = SAMPLE_RATE
    context.layout = "mono" if channels == 1 else "stereo"
    context.format = encoder.sample_format
    context.time_base = Fraction(1, SAMPLE_RATE)
    context.bit_rate = encoder.bit_rate
    context.options = dict(encoder.options)


def try_sound_encoder(name: str) -> str:
    """Open sound encoder `name` and encode a moment of silence; return why it failed, or ""."""
    encoder = profiles.load().sound_encoders[name]
    try:
        faults.check(f"encoder.open.{name}")
        context = AudioCodecContext.create(name, "w")
        assert isinstance(context, AudioCodecContext)
        configure_sound(context, encoder, 2)
        context.open()
        count = context.frame_size
        shape = (2, count) if encoder.sample_format.endswith("p") else (1, 2 * count)
        frame = av.AudioFrame.from_ndarray(
            np.zeros(shape, np.float32), format=encoder.sample_format, layout="stereo"
        )
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        packets = [*context.encode(frame), *context.encode(None)]
    except (av.FFmpegError, OSError, ValueError) as error:
        return str(getattr(error, "strerror", None) or error)
    return "" if packets else "no sound came out"


def choose_sound_encoder(profile_name: str) -> SoundEncoderChoice:
    """Return the first sound encoder of the profile's ladder that works.

    Raises CodecUnavailable when none does.
    """
    known = profiles.load()
    reasons = []
    for name in known.profile(profile_name).sound:
        failure = try_sound_encoder(name)
        if not failure:
            return SoundEncoderChoice(name, known.sound_encoders[name])
        reasons.append(f"{name}: {failure}")
    raise CodecUnavailable(
        N_("No sound encoder for {profile} works on this machine ({reasons})."),
        hint=N_("Choose another format, or record without sound."),
        profile=profile_name,
        reasons="; ".join(reasons),
    )


@functools.cache
def library_versions() -> str:
    """Return the versions that decide what an encoder can do, for reports."""
    numbers = av.library_versions["libavcodec"]
    return f"PyAV {av.__version__}, libavcodec {'.'.join(map(str, numbers))}"
