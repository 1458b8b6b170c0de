"""A last look at a finished file: what was asked for is in it, and is as long as asked."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from av.container import InputContainer

from recorder_app.edit.animation import webp_frames
from recorder_app.errors import EncoderFailed, UnreadableMedia
from recorder_app.media.probe import open_media, packets
from recorder_app.texts import N_, translate

# A packet of sound, and what containers round.
_ROUNDING = Fraction(6, 100)


def check(path: Path, length: Fraction, pictures: int, sounds: int) -> None:
    """Raise EncoderFailed if `path` is not a file of `length` seconds with so many streams.

    It may be longer or shorter by one picture. Only the index is read, so that it takes no time.
    """
    if path.suffix == ".webp":
        return _check_webp(path, length)
    try:
        with open_media(path) as media:
            found = len(media.streams.video), len(media.streams.audio)
            # The usual time between pictures may be long where little moves.
            rate = media.streams.video[0].average_rate if media.streams.video else None
            told = _length(media)
    except UnreadableMedia as error:
        raise _failed(N_("it cannot be read"), str(error)) from error
    if found != (pictures, sounds):
        raise _failed(N_("streams are missing"), f"{found} for {(pictures, sounds)}")
    allowed = _ROUNDING + (1 / rate if rate else 0)
    if abs(told - length) > allowed:
        raise _failed(N_("its length is wrong"), f"{float(told):.3f} for {float(length):.3f} s")
    return None


def _length(media: InputContainer) -> Fraction:
    if media.format.name == "gif":
        # Its header tells no length, and it is small.
        ends = [
            ((packet.pts or 0) + (packet.duration or 0)) * packet.time_base
            for packet in packets(media, media.streams.video[0])
        ]
        return Fraction(max(ends, default=Fraction(0)))
    return Fraction(media.duration or 0, 1_000_000)


def _check_webp(path: Path, length: Fraction) -> None:
    lengths = [each for _, each in webp_frames(path.read_bytes())]
    if lengths and abs(Fraction(sum(lengths), 1000) - length) > _ROUNDING:
        raise _failed(N_("its length is wrong"), f"{sum(lengths)} ms for {float(length):.3f} s")


def _failed(what: str, details: str) -> EncoderFailed:
    return EncoderFailed(
        N_("The finished file did not pass its check: {what} ({details})."),
        hint=N_("The recording itself is unchanged. Try again, or choose another preset."),
        what=translate(what),
        details=details,
    )
