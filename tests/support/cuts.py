"""Checking what a cut made of a recording of the pattern: every picture, and the sound at each cut.

What is asked for is worked out here from the source alone, not with the cutter's own plan.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer

from recorder_app.capture import barcode
from recorder_app.capture.synthetic import SyntheticSource
from recorder_app.capture.synthetic_sound import SyntheticSound
from recorder_app.edit.timeline import Cut, EditList, Range, Trim
from recorder_app.media.avsync import read_sound
from recorder_app.media.clock import VirtualClock
from recorder_app.media.probe import probe
from recorder_app.media.sound import SAMPLE_RATE, Samples
from recorder_app.pipeline.plan import Need, SoundPlan
from tests.support.recordings import luma, pictures
from tests.support.takes import Take

# What files round times to, twice.
TIME_S = 0.0021
_ROUNDING = Fraction(1, 1000)
# How far the sound may be off, of the 1 ms that is allowed.
_LAG_SAMPLES = 48
_LOOK_SAMPLES = 2 * 960
_START_NS = 500_000_000


@dataclass(frozen=True)
class Shot:
    """A picture of a file: when, in seconds, its number, and its brightness as a digest."""

    time: Fraction
    number: int | None
    digest: str


@dataclass(frozen=True)
class Source:
    """A recording and all that its cuts are judged by."""

    path: Path
    length: Fraction
    shots: list[Shot]
    keyframes: list[Fraction]
    sounds: list[Samples]


def record(path: Path, picture: str, *sounds: str, seconds: float, **choices: Any) -> Source:
    """Record a pattern; read back what is in it."""
    take(path, picture, *sounds, seconds=seconds, **choices)
    return look(path, picture)


def take(path: Path, picture: str, *sounds: str, seconds: float, **choices: Any) -> None:
    """Record a pattern on a clock that jumps."""
    clock = VirtualClock(_START_NS, parties=1 + len(sounds))
    kinds = ("microphone", "system")
    plans = tuple(
        SoundPlan(SyntheticSound(name, clock), kind, Need.REQUIRED)
        for name, kind in zip(sounds, kinds, strict=False)
    )
    Take(path, picture, clock, limit_s=seconds, sounds=plans, **choices).run(60 + seconds)


def look(path: Path, picture: str) -> Source:
    found = probe(path)
    tracks = range(len(found.audio_codecs))
    return Source(
        path,
        Fraction(str(found.duration_s)),
        shots(path, picture),
        keyframes(path),
        [placed_sound(path, track) for track in tracks],
    )


def shots(path: Path, picture: str) -> list[Shot]:
    bar = SyntheticSource(picture, VirtualClock(1)).bar
    found = []
    for at_s, frame in pictures(path):
        grey = luma(frame)
        number = barcode.decode(grey[bar.y : bar.bottom, bar.x : bar.right])
        found.append(Shot(Fraction(at_s).limit_denominator(90_000), number, digest_of(frame)))
    return found


def digest_of(frame: av.VideoFrame) -> str:
    """Return what stands for the brightness of all of a picture."""
    return hashlib.blake2b(luma(frame).tobytes()).hexdigest()


def keyframes(path: Path) -> list[Fraction]:
    with av.open(path) as source:
        assert isinstance(source, InputContainer)
        return [
            Fraction(packet.pts * packet.time_base)
            for packet in source.demux(video=0)
            if packet.is_keyframe and packet.pts is not None
        ]


def placed_sound(path: Path, track: int) -> Samples:
    """Return a track from time 0 on, one channel."""
    start_s, samples = read_sound(path, track)
    # WebM tells times to a millisecond.
    missing = round(start_s * SAMPLE_RATE) if start_s > 0.0015 else 0
    return np.concatenate([np.zeros(missing, np.float32), samples[:, 0]])


def random_edits(source: Source, chance: random.Random) -> EditList:
    """Return a random list: one to five parts, at any time or exactly at pictures."""

    def moment() -> Fraction:
        kind = chance.random()
        if kind < 0.4:
            return Fraction(chance.randrange(round(source.length * 1000)), 1000)
        if kind < 0.8:
            return chance.choice(source.shots).time
        # Near where groups of pictures meet.
        near = chance.choice(source.keyframes) + Fraction(chance.randrange(-40, 41), 1000)
        return min(max(near, Fraction(0)), source.length)

    while True:
        times = sorted({moment() for _ in range(2 * chance.randint(1, 5))})
        if len(times) % 2 or any(b - a < Fraction(1, 5) for a, b in itertools.pairwise(times)):
            continue
        kept = [Range(a, b) for a, b in zip(times[::2], times[1::2], strict=True)]
        edits = Trim(Range(kept[0].start, kept[-1].end)).apply(EditList.whole(source.length))
        gaps = [Range(a.end, b.start) for a, b in itertools.pairwise(kept)]
        return Cut(tuple(gaps)).apply(edits) if gaps else edits


def expected(source: Source, kept: Sequence[Range]) -> list[tuple[Fraction, Shot, bool]]:
    """Return (time in the result, picture, whether it is to be copied) for all that is kept."""
    wanted: list[tuple[Fraction, Shot, bool]] = []
    at = Fraction(0)
    ends = [shot.time for shot in source.shots[1:]] + [source.length + 1]
    for part in kept:
        later = [time for time in source.keyframes if time >= part.start - _ROUNDING]
        for shot, end in zip(source.shots, ends, strict=True):
            if end - part.start <= _ROUNDING or part.end - shot.time <= _ROUNDING:
                continue
            if wanted and wanted[-1][1] is shot:
                continue
            time = at + max(Fraction(0), shot.time - part.start)
            wanted.append((time, shot, bool(later) and shot.time >= later[0]))
        at += part.length
    return wanted


def check(source: Source, edits: EditList, result: Path, picture: str) -> None:
    """Raise AssertionError, with the reason, unless `result` is exactly what `edits` ask for."""
    wanted = expected(source, edits.kept)
    got = shots(result, picture)
    assert [shot.number for shot in got] == [shot.number for _, shot, _ in wanted]
    for mine, (time, theirs, is_copied) in zip(got, wanted, strict=True):
        assert abs(float(mine.time - time)) <= TIME_S, (float(mine.time), float(time))
        assert mine.digest == theirs.digest or not is_copied, f"encoded at {float(time)} s"
    length = float(edits.kept_length)
    assert abs(probe(result).duration_s - length) < 0.034
    for track, sound in enumerate(source.sounds):
        _check_sound(sound, edits, placed_sound(result, track), result)
    assert complaints(result) == ""


def complaints(path: Path) -> str:
    """Return what ffmpeg has to say about a file."""
    # The unit of time is the file's own: ffmpeg's usual one is a picture long, in which those that
    # come at uneven times meet.
    done = subprocess.run(
        [
            *("ffmpeg", "-v", "warning", "-i", str(path), "-map", "0:v?", "-map", "0:a?"),
            *("-enc_time_base", "-1", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def _check_sound(sound: Samples, edits: EditList, got: Samples, result: Path) -> None:
    total = round(edits.kept_length * SAMPLE_RATE)
    # The last AAC packet may reach behind the end.
    most = 1 if result.suffix == ".webm" else 1024
    assert -1 <= len(got) - total <= most, (len(got), total)
    at = Fraction(0)
    for part in edits.kept:
        begin, count = round(part.start * SAMPLE_RATE), round(part.length * SAMPLE_RATE)
        there = round(at * SAMPLE_RATE)
        off = lag(sound[begin : begin + count], got[there : there + count])
        assert abs(off) <= _LAG_SAMPLES, f"sound is {off} samples off at {float(part.start)} s"
        at += part.length


def lag(one: Samples, other: Samples) -> int:
    """Return by how many samples `other` comes later than `one`."""
    count = min(len(one), len(other), SAMPLE_RATE)
    size = 1 << (2 * count - 1).bit_length()
    product = np.conj(np.fft.rfft(one[:count], size)) * np.fft.rfft(other[:count], size)
    similar = np.fft.irfft(product, size)
    near = np.concatenate([similar[-_LOOK_SAMPLES:], similar[:_LOOK_SAMPLES]])
    return int(np.argmax(near)) - _LOOK_SAMPLES
