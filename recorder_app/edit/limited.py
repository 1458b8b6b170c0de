"""An export that has to stay under a size: two passes at the rate that fits.

Where the rate is too low for the pictures, they are made smaller and fewer first: text that is
legible at half the size is worth more than blocks.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from msgspec import structs

from recorder_app.edit.encoding import EncodingPlan, choose
from recorder_app.edit.presets import Preset, load
from recorder_app.edit.render import (
    Look,
    RenderReport,
    count_first_pass,
    look_at,
    render,
    translated,
)
from recorder_app.edit.smartcut import video_of
from recorder_app.edit.timeline import EditList
from recorder_app.edit.tracks import SoundWish
from recorder_app.errors import EncoderFailed, InvalidRequest
from recorder_app.media.outfile import RecordingFile
from recorder_app.media.probe import open_media
from recorder_app.texts import N_, size_text

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""

# Rate control misses by a few percent; a file that is too large costs another pass.
_AIM = 0.96
_AIM_AGAIN = 0.97
_ATTEMPTS = 3
# The MP4 index, in bytes: for the file, a picture, and a second of AAC (47 packets).
_FILE_BYTES, _PICTURE_BYTES, _SOUND_BYTES = 4_000, 20, 500
# Bits for each pixel of a moving screen below which x264 shows blocks.
_LEAST_BITS_PER_PIXEL = 0.015
_LEAST_BIT_RATE = 12_000
_HEIGHTS_PX = (1080, 900, 720, 540, 480, 360, 270, 180)
_SLOW_FPS = 15.0
# Of all there is, what sound may take; below these rates it is speech on one channel.
_SOUND_SHARE = 0.15
_SOUND_BIT_RATES = (128_000, 96_000, 64_000, 48_000, 32_000, 24_000)
_MONO_BELOW = 56_000


@dataclass(frozen=True, slots=True)
class LimitedPlan:
    """Rates in bits a second; `fps` limits how many pictures a second are shown."""

    max_height: int
    fps: float
    video_rate: int
    sound: SoundWish


def plan_limited(
    preset: Preset, look: Look, length: Fraction, sounds: int, limit_bytes: int
) -> LimitedPlan:
    """Return how to stay under `limit_bytes`. Raises InvalidRequest when nothing does."""
    seconds = float(length)
    total = max(0.0, (limit_bytes * _AIM - _FILE_BYTES) * 8 / seconds)
    sound_rate = 0
    if sounds:
        affordable = total * _SOUND_SHARE / sounds
        allowed = [rate for rate in _SOUND_BIT_RATES if rate <= affordable]
        sound_rate = allowed[0] if allowed else _SOUND_BIT_RATES[-1]
    rest = total - sounds * (sound_rate * 1.03 + _SOUND_BYTES * 8)
    fps = min(preset.max_fps, float(look.rate))
    layout = "mono" if sound_rate < _MONO_BELOW else ""
    wish = SoundWish(preset.sound, sound_rate, layout)
    for height in _HEIGHTS_PX:
        shape = look.shape.within(*_limits(preset, height))
        for slower in (fps, min(fps, _SLOW_FPS)):
            rate = rest - slower * _PICTURE_BYTES * 8
            least = shape.width * shape.height * slower * _LEAST_BITS_PER_PIXEL
            is_last = height == _HEIGHTS_PX[-1] and slower <= _SLOW_FPS
            if rate >= least or (is_last and rate >= _LEAST_BIT_RATE):
                return LimitedPlan(height, slower, int(rate), wish)
    raise InvalidRequest(
        N_("{length} s do not fit into {limit}."),
        hint=N_("Keep a shorter part, or allow a larger file."),
        length=round(seconds),
        limit=size_text(limit_bytes),
    )


def render_limited(
    source: Path,
    edits: EditList,
    target: Path,
    proceed: Proceed,
    preset: Preset,
    limit_bytes: int,
) -> RenderReport:
    """Write what `edits` keep to `target`, a new file that is smaller than `limit_bytes`.

    Raises what ``render.render`` raises, and InvalidRequest when it cannot be made so small. After
    an error there is no `target`.
    """
    with translated(source), open_media(source) as media:
        look = look_at(media, video_of(media, source), source)
        sounds = sum(each.codec_context is not None for each in media.streams.audio)
    limited = plan_limited(preset, look, edits.kept_length, sounds, limit_bytes)
    width, height = _limits(preset, limited.max_height)
    preset = structs.replace(preset, max_width=width, max_height=height, max_fps=limited.fps)
    ladder = load().ladder(preset)
    with tempfile.TemporaryDirectory(prefix="recorder-passes-") as folder:
        plan = choose(
            ladder,
            EncodingPlan(
                ladder[0],
                look.shape.within(width, height),
                min(look.rate, Fraction(limited.fps)),
                limited.video_rate,
            ),
        )
        notes = str(Path(folder) / "pass.log")
        first = replace(plan, options={"flags": "+pass1", "stats": notes})
        count_first_pass(source, edits, lambda done: proceed(done * 0.4), first, limited.fps)
        second = replace(plan, options={"flags": "+pass2", "stats": notes})
        for attempt in range(_ATTEMPTS):
            part = functools.partial(_part, proceed, 1 - 0.6 / 2**attempt)
            file = RecordingFile(target)
            try:
                report = render(
                    source,
                    edits,
                    file,
                    part,
                    preset,
                    second,
                    limited.sound,
                )
            except BaseException:
                file.discard()
                raise
            if file.size_bytes < limit_bytes:
                proceed(1.0)
                return report
            too_much = (file.size_bytes - limit_bytes * _AIM_AGAIN) * 8 / float(edits.kept_length)
            file.discard()
            rate = int(second.bit_rate - too_much)
            if rate < _LEAST_BIT_RATE / 2:
                break
            second = replace(second, bit_rate=rate)
    raise EncoderFailed(
        N_("The export does not get smaller than {limit}."),
        hint=N_("Keep a shorter part, or allow a larger file."),
        limit=size_text(limit_bytes),
    )


def _part(proceed: Proceed, begun: float, done: float) -> None:
    """Tell of a pass that goes half the way from `begun` to the end: another may have to come."""
    proceed(begun + done * (1 - begun) / 2)


def _limits(preset: Preset, height: int) -> tuple[int, int]:
    """Return the largest width and height of pictures that are `height` high."""
    height = min(height, preset.max_height)
    return height * preset.max_width // preset.max_height, height
