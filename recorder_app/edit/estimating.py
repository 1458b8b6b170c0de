"""How large an export will be, told before it is made.

From bit rates and sizes alone: what the header says, and how much is kept. Where pictures are
encoded anew, what is on them decides: where little moves, the file gets several times smaller than
estimated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer

from recorder_app.edit.fitting import Shape
from recorder_app.edit.presets import ORIGINAL, Preset, load
from recorder_app.edit.stillframes import moments
from recorder_app.edit.timeline import EditList
from recorder_app.edit.tracks import stream_rate
from recorder_app.media.probe import COVER, open_media

# Bits that files have for the same picture, compared with H.264: recordings in VP9 are encoded as
# they happen, at a rate that they use up.
_COST = {"h264": 1.0, "hevc": 0.65, "vp9": 1.6, "vp8": 1.8, "av1": 0.8}
_ENCODER_COST = {"libx264": 0.8, "libvpx-vp9": 0.5, "libsvtav1": 0.35, "libvpx": 1.0}
# Whatever a source takes, a screen encoded at these qualities takes at most so many bits a pixel.
_MOST_BITS_PER_PIXEL = 0.08
# Smaller pictures take more for each pixel.
_SIZE_EXPONENT = 0.75
_ANIMATION_COST = {"gif": 3.0, "webp": 1.2}
_USUAL_SOUND_RATE = 128_000
# A group of pictures at each cut is encoded at twice the rate.
_HEAD_S = 2.0
# Bytes of a pixel of a screen as PNG.
_PNG_PIXEL = 0.3


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the header says; rates in bits a second."""

    shape: Shape
    fps: float
    codec: str
    video_rate: float
    sound_rates: tuple[float, ...]


def estimate(
    source: Path,
    edits: EditList,
    preset: str = ORIGINAL,
    *,
    limit_bytes: int | None = None,
    every_s: float | None = None,
) -> int:
    """Return about how many bytes ``exporting.export`` will write. Raises UnreadableMedia."""
    wanted = load().preset(preset)
    seconds = float(edits.kept_length)
    with open_media(source) as media:
        facts = _facts(media, source.stat().st_size)
    sound = sum(min(rate, wanted.sound_bit_rate or rate) for rate in facts.sound_rates)
    if wanted.kind == "original":
        whole = source.stat().st_size * float(edits.kept_length / edits.length)
        heads = sum(part.start > 0 for part in edits.kept)
        return round(whole + heads * _HEAD_S * facts.video_rate / 8)
    if wanted.kind == "sound":
        return round(sound * seconds / 8)
    shape = facts.shape.within(wanted.max_width, wanted.max_height)
    if wanted.kind == "stills":
        count = len(moments(edits.kept_length, every_s or wanted.every_s))
        return round(count * facts.shape.width * facts.shape.height * _PNG_PIXEL)
    total = _video_rate(facts, wanted, shape) + (0 if wanted.kind == "animation" else sound)
    size = total * seconds / 8
    if wanted.kind == "limited":
        size = min(size, (limit_bytes or wanted.limit_bytes) * 0.97)
    return round(size)


def _video_rate(facts: _Facts, preset: Preset, shape: Shape) -> float:
    share = shape.width * shape.height / max(1, facts.shape.width * facts.shape.height)
    fps = min(facts.fps, preset.max_fps or facts.fps)
    if preset.kind == "animation":
        cost = _ANIMATION_COST[preset.container]
    else:
        encoder = load().ladder(preset)[0].encoder
        cost = _ENCODER_COST.get(encoder, 1.0)
    likely = facts.video_rate / _COST.get(facts.codec, 1.0) * cost * math.pow(share, _SIZE_EXPONENT)
    # Pictures left out leave larger changes to the others.
    likely *= math.sqrt(fps / facts.fps) if facts.fps else 1.0
    return min(likely, _MOST_BITS_PER_PIXEL * shape.width * shape.height * fps * cost)


def _facts(media: InputContainer, size_bytes: int) -> _Facts:
    seconds = float(Fraction(media.duration or 0, 1_000_000))
    total = size_bytes * 8 / seconds if seconds else 0.0
    sounds = tuple(
        float(each.codec_context.bit_rate or stream_rate(each) or _USUAL_SOUND_RATE)
        for each in media.streams.audio
        if each.codec_context is not None
    )
    for video in media.streams.video:
        if video.codec_context is None or video.disposition & COVER:
            continue
        return _Facts(
            Shape(video.width, video.height),
            float(video.average_rate or video.guessed_rate or 30),
            video.codec_context.codec.canonical_name,
            max(total - sum(sounds), total * 0.1),
            sounds,
        )
    return _Facts(Shape(0, 0), 0.0, "", 0.0, sounds)
